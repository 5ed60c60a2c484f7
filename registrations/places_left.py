"""How many places are left, how many people wait and how many come: the numbers that public pages tell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Count, Q, Value
from django.db.models.functions import Lower, NullIf, Trim

from cycles.models import Cycle, Session
from cycles.site.crowds import Crowd, Seats

from .models import SEATED, CycleRegistration, Registration, State

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from django.db.models import QuerySet

# Who waits has what becomes free: whoever comes now waits behind them.
TAKEN = (State.CONFIRMED, State.OFFERED, State.WAITLISTED)


def left(cycles: Collection[int]) -> dict[int, int]:
    """Return {cycle: places left, 0 when it is full} of those that count places; two queries.

    Where the cycle and its dates both count, whoever comes next needs a place in each: the smallest number is told.
    """
    result: dict[int, int] = {}
    counted = Cycle.objects.filter(pk__in=cycles, capacity__isnull=False)
    of_cycles = counted.annotate(taken=Count("registrations", filter=Q(registrations__state__in=TAKEN)))
    dates = Session.objects.held().filter(cycle__in=cycles, capacity__isnull=False)
    of_dates = dates.annotate(taken=Count("registrations", filter=Q(registrations__state__in=TAKEN)))
    for pk, capacity, taken in [
        *of_cycles.values_list("pk", "capacity", "taken"),
        *of_dates.order_by().values_list("cycle", "capacity", "taken"),
    ]:
        left = max((capacity or 0) - taken, 0)
        result[pk] = min(left, result.get(pk, left))
    return result


def seats(sessions: Iterable[Session]) -> dict[int, Seats]:
    """Return {session: its places} for dates that count them, or whose cycle does; two queries at most.

    Whoever registers for a date needs a place at it and in its cycle: the smaller number is told.
    """
    listed = list(sessions)
    taken = Count("pk", filter=Q(state__in=SEATED))
    waiting = Count("pk", filter=Q(state=State.WAITLISTED))
    dates = [s.pk for s in listed if s.capacity is not None]
    cycles = {s.cycle_id for s in listed if s.cycle.capacity is not None}
    of_dates = {
        pk: (held, queue)
        for pk, held, queue in Registration.objects.filter(session__in=dates)
        .order_by()
        .values_list("session")
        .annotate(taken=taken, waiting=waiting)
    }
    of_cycles = {
        pk: (held, queue)
        for pk, held, queue in CycleRegistration.objects.filter(cycle__in=cycles)
        .order_by()
        .values_list("cycle")
        .annotate(taken=taken, waiting=waiting)
    }
    result = {}
    for session in listed:
        counts = [
            (capacity, *counted.get(pk, (0, 0)))
            for capacity, counted, pk in (
                (session.capacity, of_dates, session.pk),
                (session.cycle.capacity, of_cycles, session.cycle_id),
            )
            if capacity is not None
        ]
        # Who waits has what becomes free: whoever comes now waits behind them.
        result[session.pk] = Seats(
            left=min(max(capacity - held - queue, 0) for capacity, held, queue in counts),
            waiting=max(queue for _capacity, _held, queue in counts),
        )
    return result


def of_cycle(cycle: int) -> Crowd:
    """Return who has a place in a cycle, and of how many organisations they are."""
    return _crowd(CycleRegistration.objects.filter(cycle=cycle, state=State.CONFIRMED))


def of_session(session: int) -> Crowd:
    """Return who has a place at a session, and of how many organisations they are."""
    return _crowd(Registration.objects.confirmed().filter(session=session))


def _crowd(rows: QuerySet[CycleRegistration] | QuerySet[Registration]) -> Crowd:
    """Return them in one query; an organisation written in two ways counts once where only capitals differ."""
    organisation = Lower(Trim("participant__organisation_name"))
    counted = rows.aggregate(
        people=Count("participant", distinct=True),
        organisations=Count(NullIf(organisation, Value("")), distinct=True),
    )
    return Crowd(counted["people"], counted["organisations"])
