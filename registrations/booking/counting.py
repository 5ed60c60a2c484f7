"""How many people are registered, and how many only wait: two numbers, never one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Exists, OuterRef, Q

from registrations.models import SEATED, CycleRegistration, Registration, State

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from cycles.models import Cycle


@dataclass(frozen=True, kw_only=True)
class People:
    """How many are registered, and how many have no place anywhere and wait for one."""

    registered: int
    waiting: int


def people(cycles: QuerySet[Cycle]) -> People:
    """Count each person of some cycles once, in one query.

    Whoever waits for the cycle waits; so does whoever is in it, and has no place at any session but waits at one.
    """
    counted = _live(cycles).order_by().aggregate(**_counts())
    return People(registered=counted["registered"], waiting=counted["everybody"] - counted["registered"])


def waiting_for_all(cycle: Cycle) -> int:
    """Count who waits for a place in a whole cycle: at each of its dates, though they have no row there yet."""
    return CycleRegistration.objects.filter(cycle=cycle, state=State.WAITLISTED).count()


def people_by_cycle(cycles: QuerySet[Cycle]) -> dict[int, People]:
    """Return {cycle: its people}, without those where nobody is; one query."""
    rows: QuerySet[Any] = _live(cycles).order_by().values("cycle").annotate(**_counts())
    counted = rows.values_list("cycle", "registered", "everybody")
    return {
        cycle: People(registered=registered, waiting=everybody - registered)
        for cycle, registered, everybody in counted
    }


def _live(cycles: QuerySet[Cycle]) -> QuerySet[CycleRegistration]:
    return CycleRegistration.objects.filter(
        cycle__in=cycles, state__in=(State.CONFIRMED, State.OFFERED, State.WAITLISTED)
    )


def _counts() -> dict[str, Count]:
    rows = Registration.objects.filter(cycle_registration=OuterRef("pk"))
    only_waits = Q(state=State.WAITLISTED) | (
        Exists(rows.filter(state=State.WAITLISTED)) & ~Exists(rows.filter(state__in=SEATED))
    )
    return {
        "everybody": Count("participant", distinct=True),
        "registered": Count("participant", filter=~only_waits, distinct=True),
    }
