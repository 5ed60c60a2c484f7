"""The first page: what is organised here, and what comes next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.conf import settings

from cycles.models import Cycle, News, Programme, Session

from .lines import Line, line
from .news import Post, posts
from .stops import Stop, true_until

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

POSTS_SHOWN = 4


@dataclass(frozen=True, kw_only=True)
class HomePage:
    """Everything the first page shows."""

    programmes: tuple[tuple[Programme, tuple[Line, ...]], ...]
    other_lines: tuple[Line, ...]
    next_line: Line | None
    posts: tuple[Post, ...]
    changes_at: dt.datetime


def home_page(*, at: dt.datetime) -> HomePage:
    """Gather the first page; five queries, whatever their number of cycles and sessions."""
    lines = lines_of(Cycle.objects.published().select_related("programme", "host"), at=at)
    programmes = Programme.objects.published().select_related("lead")
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
    )


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
