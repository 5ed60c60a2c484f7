"""Which other sessions of ours take place at the same time as a date that is only looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from django.utils.translation import gettext as _

from cycles.language import naming
from cycles.models import Session

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection, Sequence

    from django.db.models import QuerySet

    from cycles.models import Cycle


class Span(NamedTuple):
    """A date that is looked at itself: what it is called beside another one that would be held at the same time."""

    starts_at: dt.datetime
    ends_at: dt.datetime
    name: str


class Clashes:
    """The held sessions of some cycles between two instants, read once, and the new dates among each other."""

    def __init__(
        self,
        cycles: QuerySet[Cycle],
        spans: Sequence[tuple[dt.datetime, dt.datetime]],
        *,
        without: Collection[int] = (),
        new: Sequence[Span] = (),
    ) -> None:
        """Look among the sessions of `cycles`, but those `without`: what moves away itself is in nobody's way.

        `spans` are all that will be asked about, `new` those of them that would be held.
        """
        self._spans = list(new)
        if spans:
            held = Session.objects.held().filter(
                cycle__in=cycles,
                is_all_day=False,
                starts_at__lt=max(end for _start, end in spans),
                ends_at__gt=min(start for start, _end in spans),
            )
            rows = held.exclude(pk__in=without).select_related("cycle").order_by("starts_at", "pk")
            self._spans += [
                Span(
                    s.starts_at, s.ends_at, f"{naming.session_label(s)} ({naming.cycle_short_title(s.cycle)})"
                )
                for s in rows
                if s.starts_at is not None and s.ends_at is not None
            ]

    def warnings(self, starts_at: dt.datetime, ends_at: dt.datetime, *, own: Span | None = None) -> list[str]:
        """Return «At the same time: Escale 3 (Le tour)» for each that takes place in this span; not for itself."""
        return [
            _("At the same time: %(session)s") % {"session": span.name}
            for span in self._spans
            if span is not own and span.starts_at < ends_at and span.ends_at > starts_at
        ]
