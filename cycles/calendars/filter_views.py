"""Choosing sessions by topic, territory and track: the form's answer, the calendar, and how to subscribe to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from cycles.site.page_cache.snapshots import FEED_CACHING, Built, snapshot
from cycles.site.views import subscribe_page

from . import filters
from .feeds import calendar_sessions, feed, nearest

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_safe
def choose(request: HttpRequest) -> HttpResponse:
    """Turn the ticked boxes into an address: the same boxes always give the same one."""
    choice = filters.chosen({kind: request.GET.getlist(kind) for kind in filters.KINDS})
    if choice is None:
        return redirect(reverse("cycles:subscribe") + "#choose")
    if len(choice.path) > filters.LONGEST:
        return render(request, "cycles/calendars/filter_too_long.html", status=422)
    return redirect("cycles:filter-subscribe", choice.path)


@snapshot(caching=FEED_CACHING)
def filter_feed(request: HttpRequest, choice: str) -> Built:
    """The sessions that fit a choice; empty while none does, as more may come."""
    at = timezone.now()
    result = _read(choice)
    sessions = calendar_sessions(at).filter(result.condition).distinct()
    sessions = nearest(sessions, at=at)
    return feed(request, sessions, name=f"{result.words} · {settings.ESCALE_SITE_NAME}", at=at)


@snapshot()
def filter_subscribe(request: HttpRequest, choice: str) -> Built:
    """How to keep the sessions of a choice in one's own calendar."""
    result = _read(choice)
    count = calendar_sessions(timezone.now()).filter(result.condition).distinct().count()
    path = reverse("cycles:filter-feed", args=[choice])
    back = reverse("cycles:subscribe")
    return subscribe_page(request, path, name=result.words, back=back, is_choice=True, count=count)


def _read(path: str) -> filters.Choice:
    choice = filters.read(path)
    if choice is None:
        raise Http404
    return choice
