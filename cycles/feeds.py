"""Calendar addresses that everyone may read: the catalogue, a cycle, one session (RFC 5545, 7986).

No METHOD, no attendee, no link to a room, no alarm. What the bytes hold is decided in `entries` and `ical`; how they
are kept and revalidated in `snapshots`.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Q
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from . import entries, fragments, ical
from .models import Cycle, Session
from .snapshots import FEED_CACHING, Built, next_midnight, snapshot

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest

CONTENT_TYPE = "text/calendar; charset=utf-8"
CANCELLED_KEPT = dt.timedelta(days=30)
CATALOGUE_KEPT = dt.timedelta(days=365)
# Feeds must be fetched by calendar services, which obey robots.txt, yet not be listed by search engines.
HEADERS = (("X-Robots-Tag", "noindex"),)


def calendar_sessions(at: dt.datetime) -> QuerySet[Session]:
    """Return the dated public sessions of any calendar at `at`; cancelled ones until 30 days after their date."""
    return (
        Session.objects.published()
        .filter(starts_at__isnull=False)
        .exclude(status=Session.Status.POSTPONED)
        .filter(~Q(status=Session.Status.CANCELLED) | Q(ends_at__gt=at - CANCELLED_KEPT))
        .order_by("starts_at", "pk")
    )


@snapshot(caching=FEED_CACHING)
def catalogue_feed(request: HttpRequest) -> Built:
    """Everything published here: what is to come and the last twelve months."""
    at = timezone.now()
    sessions = calendar_sessions(at).filter(ends_at__gt=at - CATALOGUE_KEPT)
    header = ical.FeedHeader(
        name=settings.ESCALE_SITE_NAME,
        description=_("All webinars and sessions of %(site)s") % {"site": settings.ESCALE_SITE_NAME},
        zone=settings.TIME_ZONE,
        source_url=_absolute(request.path),
    )
    return _feed(sessions, header=header, with_cycle=True, at=at)


@snapshot(caching=FEED_CACHING)
def cycle_feed(request: HttpRequest, slug: str) -> Built:
    """All sessions of one cycle, the past ones too: archived cycles keep their feed."""
    at = timezone.now()
    cycle = get_object_or_404(Cycle.objects.published().select_related("programme"), slug=slug)
    header = ical.FeedHeader(
        name=str(cycle.title),
        description=str(cycle.description) or (str(cycle.programme.title) if cycle.programme else ""),
        zone=cycle.timezone,
        source_url=_absolute(request.path),
    )
    return _feed(calendar_sessions(at).filter(cycle=cycle), header=header, with_cycle=False, at=at)


@snapshot(caching=FEED_CACHING)
def session_calendar(request: HttpRequest, cycle: str, slug: str) -> Built:  # noqa: ARG001 - the builder's signature
    """One session to download: no calendar name, or Outlook would open a new calendar for it."""
    at = timezone.now()
    session = entries.loaded(calendar_sessions(at)).filter(cycle__slug=cycle, slug=slug).first()
    if session is None:
        raise Http404
    language = _language()
    body = ical.calendar(
        [entries.entry(session, language=language, with_cycle=True)], header=None, language=language
    )
    return Built(
        body=body,
        content_type=CONTENT_TYPE,
        true_until=next_midnight(at, zone=ZoneInfo(session.cycle.timezone)),
        headers=(*HEADERS, ("Content-Disposition", f'attachment; filename="{session.slug}.ics"')),
    )


def _feed(
    sessions: QuerySet[Session], *, header: ical.FeedHeader, with_cycle: bool, at: dt.datetime
) -> Built:
    language = _language()
    midnight = next_midnight(at, zone=ZoneInfo(header.zone))
    events, zones = fragments.events(sessions, language=language, with_cycle=with_cycle)
    return Built(
        body=ical.assembled(events, zones=zones, header=header, language=language),
        content_type=CONTENT_TYPE,
        # The window moves at midnight only, so that the bytes change at known instants.
        changed_at=midnight - dt.timedelta(days=1),
        true_until=midnight,
        headers=HEADERS,
    )


def _language() -> str:
    return get_language() or settings.LANGUAGE_CODE


def _absolute(path: str) -> str:
    return settings.ESCALE_BASE_URL + path


@dataclass(frozen=True, kw_only=True)
class SubscribeLinks:
    """The addresses of one feed as each client wants it."""

    https: str
    webcal: str
    google: str
    outlook: str


def subscribe_links(path: str, *, name: str) -> SubscribeLinks:
    """Return the subscription addresses of the feed at `path` (absolute path on this site)."""
    https = _absolute(path)
    webcal = "webcal://" + https.partition("://")[2]
    return SubscribeLinks(
        https=https,
        webcal=webcal,
        # Google refuses https in cid.
        google="https://calendar.google.com/calendar/r?" + urlencode({"cid": webcal}),
        outlook="https://outlook.live.com/calendar/0/addfromweb?" + urlencode({"url": https, "name": name}),
    )


@dataclass(frozen=True, kw_only=True)
class CopyLinks:
    """One-shot copies of a session: they never follow a change, and are labelled so."""

    ics: str
    google: str
    outlook: str


def copy_links(session: Session) -> CopyLinks | None:
    """Return the links that copy one session into a calendar; None for one without a date."""
    if session.starts_at is None or session.ends_at is None:
        return None
    # Not the whole entry: its description would cost queries that a link has no use for.
    title, address, place = (
        entries.summary(session, with_cycle=True),
        entries.page_address(session),
        entries.place(session),
    )
    starts_at, ends_at = session.starts_at.astimezone(dt.UTC), session.ends_at.astimezone(dt.UTC)
    stamp = "%Y%m%dT%H%M%SZ"
    google = {
        "action": "TEMPLATE",
        "text": title,
        "dates": f"{starts_at:{stamp}}/{ends_at:{stamp}}",
        "details": address,
        "location": place,
    }
    outlook = {
        "path": "/calendar/action/compose",
        "rru": "addevent",
        "subject": title,
        "startdt": f"{starts_at:%Y-%m-%dT%H:%M:%SZ}",
        "enddt": f"{ends_at:%Y-%m-%dT%H:%M:%SZ}",
        "body": address,
        "location": place,
    }
    return CopyLinks(
        ics=reverse("cycles:session-calendar", args=[session.cycle.slug, session.slug]),
        google="https://calendar.google.com/calendar/render?" + urlencode(google, quote_via=quote),
        outlook="https://outlook.live.com/calendar/0/deeplink/compose?" + urlencode(outlook, quote_via=quote),
    )
