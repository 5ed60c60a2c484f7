"""Public pages of publications, series, events and organisations."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Prefetch
from django.shortcuts import get_object_or_404
from django.utils import timezone

from cycles.models import Event, ExternalDatabase, Organisation, Resource, ResourceSeries
from cycles.site.page_cache.snapshots import Built, next_midnight, snapshot
from cycles.site.views import page_of

from . import pages

if TYPE_CHECKING:
    from django.http import HttpRequest


@snapshot()
def resource_list(request: HttpRequest) -> Built:
    """Publications by year; beside them series and databases."""
    resources = Resource.objects.published().select_related("version_of", "file")
    context = {
        "years": pages.by_year(resources.prefetch_related("publishers", "topics")),
        "series": ResourceSeries.objects.all(),
        "databases": ExternalDatabase.objects.prefetch_related("topics"),
    }
    return page_of(request, "cycles/library/resource_list.html", context, at=timezone.now())


@snapshot()
def resource_detail(request: HttpRequest, slug: str) -> Built:
    """A publication: what it says, by whom, where it is, and what belongs to it."""
    resource = get_object_or_404(
        Resource.objects.published()
        .select_related(
            "series",
            "programme",
            "session__cycle",
            "launched_at",
            "concludes",
            "coordinated_by",
            "version_of",
            "file",
        )
        .prefetch_related(
            Prefetch("publishers", Organisation.objects.select_related("picture")),
            Prefetch("partners", Organisation.objects.select_related("picture")),
            "topics",
        ),
        slug=slug,
    )
    page = pages.resource_page(resource)
    context = {"resource": resource, "page": page, "programme": resource.programme}
    return page_of(request, "cycles/library/resource_detail.html", context, at=timezone.now())


@snapshot()
def series_detail(request: HttpRequest, slug: str) -> Built:
    """A series with all its issues, those that are missing too."""
    series = get_object_or_404(ResourceSeries, slug=slug)
    shown = pages.series_shown(series, Resource.objects.published().filter(series=series))
    context = {"series": series, "shown": shown}
    return page_of(request, "cycles/library/series_detail.html", context, at=timezone.now())


@snapshot()
def event_detail(request: HttpRequest, slug: str) -> Built:
    """Something that happened or happens elsewhere: when, by whom, with whom, and what came of it."""
    event = get_object_or_404(
        Event.objects.select_related("programme", "within").prefetch_related(
            Prefetch("hosts", Organisation.objects.select_related("picture")), "people__organisation"
        ),
        slug=slug,
    )
    context = {"event": event, "page": pages.event_page(event), "programme": event.programme}
    return page_of(request, "cycles/library/event_detail.html", context, at=timezone.now())


@snapshot()
def organisation_detail(request: HttpRequest, slug: str) -> Built:
    """An organisation: who it is, and what it does here."""
    at = timezone.now()
    organisation = get_object_or_404(pages.shown_organisations().select_related("picture"), slug=slug)
    page = pages.organisation_page(organisation, at=at)
    until = min([next_midnight(at, zone=ZoneInfo(settings.TIME_ZONE)), *page.changes_at])
    context = {"organisation": organisation, "page": page}
    return page_of(request, "cycles/library/organisation_detail.html", context, at=at, true_until=until)
