"""Certificates of completion and statements of training of a run: what was attended, and issuing them.

Hours are those of countersigned sheets, nothing else.
"""

from __future__ import annotations

import datetime as dt
import json
import zoneinfo
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import journal
from cycles.language import wording
from registrations.models import CycleRegistration
from registrations.models import State as Place
from registrations.people import names
from training import run_facts
from training.events import PaperIssued, PaperWithdrawn
from training.models import Document, RunSettings, TraineeFile
from training.models.run import THRESHOLD
from training.signing import hours, queries
from training.syllabus import queries as syllabi

from .demonstration import is_demo
from .issued import issuers, issuing, records
from .participation import DocumentError, moment
from .printed import french, paper

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from accounts.models import User
    from cycles.models import Cycle, Session

    from .issued.issuers import Issuer
    from .issued.issuing import Printed

KINDS = (Document.Kind.CERTIFICATE, Document.Kind.STATEMENT)


@dataclass(frozen=True, kw_only=True)
class Row:
    """A trainee of a run: what each half-day says of them, their sums, their papers."""

    registration: CycleRegistration
    file: TraineeFile | None
    # By session: None where they had no place.
    half_days: dict[int, queries.Trainee | None]
    minutes: int
    planned: int
    threshold: int
    documents: dict[str, Document]

    @property
    def name(self) -> str:
        return str(self.registration.person)

    @property
    def share(self) -> int | None:
        """Whole percents of the planned minutes, rounded down; None where nothing was planned."""
        return self.minutes * 100 // self.planned if self.planned else None

    @property
    def reaches(self) -> bool:
        return hours.reaches(minutes=self.minutes, planned=self.planned, threshold=self.threshold)

    @property
    def has_address(self) -> bool:
        """True for whom an email tells of their papers."""
        return bool(self.registration.participant.email)

    @property
    def certificate(self) -> Document | None:
        return self.documents.get(Document.Kind.CERTIFICATE)

    @property
    def statement(self) -> Document | None:
        return self.documents.get(Document.Kind.STATEMENT)


@dataclass(frozen=True, kw_only=True)
class Run:
    """A run as its papers see it."""

    cycle: Cycle
    sessions: list[Session]
    # The countersigned sheet of each half-day.
    sheets: dict[int, Document]
    rows: list[Row]
    settings: RunSettings

    @property
    def is_frozen(self) -> bool:
        """True once every half-day is countersigned."""
        return bool(self.sessions) and all(one.pk in self.sheets for one in self.sessions)

    @property
    def missing(self) -> list[Session]:
        return [one for one in self.sessions if one.pk not in self.sheets]


def settings_of(cycle: Cycle) -> RunSettings:
    """Return how a run is proved: what was set, else the defaults."""
    return RunSettings.objects.filter(cycle=cycle).first() or RunSettings(cycle=cycle, threshold=THRESHOLD)


def run(cycle: Cycle) -> Run:
    """Return a run with everybody who is on one of its sheets; a literal number of queries."""
    sessions = list(queries.half_days(cycle.pk))
    for session in sessions:
        session.cycle = cycle
    sheets = {
        one.session_id: one
        for one in Document.objects.sheets().live().light().filter(session__in=sessions)
        if one.session_id is not None
    }
    settings = settings_of(cycle)
    listed: QuerySet[Any] = (
        CycleRegistration.objects.filter(cycle=cycle)
        .exclude(state__in=(Place.PENDING, Place.IN_REVIEW, Place.REFUSED, Place.WAITLISTED))
        .filter(registrations__in=queries.rows(sessions).order_by().values("pk"))
        .select_related("participant", "trainee_file")
        .annotate(**names.shown())
        .distinct()
    )
    people = listed.order_by("shown_sort", "shown_given_sort", "pk")
    by_person: dict[int, dict[int, queries.Trainee]] = {}
    by_session = {one.pk: one for one in sessions}
    for row in queries.rows(sessions):
        one = queries.trainee(row, by_session[row.session_id])
        by_person.setdefault(row.cycle_registration_id, {})[row.session_id] = one
    papers: dict[int, dict[str, Document]] = {}
    for document in Document.objects.live().light().filter(cycle=cycle, kind__in=KINDS):
        if document.cycle_registration_id is not None:
            papers.setdefault(document.cycle_registration_id, {})[document.kind] = document
    planned = sum(queries.minutes_of(one) for one in sessions)
    rows = []
    for person in people:
        person.cycle = cycle
        days = by_person.get(person.pk, {})
        minutes = sum(one.presence.minutes for pk, one in days.items() if pk in sheets)
        rows.append(
            Row(
                registration=person,
                file=getattr(person, "trainee_file", None),
                half_days={one.pk: days.get(one.pk) for one in sessions},
                minutes=minutes,
                planned=planned,
                threshold=settings.threshold,
                documents=papers.get(person.pk, {}),
            )
        )
    return Run(cycle=cycle, sessions=sessions, sheets=sheets, rows=rows, settings=settings)


def issue(
    registration: CycleRegistration,
    *,
    kind: Document.Kind,
    reason: str = "",
    by: User | None,
    at: dt.datetime,
) -> Document:
    """Issue a certificate or a statement for one trainee, with the hours that were attended; return it.

    What is in force and says the same is returned; where it says something else, `reason` is asked for and the next
    version replaces it. Raises DocumentError with what is missing.
    """
    with journal.entry("training.certificate", registration, by=by, at=at):
        owner = (
            CycleRegistration.objects.select_for_update(of=("self",))
            .select_related("cycle__programme__lead", "participant")
            .get(pk=registration.pk)
        )
        result = run(owner.cycle)
        row = next((one for one in result.rows if one.registration.pk == owner.pk), None)
        issuer = issuers.of(owner.cycle)
        _check(result, row, issuer=issuer)
        if row is None:
            raise DocumentError(_("This person is on no sheet of this run."))
        record = _record(result, row, kind=kind, issuer=issuer, at=at)
        live = row.documents.get(kind)
        if live is not None:
            if _same(live, record):
                return live
            if not reason.strip():
                raise DocumentError(_("Say why the one before is replaced: it stands on its page."))
            issuing.end(live, as_=Document.End.REPLACED, reason=reason.strip(), at=at)
        before = live or (
            Document.objects.light()
            .filter(cycle_registration=owner, kind=kind)
            .order_by("-version", "-pk")
            .first()
        )
        last = result.sessions[-1]
        if last.ends_at is None:
            raise DocumentError(_("No half-day was held."))
        draft = issuing.Draft(
            kind=kind,
            issuer=issuer,
            cycle=owner.cycle,
            cycle_registration=owner,
            record=record,
            ended_at=last.ends_at,
            keep_months=result.settings.proofs_months,
            people=[owner.pk],
            is_demo=is_demo(owner.cycle),
        )
        render = partial(_render, issuer=issuer, is_invented=draft.is_demo)
        document = issuing.issue(draft, render=render, replaces=before, issued_by=by, at=at)
        PaperIssued(document=document, at=at).send()
        return document


def _check(found: Run, row: Row | None, *, issuer: Issuer) -> None:
    provider = issuer.provider
    if provider is None or not provider.nda:
        raise DocumentError(
            _(
                "A certificate names the training provider, its declaration of activity and who signs: "
                "write them first, on the page of the provider."
            )
        )
    if not found.sessions:
        raise DocumentError(_("No half-day was held: there are no hours to certify."))
    if found.missing:
        raise DocumentError(_("Countersign every half-day first: hours are those of the sheets."))
    if row is not None and not row.minutes:
        raise DocumentError(_("This person attended nothing: there are no hours to certify."))


def _record(found: Run, row: Row, *, kind: Document.Kind, issuer: Issuer, at: dt.datetime) -> dict[str, Any]:
    provider, file, cycle = issuer.provider, row.file, found.cycle
    first, last = found.sessions[0], found.sessions[-1]
    if provider is None or first.starts_at is None or last.ends_at is None:
        msg = "checked before"
        raise ValueError(msg)
    return {
        "schema": f"escale.{kind}/1",
        "kind": str(kind),
        "provider": {
            **issuer.record(),
            "city": provider.city,
            "signatory": {"name": provider.signatory_name, "quality": provider.signatory_quality},
        },
        "module": {"code": run_facts.code(cycle), "title": run_facts.title(cycle)},
        "run": {"slug": cycle.slug, "number": run_facts.number(cycle)},
        "trainee": {"name": row.name, "employer": file.employer_name if file else ""},
        "from": records.instant(first.starts_at),
        "until": records.instant(last.ends_at),
        "zone": cycle.timezone,
        "modalities": sorted({run_facts.modality(one) for one in found.sessions}),
        "minutes": row.minutes,
        "planned_minutes": row.planned,
        "half_days": [
            {
                "sheet": found.sheets[one.pk].record_sha256,
                "starts_at": records.instant(one.starts_at) if one.starts_at else "",
                "minutes": day.presence.minutes if (day := row.half_days[one.pk]) else 0,
            }
            for one in found.sessions
        ],
        **(
            {"assessment": file.assessment}
            if kind == Document.Kind.STATEMENT and file and file.assessment
            else {}
        ),
        **(syllabi.objectives(cycle) if kind == Document.Kind.STATEMENT else {}),
        "date": at.astimezone(cycle.zone).date().isoformat(),
    }


# What differs between two papers that say the same: when they were made.
OWN = ("version", "previous", "number", "date")


def _same(live: Document, record: dict[str, Any]) -> bool:
    outcome = {key: value for key, value in json.loads(live.record).items() if key not in OWN}
    return outcome == {key: value for key, value in records.normal(record).items() if key not in OWN}


def issue_all(cycle: Cycle, *, kind: Document.Kind, by: User | None, at: dt.datetime) -> int:
    """Issue for everybody who reaches the threshold and has none; return how many were issued.

    One transaction each: what breaks off is gone on with by doing it again.
    """
    result = run(cycle)
    count = 0
    for row in result.rows:
        if row.reaches and kind not in row.documents:
            issue(row.registration, kind=kind, by=by, at=at)
            count += 1
    return count


def withdraw(document: Document, *, reason: str, by: User | None, at: dt.datetime) -> Document:
    """Take back a certificate or a statement; its page says so from then on. Raises DocumentError without a reason."""
    with journal.entry("training.withdraw", document, by=by, at=at), transaction.atomic():
        locked = Document.objects.select_for_update().light().get(pk=document.pk)
        if not reason.strip():
            raise DocumentError(_("Say why: it stands on the page of the document."))
        if not locked.is_live:
            return locked
        ended = issuing.end(locked, as_=Document.End.WITHDRAWN, reason=reason.strip(), at=at)
        PaperWithdrawn(document=ended, at=at).send()
        return ended


def _render(printed: Printed, *, issuer: Issuer, is_invented: bool) -> bytes:
    record = printed.record
    is_certificate = record["kind"] == str(Document.Kind.CERTIFICATE)
    blocks = _certificate(record) if is_certificate else _statement(record)
    return paper.render(
        paper.Paper(
            title=french.CERTIFICATE_TITLE if is_certificate else french.STATEMENT_TITLE,
            lead=record["module"]["title"],
            blocks=blocks,
            issuer=issuer,
            is_demo=is_invented,
            zone=record["zone"],
        ),
        printed=printed,
        at=printed.issued_at,
    )


def _certificate(record: dict[str, Any]) -> list[paper.Block]:
    provider, trainee = record["provider"], record["trainee"]
    signatory = provider["signatory"]
    employer = french.CERTIFICATE_EMPLOYER % {"employer": trainee["employer"]} if trainee["employer"] else ""
    return [
        paper.text(
            french.CERTIFICATE_I
            % {
                "signatory": signatory["name"],
                "quality": signatory["quality"],
                "provider": provider["legal_name"],
            }
        ),
        paper.text(
            french.CERTIFICATE_WHO
            % {"name": trainee["name"], "employer": employer, "title": record["module"]["title"]}
        ),
        paper.text(french.CERTIFICATE_NATURE),
        paper.choices([(number == 0, words) for number, words in enumerate(french.CERTIFICATE_KINDS)]),
        paper.text(
            french.CERTIFICATE_WHEN % {"dates": dates(record), "hours": hours.printed(record["minutes"])}
        ),
        *([paper.text(french.CERTIFICATE_REMOTE)] if record["modalities"] != ["on_site"] else []),
        paper.text(french.CERTIFICATE_KEEP),
        *_signed(record),
    ]


def _statement(record: dict[str, Any]) -> list[paper.Block]:
    pairs = [
        ("Nature", french.CERTIFICATE_KINDS[0]),
        ("Dates", dates(record)),
        ("Durée suivie", hours.printed(record["minutes"])),
        (french.STATEMENT_RESULT, record.get("assessment", "")),
    ]
    return [
        paper.text(
            french.STATEMENT_WHO % {"name": record["trainee"]["name"], "title": record["module"]["title"]}
        ),
        paper.facts(pairs),
        *(
            [paper.section(french.STATEMENT_OBJECTIVES, record["objectives"])]
            if record.get("objectives")
            else []
        ),
        *_signed(record),
    ]


def _signed(record: dict[str, Any]) -> list[paper.Block]:
    provider = record["provider"]
    signatory = provider["signatory"]
    date = wording.long_date(dt.date.fromisoformat(record["date"]), language="fr")
    return [
        paper.text(french.DONE_AT % {"city": provider["city"], "date": date}),
        paper.signature(
            french.SIGNED_BY % {"signatory": signatory["name"], "quality": signatory["quality"]}, space=22
        ),
    ]


def dates(record: dict[str, Any]) -> str:
    """Return "le mardi 6 octobre 2020", or "du … au …"."""
    zone = zoneinfo.ZoneInfo(record["zone"])
    first, last = (moment(record[name]).astimezone(zone).date() for name in ("from", "until"))
    if first == last:
        return f"le {wording.long_date(first, language='fr')}"
    return f"du {wording.long_date(first, language='fr')} au {wording.long_date(last, language='fr')}"
