"""The files of a run's archive: programme, sign-in sheets, papers, scans, lists. No need of accessibility is in one."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from django.utils import translation
from django.utils.translation import gettext as _

from cycles.language import naming
from desk.ui.tables import sheets
from notifications.joining import owing
from notifications.models import Delivery
from training.documents import certificates
from training.evidence.questions import Part, further_parts
from training.models import Document, PaperScan
from training.signing import hours
from training.syllabus import printing
from training.syllabus import queries as syllabuses

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from cycles.models import Cycle
    from training.documents.certificates import Run
    from training.models import Syllabus

FOLDERS = {
    Document.Kind.SHEET: "sheets",
    Document.Kind.CERTIFICATE: "certificates",
    Document.Kind.STATEMENT: "statements",
}
ENDINGS = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}


def parts(cycle: Cycle, *, language: str) -> Iterator[Part]:
    """Yield the files of a run; the bytes of each are read when it is its turn. Words are in `language`."""
    with translation.override(language):
        found = list(_parts(cycle))
    yield from (Part(name=one.name, about=one.about, content=_in(language, one.content)) for one in found)


def _in(language: str, content: Callable[[], Iterable[bytes]]) -> Callable[[], Iterator[bytes]]:
    def spoken() -> Iterator[bytes]:
        with translation.override(language):
            yield from content()

    return spoken


def _parts(cycle: Cycle) -> Iterator[Part]:
    run = certificates.run(cycle)
    yield from _syllabus(cycle)
    yield Part(
        name="trainees.csv", about=_("Who took part, their hours and papers"), content=partial(_trainees, run)
    )
    yield Part(
        name="joining-instructions.csv",
        about=_("To whom the joining instructions went, and when"),
        content=partial(_instructions, run),
    )
    rows = Document.objects.light().filter(cycle=cycle, kind__in=FOLDERS).defer("pdf", "record")
    for row in rows.order_by("kind", "series", "year", "number", "version"):
        stem = f"{FOLDERS[Document.Kind(row.kind)]}/{row.full_number.replace('/', '-v')}"
        state = row.get_end_display() if row.ended_at else _("in force")
        about = f"{row.get_kind_display().capitalize()} {row.full_number} ({state})"
        yield Part(name=f"{stem}.pdf", about=about, content=partial(_pdf, row.pk))
        yield Part(
            name=f"{stem}.json",
            about=_("The frozen record of %(number)s") % {"number": row.full_number},
            content=partial(_record, row.pk),
        )
    for scan in (
        PaperScan.objects.filter(session__cycle=cycle).defer("content").select_related("session__cycle")
    ):
        yield Part(
            name=f"paper/scan-{scan.pk}.{ENDINGS[scan.kind]}",
            about=_("Scan of the sheet signed on paper: %(title)s")
            % {"title": naming.session_title(scan.session)},
            content=partial(_scan, scan.pk),
        )
    for answer in further_parts.ask(cycle):
        yield from answer


def _syllabus(cycle: Cycle) -> Iterator[Part]:
    row = syllabuses.of_run(cycle)
    if row is not None:
        yield Part(
            name=f"programme-v{row.version}.pdf",
            about=_("Programme sheet, version %(version)d") % {"version": row.version},
            content=partial(_programme, row),
        )


def _programme(row: Syllabus) -> Iterator[bytes]:
    if row.published_at is not None:
        yield printing.pdf(row, at=row.published_at)


def _pdf(pk: int) -> Iterator[bytes]:
    yield bytes(Document.objects.values_list("pdf", flat=True).get(pk=pk))


def _record(pk: int) -> Iterator[bytes]:
    yield Document.objects.values_list("record", flat=True).get(pk=pk).encode()


def _scan(pk: int) -> Iterator[bytes]:
    yield bytes(PaperScan.objects.values_list("content", flat=True).get(pk=pk))


def _csv(header: list[str], rows: Iterable[list[object]]) -> Iterator[bytes]:
    return (line.encode() for line in sheets.csv_lines(header, rows))


def _trainees(run: Run) -> Iterator[bytes]:
    header = [
        _("Name"),
        _("Organisation"),
        _("Employer"),
        _("Status"),
        _("Minutes"),
        _("Hours"),
        _("Planned minutes"),
        _("Certificate"),
        _("Statement of training"),
    ]
    return _csv(
        header,
        (
            [
                row.name,
                row.registration.person.organisation_name,
                row.file.employer_name if row.file else "",
                row.file.get_kind_display() if row.file and row.file.kind else "",
                row.minutes,
                hours.decimal(row.minutes),
                row.planned,
                row.certificate.full_number if row.certificate else "",
                row.statement.full_number if row.statement else "",
            ]
            for row in run.rows
        ),
    )


def _instructions(run: Run) -> Iterator[bytes]:
    mails: dict[int, list[Delivery]] = {}
    for mail in Delivery.objects.filter(kind=owing.KIND, cycle_registration__cycle=run.cycle).order_by("pk"):
        mails.setdefault(mail.cycle_registration_id or 0, []).append(mail)
    header = [_("Name"), _("State"), _("Sent (UTC)")]
    return _csv(
        header,
        (
            [row.name, mail.get_state_display(), mail.sent_at or ""]
            for row in run.rows
            for mail in mails.get(row.registration.pk, [])
        ),
    )
