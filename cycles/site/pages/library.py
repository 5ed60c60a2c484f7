"""The page of publications."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cycles.models import Resource


def by_year(resources: Iterable[Resource]) -> list[tuple[int | None, list[Resource]]]:
    """Return publications under their year, newest first; those without a date stand last, under None."""
    listed = sorted(
        resources, key=lambda r: (r.date_from is None, -r.date_from.toordinal() if r.date_from else 0)
    )
    return [
        (year, list(group))
        for year, group in groupby(listed, key=lambda r: r.date_from.year if r.date_from else None)
    ]
