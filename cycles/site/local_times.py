"""A session's hour in the reader's zone, beside that of Paris and of the territories overseas.

A page of its own, made anew each time: `?tz=` never reaches the stored pages, which are the same for everyone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from cycles.language import wording, words
from cycles.models import Session
from cycles.schedule import time_zones
from cycles.site.pages.stops import is_registrable

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@dataclass(frozen=True, kw_only=True)
class Elsewhere:
    """The hour at one place, with its day: far away it may be another."""

    place: str
    when: str


def elsewhere(session: Session, *, language: str) -> list[Elsewhere]:
    """Return when a dated session begins in each territory overseas."""
    if session.starts_at is None:
        return []
    return [
        Elsewhere(
            place=words.of(language).place(zone),
            when=wording.short_when(session.starts_at, zone=zone, language=language),
        )
        for zone in time_zones.OVERSEAS
    ]


def when(session: Session, zone: str, *, language: str) -> str:
    """Return from when to when a session lasts in a zone, in words; empty without a date or a zone."""
    if not zone or session.starts_at is None or session.ends_at is None:
        return ""
    return wording.long_when(session.starts_at, session.ends_at, zone=zone, language=language)


@require_safe
def session_times(request: HttpRequest, cycle: str, slug: str) -> HttpResponse:
    """The hour here and there, and in the zone that `?tz=` names; a name that no zone has is said and ignored."""
    hours = Session.objects.published().filter(is_all_day=False, starts_at__isnull=False)
    session = get_object_or_404(
        hours.select_related("cycle__programme__picture"), cycle__slug=cycle, slug=slug
    )
    language = get_language() or settings.LANGUAGE_CODE
    written = request.GET.get("tz", "")
    zone = time_zones.read(written)
    choices = time_zones.choices(language=language)
    if zone and zone not in dict(choices):
        choices.append((zone, zone.rpartition("/")[2].replace("_", " ")))
    context = {
        "session": session,
        "cycle": session.cycle,
        "zone": zone,
        "is_unknown": bool(written) and not zone,
        "choices": choices,
        "own": when(session, zone, language=language),
        "of_cycle": when(session, session.cycle.timezone, language=language),
        "elsewhere": elsewhere(session, language=language),
        "is_registrable": is_registrable(session, at=timezone.now()),
        "keep_query": True,
    }
    return render(request, "cycles/site/session_times.html", context)
