"""Atom feeds (RFC 4287): what is new, and what changed in the schedule."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import feedgenerator
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from cycles.content import content_version
from cycles.language import naming, wording
from cycles.language.plain_text import clean, one_line
from cycles.models import Cycle, SessionChange
from cycles.site import pages
from cycles.site.look import banners
from cycles.site.page_cache.snapshots import FEED_CACHING, Built, snapshot
from cycles.templatetags.escale import markdown

if TYPE_CHECKING:
    from django.http import HttpRequest

    from cycles.models.sessions.changes import SessionChangeQuerySet

CONTENT_TYPE = "application/atom+xml; charset=utf-8"
LONGEST = 50
# The two columns of a row that was never edited differ by the time between two readings of the clock.
MARGIN = dt.timedelta(seconds=1)
FAR = dt.datetime(9999, 1, 1, tzinfo=dt.UTC)


class _Atom(feedgenerator.Atom1Feed):
    """Django's, with a date that is stored instead of the moment of the request when there is no entry.

    Titles and names are text on one line, descriptions are HTML (RFC 4287, 3.1.1); both are cleaned of what XML
    cannot hold, on which Django's generator fails.
    """

    def __init__(self, title: str, link: str, description: str | None, **more: Any) -> None:
        more["author_name"] = one_line(more["author_name"])
        super().__init__(one_line(title), link, description, **more)

    def add_item(self, title: str, link: str, description: SafeString, **more: Any) -> None:  # type: ignore[override]  # HTML: never plain text
        """Add an entry; `description` is HTML, so a plain text must be escaped before."""
        super().add_item(one_line(title), link, clean(description), **more)

    def latest_post_date(self) -> dt.datetime:
        """Return the newest entry's date (atom:updated, RFC 4287, 4.2.15)."""
        dates = [item["updateddate"] for item in self.items]
        return max(dates, default=content_version.EPOCH)


@snapshot(caching=FEED_CACHING)
def news_atom(request: HttpRequest) -> Built:
    """The posts: launches, publications, recaps."""
    feed = _feed(
        request,
        title=_("News of %(site)s") % {"site": settings.ESCALE_SITE_NAME},
        page=reverse("cycles:news-list"),
    )
    zone = ZoneInfo(settings.TIME_ZONE)
    for post in pages.posts()[:LONGEST]:
        news = post.news
        day = news.date_from
        dated = dt.datetime.combine(day, dt.time(), zone) if day else news.created_at
        feed.add_item(
            title=post.title,
            link=_absolute(reverse("cycles:news-detail", args=[news.slug])),
            description=markdown(news.body) if str(news.body) else SafeString(),
            unique_id=f"tag:{settings.ESCALE_UID_DOMAIN},2026:news/{news.slug}",
            pubdate=dated,
            # Importing an old programme is no news: a dated post is new on its day, and again when it is edited.
            updateddate=max(dated, news.revised_at) if news.revised_at > news.created_at + MARGIN else dated,
        )
    return _built(feed)


@snapshot(caching=FEED_CACHING)
def changes_atom(request: HttpRequest) -> Built:
    """Every change of schedule: moved, postponed, cancelled, restored."""
    return _changes(
        request,
        SessionChange.objects.public(),
        title=_("Changes of dates · %(site)s") % {"site": settings.ESCALE_SITE_NAME},
        page=reverse("cycles:home"),
    )


@snapshot(caching=FEED_CACHING)
def cycle_changes_atom(request: HttpRequest, slug: str) -> Built:
    """The changes of one cycle's schedule."""
    cycle = get_object_or_404(Cycle.objects.published().select_related("programme"), slug=slug)
    return _changes(
        request,
        SessionChange.objects.public().filter(session__cycle=cycle),
        title=_("Changes of dates · %(site)s") % {"site": cycle.title},
        page=reverse("cycles:cycle-detail", args=[cycle.slug]),
        cycle=cycle,
    )


def _changes(
    request: HttpRequest,
    changes: SessionChangeQuerySet,
    *,
    title: str,
    page: str,
    cycle: Cycle | None = None,
) -> Built:
    feed = _feed(request, title=title, page=page, cycle=cycle)
    newest = changes.select_related("session__cycle").order_by("-at", "-pk")
    for change in newest[:LONGEST]:
        session = change.session
        address = _absolute(reverse("cycles:session-detail", args=[session.cycle.slug, session.slug]))
        feed.add_item(
            title=_("%(label)s: %(theme)s")
            % {"label": naming.session_title(session), "theme": change.get_kind_display()},
            link=address,
            description=_in_words(change),
            unique_id=f"urn:uuid:{session.uid}#{change.revision}",
            pubdate=change.at,
            updateddate=change.at,
        )
    return _built(feed)


def _in_words(change: SessionChange) -> SafeString:
    """Return what changed, from when to when, and why, as HTML: a line each."""
    session = change.session
    language = _language()
    lines = [capfirst(change.get_kind_display())]
    # One that is cancelled keeps its date and is not held on it; one that is held again is held when it was.
    was_held = change.kind != SessionChange.Kind.RESTORED
    is_held = change.kind != SessionChange.Kind.CANCELLED
    for words, starts_at, ends_at, is_told in (
        (_("Before: %(when)s"), change.from_starts_at, change.from_ends_at, was_held),
        (_("Now: %(when)s"), change.to_starts_at, change.to_ends_at, is_held),
    ):
        if starts_at is not None and ends_at is not None and is_told:
            when = wording.long_when(
                starts_at,
                ends_at,
                zone=session.cycle.timezone,
                all_day=naming.was_all_day(session, starts_at, ends_at),
                language=language,
            )
            lines.append(words % {"when": when})
    if str(change.reason):
        lines += clean(str(change.reason)).split("\n")
    return format_html_join(mark_safe("<br>\n"), "{}", ((line,) for line in lines))


def _feed(request: HttpRequest, *, title: str, page: str, cycle: Cycle | None = None) -> _Atom:
    """Return a feed without entries; under its title stands what must be said of what it shows (a demonstration)."""
    said = str(banners.of_cycle(cycle)) if cycle else " ".join(each.words for each in banners.of_all())
    return _Atom(
        title=title,
        link=_absolute(page),
        description=None,
        subtitle=one_line(said) or None,
        language=_language(),
        feed_url=_absolute(request.path),
        feed_guid=_absolute(request.path),
        author_name=settings.ESCALE_SITE_NAME,
    )


def _built(feed: _Atom) -> Built:
    # Nothing in it depends on the clock: true until something changes.
    return Built(
        body=feed.writeString("utf-8").encode(), content_type=CONTENT_TYPE, true_until=FAR, headers=()
    )


def _absolute(path: str) -> str:
    return settings.ESCALE_BASE_URL + path


def _language() -> str:
    return get_language() or settings.LANGUAGE_CODE
