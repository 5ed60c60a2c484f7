"""How many places are left, how many people wait and how many come: the numbers that public pages tell."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Q, Value
from django.db.models.functions import Lower, NullIf, Trim

from cycles.models import Cycle, Session
from cycles.site.crowds import Crowd, Seats

from .models import SEATED, CycleRegistration, Registration, State

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from django.db.models import QuerySet


def of_runs(cycles: Collection[int]) -> dict[int, Seats]:
    """Return {cycle: its places} of those that count any, of their own or of their dates; two queries.

    Where the cycle and its dates both count, whoever comes next needs a place in each: the smallest number is told.
    """
    taken = Count("registrations", filter=Q(registrations__state__in=SEATED))
    waiting = Count("registrations", filter=Q(registrations__state=State.WAITLISTED))
    of_cycles = Cycle.objects.filter(pk__in=cycles, capacity__isnull=False)
    dates = Session.objects.held().filter(cycle__in=cycles, capacity__isnull=False)
    counts: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
    for rows, key in ((of_cycles, "pk"), (dates, "cycle")):
        counted = rows.order_by().annotate(taken=taken, waiting=waiting)
        for pk, capacity, held, queue in counted.values_list(key, "capacity", "taken", "waiting"):
            counts[pk].append((capacity or 0, held, queue))
    return {pk: _seats(each) for pk, each in counts.items()}


def _seats(counts: Collection[tuple[int, int, int]]) -> Seats:
    """Return what is left where each of these is needed: (capacity, places held, how many wait).

    Who waits has what becomes free: whoever comes now waits behind them.
    """
    return Seats(
        left=min(max(capacity - held - queue, 0) for capacity, held, queue in counts),
        waiting=max(queue for _capacity, _held, queue in counts),
    )


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
        result[session.pk] = _seats(counts)
    return result


def full_dates(sessions: Iterable[Session]) -> frozenset[int]:
    """Return the sessions at which whoever has a place in their cycle would wait for one; one query, or none."""
    capacities = {session.pk: session.capacity for session in sessions if session.capacity is not None}
    asked = Registration.objects.filter(session__in=capacities, state__in=(*SEATED, State.WAITLISTED))
    return _without_room(capacities, asked, "session")


def full_cycles(cycles: Iterable[Cycle]) -> frozenset[int]:
    """Return the cycles in which whoever has no place now would wait for one; one query, or none."""
    capacities = {cycle.pk: cycle.capacity for cycle in cycles if cycle.capacity is not None}
    asked = CycleRegistration.objects.filter(cycle__in=capacities, state__in=(*SEATED, State.WAITLISTED))
    return _without_room(capacities, asked, "cycle")


def _without_room(capacities: dict[int, int], asked: QuerySet[Any], key: str) -> frozenset[int]:
    """Return those for which as many ask as there are places: who waits has what becomes free."""
    if not capacities:
        return frozenset()
    counts = dict(asked.order_by().values_list(key).annotate(count=Count("pk")))
    return frozenset(pk for pk, capacity in capacities.items() if counts.get(pk, 0) >= capacity)


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
