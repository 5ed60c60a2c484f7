"""The public pages of people and of themes: who, a few lines, dates past and to come, resources."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.http import require_safe

from cycles.calendars import feeds
from cycles.library import pages as library
from cycles.site.page_cache.snapshots import Built, next_midnight, snapshot
from speakers.cards import photos
from speakers.cards import slides as slides_files
from speakers.models import SpeakerCard, SpeakerProfile

from . import pages

if TYPE_CHECKING:
    import datetime as dt

    from django.http import HttpRequest
    from django.http.response import HttpResponseBase


def _built(request: HttpRequest, template: str, page: pages.Page, *, at: dt.datetime) -> Built:
    body = render_to_string(template, {"page": page, "at": at}, request)
    return Built(
        body=body.encode(),
        content_type="text/html; charset=utf-8",
        true_until=min([next_midnight(at, zone=ZoneInfo(settings.TIME_ZONE)), *page.changes_at]),
    )


@snapshot()
def speaker(request: HttpRequest, slug: str) -> Built:
    """Who somebody is, and where they speak and spoke. Nobody has one before they said yes."""
    at = timezone.now()
    person = get_object_or_404(feeds.speakers_with_sessions().select_related("organisation"), slug=slug)
    return _built(request, "speakers/site/speaker.html", pages.of_person(person, at=at), at=at)


@snapshot()
def topic(request: HttpRequest, slug: str) -> Built:
    """What is said of a theme, when, by whom, and what there is to read."""
    at = timezone.now()
    result = get_object_or_404(library.shown_topics(), slug=slug)
    return _built(request, "speakers/site/topic.html", pages.of_topic(result, at=at), at=at)


@require_safe
def photo(request: HttpRequest, digest: str) -> HttpResponseBase:  # noqa: ARG001 - Django's
    """Give a photo as long as somebody's page shows it; asked anew each time, so that a withdrawal holds at once."""
    if not SpeakerProfile.objects.filter(photo=digest).exists():
        raise Http404
    try:
        file = photos.path(digest).open("rb")
    except OSError:
        raise Http404 from None
    return FileResponse(
        file,
        content_type="image/webp",
        headers={
            "Cache-Control": "no-cache",
            "ETag": f'"{digest[:32]}"',
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "X-Content-Type-Options": "nosniff",
            "Cross-Origin-Resource-Policy": "same-site",
        },
    )


@require_safe
def slides(request: HttpRequest, digest: str) -> HttpResponseBase:  # noqa: ARG001 - Django's
    """Give published slides to save."""
    card = SpeakerCard.objects.filter(slides=digest, slides_resource__is_published=True).first()
    if card is None:
        raise Http404
    response = slides_files.attached(digest, name=card.slides_name)
    response["Cache-Control"] = "no-cache"
    return response
