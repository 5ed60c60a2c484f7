"""The calendar of somebody who speaks: their own sessions and rehearsals, and nobody else's (J9.4)."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.conf import settings
from django.http import Http404, HttpResponse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from cycles.calendars import entries
from cycles.calendars.feeds import CONTENT_TYPE
from cycles.calendars.rfc5545 import ical
from cycles.language import naming
from cycles.models import Session, SpeakerSlot
from cycles.site.page_cache import answering, snapshots
from speakers.answers.standing import Standing
from speakers.people import access, links

from . import pages

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpRequest

    from speakers.models import Briefing, Contact

CACHING = "private, no-cache"
HEADERS = {"X-Robots-Tag": "noindex", "Referrer-Policy": "no-referrer"}
# Who has not answered sees the date as one that may be.
ASKED = (Standing.SILENT, Standing.UNASKED, Standing.ASKED_AGAIN)


# A POST is answered by 405 rather than by a page about cookies; nothing is changed here, so nothing can be forged.
@csrf_exempt
@require_safe
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """Serve the calendar of somebody who speaks. Unknown, or at an end: 404."""
    contact = access.calendar_of(token)
    if contact is None:
        raise Http404
    language = _language(contact)
    with translation.override(language):
        listed = sorted(_entries(contact, language=language), key=lambda one: (one.starts_at, one.uid))
        header = ical.FeedHeader(
            name=_("I speak · %(site)s") % {"site": settings.ESCALE_SITE_NAME},
            zone=settings.TIME_ZONE,
            source_url=settings.ESCALE_BASE_URL + request.path,
        )
    body = ical.calendar(listed, header=header, language=language)
    stored = snapshots.stored(
        body, content_type=CONTENT_TYPE, caching=CACHING, etag=snapshots.weak_etag(body), headers=HEADERS
    )
    return answering.answer(request, stored)


def one(contact: Contact, part: pages.Part) -> HttpResponse:
    """Return one session as a file: no calendar name, or Outlook would open a new calendar for it."""
    language = translation.get_language() or "fr"
    (session,) = entries.loaded(Session.objects.filter(pk=part.session.pk))
    if entries.span(session) is None:
        raise Http404
    listed = [_entry(session, contact, part.seat.standing, language=language)]
    body = ical.calendar(listed, header=None, language=language)
    name = f"{session.cycle.slug}-{session.slug}.ics"
    return HttpResponse(
        body,
        content_type=CONTENT_TYPE,
        headers={**HEADERS, "Content-Disposition": f'attachment; filename="{name}"'},
    )


def _language(contact: Contact) -> str:
    slots = SpeakerSlot.objects.filter(contact_email=contact.email).order_by("-segment__session__starts_at")
    return slots.values_list("contact_language", flat=True).first() or settings.LANGUAGE_CODE


def _entries(contact: Contact, *, language: str) -> Iterator[ical.Entry]:
    result = {part.session.pk: part for part in pages.parts(contact, at=timezone.now())}
    for session in entries.loaded(Session.objects.filter(pk__in=result)):
        part = result[session.pk]
        if not part.is_coming and part.seat.standing not in ASKED:
            continue
        if entries.span(session) is not None:
            yield _entry(session, contact, part.seat.standing, language=language)
        if part.is_coming and part.briefing is not None and session.is_held:
            yield from _rehearsal(session, part.briefing, contact, language=language)


def _entry(session: Session, contact: Contact, where: Standing, *, language: str) -> ical.Entry:
    if where in ASKED:
        with translation.override(language):
            standing = entries.Standing(
                label=_("You are asked to speak"),
                sentence=_("You have not answered for this date yet: see your page."),
            )
        return entries.entry(session, language=language, with_cycle=True, standing=standing)
    url = links.page(contact, language=language, session_id=session.pk)
    return entries.entry(session, language=language, with_cycle=True, join_url=url)


def _rehearsal(
    session: Session, briefing: Briefing, contact: Contact, *, language: str
) -> Iterator[ical.Entry]:
    if briefing.rehearsal_starts_at is None:
        return
    url = links.page(contact, language=language, session_id=session.pk)
    with translation.override(language):
        summary = _("Rehearsal: %(title)s") % {"title": naming.session_title(session)}
        description = _("Your page: %(address)s") % {"address": url}
    yield ical.Entry(
        uid=f"rehearsal-{entries.uid(session)}",
        sequence=briefing.revision,
        created_at=session.created_at,
        revised_at=briefing.revised_at.replace(microsecond=0),
        starts_at=briefing.rehearsal_starts_at,
        ends_at=briefing.rehearsal_starts_at + dt.timedelta(minutes=briefing.rehearsal_minutes),
        zone=session.cycle.timezone,
        summary=summary,
        description=description,
        location=url,
        url=url,
        is_busy=True,
        is_private=True,
        join_url=url,
        join_label="",
    )
