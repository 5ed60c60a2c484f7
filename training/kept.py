"""What training keeps of people, for how long, and what goes when they do."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from cycles.language import naming
from cycles.models import Session
from registrations import proofs
from registrations.models import CycleRegistration, Registration
from registrations.people.coded import Coded
from registrations.people.data import retention_periods

from .documents.issued import issuing
from .models import Document, DocumentPerson, PaperScan, RunSettings, Signature, TraineeFile, TrainerNote

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection, Iterable

    from django.db.models import QuerySet

    from registrations.models import Participant


def _signed() -> QuerySet[Registration, Registration]:
    return Registration.objects.filter(Q(signature__isnull=False) | Q(trainer_note__isnull=False))


def cycle_registrations() -> Any:
    """Return the ids of those that a proof names, or whose half-day was signed for."""
    named = DocumentPerson.objects.filter(document__in=Document.objects.proofs().values("pk"))
    return CycleRegistration.objects.filter(
        Exists(named.filter(cycle_registration=OuterRef("pk")))
        | Exists(_signed().filter(cycle_registration=OuterRef("pk")))
    ).values("pk")


def registrations() -> Any:
    return _signed().values("pk")


def closed_sessions() -> Any:
    """Return the ids of the sessions whose sheet is countersigned."""
    return Document.objects.sheets().live().values("session")


def kept(participant: Participant, cycles: Collection[int] | None, at: dt.datetime) -> list[proofs.Proof]:
    """Return the documents that name somebody and stay, then the signatures that stand on no document yet."""
    own = CycleRegistration.objects.filter(participant=participant)
    if cycles is not None:
        own = own.filter(cycle__in=cycles)
    named = (
        Document.objects.proofs()
        .light()
        .filter(people__cycle_registration__in=own.values("pk"))
        .select_related("cycle", "session__cycle")
        .distinct()
        .order_by("pk")
    )
    results = [
        proofs.Proof(
            what=_("%(kind)s %(number)s of “%(title)s”")
            % {
                "kind": document.get_kind_display().capitalize(),
                "number": document.full_number,
                "title": naming.session_title(document.session) if document.session else document.cycle,
            },
            until=document.keep_until,
        )
        for document in named
        # Also those of the demonstration: an erasure leaves them, they go with it.
        if document.keep_until >= at.date()
    ]
    covered = {document.session_id for document in named}
    loose = (
        _signed()
        .filter(cycle_registration__in=own.values("pk"))
        .exclude(session__in=[pk for pk in covered if pk])
        .select_related("session__cycle")
        .order_by("pk")
    )
    return results + [
        proofs.Proof(
            what=_("Signature at “%(title)s”") % {"title": naming.session_title(row.session)},
            until=retention_periods.proof_until(row.session.ends_at).astimezone(row.session.zone).date(),
        )
        for row in loose
        if row.session.ends_at is not None
    ]


SOURCE = proofs.Source(
    cycle_registrations=cycle_registrations,
    registrations=registrations,
    closed_sessions=closed_sessions,
    kept=kept,
)


def forget(ids: Iterable[int]) -> None:
    """Erase the papers that are the person's own, and their trainee's files, with their registrations."""
    ids = list(ids)
    own = Document.objects.filter(cycle_registration__in=ids, kind__in=Document.OF_THE_PERSON)
    for document in own.light().order_by("-pk"):
        document.delete()
    TraineeFile.objects.filter(cycle_registration__in=ids).delete()


def copy(participant: Participant, *, cycles: Collection[int] | None) -> dict[str, Any]:
    """Return what is held of somebody's training, for their copy. Of a sheet only their own line is theirs."""
    own = CycleRegistration.objects.filter(participant=participant)
    if cycles is not None:
        own = own.filter(cycle__in=cycles)
    signatures = Signature.objects.filter(registration__cycle_registration__in=own.values("pk"))
    documents = Document.objects.light().filter(cycle_registration__in=own.values("pk"))
    files = TraineeFile.objects.filter(cycle_registration__in=own.values("pk"))
    return {
        "signatures": [
            {
                "session": naming.session_title(one.registration.session),
                "signed_at": one.signed_at,
                "means": Coded(one.means, one.get_means_display()),
                "reason": one.reason,
            }
            for one in signatures.select_related("registration__session__cycle").order_by("pk")
        ],
        "documents": [
            {
                "kind": Coded(one.kind, one.get_kind_display()),
                "number": one.full_number,
                "issued_at": one.issued_at,
                "record": json.loads(one.record),
            }
            for one in documents.order_by("pk")
        ],
        "trainee_files": [
            {
                "kind": Coded(one.kind, one.get_kind_display()),
                "employer_name": one.employer_name,
                "assessment": one.assessment,
            }
            for one in files.order_by("pk")
        ],
    }


def erase_old(*, at: dt.datetime) -> int:
    """Erase proofs whose date has passed, and what stood on them: signatures, notes and scans of their half-days.

    Returns how many documents and signatures went. A half-day without a sheet keeps its signatures as long as one
    with a sheet would.
    """
    old = list(Document.objects.light().filter(keep_until__lt=at.date()))
    try:
        with transaction.atomic():
            count = issuing.erase(old, at=at)
    except IntegrityError:
        # What would go by a day to come is counted; the database lets nothing go before its own date.
        return len(old)
    kept_sessions = Document.objects.sheets().values("session")
    months = dict(RunSettings.objects.exclude(proofs_months=None).values_list("cycle", "proofs_months"))
    signed = Session.objects.exclude(pk__in=kept_sessions).filter(
        Exists(_signed().filter(session=OuterRef("pk")))
        | Exists(PaperScan.objects.filter(session=OuterRef("pk")))
    )
    for session in signed.select_related("cycle").order_by("pk"):
        if session.ends_at is None:
            continue
        month_count = months.get(session.cycle_id)
        until = (
            retention_periods.months(session.ends_at, month_count)
            if month_count
            else retention_periods.proof_until(session.ends_at)
        )
        if until.date() < at.date():
            count += Signature.objects.filter(registration__session=session).delete()[0]
            TrainerNote.objects.filter(registration__session=session).delete()
            PaperScan.objects.filter(session=session).delete()
    return count
