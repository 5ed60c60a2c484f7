"""The sitemap (sitemaps.org, hreflang): one file for a small site, an index of files for a large one.

The protocol allows 50,000 addresses a file, and a file is built anew after every change: each holds a few cycles with
their sessions, so that it costs the same however many there are.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

from django.conf import settings
from django.http import Http404
from django.urls import reverse
from django.utils.translation import override

from cycles.calendars import feeds
from cycles.library.pages import shown_organisations, shown_topics
from cycles.models import Cycle, Event, Module, News, Programme, Resource, ResourceSeries, Session
from cycles.site.page_cache.snapshots import FEED_CACHING, Built, snapshot

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db.models import QuerySet
    from django.http import HttpRequest

FAR = dt.datetime(9999, 1, 1, tzinfo=dt.UTC)
CONTENT_TYPE = "application/xml; charset=utf-8"
NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
# A file of cycles holds so many of them, with their sessions; a file of anything else so many pages.
CYCLES_A_FILE = 10
PAGES_A_FILE = 200
FIXED = (
    "home",
    "upcoming",
    "programme-list",
    "module-list",
    "news-list",
    "resource-list",
    "agenda",
    "subscribe",
    "privacy",
    "accessibility",
)
# (name of a page, its slugs)
Page = tuple[str, tuple[str, ...]]


def _others() -> dict[str, tuple[str, QuerySet[Any]]]:
    """Return {section: (name of a page, the rows that have one)} of everything but cycles and their sessions."""
    return {
        "programmes": ("cycles:programme-detail", Programme.objects.published()),
        "modules": ("cycles:module-detail", Module.objects.published()),
        "news": ("cycles:news-detail", News.objects.published()),
        "resources": ("cycles:resource-detail", Resource.objects.published()),
        "series": ("cycles:series-detail", ResourceSeries.objects.all()),
        "events": ("cycles:event-detail", Event.objects.all()),
        "organisations": ("cycles:organisation-detail", shown_organisations()),
        "speakers": ("speakers:speaker", feeds.speakers_with_sessions()),
        "topics": ("speakers:topic", shown_topics()),
    }


def files() -> dict[str, int]:
    """Return {section: number of its files}; each section is counted once."""
    return {
        "pages": 1,
        "cycles": -(-Cycle.objects.published().count() // CYCLES_A_FILE),
        **{section: -(-rows.count() // PAGES_A_FILE) for section, (_name, rows) in _others().items()},
    }


def _cycles(start: int, end: int | None) -> Iterator[Page]:
    cycles = dict(Cycle.objects.published().order_by("pk").values_list("pk", "slug")[start:end])
    rows = Session.objects.published().filter(cycle__in=cycles).order_by("cycle", "starts_at", "pk")
    sessions = list(rows.values_list("cycle", "slug"))
    with_dates = {cycle for cycle, _slug in sessions}
    for cycle, slug in cycles.items():
        yield "cycles:cycle-detail", (slug,)
        if cycle in with_dates:
            yield "cycles:cycle-subscribe", (slug,)
    for cycle, slug in sessions:
        yield "cycles:session-detail", (cycles[cycle], slug)


def pages(section: str, number: int) -> list[Page]:
    """Return the pages of one file of a section, from 1; an empty list for one that does not exist."""
    if section == "pages":
        return [(f"cycles:{name}", ()) for name in FIXED] if number == 1 else []
    if section == "cycles":
        start = (number - 1) * CYCLES_A_FILE
        return list(_cycles(start, start + CYCLES_A_FILE))
    others = _others()
    if section not in others:
        return []
    name, rows = others[section]
    start = (number - 1) * PAGES_A_FILE
    slugs = rows.order_by("pk").values_list("slug", flat=True)[start : start + PAGES_A_FILE]
    return [(name, (slug,)) for slug in slugs]


def urlset(listed: list[Page]) -> bytes:
    """Return a file of pages: each in every language, naming its others."""
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<urlset xmlns="{NAMESPACE}" xmlns:xhtml="http://www.w3.org/1999/xhtml">',
    ]
    languages = [code for code, _name in settings.LANGUAGES]
    places: dict[str, list[str]] = {}
    for language in languages:
        with override(language):
            places[language] = [
                escape(settings.ESCALE_BASE_URL + reverse(name, args=slugs)) for name, slugs in listed
            ]
    for row in range(len(listed)):
        links = "".join(
            f'<xhtml:link rel="alternate" hreflang="{language}" href="{places[language][row]}"/>'
            for language in languages
        )
        lines += [f"<url><loc>{places[language][row]}</loc>{links}</url>" for language in languages]
    return "\n".join([*lines, "</urlset>", ""]).encode()


def _index(numbers: dict[str, int]) -> bytes:
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', f'<sitemapindex xmlns="{NAMESPACE}">']
    for section, number in numbers.items():
        lines += [
            f"<sitemap><loc>{settings.ESCALE_BASE_URL}/sitemap-{section}-{each}.xml</loc></sitemap>"
            for each in range(1, number + 1)
        ]
    return "\n".join([*lines, "</sitemapindex>", ""]).encode()


@snapshot(caching=FEED_CACHING)
def sitemap_xml(request: HttpRequest) -> Built:  # noqa: ARG001 - the builder's signature
    """All public pages, or the index of the files that name them."""
    number = files()
    is_small = all(count <= 1 for count in number.values())
    body = urlset([page for section in number for page in pages(section, 1)]) if is_small else _index(number)
    return Built(body=body, content_type=CONTENT_TYPE, true_until=FAR)


@snapshot(caching=FEED_CACHING)
def sitemap_part(request: HttpRequest, section: str, number: str) -> Built:  # noqa: ARG001 - the builder's signature
    """One file of the index. A file without an address is none (sitemaps.org wants one at least)."""
    listed = pages(section, int(number))
    if not listed:
        raise Http404
    return Built(body=urlset(listed), content_type=CONTENT_TYPE, true_until=FAR)
