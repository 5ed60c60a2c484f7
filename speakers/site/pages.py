"""What the public page of a person or of a theme shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db.models import Q
from django.urls import reverse

from cycles.calendars import feeds
from cycles.models import Organisation, Person, Resource, Session, SpeakerSlot, Topic
from cycles.site import pages as cycle_pages
from speakers.models import SpeakerProfile

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from cycles.site.pages import Stop


@dataclass(frozen=True, kw_only=True)
class Page:
    """Dates to come and past, what there is to read, and what the subject itself says."""

    subject: Person | Topic
    profile: SpeakerProfile | None
    organisations: tuple[Organisation, ...]
    people: tuple[Person, ...]
    topics: tuple[Topic, ...]
    ahead: tuple[Stop, ...]
    past: tuple[Stop, ...]
    resources: tuple[Resource, ...]
    structured: dict[str, Any] | None
    changes_at: tuple[dt.datetime, ...]


def of_person(person: Person, *, at: dt.datetime) -> Page:
    """Gather the page of somebody who said yes at least once."""
    slots = list(
        SpeakerSlot.objects.confirmed()
        .filter(person=person, segment__session__in=Session.objects.published())
        .select_related("organisation", "illustrates", "segment__topic")
        .order_by("segment__session__starts_at", "segment__order", "order")
    )
    sessions = Session.objects.published().filter(
        segments__slots__person=person, segments__slots__state=SpeakerSlot.State.ACCEPTED
    )
    profile = SpeakerProfile.objects.filter(person=person).first()
    own = {slot.organisation_id: slot.organisation for slot in reversed(slots) if slot.organisation}
    if person.organisation is not None:
        own.setdefault(person.organisation.pk, person.organisation)
    themes = {t.pk: t for slot in slots for t in (slot.illustrates, slot.segment.topic) if t is not None}
    return _page(
        person,
        sessions=sessions.distinct(),
        resources=Resource.objects.published().filter(session__in=sessions),
        profile=profile,
        organisations=tuple(own.values()),
        topics=tuple(themes.values()),
        structured=_structured(person, profile, own.values()),
        at=at,
    )


def of_topic(topic: Topic, *, at: dt.datetime) -> Page:
    """Gather the page of a theme that a published session treats."""
    sessions = Session.objects.published().filter(feeds.of_topics([topic])).distinct()
    speaks = SpeakerSlot.objects.confirmed().filter(
        Q(illustrates=topic) | Q(segment__topic=topic), segment__session__in=Session.objects.published()
    )
    announced = SpeakerSlot.objects.announced().filter(
        Q(illustrates=topic) | Q(segment__topic=topic), segment__session__in=Session.objects.published()
    )
    return _page(
        topic,
        sessions=sessions,
        resources=Resource.objects.published().filter(Q(topics=topic) | Q(session__in=sessions)).distinct(),
        people=tuple(Person.objects.filter(pk__in=speaks.values("person")).select_related("organisation")),
        organisations=tuple(Organisation.objects.filter(pk__in=announced.values("organisation"))),
        at=at,
    )


def _page(
    subject: Person | Topic,
    *,
    sessions: Any,
    resources: Any,
    at: dt.datetime,
    profile: SpeakerProfile | None = None,
    organisations: tuple[Organisation, ...] = (),
    people: tuple[Person, ...] = (),
    topics: tuple[Topic, ...] = (),
    structured: dict[str, Any] | None = None,
) -> Page:
    rows = list(sessions.select_related("cycle", "territory").order_by("starts_at", "pk"))
    coming = [row for row in rows if row.ends_at is None or row.ends_at > at]
    past = [row for row in reversed(rows) if row.ends_at is not None and row.ends_at <= at]
    return Page(
        subject=subject,
        profile=profile,
        organisations=organisations,
        people=people,
        topics=topics,
        ahead=tuple(cycle_pages.stop(row, at=at) for row in coming),
        past=tuple(cycle_pages.stop(row, at=at) for row in past),
        resources=tuple(resources.select_related("file").prefetch_related("publishers", "topics")),
        structured=structured,
        changes_at=tuple(
            moment for row in rows for moment in (row.starts_at, row.ends_at) if moment and moment > at
        ),
    )


def _structured(
    person: Person, profile: SpeakerProfile | None, organisations: Iterable[Organisation]
) -> dict[str, Any]:
    """Return a person as https://schema.org/Person."""
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Person",
        "name": str(person),
        "url": settings.ESCALE_BASE_URL + reverse("speakers:speaker", args=[person.slug]),
    }
    if str(person.role) and person.full_name:
        data["jobTitle"] = str(person.role)
    if results := [organisation.name for organisation in organisations]:
        data["affiliation"] = [{"@type": "Organization", "name": name} for name in results]
    if profile is not None and profile.bio:
        data["description"] = profile.bio
    if profile is not None and profile.photo:
        data["image"] = settings.ESCALE_BASE_URL + reverse("speaker-photo", args=[profile.photo])
    return data
