"""The line of stops lying down: a small drawn route, one point a stop. Pure geometry, no colour, no clock.

The drawing only repeats what is written beside it, so it is hidden from screen readers.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

WIDTH = 360
HEIGHT = 44
MARGIN = 10
LARGEST = 5.0
SMALLEST = 1.5
# How far each point stands from the middle: a walk, not a sine.
SWAY = (0, -9, -4, 8, 11, 2, -8, -11, -1, 7, 10, 3)
TRAVELLED = frozenset({"done"})


@dataclass(frozen=True)
class Point:
    """Where a stop stands, how large it is drawn, and its state (the class of look.md)."""

    x: float
    y: float
    r: float
    state: str

    @property
    def heart(self) -> float:
        """The radius of the dot inside the next stop."""
        return round(self.r * 0.45, 1)


@dataclass(frozen=True)
class Route:
    """Two SVG paths in a box of WIDTH by HEIGHT, and the points on them."""

    gone: str
    ahead: str
    points: tuple[Point, ...]
    width: int = WIDTH
    height: int = HEIGHT


def route(states: Sequence[str]) -> Route:
    """Return the drawn route through stops in these states: as far as the last one done, and from there on."""
    count = len(states)
    gap = (WIDTH - 2 * MARGIN) / max(count - 1, 1)
    radius = round(min(LARGEST, max(SMALLEST, gap * 0.3)), 1)
    points = tuple(
        Point(
            x=round(MARGIN + gap * i if count > 1 else WIDTH / 2, 1),
            y=round(HEIGHT / 2 + SWAY[i % len(SWAY)], 1),
            r=round(radius * (1.35 if state in ("next", "live") else 1), 1),
            state=state,
        )
        for i, state in enumerate(states)
    )
    last_gone = max((i for i, state in enumerate(states) if state in TRAVELLED), default=0)
    return Route(gone=_path(points[: last_gone + 1]), ahead=_path(points[last_gone:]), points=points)


def _path(points: Sequence[Point]) -> str:
    """Return a smooth path through points, level at each; empty for fewer than two."""
    if len(points) < 2:  # noqa: PLR2004 - a line has two ends
        return ""
    parts = [f"M{points[0].x:g} {points[0].y:g}"]
    for before, after in itertools.pairwise(points):
        bend = math.floor((before.x + after.x) * 5) / 10
        parts.append(f"C{bend:g} {before.y:g} {bend:g} {after.y:g} {after.x:g} {after.y:g}")
    return "".join(parts)
