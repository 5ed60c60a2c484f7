"""Issuing a document, ending it, and checking what was issued: the only writer of documents and their numbers.

All in one transaction: the issuer's counters are locked, so that numbers have no holes and the chain no fork; the PDF
is made inside, so that nothing is frozen that cannot be shown.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction

from registrations.people.data import retention_periods
from training.models import Counter, Document, DocumentPerson, GoneDocument, RunSettings

from . import codes, records

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterable

    from accounts.models import User
    from cycles.models import Cycle, Session
    from registrations.models import CycleRegistration, Registration

    from .issuers import Issuer

# The series under which the lock of an issuer's chain stands.
CHAIN = ""


@dataclass(frozen=True, kw_only=True)
class Draft:
    """What is to be issued. `record` is without its version and the hash of the one before, which issuing adds."""

    kind: Document.Kind
    issuer: Issuer
    cycle: Cycle
    record: dict[str, Any]
    # From which day on it must be kept.
    ended_at: dt.datetime
    people: Iterable[int]
    session: Session | None = None
    cycle_registration: CycleRegistration | None = None
    registration: Registration | None = None
    keep_months: int | None = None
    is_demo: bool = False


@dataclass(frozen=True, kw_only=True)
class Printed:
    """What a PDF may say of the document that it will be."""

    record: dict[str, Any]
    record_json: str
    record_sha256: str
    full_number: str
    code: str
    issued_at: dt.datetime


def year_of(at: dt.datetime, *, cycle: Cycle) -> int:
    """Return the year of a number: that of the day on which it is issued, where the cycle is."""
    return at.astimezone(cycle.zone).year


@transaction.atomic
def issue(
    draft: Draft,
    *,
    render: Callable[[Printed], bytes],
    replaces: Document | None = None,
    issued_by: User | None,
    at: dt.datetime,
) -> Document:
    """Freeze a document: its number, code, record, PDF and hashes. `replaces` keeps its number, a version higher.

    What it replaces must have ended, or ends here as replaced.
    """
    series = Document.SERIES[draft.kind]
    previous = "" if draft.kind in Document.OF_THE_PERSON else _chain_end(draft.issuer.key)
    if replaces is None:
        year = year_of(at, cycle=draft.cycle)
        number, version = _next(draft.issuer.key, series=series, year=year), 1
    else:
        year, number, version = replaces.year, replaces.number, replaces.version + 1
    record = records.normal(
        {
            **draft.record,
            # A sheet is told by its half-day; other papers by their number.
            **({} if draft.kind == Document.Kind.SHEET else {"number": f"{series}-{year}-{number:04d}"}),
            "version": version,
            "previous": replaces.record_sha256 if replaces else "",
        }
    )
    record_json = records.canonical(record).decode()
    digest = records.digest(record)
    printed = Printed(
        record=record,
        record_json=record_json,
        record_sha256=digest,
        full_number=codes.number(series=series, year=year, number=number, version=version),
        code=codes.new(),
        issued_at=at,
    )
    pdf = render(printed)
    document = Document.objects.create(
        kind=draft.kind,
        cycle=draft.cycle,
        session=draft.session,
        cycle_registration=draft.cycle_registration,
        registration=draft.registration,
        issuer=draft.issuer.key,
        series=series,
        year=year,
        number=number,
        version=version,
        code=printed.code,
        record=record_json,
        record_sha256=digest,
        pdf=pdf,
        pdf_sha256=hashlib.sha256(pdf).hexdigest(),
        previous_sha256=previous,
        chain_sha256=records.chained(previous, digest),
        issued_at=at,
        issued_by=issued_by,
        replaces=replaces,
        keep_until=keep_until(draft),
        is_demo=draft.is_demo,
    )
    DocumentPerson.objects.bulk_create(
        DocumentPerson(document=document, cycle_registration_id=pk) for pk in sorted(set(draft.people))
    )
    return document


def keep_until(draft: Draft) -> dt.date:
    """Return until when the law, or the person, wants it kept."""
    if draft.kind in Document.OF_THE_PERSON:
        count = settings.ESCALE_RETENTION["registrations_months"]
    else:
        count = draft.keep_months or settings.ESCALE_RETENTION["proofs_months"]
    return retention_periods.months(draft.ended_at, count).astimezone(draft.cycle.zone).date()


def months_for(cycle: Cycle) -> int | None:
    """Return for how long the proofs of a run are kept where it says so itself."""
    return RunSettings.objects.filter(cycle=cycle).values_list("proofs_months", flat=True).first()


def end(document: Document, *, as_: Document.End, reason: str, at: dt.datetime) -> Document:
    """End a document that is in force; it stays, and its page says so."""
    Document.objects.live().filter(pk=document.pk).update(ended_at=at, end=as_, end_reason=reason)
    document.refresh_from_db(fields=["ended_at", "end", "end_reason"])
    return document


def _locked(issuer: str, *, series: str, year: int) -> Counter:
    Counter.objects.bulk_create([Counter(issuer=issuer, series=series, year=year)], ignore_conflicts=True)
    return Counter.objects.select_for_update().get(issuer=issuer, series=series, year=year)


def _chain_end(issuer: str) -> str:
    """Lock the chain of an issuer; return its last link, "" before the first."""
    _locked(issuer, series=CHAIN, year=0)
    last = (
        Document.objects.proofs().filter(issuer=issuer).order_by("-pk").values_list("chain_sha256", flat=True)
    )
    gone = GoneDocument.objects.filter(issuer=issuer).exclude(
        chain_sha256__in=GoneDocument.objects.filter(issuer=issuer).values("previous_sha256")
    )
    return last.first() or gone.values_list("chain_sha256", flat=True).first() or ""


def _next(issuer: str, *, series: str, year: int) -> int:
    counter = _locked(issuer, series=series, year=year)
    counter.last += 1
    counter.save(update_fields=["last"])
    return counter.last


@transaction.atomic
def erase(documents: Iterable[Document], *, at: dt.datetime) -> int:
    """Erase documents that nothing obliges anybody to keep; return how many. Of a proof its number and link stay.

    The newest version of a paper first: it names the one that it replaces.
    """
    gone = sorted((one for one in documents if one.may_go(at=at)), key=lambda one: -one.pk)
    GoneDocument.objects.bulk_create(
        GoneDocument(
            issuer=one.issuer,
            series=one.series,
            year=one.year,
            number=one.number,
            version=one.version,
            previous_sha256=one.previous_sha256,
            chain_sha256=one.chain_sha256,
            gone_on=at.date(),
        )
        for one in gone
        if one.kind not in Document.OF_THE_PERSON
    )
    for one in gone:
        one.delete()
    return len(gone)
