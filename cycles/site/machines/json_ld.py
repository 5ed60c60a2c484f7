"""What search engines and other machines read on a page: schema.org as JSON-LD.

https://schema.org/EducationEvent, /EventSeries, /Schedule. Public facts only: never a room, never a participant.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_language

from cycles.language import naming
from cycles.language.plain_text import clean, one_line
from cycles.models import Cycle, Session
from cycles.schedule import first_dates

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from cycles.models import CycleException, Organisation, SpeakerSlot

Data = dict[str, Any]
SCHEMA = "https://schema.org"
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
PERIODS = {
    Cycle.Frequency.MONTHLY_WEEKDAY: "M",
    Cycle.Frequency.MONTHLY_DAY: "M",
    Cycle.Frequency.WEEKLY: "W",
    Cycle.Frequency.DAILY: "D",
}


def session_event(
    session: Session, *, slots: Iterable[SpeakerSlot], told_first: dt.datetime | None
) -> Data | None:
    """Return a dated session as an EducationEvent; None without a date, which schema.org requires.

    `told_first` is the start that was announced first, when that is another one (`previousStartDate`).
    """
    if session.starts_at is None or session.ends_at is None:
        return None
    cycle = session.cycle
    before = told_first if told_first != session.starts_at else None
    data: Data = {
        "@context": SCHEMA,
        "@type": "EducationEvent",
        "@id": f"urn:uuid:{session.uid}",
        "name": one_line(naming.session_title(session)),
        "url": _page("cycles:session-detail", cycle.slug, session.slug),
        "inLanguage": get_language() or settings.LANGUAGE_CODE,
        "startDate": moment(session, session.starts_at),
        "endDate": moment(session, session.ends_at),
        "eventStatus": f"{SCHEMA}/{_status(session, is_moved=before is not None)}",
        **_attendance(session),
        "isAccessibleForFree": not str(cycle.price),
        "superEvent": _series(cycle),
    }
    if str(session.summary):
        data["description"] = clean(str(session.summary))
    if before is not None:
        data["previousStartDate"] = moment(session, before)
    if (
        organizer := session.host
        or cycle.host
        or (cycle.public_programme.lead if cycle.public_programme else None)
    ):
        data["organizer"] = organisation(organizer)
    if performers := [_performer(slot) for slot in slots]:
        data["performer"] = performers
    return data


def cycle_series(cycle: Cycle, *, sessions: Iterable[Session], exceptions: Iterable[CycleException]) -> Data:
    """Return a cycle as an EventSeries: its rhythm as a Schedule, and its public sessions."""
    data: Data = {
        "@context": SCHEMA,
        **_series(cycle),
        "inLanguage": get_language() or settings.LANGUAGE_CODE,
    }
    if str(cycle.description):
        data["description"] = clean(str(cycle.description))
    if cycle.public_programme and cycle.public_programme.lead:
        data["organizer"] = organisation(cycle.public_programme.lead)
    if schedule := _schedule(cycle, exceptions):
        data["eventSchedule"] = schedule
    data["subEvent"] = [
        {
            "@type": "EducationEvent",
            "@id": f"urn:uuid:{session.uid}",
            "name": one_line(naming.session_title(session)),
            "url": _page("cycles:session-detail", cycle.slug, session.slug),
            "startDate": moment(session, session.starts_at),
            "endDate": moment(session, session.ends_at),
            "eventStatus": f"{SCHEMA}/{_status(session, is_moved=first_dates.left(session) is not None)}",
            **_attendance(session),
        }
        for session in sessions
        if session.starts_at is not None and session.ends_at is not None
    ]
    return data


def _series(cycle: Cycle) -> Data:
    return {
        "@type": "EventSeries",
        "@id": _page("cycles:cycle-detail", cycle.slug),
        "name": one_line(str(cycle.title)),
        "url": _page("cycles:cycle-detail", cycle.slug),
    }


def _schedule(cycle: Cycle, exceptions: Iterable[CycleException]) -> Data | None:
    """Return the rule as https://schema.org/Schedule; dates that were left out or moved are `exceptDate`."""
    if not cycle.frequency or cycle.first_date is None or cycle.last_date is None:
        return None
    period = f"P{cycle.interval}{PERIODS[Cycle.Frequency(cycle.frequency)]}"
    data: Data = {
        "@type": "Schedule",
        "repeatFrequency": period,
        "startDate": cycle.first_date.isoformat(),
        "endDate": cycle.last_date.isoformat(),
        "scheduleTimezone": cycle.timezone,
    }
    if cycle.weekday is not None:
        data["byDay"] = f"{SCHEMA}/{DAYS[cycle.weekday]}"
    if cycle.nth is not None:
        data["byMonthWeek"] = cycle.nth
    if cycle.month_day is not None:
        data["byMonthDay"] = cycle.month_day
    if cycle.local_start is not None and cycle.minutes is not None:
        data["startTime"] = cycle.local_start.isoformat()
        data["duration"] = f"PT{cycle.minutes}M"
    if left := sorted(e.planned_date.isoformat() for e in exceptions if e.kind != e.Kind.ADDED):
        data["exceptDate"] = left
    return data


def _attendance(session: Session) -> Data:
    """Return how one takes part: online, at a place, or either (https://schema.org/EventAttendanceModeEnumeration)."""
    online = {
        "@type": "VirtualLocation",
        "url": _page("cycles:session-detail", session.cycle.slug, session.slug),
    }
    if not session.is_on_site:
        return {"eventAttendanceMode": f"{SCHEMA}/OnlineEventAttendanceMode", "location": online}
    written = one_line(str(session.place))
    # Search engines want an address; what is known of a place is one text, its name and its address.
    place = {"@type": "Place", "name": written, "address": written} if written else None
    if session.has_room:
        result = [place, online] if place else online
        return {"eventAttendanceMode": f"{SCHEMA}/MixedEventAttendanceMode", "location": result}
    data: Data = {"eventAttendanceMode": f"{SCHEMA}/OfflineEventAttendanceMode"}
    return data | ({"location": place} if place else {})


def _status(session: Session, *, is_moved: bool) -> str:
    if session.status == Session.Status.CANCELLED:
        return "EventCancelled"
    if session.status == Session.Status.POSTPONED:
        return "EventPostponed"
    return "EventRescheduled" if is_moved else "EventScheduled"


def moment(session: Session, instant: dt.datetime | None) -> str | None:
    """Return an instant in the session's zone, or the day alone of a whole one, as ISO 8601."""
    if instant is None:
        return None
    local = instant.astimezone(session.zone)
    return local.date().isoformat() if session.is_all_day else local.isoformat()


def organisation(row: Organisation) -> Data:
    """Return an organisation as schema.org names it."""
    data: Data = {"@type": "Organization", "name": one_line(row.full_name or row.name)}
    if row.url:
        data["url"] = row.url
    return data


def _performer(slot: SpeakerSlot) -> Data:
    person = slot.shown_person
    of = slot.organisation or (person.organisation if person else None)
    if person is None:
        return organisation(of) if of else {}
    data: Data = {"@type": "Person", "name": one_line(str(person))}
    if of:
        data["affiliation"] = organisation(of)
    return data


def _page(name: str, *slugs: str) -> str:
    return settings.ESCALE_BASE_URL + reverse(name, args=slugs)
