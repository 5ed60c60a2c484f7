"""Which other sessions of ours take place at the same time as a date that is only looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cycles import naming
from cycles.models import Session

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection, Sequence

    from django.db.models import QuerySet

    from cycles.models import Cycle


class Clashes:
    """The held sessions of some cycles between two instants, read once."""

    def __init__(
        self,
        cycles: QuerySet[Cycle],
        spans: Sequence[tuple[dt.datetime, dt.datetime]],
        *,
        without: Collection[int] = (),
    ) -> None:
        self._sessions: list[Session] = []
        if spans:
            held = Session.objects.held().filter(
                cycle__in=cycles,
                is_all_day=False,
                starts_at__lt=max(end for _start, end in spans),
                ends_at__gt=min(start for start, _end in spans),
            )
            # What moves away itself is in nobody's way.
            self._sessions = list(
                held.exclude(pk__in=without).select_related("cycle").order_by("starts_at", "pk")
            )

    def names(self, starts_at: dt.datetime, ends_at: dt.datetime) -> list[str]:
        """Return «Escale 3 (Le tour)» for each session that takes place in this span."""
        return [
            f"{naming.session_label(s)} ({naming.cycle_short_title(s.cycle)})"
            for s in self._sessions
            if s.starts_at is not None
            and s.ends_at is not None
            and s.starts_at < ends_at
            and s.ends_at > starts_at
        ]
