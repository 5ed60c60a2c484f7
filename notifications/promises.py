"""Which reminders somebody will get who registers, or registered, at a moment: what pages and mails may promise.

A promise is read from the mailings that are planned, so it is what the plan of this very session makes true (R1, R2):
a line that is off, one that is due already, one for somebody else promises nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Exists, F, OuterRef, Q

from cycles.models import Session
from registrations.models import CycleRegistration, Registration, State

from .models import Occurrence, ReminderStep

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from django.db.models import QuerySet

Audience = ReminderStep.Audience
# Whoever has a place gets what is for these.
SEATED = (Audience.CONFIRMED, Audience.CYCLE)


def before(sessions: Iterable[Session] | QuerySet[Session]) -> QuerySet[Occurrence]:
    """Return the mailings of these sessions that leave before them, to whoever has a place."""
    return (
        Occurrence.objects.filter(
            session__in=sessions,
            revision=F("session__revision"),
            step__is_enabled=True,
            step__audience__in=SEATED,
            due_at__lt=F("session__starts_at"),
        )
        .exclude(state=Occurrence.State.CANCELLED)
        .exclude(state=Occurrence.State.MISSED)
        .order_by("due_at", "pk")
    )


def ahead(session: Session, *, at: dt.datetime) -> list[ReminderStep]:
    """Return the lines of the plan that will still reach somebody who registers at `at`, the first first."""
    mailings = before([session]).filter(due_at__gte=at).select_related("step")
    return [mailing.step for mailing in mailings if mailing.step is not None]


def reminded(registration_id: int | None, *, at: dt.datetime) -> bool:
    """Tell whether somebody will be reminded of every date ahead at which they have a place."""
    rows = CycleRegistration.objects.filter(pk=registration_id, participant__reminders_stopped_at=None)
    seats = Registration.objects.filter(cycle_registration__in=rows, state=State.CONFIRMED)
    sessions = Session.objects.upcoming(at=at).filter(registrations__in=seats)
    comes = Exists(before(Session.objects.filter(pk=OuterRef(OuterRef("pk")))).filter(due_at__gte=at))
    known = dict(sessions.order_by().annotate(comes=comes).values_list("pk", "comes"))
    return bool(known) and all(known.values())


def first_without_reminder(seats: QuerySet[Registration], *, at: dt.datetime) -> Registration | None:
    """Return the first of these seats whose session had reminders, all of which have left already by `at`."""
    mailings = before(Session.objects.filter(pk=OuterRef(OuterRef("session"))))
    held = seats.filter(session__in=Session.objects.held())
    return held.filter(Exists(mailings), ~Exists(mailings.filter(Q(due_at__gte=at)))).first()
