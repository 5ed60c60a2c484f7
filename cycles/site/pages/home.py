"""The first page: what is organised here, and what comes next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Min

from cycles.models import Cycle, News, Programme, Session
from cycles.site import crowds

from .coming import coming_sessions
from .lines import Line, line
from .news import Post, posts
from .stops import Stop, is_registrable, seats_of, stop, true_until

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from cycles.models.cycle import CycleQuerySet

POSTS_SHOWN = 4
# So many dates of all cycles are on the first page; the others are a page away.
DATES_SHOWN = 6
# Up to so many cycles are shown with their stops; of more, those that come next. The others are a page away.
MOST_LINES = 8


@dataclass(frozen=True, kw_only=True)
class HomePage:
    """Everything the first page shows."""

    programmes: tuple[tuple[Programme, tuple[Line, ...]], ...]
    other_lines: tuple[Line, ...]
    # The one to register for: the next that takes registrations, else the next.
    next_stop: Stop | None
    can_register: bool
    # The next dates of all of them, runs of training too, in one order.
    coming: tuple[Stop, ...]
    posts: tuple[Post, ...]
    changes_at: dt.datetime
    # Not all programmes and cycles are on it.
    is_cut: bool


def home_page(*, at: dt.datetime) -> HomePage:
    """Gather the first page; six queries, two more where there are many cycles, two where places are counted."""
    published = Cycle.objects.published().series().select_related("programme", "host")
    cycles = list(published[: MOST_LINES + 1])
    is_cut = len(cycles) > MOST_LINES
    if is_cut:
        cycles = next_cycles(published, most=MOST_LINES, at=at)
    lines = lines_of(cycles, at=at)
    listed = list(coming_sessions(at=at)[:DATES_SHOWN])
    seats = seats_of(listed, at=at)
    programmes = Programme.objects.published().select_related("lead")
    if is_cut:
        programmes = programmes.filter(pk__in={cycle.programme_id for cycle in cycles if cycle.programme_id})
    shown = {p.pk for p in programmes}
    coming = tuple(stop(session, at=at, seats=seats.get(session.pk)) for session in listed)
    open_ones = (each for each in coming if is_registrable(each.session, at=at))
    next_stop = next(open_ones, coming[0] if coming else None)
    sessions = listed + [item.session for each in lines for item in each.items if isinstance(item, Stop)]
    return HomePage(
        programmes=tuple(
            (p, tuple(each for each in lines if each.cycle.programme_id == p.pk)) for p in programmes
        ),
        other_lines=tuple(each for each in lines if each.cycle.programme_id not in shown),
        next_stop=next_stop,
        can_register=next_stop is not None and is_registrable(next_stop.session, at=at),
        coming=coming,
        posts=tuple(posts(News.objects.all())[:POSTS_SHOWN]),
        changes_at=crowds.holds_until(
            true_until(sessions, zone=ZoneInfo(settings.TIME_ZONE), at=at),
            at=at,
            counts=bool(seats) or any(s.seats for each in lines for s in each.items if isinstance(s, Stop)),
        ),
        is_cut=is_cut,
    )


def next_cycles(published: CycleQuerySet, *, most: int, at: dt.datetime) -> list[Cycle]:
    """Return the `most` cycles whose next session is soonest; where few have one, those that began last, too."""
    coming = Session.objects.published().upcoming(at=at).order_by()
    soonest = coming.values("cycle").annotate(first=Min("starts_at")).order_by("first", "cycle")
    chosen = [row["cycle"] for row in soonest[:most]]
    cycles = {cycle.pk: cycle for cycle in published.filter(pk__in=chosen)}
    listed = [cycles[pk] for pk in chosen if pk in cycles]
    if len(listed) < most:
        listed += published.exclude(pk__in=chosen)[: most - len(listed)]
    return listed


def lines_of(cycles: Iterable[Cycle], *, at: dt.datetime) -> tuple[Line, ...]:
    """Return the line of each cycle given, without speakers; one query for all their sessions."""
    listed = list(cycles)
    sessions: dict[int, list[Session]] = {}
    for session in Session.objects.published().filter(cycle__in=listed).in_order():
        sessions.setdefault(session.cycle_id, []).append(session)
    for cycle in listed:
        for session in sessions.get(cycle.pk, ()):
            session.cycle = cycle
    seats = seats_of((s for rows in sessions.values() for s in rows), at=at)
    return tuple(line(cycle, sessions.get(cycle.pk, ()), at=at, seats=seats) for cycle in listed)
