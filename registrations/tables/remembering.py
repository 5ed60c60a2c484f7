"""Which column is which, as organisers said, kept for their programme."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .models import ColumnChoice

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cycles.models import Programme

# Of one programme and one kind of file; what was said first goes when there is more.
MOST = 500


def choices(programme: Programme | None, *, use: ColumnChoice.Use) -> dict[str, str]:
    """Return {plain heading: what the column holds}, empty for a column to leave out; nothing without a programme."""
    if programme is None:
        return {}
    rows = ColumnChoice.objects.filter(programme=programme, use=use)
    return dict(rows.order_by("-pk").values_list("heading", "role")[:MOST])


def remember(programme: Programme | None, *, use: ColumnChoice.Use, chosen: Mapping[str, str]) -> None:
    """Keep what an organiser said of some columns; nothing is kept for a cycle that belongs to no programme."""
    if programme is None or not chosen:
        return
    ColumnChoice.objects.bulk_create(
        [
            ColumnChoice(programme=programme, use=use, heading=heading, role=role)
            for heading, role in chosen.items()
            if heading
        ],
        update_conflicts=True,
        unique_fields=["programme", "use", "heading"],
        update_fields=["role"],
    )
