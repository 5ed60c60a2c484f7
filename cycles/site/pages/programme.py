"""The page of a programme."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.conf import settings

from cycles.models import News
from cycles.runs.pages import Card, cards, holds_until
from cycles.site import crowds

from .around import Around, around
from .home import lines_of
from .news import Post, posts
from .stops import Stop, true_until

if TYPE_CHECKING:
    import datetime as dt

    from cycles.models import Partnership, Programme

    from .lines import Line

POSTS_SHOWN = 6


@dataclass(frozen=True, kw_only=True)
class ProgrammePage:
    """Everything the page of a programme shows."""

    lines: tuple[Line, ...]
    modules: tuple[Card, ...]
    partnerships: tuple[Partnership, ...]
    around: Around
    posts: tuple[Post, ...]
    changes_at: dt.datetime


def programme_page(programme: Programme, *, at: dt.datetime) -> ProgrammePage:
    """Gather the page of a programme; the number of queries does not depend on what it holds."""
    lines = lines_of(programme.cycles.published().series(), at=at)
    modules = cards(programme.modules.published(), at=at)
    sessions = [item.session for each in lines for item in each.items if isinstance(item, Stop)]
    return ProgrammePage(
        lines=lines,
        modules=modules,
        partnerships=tuple(programme.partnerships.select_related("organisation__picture")),
        around=around(programme, with_modules=False),
        posts=tuple(posts(News.objects.filter(programme=programme))[:POSTS_SHOWN]),
        changes_at=min(
            crowds.holds_until(
                true_until(sessions, zone=ZoneInfo(settings.TIME_ZONE), at=at),
                at=at,
                counts=any(item.seats for each in lines for item in each.items if isinstance(item, Stop)),
            ),
            holds_until([run for card in modules for run in card.runs], (), at=at),
        ),
    )
