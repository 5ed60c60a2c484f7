"""The mails to come, across cycles: mailings that are planned or leaving, and mails that wait by themselves."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count, Exists, Max, OuterRef, Q

from cycles.models import Cycle
from notifications.models import Delivery, GroupMessage, Occurrence

from . import reach

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from cycles.models import Session
    from notifications.models import ReminderStep

DAY = dt.timedelta(days=1)
State = Occurrence.State


@dataclass(frozen=True, kw_only=True)
class Coming:
    """A mailing to come, or mails of one kind that wait: what it is, when it leaves, to how many.

    `mailing` and `session` are None for mails that belong to no mailing: a message to a group, a confirmation.
    """

    cycle: Cycle
    kind: str
    due_at: dt.datetime
    people: int
    session: Session | None = None
    step: ReminderStep | None = None
    mailing: Occurrence | None = None
    group_message: GroupMessage | None = None


def coming(cycles: QuerySet[Cycle], *, at: dt.datetime, until: dt.datetime, most: int) -> list[Coming]:
    """Return what leaves between `at` and `until` in these cycles, soonest first, `most` of each sort at most.

    What is due already and waits is among it. The same number of queries for one mailing and a thousand.
    """
    waits = Delivery.objects.filter(occurrence=OuterRef("pk"), state=Delivery.State.PENDING)
    is_ahead = Q(state=State.PLANNED) | Q(state=State.OPEN, passes=0) | (Q(state=State.OPEN) & Exists(waits))
    rows = list(
        Occurrence.objects.filter(is_ahead, session__cycle__in=cycles, not_after__gt=at, due_at__lt=until)
        .select_related("step__cycle", "session__cycle")
        .order_by("due_at", "pk")[:most]
    )
    begun = [row.pk for row in rows if row.state == State.OPEN and row.passes]
    waiting = dict(
        Delivery.objects.filter(occurrence__in=begun, state=Delivery.State.PENDING)
        .order_by()
        .values_list("occurrence")
        .annotate(count=Count("pk"))
    )
    reached = reach.people([row for row in rows if row.pk not in begun], at=at)
    of_mailings = [
        Coming(
            cycle=row.session.cycle,
            kind=row.kind,
            due_at=row.due_at,
            people=waiting.get(row.pk, 0) if row.pk in begun else reached[row.pk],
            session=row.session,
            step=row.step,
            mailing=row,
        )
        for row in rows
    ]
    return sorted([*of_mailings, *_by_themselves(cycles, until=until, most=most)], key=lambda one: one.due_at)


def _by_themselves(cycles: QuerySet[Cycle], *, until: dt.datetime, most: int) -> list[Coming]:
    """Return the mails that wait and are of no mailing, those of one kind together; three queries."""
    rows = (
        Delivery.objects.filter(
            occurrence=None, state=Delivery.State.PENDING, cycle__in=cycles, next_at__lt=until
        )
        .order_by("cycle", "kind", "group_message")
        .values_list("cycle", "kind", "group_message")
        .annotate(count=Count("pk"), last=Max("next_at"))
    )
    results = list(rows[:most])
    known = Cycle.objects.in_bulk({cycle for cycle, *_rest in results})
    messages = GroupMessage.objects.in_bulk({message for _c, _k, message, *_rest in results if message})
    return [
        Coming(
            cycle=known[cycle],
            kind=kind,
            due_at=last,
            people=count,
            group_message=messages.get(message),
        )
        for cycle, kind, message, count, last in results
    ]


def next_day_count(*, at: dt.datetime) -> int:
    """Return how many mailings of the whole site are planned for the next 24 hours."""
    return Occurrence.objects.filter(state=State.PLANNED, due_at__gt=at, due_at__lte=at + DAY).count()
