"""What the reader of a page may do, as templates ask: the tabs of a cycle, buttons and links lead nowhere closed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cycles.access import Right

if TYPE_CHECKING:
    from collections.abc import Collection


def may(rights: Collection[Right]) -> dict[str, bool]:
    """Return what templates call the rights that somebody has on what a page shows (`cycles.access.cycle_for`)."""
    return {
        "may_plan": Right.PLAN in rights,
        "may_read_people": Right.PEOPLE in rights,
        "may_teach": Right.TEACH in rights,
    }
