"""How many places a run has left. Places are counted in registrations, which says here who counts them.

A named question with an answer, asked downwards: pages of this app show it without knowing who registers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping


_counters: list[Callable[[Collection[int]], Mapping[int, int]]] = []


def count_with(counter: Callable[[Collection[int]], Mapping[int, int]]) -> None:
    """Name who counts places: {cycle: how many are left, 0 when it is full}, none for one without a limit."""
    _counters[:] = [counter]


def left(cycles: Collection[int]) -> Mapping[int, int]:
    """Return how many places each of these cycles has left; nothing of those that set no limit."""
    return _counters[0](cycles) if _counters and cycles else {}
