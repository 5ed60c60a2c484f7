"""What there is to tell an organiser: requests, mails in trouble, rooms that are missing, the week. Reads only."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Count, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from cycles.models import Cycle, Session
from notifications.models import Delivery, Occurrence, RefusedMailing
from registrations import rooms
from registrations.models import CycleRegistration, State

if TYPE_CHECKING:
    from django.db.models import QuerySet

DAY = dt.timedelta(days=1)
WEEK = dt.timedelta(days=7)
ENDED_BADLY = (Delivery.State.FAILED, Delivery.State.UNCERTAIN)


@dataclass(frozen=True, kw_only=True)
class Requests:
    """How many requests of a cycle wait for an answer, and how many of them are new."""

    cycle: Cycle
    new: int
    waiting: int


@dataclass(frozen=True, kw_only=True)
class Trouble:
    """How many mails of a cycle ended badly since yesterday, and how many mailings wait for a person."""

    cycle: Cycle
    refused: int
    held: int


@dataclass(frozen=True, kw_only=True)
class Seats:
    """A session of the coming week, with how many have a place and how many wait for one."""

    session: Session
    seated: int
    waiting: int


@dataclass(frozen=True, kw_only=True)
class Week:
    """The sessions of the next seven days, the mailings to come, and who registered in the last seven."""

    sessions: tuple[Seats, ...]
    registered: int
    requests: int
    mailings: int

    def __bool__(self) -> bool:
        return bool(self.sessions or self.registered or self.requests)


def requests(cycles: QuerySet[Cycle], *, at: dt.datetime) -> list[Requests]:
    """Return the cycles in which requests wait, some of them since less than a day; one query."""
    in_review = Q(registrations__state=State.IN_REVIEW)
    counted = cycles.annotate(
        waiting=Count("registrations", filter=in_review),
        new=Count("registrations", filter=in_review & Q(registrations__requested_at__gt=at - DAY)),
    )
    return [
        Requests(cycle=cycle, new=cycle.new, waiting=cycle.waiting) for cycle in counted.filter(new__gt=0)
    ]


def trouble(cycles: QuerySet[Cycle], *, at: dt.datetime) -> list[Trouble]:
    """Return the cycles whose mails are in trouble since yesterday; three queries."""
    ended = Delivery.objects.filter(cycle__in=cycles, state__in=ENDED_BADLY, created_at__gt=at - WEEK)
    ended = ended.filter(Q(sending_at__gt=at - DAY) | Q(sending_at=None, created_at__gt=at - DAY))
    refused = dict(ended.order_by().values_list("cycle").annotate(count=Count("pk")))
    rows = RefusedMailing.objects.filter(cycle__in=cycles, held_at__gt=at - DAY)
    held = dict(rows.order_by().values_list("cycle").annotate(count=Count("pk")))
    return [
        Trouble(cycle=cycle, refused=refused.get(cycle.pk, 0), held=held.get(cycle.pk, 0))
        for cycle in cycles.filter(pk__in={*refused, *held})
    ]


def unready(cycles: QuerySet[Cycle], *, at: dt.datetime) -> list[Session]:
    """Return the sessions of tomorrow whose room has no address yet, or that have nothing to read where they should.

    One query, and what `rooms` asks.
    """
    soon = (
        Session.objects.upcoming(at=at)
        .filter(cycle__in=cycles, starts_at__lt=at + 2 * DAY + DAY / 2)
        .select_related("cycle")
    )
    tomorrow = at.astimezone(ZoneInfo(settings.TIME_ZONE)).date() + DAY
    return [
        session
        for session in soon
        if session.local_date == tomorrow
        and (session.lacks_article or (session.has_room and not rooms.is_ready(session)))
    ]


def _waiting_for_all() -> QuerySet[Any, Any]:
    """Count by cycle who waits for a place in all of it, for the session in an outer query."""
    rows = CycleRegistration.objects.filter(cycle=OuterRef("cycle"), state=State.WAITLISTED).order_by()
    return rows.values("cycle").annotate(count=Count("pk")).values("count")


def week(cycles: QuerySet[Cycle], *, at: dt.datetime) -> Week:
    """Return what the next seven days hold; five queries at most."""
    ahead = (
        Session.objects.upcoming(at=at)
        .filter(cycle__in=cycles, starts_at__lt=at + WEEK)
        .select_related("cycle")
        .annotate(
            seated=Count(
                "registrations", filter=Q(registrations__state__in=(State.CONFIRMED, State.OFFERED))
            ),
            waiting=Count("registrations", filter=Q(registrations__state=State.WAITLISTED)),
            # Whoever waits for a whole cycle waits at each of its dates, without a row there.
            waiting_for_all=Coalesce(Subquery(_waiting_for_all()), 0),
        )
        .order_by("starts_at", "pk")
    )
    rows = CycleRegistration.objects.filter(cycle__in=cycles)
    return Week(
        sessions=tuple(
            Seats(
                session=session,
                seated=session.seated,  # type: ignore[attr-defined]  # as annotated
                waiting=session.waiting + session.waiting_for_all,  # type: ignore[attr-defined]  # likewise
            )
            for session in ahead
        ),
        registered=rows.filter(state=State.CONFIRMED, confirmed_at__gt=at - WEEK).count(),
        requests=rows.filter(state=State.IN_REVIEW).count(),
        mailings=Occurrence.objects.filter(
            session__cycle__in=cycles,
            state=Occurrence.State.PLANNED,
            due_at__gt=at,
            due_at__lte=at + WEEK,
        ).count(),
    )
