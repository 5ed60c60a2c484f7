"""Requests that nobody confirms: so many in an hour, and the form of a cycle asks to come back later.

The form writes to any address that is typed: a cap keeps it from being used to write to strangers.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import Count

from cycles.models import Cycle
from registrations.models import CycleRegistration, State

from . import limits

if TYPE_CHECKING:
    from django.db.models import QuerySet

HOUR = dt.timedelta(hours=1)


def limit(cycle: Cycle) -> limits.Limit | None:
    """Return the limit that is counted with the others, None where there is none.

    Beyond it `is_full` is asked, which counts exactly.
    """
    most = settings.ESCALE_UNCONFIRMED_AN_HOUR
    return limits.Limit(name="flood", who=str(cycle.pk), most=most, window=limits.HOUR) if most else None


def is_full(cycle: Cycle, *, at: dt.datetime) -> bool:
    """Tell whether a cycle has as many unconfirmed requests of the last hour as it may have."""
    fresh = CycleRegistration.objects.filter(cycle=cycle, state=State.PENDING, requested_at__gt=at - HOUR)
    most = settings.ESCALE_UNCONFIRMED_AN_HOUR
    return bool(most) and fresh[:most].count() >= most


def stopped(cycles: QuerySet[Cycle], *, at: dt.datetime) -> list[tuple[Cycle, int]]:
    """Return the cycles whose form is closed by the cap now, each with its unconfirmed requests of the last hour."""
    most = settings.ESCALE_UNCONFIRMED_AN_HOUR
    if not most:
        return []
    waiting = CycleRegistration.objects.filter(
        cycle__in=cycles, state=State.PENDING, requested_at__gt=at - HOUR
    )
    counts = dict(
        waiting.values_list("cycle")
        .annotate(n=Count("pk"))
        .filter(n__gte=most)
        .order_by()
        .values_list("cycle", "n")
    )
    rows = Cycle.objects.filter(pk__in=counts).order_by("slug") if counts else []
    return [(cycle, counts[cycle.pk]) for cycle in rows]
