"""Which reminders somebody will get who registers, or registered, at a moment: what pages and mails may promise.

A promise is read from the mailings that are planned, so it is what the plan of this very session makes true (R1, R2):
a line that is off, one that is due already, one for somebody else promises nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Exists, F, OuterRef, Q

from cycles.models import Session
from cycles.site.promised_reminders import Promise
from notifications.models import Occurrence, ReminderStep
from registrations.models import CycleRegistration, Registration, State

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
        .order_by("due_at", "pk")
    )


def of_session(session: Session, at: dt.datetime) -> Promise:
    """Return which reminders will still reach somebody who registers for a session at `at`."""
    mailings = list(before([session]).filter(due_at__gt=at, asked_at=None).select_related("step"))
    offsets = [mailing.step.distance for mailing in mailings if mailing.step is not None]
    first = min((mailing.due_at for mailing in mailings), default=None)
    return Promise(offsets=tuple(dict.fromkeys(offsets)), true_until=first)


def reminded(registration_id: int | None, *, at: dt.datetime) -> bool:
    """Tell whether somebody will be reminded of every date ahead at which they have a place."""
    if registration_id is None:
        return False
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
