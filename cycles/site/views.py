"""Public pages. Each is built by a function of its address and the database, and kept by `snapshots`."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from cycles.calendars import feeds, filters, subscribing
from cycles.models import Cycle, News, Programme, Session

from . import pages
from .look import banners
from .page_cache.snapshots import Built, next_midnight, snapshot

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse
    from i18nfield.strings import LazyI18nString

    from cycles.models import Track


def page_of(
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


# The page of calendars lists so many cycles at most.
MOST_LISTED = 20


@snapshot()
def home(request: HttpRequest) -> Built:
    """What is organised here, and what comes next."""
    at = timezone.now()
    page = pages.home_page(at=at)
    return page_of(request, "cycles/site/home.html", {"page": page}, at=at, true_until=page.changes_at)


@snapshot()
def programme_list(request: HttpRequest) -> Built:
    """Every programme by its name, and the cycles that belong to none; the first page shows what comes next only."""
    context = {
        "programmes": Programme.objects.published(),
        "cycles": Cycle.objects.published().series().exclude(programme__in=Programme.objects.published()),
    }
    return page_of(request, "cycles/site/programme_list.html", context, at=timezone.now())


@snapshot()
def programme_detail(request: HttpRequest, slug: str) -> Built:
    """The umbrella: its cycles, aims, partners, training, publications, news."""
    at = timezone.now()
    programme = get_object_or_404(
        Programme.objects.published().select_related("lead__picture", "picture"), slug=slug
    )
    page = pages.programme_page(programme, at=at)
    context = {"programme": programme, "page": page}
    return page_of(request, "cycles/site/programme_detail.html", context, at=at, true_until=page.changes_at)


@snapshot()
def cycle_detail(request: HttpRequest, slug: str) -> Built:
    """The line with its stops."""
    at = timezone.now()
    return _cycle(request, get_object_or_404(_cycles(), slug=slug), at=at)


@snapshot()
def cycle_track(request: HttpRequest, slug: str, track: str) -> Built:
    """The line of a cycle as one of its tracks walks it."""
    at = timezone.now()
    cycle = get_object_or_404(_cycles(), slug=slug)
    return _cycle(request, cycle, at=at, track=get_object_or_404(cycle.tracks, slug=track))


def _cycles() -> QuerySet[Cycle]:
    return Cycle.objects.published().select_related(
        *("programme__lead__picture", "programme__picture", "host__picture"),
        *("follows", "opening_event", "closing_event"),
        *("picture", "module"),
    )


def _cycle(request: HttpRequest, cycle: Cycle, *, at: dt.datetime, track: Track | None = None) -> Built:
    page = pages.cycle_page(cycle, at=at, track=track)
    feed = reverse("cycles:cycle-feed", args=[cycle.slug])
    context = {"cycle": cycle, "page": page, "line": page.line, "feed": feed, "track": track}
    if page.run is not None:
        context |= {"run": page.run.run, "trainers": page.run.trainers, "sheet": page.run.sheet}
        return page_of(request, "cycles/runs/run_detail.html", context, at=at, true_until=page.changes_at)
    if cycle.kind == Cycle.Kind.DAILY:
        context["tracks"] = list(cycle.tracks.all())
    return page_of(request, "cycles/site/cycle_detail.html", context, at=at, true_until=page.changes_at)


@snapshot()
def session_detail(request: HttpRequest, cycle: str, slug: str) -> Built:
    """One stop: when, what, who; afterwards the recap."""
    at = timezone.now()
    session = get_object_or_404(
        pages.with_reason(Session.objects.published())
        .select_related(
            "cycle__programme__lead__picture",
            "cycle__programme__picture",
            "cycle__host__picture",
            "territory",
            "host__picture",
            "picture",
            "track",
        )
        .prefetch_related("topics"),
        cycle__slug=cycle,
        slug=slug,
    )
    page = pages.session_page(session, at=at)
    context = {
        "session": session,
        "cycle": session.cycle,
        "page": page,
        "copies": subscribing.copy_links(session),
    }
    return page_of(request, "cycles/site/session_detail.html", context, at=at, true_until=page.changes_at)


@snapshot()
def subscribe(request: HttpRequest) -> Built:
    """How to keep everything in one's own calendar, and which smaller calendars there are."""
    programmes, cycles = Programme.objects.published(), Cycle.objects.published().series()
    listed = list(cycles[: MOST_LISTED + 1])
    is_cut = len(listed) > MOST_LISTED
    context = {
        # Of very many those that come next; each has its calendar on its own page, too.
        "programmes": [] if is_cut else programmes,
        "cycles": pages.next_cycles(cycles, most=MOST_LISTED, at=timezone.now()) if is_cut else listed,
        "is_cut": is_cut,
        "topics": feeds.topics_with_sessions(),
        "speakers": feeds.speakers_with_sessions(),
        "choices": filters.offered(),
    }
    path = reverse("cycles:catalogue-feed")
    return subscribe_page(
        request, path, name=settings.ESCALE_SITE_NAME, back=reverse("cycles:home"), **context
    )


@snapshot()
def agenda(request: HttpRequest, year: int | None = None, month: int | None = None) -> Built:
    """A month of everything published, as a grid and as a list; this month without a date in the address."""
    at = timezone.now()
    today = at.astimezone(ZoneInfo(settings.TIME_ZONE)).date()
    try:
        first = today.replace(day=1) if year is None or month is None else dt.date(year, month, 1)
    except (ValueError, OverflowError) as error:
        raise Http404 from error
    page = pages.month_page(first, at=at)
    if page is None:
        raise Http404
    return page_of(request, "cycles/site/agenda.html", {"page": page}, at=at, true_until=page.changes_at)


@snapshot()
def programme_subscribe(request: HttpRequest, slug: str) -> Built:
    programme = get_object_or_404(Programme.objects.published(), slug=slug)
    path, back = (reverse(f"cycles:programme-{page}", args=[slug]) for page in ("feed", "detail"))
    return subscribe_page(request, path, name=programme.title, back=back, banner=programme.banner)


@snapshot()
def cycle_subscribe(request: HttpRequest, slug: str) -> Built:
    cycle = get_object_or_404(Cycle.objects.published().select_related("programme"), slug=slug)
    path, back = (reverse(f"cycles:cycle-{page}", args=[slug]) for page in ("feed", "detail"))
    changes = reverse("cycles:cycle-changes", args=[slug])
    return subscribe_page(
        request, path, name=cycle.title, back=back, banner=banners.of_cycle(cycle), changes=changes
    )


@snapshot()
def topic_subscribe(request: HttpRequest, slug: str) -> Built:
    topic = get_object_or_404(feeds.topics_with_sessions(), slug=slug)
    path = reverse("cycles:topic-feed", args=[slug])
    return subscribe_page(request, path, name=topic.name, back=reverse("cycles:subscribe"))


@snapshot()
def speaker_subscribe(request: HttpRequest, slug: str) -> Built:
    person = get_object_or_404(feeds.speakers_with_sessions(), slug=slug)
    path = reverse("cycles:speaker-feed", args=[slug])
    return subscribe_page(request, path, name=str(person), back=reverse("cycles:subscribe"))


def subscribe_page(
    request: HttpRequest, path: str, *, name: LazyI18nString | str, back: str, **more: object
) -> Built:
    """How to keep the feed at `path` in one's own calendar; the same page for every feed."""
    context = {
        "name": name,
        "back": back,
        "links": subscribing.subscribe_links(path, name=str(name)),
        "changes": reverse("cycles:changes"),
        **more,
    }
    return page_of(request, "cycles/calendars/subscribe.html", context, at=timezone.now())


@snapshot()
def upcoming(request: HttpRequest) -> Built:
    """Everything to come in the order of its dates, the first page of it."""
    at = timezone.now()
    page = pages.coming_page({}, at=at)
    return page_of(request, "cycles/site/upcoming.html", {"page": page}, at=at, true_until=page.changes_at)


@require_safe
def upcoming_chosen(request: HttpRequest) -> HttpResponse:
    """What is to come, narrowed to a theme, a region and a kind, and its further pages: made anew each time."""
    at = timezone.now()
    page = pages.coming_page(request.GET.dict(), at=at)
    if not page.is_narrowed and page.number == 1:
        return redirect("cycles:upcoming")
    return render(request, "cycles/site/upcoming.html", {"page": page, "at": at, "keep_query": True})


@snapshot()
def news_list(request: HttpRequest) -> Built:
    return page_of(request, "cycles/site/news_list.html", {"posts": pages.posts()}, at=timezone.now())


@snapshot()
def news_detail(request: HttpRequest, slug: str) -> Built:
    """A post; a recap shows the session it is about and announces the next one."""
    at = timezone.now()
    post = next(
        iter(pages.posts(News.objects.filter(slug=slug).select_related("picture", "programme"))), None
    )
    if post is None:
        raise Http404
    page = pages.news_page(post, at=at)
    context = {"post": post, "news": post.news, "page": page}
    return page_of(request, "cycles/site/news_detail.html", context, at=at, true_until=page.changes_at)


@snapshot()
def privacy(request: HttpRequest) -> Built:
    context = {"kept": settings.ESCALE_RETENTION}
    return page_of(request, "cycles/site/privacy.html", context, at=timezone.now())


@snapshot()
def accessibility(request: HttpRequest) -> Built:
    return page_of(request, "cycles/site/accessibility.html", {}, at=timezone.now())
