"""What a place beyond the capacity would do, before it is given: counted, and never guessed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Q

from accounts.dry_run import dry_run
from registrations import booking
from registrations.models import SEATED, CycleRegistration, Registration, State

if TYPE_CHECKING:
    import datetime as dt

    from django.db.models import QuerySet

    from cycles.models import Session

MAILS = "notifications_delivery"


@dataclass(frozen=True, kw_only=True)
class Beyond:
    """Somebody waits for a place: how many there are and are taken, and who waits before and behind them.

    `waits` is at how many sessions they would still wait once they are in the cycle, `mails` what leaves at once.
    """

    capacity: int | None
    taken: int
    before: int
    behind: int
    waits: int
    mails: int

    @property
    def taken_after(self) -> int:
        return self.taken + 1

    @property
    def over(self) -> int:
        """By how many the places are exceeded then; as many that become free go to nobody."""
        return max(self.taken_after - self.capacity, 0) if self.capacity is not None else 0


def look(registration: CycleRegistration, *, session: Session | None, at: dt.datetime) -> Beyond | None:
    """Return what giving a place would do; None for somebody who does not wait for it."""
    row: CycleRegistration | Registration | None
    rows: QuerySet[CycleRegistration] | QuerySet[Registration]
    if session is None:
        row, capacity = registration, registration.cycle.capacity
        rows = CycleRegistration.objects.filter(cycle=registration.cycle_id)
    else:
        row, capacity = registration.registrations.filter(session=session).first(), session.capacity
        rows = Registration.objects.filter(session=session)
    if row is None or row.state not in (State.WAITLISTED, State.OFFERED) or row.queued_at is None:
        return None

    def given() -> int:
        booking.give_place(registration, session=session, by=None, at=at)
        return registration.registrations.filter(state=State.WAITLISTED).count()

    try:
        tried = dry_run(given)
    except booking.BookingError:
        return None
    # An offered place is held, so it is taken already; the one who holds it needs no other.
    taken = rows.filter(state__in=SEATED).exclude(pk=row.pk).count()
    waiting = rows.filter(state=State.WAITLISTED).exclude(pk=row.pk)
    before = waiting.filter(
        Q(queued_at__lt=row.queued_at) | Q(queued_at=row.queued_at, pk__lt=row.pk)
    ).count()
    return Beyond(
        capacity=capacity,
        taken=taken,
        before=before,
        behind=waiting.count() - before,
        waits=tried.result if session is None else 0,
        mails=tried.created[MAILS],
    )
