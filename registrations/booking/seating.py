"""Who has a seat, who waits, how long a place is offered. Pure: first come, first served.

The caller locks the session first, so that the requests it passes are all there are.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, kw_only=True)
class Request:
    """One live registration. `queued_at` is its place in the queue, `id` decides between equals.

    Someone who `holds` a seat keeps it, even when the capacity was lowered under them since.
    """

    id: int
    queued_at: dt.datetime
    holds: bool = False


@dataclass(frozen=True, kw_only=True)
class Seating:
    """Who sits and who waits, each in the order of the queue."""

    seated: tuple[int, ...]
    waiting: tuple[int, ...]


def allocate(capacity: int | None, requests: Iterable[Request]) -> Seating:
    """Return the seating of a session with `capacity` places (None: no limit)."""
    queue = sorted(requests, key=lambda request: (request.queued_at, request.id))
    free = None if capacity is None else capacity - sum(request.holds for request in queue)
    seated: list[int] = []
    waiting: list[int] = []
    for request in queue:
        if request.holds or free is None:
            seated.append(request.id)
        elif free > 0:
            seated.append(request.id)
            free -= 1
        else:
            waiting.append(request.id)
    return Seating(seated=tuple(seated), waiting=tuple(waiting))


def offer_ends(*, at: dt.datetime, hours: int | None, starts_at: dt.datetime) -> dt.datetime | None:
    """Return until when a place that became free at `at` is held for whoever is offered it.

    None: it is theirs straight away. So it is without `hours`, and when the session would begin before the
    offer ends: there would be no time left to pass the place on.
    """
    if hours is None:
        return None
    ends_at = at + dt.timedelta(hours=hours)
    return ends_at if ends_at < starts_at else None
