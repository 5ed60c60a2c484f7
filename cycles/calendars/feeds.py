"""Calendar addresses that everyone may read: the catalogue, a programme, a cycle, a topic, a speaker, one session.

RFC 5545 and 7986. No METHOD, no attendee, no link to a room, no alarm. What the bytes hold is decided in `entries` and
`ical`; how they are kept and revalidated in `snapshots`.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Exists, OuterRef, Q
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from cycles.models import Cycle, Person, Programme, Segment, Session, SpeakerSlot, Topic
from cycles.schedule import last_dates
from cycles.site.page_cache.snapshots import FEED_CACHING, Built, next_midnight, snapshot

from . import entries, fragments
from .rfc5545 import colors, ical

if TYPE_CHECKING:
    from collections.abc import Collection

    from django.db.models import QuerySet
    from django.http import HttpRequest

CONTENT_TYPE = "text/calendar; charset=utf-8"
CANCELLED_KEPT = dt.timedelta(days=30)
CATALOGUE_KEPT = dt.timedelta(days=365)
# About a megabyte: calendar services refuse larger ones. What comes next stands before what is over.
MOST_IN_CATALOGUE = 1000
# Feeds must be fetched by calendar services, which obey robots.txt, yet not be listed by search engines.
HEADERS = (("X-Robots-Tag", "noindex"),)


def calendar_sessions(at: dt.datetime) -> QuerySet[Session]:
    """Return the public sessions of any calendar at `at`, by the date that it shows.

    Cancelled ones stay until 30 days after their date, postponed ones likewise at the date they had.
    """
    off = (Session.Status.CANCELLED, Session.Status.POSTPONED)
    is_shown = ~Q(status__in=off) | last_dates.ends_after(at - CANCELLED_KEPT)
    sessions = last_dates.annotated(Session.objects.published()).filter(last_dates.HAS_DATE, is_shown)
    return sessions.order_by(*last_dates.BY_DATE)


@snapshot(caching=FEED_CACHING)
def catalogue_feed(request: HttpRequest) -> Built:
    """Everything published here: what is to come and the last twelve months; of very much, what is nearest."""
    at = timezone.now()
    site = settings.ESCALE_SITE_NAME
    return feed(
        request,
        nearest(calendar_sessions(at).filter(last_dates.ends_after(at - CATALOGUE_KEPT)), at=at),
        name=site,
        about=_("All webinars and sessions of %(site)s") % {"site": site},
        at=at,
    )


def nearest(sessions: QuerySet[Session], *, at: dt.datetime) -> QuerySet[Session]:
    """Return these sessions, or of more than MOST_IN_CATALOGUE the next ones, then the last ones, in their order."""
    coming = sessions.filter(last_dates.ends_after(at)).order_by(*last_dates.BY_END)
    chosen = list(coming.values_list("pk", flat=True)[: MOST_IN_CATALOGUE + 1])
    past = sessions.exclude(last_dates.ends_after(at)).order_by(*last_dates.BY_END).reverse()
    chosen += past.values_list("pk", flat=True)[: MOST_IN_CATALOGUE + 1 - len(chosen)]
    if len(chosen) <= MOST_IN_CATALOGUE:
        return sessions
    return sessions.filter(pk__in=chosen[:MOST_IN_CATALOGUE])


@snapshot(caching=FEED_CACHING)
def programme_feed(request: HttpRequest, slug: str) -> Built:
    """All sessions of a programme's cycles, the past ones too."""
    at = timezone.now()
    programme = get_object_or_404(Programme.objects.published(), slug=slug)
    sessions = calendar_sessions(at).filter(cycle__programme=programme)
    return feed(request, sessions, name=str(programme.title), about=str(programme.summary), at=at)


@snapshot(caching=FEED_CACHING)
def cycle_feed(request: HttpRequest, slug: str) -> Built:
    """All sessions of one cycle, the past ones too: archived cycles keep their feed."""
    at = timezone.now()
    cycle = get_object_or_404(Cycle.objects.published().select_related("programme"), slug=slug)
    return feed(
        request,
        calendar_sessions(at).filter(cycle=cycle),
        name=str(cycle.title),
        about=str(cycle.description) or (str(cycle.public_programme.title) if cycle.public_programme else ""),
        zone=cycle.timezone,
        color=cycle.color,
        with_cycle=False,
        at=at,
    )


@snapshot(caching=FEED_CACHING)
def topic_feed(request: HttpRequest, slug: str) -> Built:
    """The sessions that treat a topic, whole or in one part of their agenda."""
    at = timezone.now()
    topic = topics_with_sessions().filter(slug=slug).first()
    if topic is None:
        raise Http404
    sessions = calendar_sessions(at).filter(of_topics([topic])).distinct()
    return feed(request, sessions, name=f"{topic.name} · {settings.ESCALE_SITE_NAME}", at=at)


@snapshot(caching=FEED_CACHING)
def speaker_feed(request: HttpRequest, slug: str) -> Built:
    """The sessions at which someone speaks; whoever speaks nowhere any more has none."""
    at = timezone.now()
    person = speakers_with_sessions().filter(slug=slug).first()
    if person is None:
        raise Http404
    speaking = SpeakerSlot.objects.confirmed().filter(person=person, segment__session=OuterRef("pk"))
    sessions = calendar_sessions(at).filter(Exists(speaking))
    return feed(request, sessions, name=f"{person} · {settings.ESCALE_SITE_NAME}", at=at)


def of_topics(topics: Collection[Topic]) -> Q:
    """Return the condition on sessions that treat one of these topics; the query must be made distinct."""
    illustrated = SpeakerSlot.objects.announced().filter(illustrates__in=topics).values("segment")
    return Q(topics__in=topics) | Q(segments__topic__in=topics) | Q(segments__in=illustrated)


def topics_with_sessions() -> QuerySet[Topic]:
    """Return the topics of published sessions: no other topic has a calendar."""
    public = Session.objects.published().filter(pk=OuterRef("session"))
    by_session = Session.topics.through.objects.filter(topic=OuterRef("pk")).filter(Exists(public))
    by_segment = Segment.objects.filter(topic=OuterRef("pk")).filter(Exists(public))
    at_segment = Session.objects.published().filter(pk=OuterRef("segment__session"))
    by_slot = SpeakerSlot.objects.announced().filter(illustrates=OuterRef("pk")).filter(Exists(at_segment))
    return Topic.objects.filter(Exists(by_session) | Exists(by_segment) | Exists(by_slot))


def speakers_with_sessions() -> QuerySet[Person]:
    """Return the people who speak at a published session: nobody is told of a wish, or of who declined."""
    public = Session.objects.published().filter(pk=OuterRef("segment__session"))
    announced = SpeakerSlot.objects.confirmed().filter(person=OuterRef("pk")).filter(Exists(public))
    return Person.objects.filter(Exists(announced))


@snapshot(caching=FEED_CACHING)
def session_calendar(request: HttpRequest, cycle: str, slug: str) -> Built:  # noqa: ARG001 - the builder's signature
    """One session to download: no calendar name, or Outlook would open a new calendar for it."""
    at = timezone.now()
    session = entries.loaded(calendar_sessions(at)).filter(cycle__slug=cycle, slug=slug).first()
    if session is None:
        raise Http404
    language = _language()
    body = ical.calendar(
        [entries.entry(session, language=language, with_cycle=True)], header=None, language=language
    )
    return Built(
        body=body,
        content_type=CONTENT_TYPE,
        true_until=next_midnight(at, zone=ZoneInfo(session.cycle.timezone)),
        headers=(*HEADERS, ("Content-Disposition", f'attachment; filename="{session.slug}.ics"')),
    )


def feed(
    request: HttpRequest,
    sessions: QuerySet[Session],
    *,
    name: str,
    about: str = "",
    zone: str = settings.TIME_ZONE,
    color: str = "",
    with_cycle: bool = True,
    at: dt.datetime,
) -> Built:
    """Return the subscription of sessions under a name: the same for every public calendar."""
    language = _language()
    header = ical.FeedHeader(
        name=name,
        description=about,
        zone=zone,
        source_url=settings.ESCALE_BASE_URL + request.path,
        color=color or colors.DEFAULT,
    )
    midnight = next_midnight(at, zone=ZoneInfo(zone))
    events, zones = fragments.events(sessions, language=language, with_cycle=with_cycle)
    return Built(
        body=ical.assembled(events, zones=zones, header=header, language=language),
        content_type=CONTENT_TYPE,
        # The window moves at midnight only, so that the bytes change at known instants.
        changed_at=midnight - dt.timedelta(days=1),
        true_until=midnight,
        headers=HEADERS,
    )


def _language() -> str:
    return get_language() or settings.LANGUAGE_CODE
