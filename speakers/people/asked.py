"""Who was asked and has not answered for the date that a session has now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Case, F, OuterRef, Q, Subquery, When

from cycles.models import Session, SessionChange
from speakers.answers.standing import CHASED_AFTER
from speakers.models import Engagement

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection

    from django.db.models import QuerySet

SILENT = Q(answer="", invited_at__isnull=False)
MOVED = ~Q(answer="") & ~Q(answered_starts_at=F("session__starts_at"))


def unanswered() -> QuerySet[Engagement]:
    """Return the engagements whose answer is waited for, at sessions that are to be held."""
    return Engagement.objects.filter(SILENT | MOVED, session__in=Session.objects.held())


def waiting(session: Session, *, due_at: dt.datetime) -> frozenset[str]:
    """Return the addresses whose answer is waited for, of those asked long enough before `due_at`."""
    return frozenset(email for _session, email in waiting_at([session.pk], due_at=due_at))


def waiting_at(session_ids: Collection[int], *, due_at: dt.datetime) -> set[tuple[int, str]]:
    """Return (session, address) of those whose answer is waited for, asked long enough before `due_at`; one query."""
    return {who for who, since in asked_since(session_ids).items() if is_chased(since, due_at=due_at)}


def asked_since(session_ids: Collection[int]) -> dict[tuple[int, str], dt.datetime | None]:
    """Return {(session, address): when they were asked last} of those whose answer is waited for; one query.

    The notice of a new date asks, too. None: long ago, nobody knows when.
    """
    changes = SessionChange.objects.filter(session=OuterRef("session")).order_by("-revision")
    asked = Case(When(SILENT, then=F("invited_at")), default=Subquery(changes.values("at")[:1]))
    rows = unanswered().filter(session__in=session_ids).exclude(contact__email="")
    return {
        (session, email): since
        for session, email, since in rows.annotate(since=asked).values_list(
            "session", "contact__email", "since"
        )
    }


def is_chased(since: dt.datetime | None, *, due_at: dt.datetime) -> bool:
    """Tell whether somebody asked at an instant is chased by a line that is due at another."""
    return since is None or since <= due_at - CHASED_AFTER
