"""What machines ask for first: robots.txt, security.txt and the sitemap (sitemaps.org, hreflang)."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from cycles.models import Cycle, Module, News, Programme, Session

from .snapshots import FEED_CACHING, Built, next_midnight, snapshot

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.http import HttpRequest

FAR = dt.datetime(9999, 1, 1, tzinfo=dt.UTC)
# RFC 9116, 2.5.5 recommends less than a year.
SECURITY_EXPIRES = dt.timedelta(days=183)
# Pages of one person or of organisers. Calendars are allowed, private ones too: Google's calendar service obeys this
# file, and what nobody links to is not found. None of them may be listed: they answer with X-Robots-Tag.
CLOSED = ("account", "admin", "confirm", "desk", "join", "my", "register")


@snapshot(caching=FEED_CACHING)
def robots_txt(request: HttpRequest) -> Built:  # noqa: ARG001 - the builder's signature
    """What crawlers may read: the public pages and every calendar."""
    lines = ["User-agent: *"]
    lines += [f"Disallow: /{code}/{path}/" for code, _name in settings.LANGUAGES for path in CLOSED]
    lines += ["Disallow: /mailbox/", "Allow: /", "", f"Sitemap: {settings.ESCALE_BASE_URL}/sitemap.xml", ""]
    return Built(body="\n".join(lines).encode(), content_type="text/plain; charset=utf-8", true_until=FAR)


@snapshot(caching=FEED_CACHING)
def security_txt(request: HttpRequest) -> Built:  # noqa: ARG001 - the builder's signature
    """Whom to tell of a weakness (RFC 9116). It is written anew each day, so that it never expires."""
    at = timezone.now()
    expires = at.astimezone(dt.UTC).replace(hour=0, minute=0, second=0, microsecond=0) + SECURITY_EXPIRES
    lines = (
        f"Contact: mailto:{settings.ESCALE_CONTACT_EMAIL}",
        f"Expires: {expires:%Y-%m-%dT%H:%M:%SZ}",
        f"Preferred-Languages: {', '.join(code for code, _name in settings.LANGUAGES)}",
        f"Canonical: {settings.ESCALE_BASE_URL}/.well-known/security.txt",
        "",
    )
    return Built(
        body="\n".join(lines).encode(),
        content_type="text/plain; charset=utf-8",
        true_until=next_midnight(at, zone=dt.UTC),
    )


class _Pages(Sitemap):  # type: ignore[type-arg]  # generic in the stubs only
    """Every public page; each address names its other language."""

    i18n = True
    alternates = True

    def items(self) -> list[tuple[str, tuple[str, ...]]]:
        """Return (URL name, slugs) of all public pages."""
        found: list[tuple[str, tuple[str, ...]]] = [
            (f"cycles:{name}", ())
            for name in (
                "home",
                "news-list",
                "resource-list",
                "agenda",
                "subscribe",
                "privacy",
                "accessibility",
            )
        ]

        def add(name: str, slugs: Iterable[tuple[str, ...]]) -> None:
            found.extend((f"cycles:{name}", row) for row in slugs)

        add("programme-detail", Programme.objects.published().order_by("pk").values_list("slug"))
        cycles = list(Cycle.objects.published().order_by("pk").values_list("slug"))
        add("cycle-detail", cycles)
        add("cycle-subscribe", cycles)
        sessions = Session.objects.published().order_by("starts_at", "pk")
        add("session-detail", sessions.values_list("cycle__slug", "slug"))
        add("module-detail", Module.objects.published().order_by("pk").values_list("slug"))
        add("news-detail", News.objects.published().order_by("pk").values_list("slug"))
        return found

    def location(self, item: Any) -> str:
        """Return the path of a page in the active language."""
        name, slugs = item
        return reverse(name, args=slugs)


@snapshot(caching=FEED_CACHING)
def sitemap_xml(request: HttpRequest) -> Built:  # noqa: ARG001 - the builder's signature
    """All public pages."""
    base = urlsplit(settings.ESCALE_BASE_URL)
    # The host of the settings, never that of the request: the answer is kept for everyone.
    site: Any = SimpleNamespace(domain=base.netloc)
    urls = _Pages().get_urls(site=site, protocol=base.scheme)
    body = render_to_string("sitemap.xml", {"urlset": urls})
    return Built(body=body.encode(), content_type="application/xml; charset=utf-8", true_until=FAR)
