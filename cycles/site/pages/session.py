"""The page of a session."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.db.models import OuterRef, Prefetch, Subquery
from django.utils.translation import gettext as _

from cycles.language import naming, wording
from cycles.models import CycleException, News, Session, SpeakerSlot
from cycles.models.shared import speaks_for
from cycles.schedule import first_dates
from cycles.site import crowds, promised_reminders
from cycles.site.machines import json_ld

from . import facts
from .lines import in_date_order
from .news import recap_of
from .stops import Stop, is_registrable, language, next_session, seats_of, stop, true_until

if TYPE_CHECKING:
    import datetime as dt

    from django.db.models import QuerySet

    from cycles.models import Resource, Segment, Topic

    from .facts import Fact

OTHER_ZONES = (
    "America/Martinique",
    "America/Guadeloupe",
    "America/Cayenne",
    "Indian/Reunion",
    "Indian/Mayotte",
    "Pacific/Noumea",
    "Pacific/Tahiti",
    "America/Toronto",
)


@dataclass(frozen=True, kw_only=True)
class ZoneTime:
    """A session's hours where other readers live."""

    place: str
    text: str


def other_zones(session: Session) -> tuple[ZoneTime, ...]:
    """Return the hours in the overseas territories and Québec; weekday shown when it is another day there."""
    if session.starts_at is None or session.ends_at is None or session.is_all_day:
        return ()
    results = []
    for zone in OTHER_ZONES:
        hours = wording.hours(session.starts_at, session.ends_at, zone=zone, language=language())
        day = session.starts_at.astimezone(ZoneInfo(zone)).date()
        if day != session.local_date:
            hours = f"{wording.long_date(day, language=language())}, {hours}"
        results.append(ZoneTime(place=wording.zone_name(zone, language=language()), text=hours))
    return tuple(results)


@dataclass(frozen=True, kw_only=True)
class SessionPage:
    """Everything the page of a session shows."""

    stop: Stop
    segments: tuple[Segment, ...]
    zones: tuple[ZoneTime, ...]
    previous: Stop | None
    following: Stop | None
    recap: News | None
    topics: tuple[Topic, ...]
    resources: tuple[Resource, ...]
    is_registrable: bool
    # Whether whoever registers gets its article by mail on its morning.
    has_article_mail: bool
    # "7 days before", in order: what somebody who registers now will get.
    reminders: tuple[str, ...]
    structured: json_ld.Data | None
    facts: tuple[Fact, ...]
    changes_at: dt.datetime

    @property
    def way_in(self) -> str:
        """Say what the button to the form does, for somebody who is not registered: it never joins by itself."""
        session = self.stop.session
        cycle = session.cycle
        is_live = self.stop.state == Session.Phase.LIVE
        if self.stop.seats is not None and self.stop.seats.is_full:
            return _("Join the waiting list")
        if cycle.registration_mode == cycle.RegistrationMode.APPROVAL:
            return _("Ask to take part")
        if cycle.is_run:
            return _("Register")
        if is_live and session.has_room:
            return _("In progress: register to join")
        if is_live:
            return _("In progress: register")
        text = (
            _("Register for this day: %(label)s")
            if cycle.kind == cycle.Kind.DAILY
            else _("Register for this session: %(label)s")
        )
        return text % {"label": naming.session_label(session)}


def with_reason(sessions: QuerySet[Session]) -> QuerySet[Session]:
    """Read along why the date that the rule gave was left, and what `first_dates` knows.

    `left_because` is None without a reason, `told_first` for a session that never changed.
    """
    exceptions = CycleException.objects.filter(cycle=OuterRef("cycle"), planned_date=OuterRef("planned_date"))
    return first_dates.annotated(sessions).annotate(left_because=Subquery(exceptions.values("reason")[:1]))


def segments_of(session: Session) -> tuple[Segment, ...]:
    """Return the agenda of a session, with who speaks in each part."""
    return tuple(
        session.segments.select_related("topic").prefetch_related(
            Prefetch(
                "slots",
                SpeakerSlot.objects.announced().select_related(
                    "person__organisation", "organisation", "illustrates"
                ),
            )
        )
    )


def session_page(session: Session, *, at: dt.datetime) -> SessionPage:
    """Gather the page of a session read `with_reason`; its number of queries depends on nothing's number."""
    cycle = session.cycle
    segments = segments_of(session)
    sessions = list(cycle.sessions.exclude(status=Session.Status.DRAFT).in_order())
    for other in sessions:
        other.cycle = cycle
    sessions = in_date_order(sessions)
    place = next(i for i, other in enumerate(sessions) if other.pk == session.pk)
    coming = next_session(sessions, at=at)
    beside = [
        stop(sessions[i], at=at, is_next=sessions[i] is coming) if 0 <= i < len(sessions) else None
        for i in (place - 1, place + 1)
    ]
    because = getattr(session, "left_because", None)
    reasons = {session.planned_date: because} if session.planned_date and because and str(because) else {}
    can_register = is_registrable(session, at=at)
    promise = promised_reminders.of(session, at=at) if can_register else promised_reminders.Promise()
    changes_at = true_until([session, *([coming] if coming else [])], zone=cycle.zone, at=at)
    seats = seats_of([session], at=at)
    crowd = crowds.of_session(session.pk, at=at) if can_register else None
    changes_at = crowds.holds_until(changes_at, at=at, counts=bool(seats), crowd=crowd)
    return SessionPage(
        stop=stop(
            session,
            at=at,
            is_next=bool(coming and coming.pk == session.pk),
            reasons=reasons,
            seats=seats.get(session.pk),
            added=_added(session),
        ),
        segments=segments,
        zones=other_zones(session),
        previous=beside[0],
        following=beside[1],
        recap=recap_of(session),
        topics=tuple(session.topics.all()),
        resources=tuple(
            session.resources.published().filter(speaks_for(cycle.programme_id)).select_related("file")
        ),
        is_registrable=can_register,
        has_article_mail=promise.has_article,
        reminders=tuple(wording.step_in_words(offset, language=language()) for offset in promise.offsets),
        structured=json_ld.session_event(
            session,
            slots=[slot for segment in segments for slot in segment.slots.all()],
            told_first=getattr(session, "told_first", None),
        ),
        facts=facts.of_session(session, crowd=crowd, at=at),
        changes_at=min(changes_at, promise.true_until or changes_at),
    )


def _added(session: Session) -> CycleException | None:
    """Return why a date stands beside the rule; no query for one that the rule gave."""
    if session.planned_date is not None or session.local_date is None or not session.cycle.frequency:
        return None
    # Kept under the day that it was added on, also when it was moved since.
    first = first_dates.first_date(session)
    added = session.cycle.exceptions.filter(kind=CycleException.Kind.ADDED)
    return added.filter(planned_date=first).first() if first else None
