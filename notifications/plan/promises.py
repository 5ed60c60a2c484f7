"""Which reminders somebody will get who registers, or registered, at a moment: what pages and mails may promise.

A promise is read from the mailings that are planned, so it is what the plan of this very session makes true (R1, R2):
a line that is off, one that is due already, one for somebody else promises nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Exists, F, OuterRef, Q

from cycles.models import Session
from cycles.site.promised_reminders import Promise
from notifications.mail.kinds import ARTICLE
from notifications.models import Occurrence, ReminderStep
from registrations.models import CycleRegistration, Registration, State

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterable

    from django.db.models import QuerySet

Audience = ReminderStep.Audience
# Whoever has a place gets what is for these.
SEATED = (Audience.CONFIRMED, Audience.CYCLE)


# What leaves before a session reminds of it, but for the article that is there to be read.
REMINDS = Q(due_at__lt=F("session__starts_at")) & ~Q(kind=ARTICLE)


def _planned(sessions: Iterable[Session] | QuerySet[Session]) -> QuerySet[Occurrence]:
    return (
        Occurrence.objects.filter(
            session__in=sessions,
            revision=F("session__revision"),
            step__is_enabled=True,
            step__audience__in=SEATED,
        )
        .exclude(state=Occurrence.State.CANCELLED)
        .order_by("due_at", "pk")
    )


def before(sessions: Iterable[Session] | QuerySet[Session]) -> QuerySet[Occurrence]:
    """Return the mailings of these sessions that leave before them, to whoever has a place."""
    return _planned(sessions).filter(REMINDS)


def articles(sessions: Iterable[Session] | QuerySet[Session]) -> QuerySet[Occurrence]:
    """Return the mailings that bring the articles of these days to whoever has a place."""
    return _planned(sessions).filter(kind=ARTICLE)


def of_session(session: Session, at: dt.datetime) -> Promise:
    """Return which reminders will still reach somebody who registers for a session at `at`."""
    promised = _planned([session]).filter(REMINDS | Q(kind=ARTICLE), due_at__gt=at, asked_at=None)
    mailings = list(promised.select_related("step"))
    reminders = [mailing.step for mailing in mailings if mailing.step and mailing.kind != ARTICLE]
    first = min((mailing.due_at for mailing in mailings), default=None)
    return Promise(
        offsets=tuple(dict.fromkeys(step.distance for step in reminders)),
        has_article=len(reminders) < len(mailings),
        true_until=first,
    )


def reminded(registration_id: int | None, *, at: dt.datetime) -> bool:
    """Tell whether somebody will be reminded of every date ahead at which they have a place."""
    known = _of_each_date(registration_id, before, at=at)
    return bool(known) and all(known)


def sends_articles(registration_id: int | None, *, at: dt.datetime) -> bool:
    """Tell whether articles are still to come to somebody; that of a day may have left before they registered."""
    return any(_of_each_date(registration_id, articles, at=at))


def _of_each_date(
    registration_id: int | None,
    mailings: Callable[[QuerySet[Session]], QuerySet[Occurrence]],
    *,
    at: dt.datetime,
) -> list[bool]:
    """Tell of every date ahead at which somebody has a place whether one of these mailings is to come."""
    if registration_id is None:
        return []
    rows = CycleRegistration.objects.filter(pk=registration_id, participant__reminders_stopped_at=None)
    seats = Registration.objects.filter(cycle_registration__in=rows, state=State.CONFIRMED)
    sessions = Session.objects.upcoming(at=at).filter(registrations__in=seats)
    comes = Exists(mailings(Session.objects.filter(pk=OuterRef(OuterRef("pk")))).filter(due_at__gte=at))
    return list(dict(sessions.order_by().annotate(comes=comes).values_list("pk", "comes")).values())


def first_without_reminder(seats: QuerySet[Registration], *, at: dt.datetime) -> Registration | None:
    """Return the first of these seats whose session had reminders, all of which have left already by `at`."""
    mailings = before(Session.objects.filter(pk=OuterRef(OuterRef("session"))))
    held = seats.filter(session__in=Session.objects.held())
    return held.filter(Exists(mailings), ~Exists(mailings.filter(Q(due_at__gte=at)))).first()
