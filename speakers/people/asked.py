"""Who was asked and has not answered for the date that a session has now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import F, Q

from cycles.models import Session
from speakers.answers.standing import CHASED_AFTER
from speakers.models import Engagement

if TYPE_CHECKING:
    import datetime as dt

    from django.db.models import QuerySet

SILENT = Q(answer="", invited_at__isnull=False)
MOVED = ~Q(answer="") & ~Q(answered_starts_at=F("session__starts_at"))


def unanswered() -> QuerySet[Engagement]:
    """Return the engagements whose answer is waited for, at sessions that are to be held."""
    return Engagement.objects.filter(SILENT | MOVED, session__in=Session.objects.held())


def waiting(session: Session, *, due_at: dt.datetime) -> frozenset[str]:
    """Return the addresses whose answer is waited for, of those asked long enough before `due_at`."""
    silent, moved = SILENT & Q(invited_at__lte=due_at - CHASED_AFTER), MOVED
    change = session.changes.order_by("-revision").first()
    if change is not None and change.at > due_at - CHASED_AFTER:
        # The notice of the new date has just asked.
        moved = Q(pk=None)
    rows = unanswered().filter(silent | moved, session=session).exclude(contact__email="")
    return frozenset(rows.values_list("contact__email", flat=True))
