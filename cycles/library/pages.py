"""What the pages of publications, series, events and organisations show; their queries do not depend on how many."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from itertools import groupby
from operator import or_
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from i18nfield.strings import LazyI18nString

from cycles.calendars import feeds
from cycles.models import (
    Cycle,
    Event,
    ExternalDatabase,
    Module,
    Organisation,
    Partnership,
    Programme,
    Resource,
    ResourceSeries,
    Session,
    SpeakerSlot,
    Topic,
)
from cycles.site.pages.stops import stop

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from django.db.models import QuerySet

    from cycles.site.pages import Stop

# A page names so many dates of an organisation at most, the newest first.
MOST_DATES = 30
CADENCES = {
    "yearly": _("one a year"),
    "half-yearly": _("two a year"),
    "quarterly": _("four a year"),
    "monthly": _("one a month"),
    "weekly": _("one a week"),
}


def by_year(resources: Iterable[Resource]) -> list[tuple[int | None, list[Resource]]]:
    """Return publications under their year, newest first; those without a date stand last, under None."""
    listed = sorted(
        resources, key=lambda r: (r.date_from is None, -r.date_from.toordinal() if r.date_from else 0)
    )
    return [
        (year, list(group))
        for year, group in groupby(listed, key=lambda r: r.date_from.year if r.date_from else None)
    ]


@dataclass(frozen=True, kw_only=True)
class Issue:
    """One issue of a series: the publication, or why it is not here."""

    number: int
    resource: Resource | None
    is_known: bool


@dataclass(frozen=True, kw_only=True)
class SeriesShown:
    """A series with its issues in order, gaps included."""

    series: ResourceSeries
    cadence: str
    issues: tuple[Issue, ...]


def series_shown(series: ResourceSeries, published: Iterable[Resource]) -> SeriesShown:
    """Return a series with its published issues and those that are known or must exist; reads no database."""
    of_number = {r.issue: r for r in published if r.issue is not None}
    known, implied = _numbers(series.known_issues), _numbers(series.implied_issues)
    return SeriesShown(
        series=series,
        cadence=str(CADENCES.get(series.cadence, series.cadence)),
        issues=tuple(
            Issue(number=number, resource=of_number.get(number), is_known=number in known)
            for number in sorted({*of_number, *known, *implied})
        ),
    )


def _numbers(value: Any) -> set[int]:
    return {each for each in value if isinstance(each, int)} if isinstance(value, list) else set()


def sentences(value: Any) -> list[LazyI18nString]:
    """Return the key figures, or the questions, of a resource: each a text in one or more languages."""
    return [LazyI18nString(each) for each in value if each] if isinstance(value, list) else []


@dataclass(frozen=True, kw_only=True)
class ResourcePage:
    """Everything the page of a publication shows."""

    resource: Resource
    key_figures: list[LazyI18nString]
    questions: list[LazyI18nString]
    series: SeriesShown | None
    versions: tuple[Resource, ...]


def resource_page(resource: Resource) -> ResourcePage:
    """Gather the page of a publication; two queries, one less without a series."""
    published = Resource.objects.published()
    series = None
    if resource.series is not None:
        series = series_shown(resource.series, published.filter(series=resource.series))
    family = Q(version_of=resource)
    if resource.version_of_id is not None:
        family |= Q(pk=resource.version_of_id) | Q(version_of=resource.version_of_id)
    return ResourcePage(
        resource=resource,
        key_figures=sentences(resource.key_figures),
        questions=sentences(resource.questions),
        series=series,
        versions=tuple(published.filter(family).exclude(pk=resource.pk)),
    )


@dataclass(frozen=True, kw_only=True)
class EventPage:
    """Everything the page of an event shows; `speaking` are the people of it who have a page of their own."""

    event: Event
    speaking: frozenset[int]
    resources: tuple[Resource, ...]
    opens: tuple[Cycle, ...]
    closes: tuple[Cycle, ...]


def event_page(event: Event) -> EventPage:
    """Gather the page of an event; three queries."""
    cycles = list(Cycle.objects.published().filter(Q(opening_event=event) | Q(closing_event=event)))
    people = [person.pk for person in event.people.all()]
    return EventPage(
        event=event,
        speaking=frozenset(feeds.speakers_with_sessions().filter(pk__in=people).values_list("pk", flat=True)),
        resources=tuple(Resource.objects.published().filter(launched_at=event).select_related("file")),
        opens=tuple(cycle for cycle in cycles if cycle.opening_event_id == event.pk),
        closes=tuple(cycle for cycle in cycles if cycle.closing_event_id == event.pk),
    )


@dataclass(frozen=True, kw_only=True)
class OrganisationPage:
    """Everything the page of an organisation shows: what it does here."""

    organisation: Organisation
    partnerships: tuple[Partnership, ...]
    cycles: tuple[Cycle, ...]
    modules: tuple[Module, ...]
    ahead: tuple[Stop, ...]
    past: tuple[Stop, ...]
    resources: tuple[Resource, ...]
    events: tuple[Event, ...]
    changes_at: tuple[dt.datetime, ...]


def shown_organisations() -> QuerySet[Organisation]:
    """Return the organisations that a public page names, so that no page is about nothing."""
    mine = OuterRef("pk")
    programmes, sessions = Programme.objects.published(), Session.objects.published()
    modules, resources = Module.objects.published(), Resource.objects.published()
    naming: tuple[QuerySet[Any], ...] = (
        Partnership.objects.filter(organisation=mine, programme__in=programmes),
        programmes.filter(lead=mine),
        Cycle.objects.published().filter(host=mine),
        sessions.filter(host=mine),
        SpeakerSlot.objects.announced().filter(organisation=mine, segment__session__in=sessions),
        modules.filter(owners=mine),
        modules.filter(partners=mine),
        modules.filter(platform=mine),
        resources.filter(publishers=mine),
        resources.filter(partners=mine),
        resources.filter(coordinated_by=mine),
        Event.objects.filter(hosts=mine),
        Event.objects.filter(within=mine),
        feeds.speakers_with_sessions().filter(organisation=mine),
    )
    # One look for each way of being named: joined, every organisation would stand there once for all of them.
    return Organisation.objects.filter(reduce(or_, (Q(Exists(rows)) for rows in naming)))


def shown_topics() -> QuerySet[Topic]:
    """Return the topics that a public page tells something of: a session, a publication, a database."""
    listed = Resource.objects.published().filter(topics=OuterRef("pk"))
    databases = ExternalDatabase.objects.filter(topics=OuterRef("pk"))
    with_sessions = feeds.topics_with_sessions().values("pk")
    return Topic.objects.filter(Q(pk__in=with_sessions) | Exists(listed) | Exists(databases))


def organisation_page(organisation: Organisation, *, at: dt.datetime) -> OrganisationPage:
    """Gather the page of an organisation; six queries."""
    slots = SpeakerSlot.objects.announced().filter(
        Q(organisation=organisation)
        | Q(organisation=None, person__organisation=organisation, state=SpeakerSlot.State.ACCEPTED)
    )
    sessions = Session.objects.published().filter(
        Q(host=organisation) | Q(segments__slots__in=slots), starts_at__isnull=False
    )
    newest = sessions.select_related("cycle", "territory").distinct().order_by("-starts_at", "-pk")
    rows = list(newest[:MOST_DATES])
    resources = Resource.objects.published().filter(
        Q(publishers=organisation) | Q(partners=organisation) | Q(coordinated_by=organisation)
    )
    modules = Module.objects.published().filter(
        Q(owners=organisation) | Q(partners=organisation) | Q(platform=organisation)
    )
    partnerships = organisation.partnerships.filter(programme__in=Programme.objects.published())
    return OrganisationPage(
        organisation=organisation,
        partnerships=tuple(partnerships.select_related("programme", "organisation")),
        cycles=tuple(Cycle.objects.published().series().filter(host=organisation)),
        modules=tuple(modules.distinct()),
        ahead=tuple(stop(s, at=at) for s in reversed(rows) if s.ends_at and s.ends_at > at),
        past=tuple(stop(s, at=at) for s in rows if s.ends_at and s.ends_at <= at),
        resources=tuple(resources.distinct().select_related("file").prefetch_related("publishers", "topics")),
        events=tuple(Event.objects.filter(Q(hosts=organisation) | Q(within=organisation)).distinct()),
        changes_at=tuple(m for s in rows for m in (s.starts_at, s.ends_at) if m and m > at),
    )
