"""Whom a cycle or a programme reaches: how many structures, which territories. Counts, never people's names.

A structure is named where five or more of its people are registered: fewer would say something about persons.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count
from django.utils.translation import ngettext

from accounts.alphabet import folded, sort_key
from desk.reports.shares import FEWEST
from registrations.models import SEATED, CycleRegistration
from registrations.people import names

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet

    from cycles.models import Cycle, Session

MOST_NAMED = 12


@dataclass(frozen=True, kw_only=True)
class Structure:
    name: str
    count: int


@dataclass(frozen=True, kw_only=True)
class Reach:
    """How many structures people come from, the largest of them by name, and the territories spoken of."""

    structures: int
    named: tuple[Structure, ...]
    territories: tuple[str, ...]

    @property
    def others(self) -> int:
        return self.structures - len(self.named)

    @property
    def sentences(self) -> list[str]:
        results = []
        if self.structures:
            words = ngettext(
                "%(count)d structure represented", "%(count)d structures represented", self.structures
            )
            results.append(words % {"count": self.structures})
        if count := len(self.territories):
            results.append(ngettext("%(count)d territory", "%(count)d territories", count) % {"count": count})
        return results


def reach(cycles: QuerySet[Cycle], sessions: Iterable[Session]) -> Reach:
    """Return whom some cycles reach; one query. `sessions` were read with their territory."""
    counted = (
        CycleRegistration.objects.filter(cycle__in=cycles, state__in=SEATED, participant__anonymised_at=None)
        .annotate(structure=names.shown()["shown_organisation_name"])
        .order_by()
        .values_list("structure")
        .annotate(count=Count("participant", distinct=True))
    )
    people: Counter[str] = Counter()
    spellings: dict[str, Counter[str]] = {}
    for name, count in counted:
        shown = " ".join(name.split())
        if key := folded(shown):
            people[key] += count
            spellings.setdefault(key, Counter())[shown] += count
    named = [
        Structure(name=max(spellings[key], key=lambda each: (spellings[key][each], each)), count=count)
        for key, count in people.items()
        if count >= FEWEST
    ]
    named.sort(key=lambda each: (-each.count, sort_key(each.name)))
    territories = {str(session.territory) for session in sessions if session.territory is not None}
    return Reach(
        structures=len(people),
        named=tuple(named[:MOST_NAMED]),
        territories=tuple(sorted(territories, key=sort_key)),
    )
