"""Who was asked and has not answered for the date that a session has now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import F, Q

from speakers.answers.standing import CHASED_AFTER
from speakers.models import Engagement

if TYPE_CHECKING:
    import datetime as dt

    from cycles.models import Session


def waiting(session: Session, *, due_at: dt.datetime | None = None) -> frozenset[str]:
    """Return the addresses whose answer is waited for; with `due_at` only of those asked long enough before it.

    The statement that reserves a mail says the same in SQL (notifications/delivery/leases.py).
    """
    if not session.is_held or session.starts_at is None:
        return frozenset()
    rows = Engagement.objects.filter(session=session).exclude(contact__email="")
    silent = Q(answer="", invited_at__isnull=False)
    moved = ~Q(answer="") & ~Q(answered_starts_at=F("session__starts_at"))
    if due_at is not None:
        silent &= Q(invited_at__lte=due_at - CHASED_AFTER)
        change = session.changes.order_by("-revision").first()
        if change is not None and change.at > due_at - CHASED_AFTER:
            # The notice of the new date has just asked.
            moved = Q(pk=None)
    return frozenset(rows.filter(silent | moved).values_list("contact__email", flat=True))
