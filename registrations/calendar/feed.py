"""A person's own calendar: the sessions at which they have a place, each with their link to join.

Only that person's dates; the link only joins, it shows and changes nothing else. Never an error where it can be
helped: a calendar program that meets one switches the subscription off. See docs/calendars.md.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import DatabaseError, InterfaceError
from django.http import Http404, HttpResponse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from cycles.calendars.feeds import CONTENT_TYPE
from cycles.calendars.readers import audience
from cycles.calendars.rfc5545 import ical
from cycles.site.page_cache import answering, snapshots
from cycles.site.page_cache.bounded import BUDGETS, BoundedCache
from registrations.models import FeedToken

from . import feed_tokens, own_entries

if TYPE_CHECKING:
    from django.http import HttpRequest

CACHING = "private, no-cache"
HEADERS = {"X-Robots-Tag": "noindex", "Referrer-Policy": "no-referrer"}
# An empty calendar makes programs forget the links to join; on 404 or 410 at once they would keep them.
EMPTY_FOR = dt.timedelta(days=30)


class _Kept(NamedTuple):
    """An answer, and what it was made of."""

    state: str
    stored: snapshots.Stored


# The last bytes of each calendar that this process served, for polls that find nothing new.
_last: BoundedCache[_Kept] = BoundedCache(
    most_bytes=BUDGETS["private calendars"], size=lambda kept: kept.stored.size
)


# A POST must be answered by 405 rather than by a page about cookies; nothing is changed here, so nothing can be forged.
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
        stored = last.stored
    if stored is None:
        return HttpResponse(status=410, headers={**HEADERS, "Cache-Control": CACHING})
    # Counted with all private calendars together: which one it was is nobody's business.
    audience.note(request, audience.PRIVATE, who=key)
    return answering.answer(request, stored)


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
        # Whose it was is forgotten: the language is that of the address.
        return _stored(
            _calendar([], path=path, language=translation.get_language() or settings.LANGUAGE_CODE)
        )
    # What the bytes are made of: the person, all that is public, and the day (cancelled sessions leave after a while).
    day = at.astimezone(ZoneInfo(settings.TIME_ZONE)).date()
    state = f"{row.pk}:{person.pk}:{person.version}:{version}:{day}"
    last = _last.get(key)
    if last is None or last.state != state:
        listed = own_entries.of_person(person, alarm_minutes=row.alarm_minutes, at=at)
        last = _Kept(state, _stored(_calendar(listed, path=path, language=person.language)))
        _last.put(key, last)
    return last.stored


def _stored(body: bytes) -> snapshots.Stored:
    # By its bytes alone: whatever changes them, and however often within a second, changes the tag. No Last-Modified.
    return snapshots.stored(
        body, content_type=CONTENT_TYPE, caching=CACHING, etag=snapshots.weak_etag(body), headers=HEADERS
    )


def _calendar(listed: list[ical.Entry], *, path: str, language: str) -> bytes:
    with translation.override(language):
        header = ical.FeedHeader(
            name=_("My registrations · %(site)s") % {"site": settings.ESCALE_SITE_NAME},
            zone=settings.TIME_ZONE,
            source_url=settings.ESCALE_BASE_URL + path,
        )
    return ical.calendar(listed, header=header, language=language)
