"""Everything to come in the order of its dates, whole or narrowed to a theme, a region and a kind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Exists, OuterRef
from django.utils.text import capfirst

from cycles.calendars.feeds import of_topics
from cycles.models import Cycle, Segment, Session, Territory, Topic
from cycles.site import crowds

from .stops import Stop, seats_of, stop, true_until

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from cycles.models.sessions.session import SessionQuerySet

A_PAGE = 30
# No page behind this one is built: a number in the address decides how far the database counts.
LAST_PAGE = 200


class Option(NamedTuple):
    """One line of a list to choose from."""

    value: str
    name: str
    is_chosen: bool


@dataclass(frozen=True, kw_only=True)
class ComingPage:
    """One page of what is to come; the options are those that something to come fits."""

    stops: tuple[Stop, ...]
    topics: tuple[Option, ...]
    regions: tuple[Option, ...]
    kinds: tuple[Option, ...]
    number: int
    has_next: bool
    # What is chosen, as it stands in the addresses of the other pages.
    query: str
    is_narrowed: bool
    # The names of what is chosen.
    words: str
    changes_at: dt.datetime

    @property
    def before(self) -> int:
        return self.number - 1

    @property
    def after(self) -> int:
        return self.number + 1 if self.has_next and self.number < LAST_PAGE else 0


def coming_sessions(*, at: dt.datetime) -> SessionQuerySet:
    """Return every public session that has not ended, soonest first, with what a list of them shows."""
    published = Session.objects.published().upcoming(at=at)
    return published.select_related("cycle__programme", "territory")


def coming_page(asked: Mapping[str, str], *, at: dt.datetime) -> ComingPage:
    """Gather the page for what is asked, {field: value}; a value that nothing fits is left out. Six queries at most."""
    public = Session.objects.published().upcoming(at=at).order_by()
    topic, region, kind = (asked.get(name, "") for name in ("topic", "region", "kind"))
    topics = _topics(public, chosen=topic)
    regions = _regions(public, chosen=region)
    kinds = _kinds(public, chosen=kind)
    rows = coming_sessions(at=at)
    for option in topics:
        if option.is_chosen:
            rows = rows.filter(of_topics(Topic.objects.filter(slug=option.value))).distinct()
    for option in regions:
        if option.is_chosen:
            rows = rows.filter(territory__slug=option.value)
    for option in kinds:
        if option.is_chosen:
            rows = rows.filter(cycle__kind=option.value)
    number = _page_number(asked.get("page", ""))
    start = (number - 1) * A_PAGE
    listed = list(rows[start : start + A_PAGE + 1])
    seats = seats_of(listed[:A_PAGE], at=at)
    chosen = {
        name: option.value
        for name, options in (("topic", topics), ("region", regions), ("kind", kinds))
        for option in options
        if option.is_chosen
    }
    return ComingPage(
        stops=tuple(stop(session, at=at, seats=seats.get(session.pk)) for session in listed[:A_PAGE]),
        topics=topics,
        regions=regions,
        kinds=kinds,
        number=number,
        has_next=len(listed) > A_PAGE,
        query=urlencode(chosen),
        is_narrowed=bool(chosen),
        words=", ".join(o.name for o in (*topics, *regions, *kinds) if o.is_chosen),
        changes_at=crowds.holds_until(
            true_until(listed, zone=ZoneInfo(settings.TIME_ZONE), at=at), at=at, counts=bool(seats)
        ),
    )


def _page_number(written: str) -> int:
    is_number = written.isascii() and written.isdecimal() and len(written) <= len(str(LAST_PAGE))
    return min(max(int(written), 1), LAST_PAGE) if is_number else 1


def _topics(public: SessionQuerySet, *, chosen: str) -> tuple[Option, ...]:
    named = Session.topics.through.objects.filter(topic=OuterRef("pk"), session__in=public)
    treated = Segment.objects.filter(topic=OuterRef("pk"), session__in=public)
    rows = Topic.objects.filter(Exists(named) | Exists(treated))
    return _options({row.slug: str(row.name) for row in rows}, chosen=chosen)


def _regions(public: SessionQuerySet, *, chosen: str) -> tuple[Option, ...]:
    rows = Territory.objects.filter(Exists(public.filter(territory=OuterRef("pk"))))
    return _options({row.slug: str(row.name) for row in rows}, chosen=chosen)


def _kinds(public: SessionQuerySet, *, chosen: str) -> tuple[Option, ...]:
    kinds = set(public.values_list("cycle__kind", flat=True).distinct())
    return _options({k: capfirst(str(Cycle.Kind(k).label)) for k in kinds}, chosen=chosen)


def _options(names: Mapping[str, str], *, chosen: str) -> tuple[Option, ...]:
    listed = sorted(names.items(), key=lambda item: item[1].casefold())
    return tuple(Option(value=value, name=name, is_chosen=value == chosen) for value, name in listed)
