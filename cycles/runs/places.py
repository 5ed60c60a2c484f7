"""How many places a run has left, and how many people wait. Places are counted in registrations, which says how.

A named question with an answer, asked downwards: pages of this app show it without knowing who registers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from cycles.site.crowds import Seats

_counters: list[Callable[[Collection[int]], Mapping[int, Seats]]] = []


def count_with(counter: Callable[[Collection[int]], Mapping[int, Seats]]) -> None:
    """Name who counts places: {cycle: its places}, nothing for one without a limit."""
    _counters[:] = [counter]


def seats(cycles: Collection[int]) -> Mapping[int, Seats]:
    """Return the places of each of these cycles; nothing of those that set no limit."""
    return _counters[0](cycles) if _counters and cycles else {}
