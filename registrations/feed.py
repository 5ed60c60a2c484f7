"""A person's own calendar: the sessions at which they have a place, each with their link to join.

Only that person's dates; the link only joins, it shows and changes nothing else. Never an error where it can be
helped: a calendar program that meets one switches the subscription off. See docs/calendars.md.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import DatabaseError, InterfaceError
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from cycles import audience, entries, ical, snapshots
from cycles.bounded import BoundedCache
from cycles.feeds import CANCELLED_KEPT, CONTENT_TYPE
from cycles.models import Session

from . import feed_tokens, links
from .models import FeedToken, State

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest

    from .models import Participant, Registration

CACHING = "private, no-cache"
HEADERS = {"X-Robots-Tag": "noindex", "Referrer-Policy": "no-referrer"}
ALARM_MINUTES = 15
# An empty calendar makes programs forget the links to join; on 404 or 410 at once they would keep them.
EMPTY_FOR = dt.timedelta(days=30)
MOST_BYTES = 16 * 1024 * 1024


# The last bytes of each calendar that this process served, for polls that find nothing new.
_last: BoundedCache[snapshots.Stored] = BoundedCache(most_bytes=MOST_BYTES, size=lambda kept: kept.size)


# It takes no form, so there is nothing to forge (and see config.headers).
@csrf_exempt
@require_safe
def private_feed(request: HttpRequest, token: str) -> HttpResponse:
    """Serve a private calendar; 304 from one query while neither the person nor the site changed.

    Taken back: an empty calendar for thirty days, then 410. Unknown: 404.
    """
    at = timezone.now()
    key = feed_tokens.hash_of(token)
    try:
        stored = _current(key, request.path, at=at)
    except (DatabaseError, InterfaceError):
        last = _last.get(key)
        if last is None:
            raise
        stored = last
    if stored is None:
        return HttpResponse(status=410, headers={**HEADERS, "Cache-Control": CACHING})
    # Counted with all private calendars together: which one it was is nobody's business.
    audience.note(request, audience.PRIVATE, who=key)
    return snapshots.answer(request, stored)


def _current(key: str, path: str, *, at: dt.datetime) -> snapshots.Stored | None:
    # Asked first: in trouble it says so at once, where a query would wait for the database.
    version = snapshots.store.version().number
    row = FeedToken.objects.select_related("participant").filter(token_hash=key).first()
    if row is None:
        raise Http404
    person = row.participant
    if person is None or row.revoked_at is not None:
        if row.revoked_at is not None and at >= row.revoked_at + EMPTY_FOR:
            return None
        return _stored(b"revoked:" + key.encode(), _calendar([], path=path, language=settings.LANGUAGE_CODE))
    # What the bytes are made of: the person, all that is public, and the day (cancelled sessions leave after a while).
    day = at.astimezone(ZoneInfo(settings.TIME_ZONE)).date()
    state = f"{row.pk}:{person.pk}:{person.version}:{version}:{day}"
    last = _last.get(key)
    etag = snapshots.weak_etag(state.encode())
    if last is None or last.etag != etag:
        language = person.language
        listed = [
            _entry(registration, row, language=language) for registration in _registrations(person, at=at)
        ]
        last = _stored(state.encode(), _calendar(listed, path=path, language=language))
        _last.put(key, last)
    return last


def _stored(state: bytes, body: bytes) -> snapshots.Stored:
    return snapshots.stored(
        body,
        content_type=CONTENT_TYPE,
        caching=CACHING,
        etag=snapshots.weak_etag(state),
        headers=HEADERS,
    )


def _registrations(person: Participant, *, at: dt.datetime) -> QuerySet[Registration]:
    """Return the places that a person has, and for thirty days those that they gave back or that were cancelled."""
    had = Q(state=State.CONFIRMED) | Q(state=State.CANCELLED, confirmed_at__isnull=False)
    recent = Q(session__ends_at__gt=at - CANCELLED_KEPT)
    is_off = Q(state=State.CANCELLED) | Q(session__status=Session.Status.CANCELLED)
    return (
        person.registrations.filter(had, session__starts_at__isnull=False)
        .exclude(session__status__in=(Session.Status.DRAFT, Session.Status.POSTPONED))
        .filter(~is_off | recent)
        .select_related(*(f"session__{name}" for name in entries.RELATED))
        .prefetch_related(*(f"session__{name}" for name in entries.AGENDA))
        .order_by("session__starts_at", "pk")
    )


def _entry(registration: Registration, row: FeedToken, *, language: str) -> ical.Entry:
    changes = (registration.confirmed_at, registration.cancelled_at)
    return entries.entry(
        registration.session,
        language=language,
        with_cycle=True,
        join_url=links.join(registration, language=language, person=row.participant),
        alarm_minutes=ALARM_MINUTES if row.has_alarm else None,
        is_withdrawn=registration.state == State.CANCELLED,
        changed_at=max((moment for moment in changes if moment is not None), default=None),
    )


def _calendar(listed: list[ical.Entry], *, path: str, language: str) -> bytes:
    with translation.override(language):
        header = ical.FeedHeader(
            name=_("My registrations · %(site)s") % {"site": settings.ESCALE_SITE_NAME},
            zone=settings.TIME_ZONE,
            source_url=settings.ESCALE_BASE_URL + path,
        )
    return ical.calendar(listed, header=header, language=language)
