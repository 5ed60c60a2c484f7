"""Entries to iCalendar bytes (RFC 5545, 5546, 7986). Pure: no Django, no clock, the same input gives the same bytes.

The choices and their reasons are in docs/calendars.md. In short: one VEVENT and one stable UID a session, no RRULE;
time zones written here in RRULE form (Outlook ignores RDATE ones), with UTC for any zone that two yearly rules cannot
say; no UID on VCALENDAR; DTSTAMP is the stored LAST-MODIFIED, never the moment of the request.
"""

from __future__ import annotations

import datetime as dt
import functools
import unicodedata
import zoneinfo
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from icalendar import (
    Alarm,
    Calendar,
    Event,
    Timezone,
    TimezoneDaylight,
    TimezoneStandard,
    vCalAddress,
    vRecur,
    vText,
    vUri,
)

from .text import nfc

if TYPE_CHECKING:
    from collections.abc import Iterable

Status = Literal["CONFIRMED", "TENTATIVE", "CANCELLED"]
Method = Literal["REQUEST", "CANCEL"]

END = b"END:VCALENDAR\r\n"
PRODUCT = "-//Escale//Escale//{language}"
LONGEST_DESCRIPTION = 2000
LONGEST_SUMMARY = 200
# The years whose every change of clock a zone's two rules must give, else the entry is written in UTC.
CHECKED_YEARS = range(2015, 2041)
# Wall time, as RFC 5545 wants an onset: no zone on purpose.
EPOCH = dt.datetime(1970, 1, 1)  # noqa: DTZ001


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One event as every channel shows it.

    `starts_at`, `ends_at`, `created_at`, `revised_at` are aware instants; `zone` is the IANA name in which the
    hours are a fact. `stamped_at` is DTSTAMP where that is not the date of change. A whole-day entry runs from the
    local day of `starts_at` to that of `ends_at`, exclusive.
    """

    uid: str
    sequence: int
    created_at: dt.datetime
    revised_at: dt.datetime
    stamped_at: dt.datetime | None = None
    starts_at: dt.datetime
    ends_at: dt.datetime
    zone: str
    is_all_day: bool = False
    summary: str
    description: str = ""
    location: str = ""
    url: str = ""
    status: Status = "CONFIRMED"
    is_busy: bool = False
    is_private: bool = False
    categories: tuple[str, ...] = ()
    join_url: str = ""
    join_label: str = ""
    alarm_minutes: int | None = None


@dataclass(frozen=True, kw_only=True)
class FeedHeader:
    """What makes a file a subscription. A single download has none: Outlook would open a new calendar for it."""

    name: str
    description: str = ""
    zone: str = "Europe/Paris"
    source_url: str = ""
    color: str = "teal"
    refresh: dt.timedelta = dt.timedelta(hours=1)


@dataclass(frozen=True, kw_only=True)
class Address:
    """A mail address with the name to show beside it."""

    email: str
    name: str = ""


def clean(text: str, *, limit: int | None = None) -> str:
    """Return text that every reader survives: NFC, no control characters but newline and tab, LF only."""
    normal = nfc(text.replace("\r\n", "\n").replace("\r", "\n"))
    kept = "".join(c for c in normal if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs"))
    if limit is not None and len(kept) > limit:
        kept = kept[: limit - 1].rstrip() + "…"
    return kept


def calendar(entries: Iterable[Entry], *, header: FeedHeader | None, language: str) -> bytes:
    """Return a calendar without METHOD: a feed when a header is given, a plain download otherwise."""
    listed = list(entries)
    zones = {entry.zone for entry in listed if not entry.is_all_day}
    return assembled([event(entry) for entry in listed], zones=zones, header=header, language=language)


def event(entry: Entry) -> bytes:
    """Return the VEVENT of an entry, to be kept until the entry changes and put into calendars by `assembled`."""
    return bytes(_event(entry).to_ical())


def assembled(
    events: Iterable[bytes], *, zones: Iterable[str], header: FeedHeader | None, language: str
) -> bytes:
    """Return the calendar of `calendar` from events that were rendered before; `zones` are those they name.

    Costs the bytes it copies: a feed of a thousand sessions of which one changed renders one.
    """
    result = _shell(language)
    if header:
        _describe(result, header)
    # RFC 5545 asks for one component at least: an empty feed has its time zone.
    _add_zones(result, sorted(set(zones) | ({header.zone} if header else set())))
    return _bytes(result).removesuffix(END) + b"".join(events) + END


def invitation(
    entry: Entry, *, method: Method, organizer: Address, attendee: Address, language: str
) -> bytes:
    """Return an iTIP message (RFC 5546) for one person: REQUEST puts or updates the event, CANCEL takes it off.

    Exactly one ATTENDEE, who does not need to answer; the organizer's is the bare sending address.
    """
    result = _shell(language)
    result.add("method", method)
    _add_zones(result, [] if entry.is_all_day else [entry.zone])
    event = _event(entry)
    if method == "CANCEL":
        event.pop("STATUS", None)
        event.add("status", "CANCELLED")
    event["ORGANIZER"] = _address(organizer)
    guest = _address(attendee)
    guest.params["CUTYPE"] = vText("INDIVIDUAL")
    guest.params["ROLE"] = vText("REQ-PARTICIPANT")
    guest.params["PARTSTAT"] = vText("DECLINED" if method == "CANCEL" else "ACCEPTED")
    guest.params["RSVP"] = vText("FALSE")
    event["ATTENDEE"] = guest
    result.add_component(event)
    return _bytes(result)


def _shell(language: str) -> Calendar:
    result = Calendar()
    result.add("version", "2.0")
    result.add("prodid", PRODUCT.format(language=language.upper()))
    result.add("calscale", "GREGORIAN")
    return result


def _describe(result: Calendar, header: FeedHeader) -> None:
    name, about = (
        clean(header.name, limit=LONGEST_SUMMARY),
        clean(header.description, limit=LONGEST_DESCRIPTION),
    )
    result.add("name", name)
    result.add("x-wr-calname", name)
    if about:
        result.add("description", about)
        result.add("x-wr-caldesc", about)
    result.add("x-wr-timezone", header.zone)
    # The library's own setters leave out VALUE=, which RFC 7986 requires.
    result.add("refresh-interval", header.refresh, parameters={"VALUE": "DURATION"})
    result.add("x-published-ttl", header.refresh, parameters={"VALUE": "DURATION"})
    result["X-PUBLISHED-TTL"].params.pop("VALUE", None)
    result.add("color", header.color)
    if header.source_url:
        result.add("source", vUri(header.source_url), parameters={"VALUE": "URI"})


def _event(entry: Entry) -> Event:
    event = Event()
    event.add("uid", entry.uid)
    event.add("dtstamp", (entry.stamped_at or entry.revised_at).astimezone(dt.UTC))
    event.add("created", entry.created_at.astimezone(dt.UTC))
    event.add("last-modified", entry.revised_at.astimezone(dt.UTC))
    event.add("sequence", entry.sequence)
    _add_times(event, entry)
    event.add("summary", clean(entry.summary, limit=LONGEST_SUMMARY).replace("\n", " "))
    if entry.description:
        event.add("description", clean(entry.description, limit=LONGEST_DESCRIPTION))
    if entry.location:
        event.add("location", clean(entry.location, limit=LONGEST_SUMMARY))
    if entry.url:
        event.add("url", vUri(entry.url))
    if entry.categories:
        event.add("categories", [clean(word) for word in entry.categories])
    event.add("status", entry.status)
    event.add("transp", "OPAQUE" if entry.is_busy and entry.status != "CANCELLED" else "TRANSPARENT")
    event.add("class", "PRIVATE" if entry.is_private else "PUBLIC")
    if entry.join_url:
        event.add(
            "conference",
            vUri(entry.join_url),
            parameters={"VALUE": "URI", "FEATURE": "VIDEO", "LABEL": _parameter(entry.join_label or "Join")},
        )
    if entry.alarm_minutes is not None:
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", clean(entry.summary, limit=LONGEST_SUMMARY))
        alarm.add("trigger", dt.timedelta(minutes=-entry.alarm_minutes))
        event.add_component(alarm)
    return event


def _add_times(event: Event, entry: Entry) -> None:
    zone = zoneinfo.ZoneInfo(entry.zone)
    starts_at, ends_at = entry.starts_at.astimezone(zone), entry.ends_at.astimezone(zone)
    if entry.is_all_day:
        last = max(ends_at.date(), starts_at.date() + dt.timedelta(days=1))
        event.add("dtstart", starts_at.date())
        event.add("dtend", last)
    elif timezone_component(entry.zone) is None:
        event.add("dtstart", entry.starts_at.astimezone(dt.UTC))
        event.add("dtend", entry.ends_at.astimezone(dt.UTC))
    else:
        event.add("dtstart", starts_at)
        event.add("dtend", ends_at)


def _address(address: Address) -> vCalAddress:
    result = vCalAddress(f"mailto:{address.email}")
    if address.name:
        result.params["CN"] = vText(_parameter(address.name))
    return result


def _parameter(text: str) -> str:
    """Return text for a parameter value: Outlook shows RFC 6868's escapes raw, so nothing that needs them."""
    return clean(text, limit=80).replace('"', "'").replace("\n", " ").replace("^", " ")


def _bytes(result: Calendar) -> bytes:
    return bytes(result.to_ical())


# --- time zones ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Onset:
    """A change of clock: its local wall time before the change, and the offsets around it."""

    local: dt.datetime
    before: dt.timedelta
    after: dt.timedelta
    name: str
    is_daylight: bool


def _add_zones(result: Calendar, zones: Iterable[str]) -> None:
    for name in zones:
        component = timezone_component(name)
        if component is not None:
            result.add_component(component)


@functools.cache
def timezone_component(name: str) -> Timezone | None:
    """Return a zone as at most one daylight and one standard rule, or None when that would be wrong.

    The rules are read off the IANA database and must give every change of CHECKED_YEARS. RFC 5545, 3.6.5: an
    onset's DTSTART is wall time in TZOFFSETFROM.
    """
    try:
        zone = zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        return None
    if name == "UTC":
        return None
    changes = _changes(zone)
    result = Timezone()
    result.add("tzid", name)
    result.add("x-lic-location", name)
    if not changes:
        noon = dt.datetime(CHECKED_YEARS[0], 1, 1, 12, tzinfo=zone)
        offset = noon.utcoffset() or dt.timedelta()
        result.add_component(
            _part(_Onset(EPOCH, offset, offset, _label(noon, offset), is_daylight=False), None)
        )
        return result
    rules = {}
    for is_daylight in (True, False):
        same = [change for change in changes if change.is_daylight is is_daylight]
        rule = _yearly_rule(same)
        if rule is None:
            return None
        rules[is_daylight] = (same[0], rule)
    for is_daylight in (True, False):
        result.add_component(_part(*rules[is_daylight]))
    return result


def _changes(zone: zoneinfo.ZoneInfo) -> list[_Onset]:
    """Return the zone's changes of clock in CHECKED_YEARS, found by halving the days on which the offset differs."""
    found = []
    moment = dt.datetime(CHECKED_YEARS[0], 1, 1, tzinfo=dt.UTC)
    end = dt.datetime(CHECKED_YEARS[-1] + 1, 1, 1, tzinfo=dt.UTC)
    while moment < end:
        later = moment + dt.timedelta(days=1)
        if moment.astimezone(zone).utcoffset() != later.astimezone(zone).utcoffset():
            found.append(_onset(zone, moment, later))
        moment = later
    return found


def _onset(zone: zoneinfo.ZoneInfo, low: dt.datetime, high: dt.datetime) -> _Onset:
    before = low.astimezone(zone).utcoffset()
    while high - low > dt.timedelta(minutes=1):
        middle = (low + (high - low) / 2).replace(second=0, microsecond=0)
        if middle <= low:
            middle = low + dt.timedelta(minutes=1)
        if middle.astimezone(zone).utcoffset() == before:
            low = middle
        else:
            high = middle
    local = high.astimezone(zone)
    after = local.utcoffset() or dt.timedelta()
    assert before is not None  # noqa: S101 - zoneinfo always answers for an aware instant
    return _Onset((high + before).replace(tzinfo=None), before, after, _label(local, after), after > before)


def _label(local: dt.datetime, offset: dt.timedelta) -> str:
    name = local.tzname() or ""
    if name and name.isalpha():
        return name
    minutes = int(offset.total_seconds() // 60)
    return f"UTC{'+' if minutes >= 0 else '-'}{abs(minutes) // 60:02d}{abs(minutes) % 60:02d}"


def _yearly_rule(changes: list[_Onset]) -> vRecur | None:
    """Return "the nth (or last) weekday of a month" if it gives one change a year, every year, at one hour."""
    if len(changes) != len(CHECKED_YEARS) or {c.local.year for c in changes} != set(CHECKED_YEARS):
        return None
    first = changes[0]
    same = {(c.local.month, c.local.weekday(), c.local.time(), c.before, c.after) for c in changes}
    if len(same) != 1:
        return None
    day = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")[first.local.weekday()]
    ranks = {(c.local.day - 1) // 7 + 1 for c in changes}
    if len(ranks) == 1:
        return vRecur(FREQ="YEARLY", BYMONTH=first.local.month, BYDAY=f"{ranks.pop()}{day}")
    if all((c.local + dt.timedelta(days=7)).month != c.local.month for c in changes):
        return vRecur(FREQ="YEARLY", BYMONTH=first.local.month, BYDAY=f"-1{day}")
    return None


def _part(onset: _Onset, rule: vRecur | None) -> TimezoneDaylight | TimezoneStandard:
    part = TimezoneDaylight() if onset.is_daylight else TimezoneStandard()
    part.add("dtstart", onset.local)
    part.add("tzname", onset.name)
    part.add("tzoffsetfrom", onset.before)
    part.add("tzoffsetto", onset.after)
    if rule is not None:
        part.add("rrule", rule)
    return part
