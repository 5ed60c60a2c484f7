"""Which cycles are the demonstration's: their papers say so, and may go with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cycles.models import Cycle, Programme

# What the addresses of invented organisations and modules begin with (cycles/data/demo.yaml).
PREFIX = "demo-"


def is_demo(cycle: Cycle) -> bool:
    """Tell whether a cycle is invented, or of the programme whose dates are shifted."""
    return bool(cycle.demo_shift_years) or cycle.slug.startswith(PREFIX) or is_of_demo(cycle.programme)


def is_of_demo(programme: Programme | None) -> bool:
    """Tell whether a programme is that of an invented organisation."""
    lead = programme.lead if programme else None
    return lead is not None and lead.slug.startswith(PREFIX)
