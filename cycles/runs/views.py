"""Public pages of training: the list of modules, a module, its calendar."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import F, Prefetch
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from cycles.calendars import feeds
from cycles.models import Module, Organisation, Workshop
from cycles.site.page_cache.snapshots import FEED_CACHING, Built, snapshot

from . import pages

if TYPE_CHECKING:
    import datetime as dt

    from django.http import HttpRequest


@snapshot()
def module_list(request: HttpRequest) -> Built:
    """What one can learn here: each module with its state and the run to go to next."""
    at = timezone.now()
    cards = pages.cards(Module.objects.published(), at=at)
    runs = [run for card in cards for run in card.runs]
    sessions = [session for run in runs for session in run.sessions]
    until = pages.holds_until(runs, sessions, at=at)
    return built(request, "cycles/runs/module_list.html", {"cards": cards}, at=at, until=until)


@snapshot()
def module_detail(request: HttpRequest, slug: str) -> Built:
    """A module: what it is, for whom, when it is held, how to register; its workshops."""
    at = timezone.now()
    module = get_object_or_404(
        Module.objects.published()
        .select_related("programme__picture", "platform__picture")
        .prefetch_related(
            Prefetch("owners", Organisation.objects.select_related("picture")),
            Prefetch("partners", Organisation.objects.select_related("picture")),
            Prefetch(
                "workshops",
                Workshop.objects.published()
                .select_related("run")
                .prefetch_related("hosts")
                .order_by(F("date_from").asc(nulls_last=True), "starts_at", "slug"),
            ),
        ),
        slug=slug,
    )
    page = pages.module_page(module, at=at)
    context = {"module": module, "page": page, "card": page.card, "programme": None}
    if module.programme is not None and module.programme.is_published:
        context["programme"] = module.programme
    return built(request, "cycles/runs/module_detail.html", context, at=at, until=page.changes_at)


@snapshot(caching=FEED_CACHING)
def module_feed(request: HttpRequest, slug: str) -> Built:
    """The half-days of a module's runs, the past ones too."""
    at = timezone.now()
    module = get_object_or_404(Module.objects.published(), slug=slug)
    sessions = feeds.calendar_sessions(at).filter(cycle__module=module)
    return feeds.feed(request, sessions, name=str(module.title), about=str(module.summary), at=at)


@snapshot()
def module_subscribe(request: HttpRequest, slug: str) -> Built:
    """How to keep the dates of a module in one's own calendar."""
    from cycles.site.views import subscribe_page  # noqa: PLC0415 - the pages of cycles name these in turn

    module = get_object_or_404(Module.objects.published(), slug=slug)
    path, back = (reverse(f"cycles:module-{page}", args=[slug]) for page in ("feed", "detail"))
    return subscribe_page(request, path, name=module.title, back=back)


def built(
    request: HttpRequest, template: str, context: dict[str, object], *, at: dt.datetime, until: dt.datetime
) -> Built:
    body = render_to_string(template, {**context, "at": at}, request)
    return Built(body=body.encode(), content_type="text/html; charset=utf-8", true_until=until, changed_at=at)
