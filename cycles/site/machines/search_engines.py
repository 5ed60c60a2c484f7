"""What machines ask for first: robots.txt and security.txt. The sitemap is in `sitemaps`."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils import timezone

from cycles.site.page_cache.snapshots import FEED_CACHING, Built, next_midnight, snapshot

if TYPE_CHECKING:
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
