"""Telling trainees of their certificates and statements: issued, issued anew in the place of another, withdrawn.

A mail names no document: it tells of those that were issued, or withdrawn, at the instant at which it was owed. So
one act gives one mail, and a paper that has ended before the mail leaves is not told of any more.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db.models import Exists, OuterRef
from django.urls import reverse

from accounts import addresses
from notifications.delivery import ledger
from notifications.delivery.run import sending
from notifications.models import Delivery
from registrations.links import personal_links
from training.documents.certificates import KINDS
from training.models import Document

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from notifications.mail.draft import Draft

ISSUED, WITHDRAWN = "paper_issued", "paper_withdrawn"


def stands() -> Exists:
    """Ask whether a paper that a mail tells of is still in force."""
    return Exists(_in_force(OuterRef("cycle_registration"), OuterRef("created_at")))


def is_gone() -> Exists:
    """Ask whether a paper whose withdrawal a mail tells of has still nothing in its place."""
    return Exists(_gone(OuterRef("cycle_registration"), OuterRef("created_at")))


def _in_force(registration: Any, at: Any) -> QuerySet[Document]:
    rows = Document.objects.live().light().filter(cycle_registration=registration, issued_at=at)
    return rows.filter(kind__in=KINDS).order_by("kind", "pk")


def _gone(registration: Any, at: Any) -> QuerySet[Document]:
    rows = Document.objects.light().filter(cycle_registration=registration, ended_at=at, replaced_by=None)
    return rows.filter(kind__in=KINDS, end=Document.End.WITHDRAWN).order_by("kind", "pk")


def tell_issued(document: Document, *, at: dt.datetime) -> None:
    """Owe the trainee the mail that says where their paper is."""
    _owe(document, kind=ISSUED, at=at)


def tell_withdrawn(document: Document, *, at: dt.datetime) -> None:
    """Owe the trainee the mail that their paper is withdrawn; none where they were never told that there was one."""
    registration, issued_at = document.cycle_registration_id, document.issued_at
    if document.replaces_id is None and not _in_force(registration, issued_at).exists():
        untold = Delivery.objects.filter(kind=ISSUED, cycle_registration=registration, created_at=issued_at)
        if ledger.skip(untold, reason=Delivery.Reason.SUPERSEDED):
            return
    _owe(document, kind=WITHDRAWN, at=at)


def _owe(document: Document, *, kind: str, at: dt.datetime) -> None:
    row = document.cycle_registration
    if row is None:
        msg = f"{document} is of no trainee"
        raise ValueError(msg)
    person = row.participant
    mail = Delivery(
        # The papers of one act are told in one mail.
        key=f"{kind}:{row.pk}:{at.astimezone(dt.UTC):%Y%m%d%H%M%S%f}",
        kind=kind,
        cycle_registration=row,
        participant=person,
        to_address=person.email,
        domain=addresses.domain(person.email),
        language=person.language,
        created_at=at,
        next_at=at,
    )
    ledger.owe([mail])
    sending.wake()


def facts(draft: Draft) -> dict[str, Any]:
    """Return the papers that a mail tells of, and the reader's own page on which they are."""
    delivery = draft.delivery
    rows = _in_force if delivery.kind == ISSUED else _gone
    papers = rows(delivery.cycle_registration_id, delivery.created_at).select_related("replaces")
    return {
        "papers": [_paper(one) for one in papers],
        "papers_url": settings.ESCALE_BASE_URL
        + reverse("training:mine", args=[personal_links.manage_token(draft.participant)]),
    }


def _paper(document: Document) -> dict[str, str]:
    before = document.replaces
    return {
        "kind": str(Document.Kind(document.kind).label),
        "number": document.full_number,
        "before": before.full_number if before is not None else "",
        "reason": before.end_reason if before is not None else document.end_reason,
    }
