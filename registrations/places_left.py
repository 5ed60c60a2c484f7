"""How many places are left in cycles, for public pages: those of the cycle itself, or of its fullest date."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Count, Q

from cycles.models import Cycle, Session

from .models import State

if TYPE_CHECKING:
    from collections.abc import Collection

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
