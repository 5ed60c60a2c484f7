"""Public pages. Each is built by a function of its address and the database, and kept by `snapshots`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from . import feeds, pages
from .models import (
    Cycle,
    Event,
    ExternalDatabase,
    Module,
    News,
    NewsLink,
    Programme,
    Resource,
    ResourceSeries,
    Session,
)
from .models.library import NEWS_TARGETS
from .snapshots import Built, next_midnight, snapshot

if TYPE_CHECKING:
    import datetime as dt

    from django.http import HttpRequest


def _page(
    request: HttpRequest,
    template: str,
    context: dict[str, Any],
    *,
    at: dt.datetime,
    true_until: dt.datetime | None = None,
) -> Built:
    body = render_to_string(template, {**context, "at": at}, request)
    return Built(
        body=body.encode(),
        content_type="text/html; charset=utf-8",
        true_until=true_until or next_midnight(at, zone=ZoneInfo(settings.TIME_ZONE)),
    )


@snapshot()
def home(request: HttpRequest) -> Built:
    """What is organised here."""
    at = timezone.now()
    cycles = list(Cycle.objects.published().select_related("programme", "host"))
    upcoming = list(Session.objects.published().upcoming(at=at).select_related("cycle")[:4])
    stops = [pages.stop(s, at=at, is_next=i == 0) for i, s in enumerate(upcoming)]
    programmes = Programme.objects.published()
    context = {
        "programmes": [(p, [c for c in cycles if c.programme_id == p.pk]) for p in programmes],
        "other_cycles": [c for c in cycles if c.programme is None or not c.programme.is_published],
        "stops": stops,
        "posts": _with_titles(_posts()[:4]),
    }
    until = min([next_midnight(at, zone=ZoneInfo(settings.TIME_ZONE)), *_boundaries(upcoming, at)])
    return _page(request, "cycles/home.html", context, at=at, true_until=until)


def _boundaries(sessions: list[Session], at: dt.datetime) -> list[dt.datetime]:
    return [moment for s in sessions for moment in (s.starts_at, s.ends_at) if moment and moment > at]


@snapshot()
def programme_detail(request: HttpRequest, slug: str) -> Built:
    """The umbrella: objectives, partners, cycles, modules, publications, news."""
    at = timezone.now()
    programme = get_object_or_404(Programme.objects.published().select_related("lead"), slug=slug)
    context = {
        "programme": programme,
        "objectives": programme.objectives.all(),
        "partnerships": programme.partnerships.select_related("organisation"),
        "cycles": programme.cycles.published(),
        "other_cycles": Cycle.objects.published().filter(programme=None).select_related("host", "follows"),
        "modules": Module.objects.filter(programme=programme)
        .select_related("platform")
        .prefetch_related("owners", "partners", "workshops", "runs"),
        "events": Event.objects.filter(programme=programme).select_related("within"),
        "resources": Resource.objects.filter(programme=programme)[:8],
        "posts": _with_titles(_posts().filter(programme=programme)[:6]),
    }
    return _page(request, "cycles/programme_detail.html", context, at=at)


@snapshot()
def cycle_detail(request: HttpRequest, slug: str) -> Built:
    """The line with its stops."""
    at = timezone.now()
    cycle = get_object_or_404(
        Cycle.objects.published().select_related(
            "programme__lead", "host", "follows", "opening_event", "closing_event"
        ),
        slug=slug,
    )
    page = pages.cycle_page(cycle, at=at)
    context = {
        "cycle": cycle,
        "page": page,
        "objectives": cycle.programme.objectives.all() if cycle.programme else (),
        "partnerships": cycle.programme.partnerships.select_related("organisation")
        if cycle.programme
        else (),
        "can_register": pages.takes_registrations(cycle, at=at) and page.next_stop is not None,
        "feed": reverse("cycles:cycle-feed", args=[cycle.slug]),
    }
    return _page(request, "cycles/cycle_detail.html", context, at=at, true_until=page.changes_at)


@snapshot()
def session_detail(request: HttpRequest, cycle: str, slug: str) -> Built:
    """One stop: when, what, who; afterwards the recap."""
    at = timezone.now()
    session = get_object_or_404(
        Session.objects.published().select_related("cycle__programme", "territory", "host"),
        cycle__slug=cycle,
        slug=slug,
    )
    page = pages.session_page(session, at=at)
    context = {"session": session, "cycle": session.cycle, "page": page, "copies": feeds.copy_links(session)}
    return _page(request, "cycles/session_detail.html", context, at=at, true_until=page.changes_at)


@snapshot()
def cycle_subscribe(request: HttpRequest, slug: str) -> Built:
    """How to keep the cycle in one's own calendar."""
    cycle = get_object_or_404(Cycle.objects.published().select_related("programme"), slug=slug)
    path = reverse("cycles:cycle-feed", args=[cycle.slug])
    context = {"cycle": cycle, "links": feeds.subscribe_links(path, name=str(cycle.title))}
    return _page(request, "cycles/cycle_subscribe.html", context, at=timezone.now())


@snapshot()
def module_detail(request: HttpRequest, slug: str) -> Built:
    module = get_object_or_404(
        Module.objects.select_related("programme", "platform").prefetch_related(
            "owners", "partners", "workshops__hosts", "runs"
        ),
        slug=slug,
    )
    return _page(request, "cycles/module_detail.html", {"module": module}, at=timezone.now())


@snapshot()
def resource_list(request: HttpRequest) -> Built:
    """Publications, series and databases; one without an address shows no dead link."""
    context = {
        "resources": Resource.objects.select_related(
            "series", "version_of", "coordinated_by"
        ).prefetch_related("publishers", "topics"),
        "series": ResourceSeries.objects.all(),
        "databases": ExternalDatabase.objects.all(),
    }
    return _page(request, "cycles/resource_list.html", context, at=timezone.now())


@snapshot()
def news_list(request: HttpRequest) -> Built:
    return _page(request, "cycles/news_list.html", {"posts": _with_titles(_posts())}, at=timezone.now())


@snapshot()
def news_detail(request: HttpRequest, slug: str) -> Built:
    """A post; a recap shows the session it is about and announces the next one."""
    news = next(iter(_with_titles(_posts().filter(slug=slug))), None)
    if news is None:
        raise Http404
    links = list(news.links.all())
    context = {
        "news": news,
        "about": [link for link in links if link.relation == NewsLink.Relation.ABOUT],
        "announces": [link for link in links if link.relation == NewsLink.Relation.ANNOUNCES],
    }
    return _page(request, "cycles/news_detail.html", context, at=timezone.now())


def _posts() -> Any:
    targets = [f"links__{name}" for name in NEWS_TARGETS if name != "session"]
    return News.objects.filter(is_published=True).prefetch_related("links", *targets, "links__session__cycle")


def _with_titles(posts: Any) -> list[News]:
    """Return posts, each with the title that it has or is given."""
    listed = list(posts)
    for post in listed:
        post.shown_title = pages.news_title(post)
    return listed


@snapshot()
def privacy(request: HttpRequest) -> Built:
    return _page(request, "cycles/privacy.html", {}, at=timezone.now())


@snapshot()
def accessibility(request: HttpRequest) -> Built:
    return _page(request, "cycles/accessibility.html", {}, at=timezone.now())
