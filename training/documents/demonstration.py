"""Which cycles are the demonstration's: their papers say so, and may go with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cycles.models import Cycle

PREFIX = "demo-"


def is_demo(cycle: Cycle) -> bool:
    """Tell whether a cycle is invented or of the shifted programme of the demonstration."""
    return bool(cycle.demo_shift_years) or cycle.slug.startswith(PREFIX)
