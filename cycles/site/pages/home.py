"""The first page: what is organised here, and what comes next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Min

from cycles.models import Cycle, News, Programme, Session

from .lines import Line, line
from .news import Post, posts
from .stops import Stop, true_until

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from cycles.models.cycle import CycleQuerySet

POSTS_SHOWN = 4
# Up to so many cycles are shown with their stops; of more, those that come next. The others are a page away.
MOST_LINES = 8


@dataclass(frozen=True, kw_only=True)
class HomePage:
    """Everything the first page shows."""

    programmes: tuple[tuple[Programme, tuple[Line, ...]], ...]
    other_lines: tuple[Line, ...]
    next_line: Line | None
    posts: tuple[Post, ...]
    changes_at: dt.datetime
    # Not all programmes and cycles are on it.
    is_cut: bool


def home_page(*, at: dt.datetime) -> HomePage:
    """Gather the first page; five queries, and two more where there are many cycles."""
    published = Cycle.objects.published().series().select_related("programme", "host")
    cycles = list(published[: MOST_LINES + 1])
    is_cut = len(cycles) > MOST_LINES
    if is_cut:
        cycles = next_cycles(published, most=MOST_LINES, at=at)
    lines = lines_of(cycles, at=at)
    programmes = Programme.objects.published().select_related("lead")
    if is_cut:
        programmes = programmes.filter(pk__in={cycle.programme_id for cycle in cycles if cycle.programme_id})
    shown = {p.pk for p in programmes}
    coming = [each for each in lines if each.next_stop is not None]
    sessions = [item.session for each in lines for item in each.items if isinstance(item, Stop)]
    return HomePage(
        programmes=tuple(
            (p, tuple(each for each in lines if each.cycle.programme_id == p.pk)) for p in programmes
        ),
        other_lines=tuple(each for each in lines if each.cycle.programme_id not in shown),
        next_line=min(coming, key=_soonest, default=None),
        posts=tuple(posts(News.objects.all())[:POSTS_SHOWN]),
        changes_at=true_until(sessions, zone=ZoneInfo(settings.TIME_ZONE), at=at),
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
    return tuple(line(cycle, sessions.get(cycle.pk, ()), at=at) for cycle in listed)


def _soonest(each: Line) -> tuple[dt.datetime, int]:
    assert each.next_stop  # noqa: S101 - only lines with a next stop are compared
    assert each.next_stop.session.starts_at  # noqa: S101 - a next stop is dated
    return each.next_stop.session.starts_at, each.cycle.pk
