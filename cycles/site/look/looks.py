"""Whose colour and logo a page carries that is not about one programme alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cycles.models import Cycle, Programme


def shared_by(cycles: Iterable[Cycle]) -> Programme | None:
    """Return the public programme of all of these cycles; None for several, or where one belongs to none.

    The cycles were read with `programme__picture`.
    """
    programmes = {cycle.public_programme for cycle in cycles}
    return programmes.pop() if len(programmes) == 1 else None
