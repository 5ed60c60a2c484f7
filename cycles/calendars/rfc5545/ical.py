"""Entries to iCalendar bytes (RFC 5545, 5546, 7986). Pure: no Django, no clock, the same input gives the same bytes.

The choices and their reasons are in docs/calendars.md. In short: one VEVENT and one stable UID a session, no RRULE;
hours in their time zone (`vtimezone`) where every reader finds the same instants by them, else in UTC; no UID on
VCALENDAR; DTSTAMP is the stored LAST-MODIFIED, never the moment of the request.
"""

from __future__ import annotations

import datetime as dt
import zoneinfo
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from icalendar import Calendar, vText, vUri

from cycles.language.plain_text import clean as clean  # noqa: PLC0414 - importers of calendars clean what they read by it
from cycles.language.plain_text import one_line

from . import colors, vtimezone
from . import content_lines as lines

if TYPE_CHECKING:
    from collections.abc import Iterable

Status = Literal["CONFIRMED", "TENTATIVE", "CANCELLED"]
Method = Literal["REQUEST", "CANCEL"]

END = b"END:VCALENDAR\r\n"
PRODUCT = "-//Escale//Escale//{language}"
LONGEST_DESCRIPTION = 2000
LONGEST_SUMMARY = 200
UNESCAPABLE = str.maketrans({'"': "'", "^": " ", "\t": " ", "\\": "/"})


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
    color: str = ""
    alarm_minutes: int | None = None


@dataclass(frozen=True, kw_only=True)
class FeedHeader:
    """What makes a file a subscription. A single download has none: Outlook would open a new calendar for it."""

    name: str
    description: str = ""
    zone: str = "Europe/Paris"
    source_url: str = ""
    color: str = colors.DEFAULT
    refresh: dt.timedelta = dt.timedelta(hours=1)


@dataclass(frozen=True, kw_only=True)
class Address:
    """A mail address with the name to show beside it."""

    email: str
    name: str = ""


def calendar(entries: Iterable[Entry], *, header: FeedHeader | None, language: str) -> bytes:
    """Return a calendar without METHOD: a feed when a header is given, a plain download otherwise."""
    listed = list(entries)
    zones = {entry.zone for entry in listed if _is_in_zone(entry)}
    return assembled([event(entry) for entry in listed], zones=zones, header=header, language=language)


def event(entry: Entry) -> bytes:
    """Return the VEVENT of an entry, to be kept until the entry changes and put into calendars by `assembled`."""
    return _event(entry, status=entry.status, conference=_conference(entry))


def assembled(
    events: Iterable[bytes], *, zones: Iterable[str], header: FeedHeader | None, language: str
) -> bytes:
    """Return the calendar of `calendar` from events that were rendered before; `zones` are those they name.

    Costs the bytes it copies: a feed of a thousand sessions of which one changed renders one.
    """
    result = _shell(language)
    if header:
        _describe(result, header)
    listed = list(events)
    _add_zones(result, sorted(set(zones) | ({header.zone} if header else set())))
    if not listed and not result.subcomponents:
        # RFC 5545, 3.6: one component at least.
        result.add_component(vtimezone.utc())
    return _bytes(result).removesuffix(END) + b"".join(listed) + END


def invitation(
    entry: Entry, *, method: Method, organizer: Address, attendee: Address, language: str
) -> bytes:
    """Return an iTIP message (RFC 5546) for one person: REQUEST puts or updates the event, CANCEL takes it off.

    Exactly one ATTENDEE, who does not need to answer; the organizer's is the bare sending address.
    """
    result = _shell(language)
    result.add("method", method)
    _add_zones(result, [entry.zone] if _is_in_zone(entry) else [])
    partstat = "DECLINED" if method == "CANCEL" else "ACCEPTED"
    guest = f";CUTYPE=INDIVIDUAL;PARTSTAT={partstat};ROLE=REQ-PARTICIPANT;RSVP=FALSE"
    # No conference: the link is in the place and the text already, and programs hand a conference on to others.
    written = _event(
        entry,
        status="CANCELLED" if method == "CANCEL" else entry.status,
        organizer=_address("ORGANIZER", organizer),
        attendee=_address("ATTENDEE", attendee, more=guest),
    )
    return _bytes(result).removesuffix(END) + written + END


def _shell(language: str) -> Calendar:
    result = Calendar()
    result.add("version", "2.0")
    result.add("prodid", PRODUCT.format(language=language.upper()))
    result.add("calscale", "GREGORIAN")
    return result


def _describe(result: Calendar, header: FeedHeader) -> None:
    # As vText: the library escapes the properties of events by itself, not these.
    name = vText(one_line(header.name, limit=LONGEST_SUMMARY))
    about = vText(clean(header.description, limit=LONGEST_DESCRIPTION))
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
    result.add("x-apple-calendar-color", colors.HEX[header.color])
    if header.source_url:
        result.add("source", vUri(header.source_url), parameters={"VALUE": "URI"})


def _event(
    entry: Entry, *, status: Status, conference: str = "", organizer: str = "", attendee: str = ""
) -> bytes:
    """Return a VEVENT; the order of its lines is that of the icalendar library, so that bytes stay what they were."""
    is_opaque = entry.is_busy and entry.status != "CANCELLED"
    categories = [lines.text(word) for name in entry.categories if (word := one_line(name))]
    written = [
        "BEGIN:VEVENT",
        f"SUMMARY:{lines.text(one_line(entry.summary, limit=LONGEST_SUMMARY))}",
        *_times(entry),
        f"DTSTAMP:{lines.instant(entry.stamped_at or entry.revised_at)}",
        f"UID:{lines.text(one_line(entry.uid))}",
        f"SEQUENCE:{entry.sequence}",
        attendee,
        f"CATEGORIES:{','.join(categories)}" if categories else "",
        f"CLASS:{'PRIVATE' if entry.is_private else 'PUBLIC'}",
        f"COLOR:{lines.text(entry.color)}" if entry.color else "",
        conference,
        f"CREATED:{lines.instant(entry.created_at)}",
        _text("DESCRIPTION", clean(entry.description, limit=LONGEST_DESCRIPTION)),
        f"LAST-MODIFIED:{lines.instant(entry.revised_at)}",
        _text("LOCATION", one_line(entry.location, limit=LONGEST_SUMMARY)),
        organizer,
        f"STATUS:{status}",
        f"TRANSP:{'OPAQUE' if is_opaque else 'TRANSPARENT'}",
        f"URL:{lines.uri(entry.url)}" if entry.url else "",
        *_alarm(entry),
        "END:VEVENT",
    ]
    return b"".join(lines.line(content) for content in written if content)


def _text(name: str, value: str) -> str:
    return f"{name}:{lines.text(value)}" if value else ""


def _conference(entry: Entry) -> str:
    if not entry.join_url:
        return ""
    label = lines.parameter(_parameter(entry.join_label) or "Join")
    return f"CONFERENCE;FEATURE=VIDEO;LABEL={label};VALUE=URI:{lines.uri(entry.join_url)}"


def _alarm(entry: Entry) -> list[str]:
    if entry.alarm_minutes is None:
        return []
    return [
        "BEGIN:VALARM",
        "ACTION:DISPLAY",
        _text("DESCRIPTION", one_line(entry.summary, limit=LONGEST_SUMMARY)),
        f"TRIGGER:{lines.before(entry.alarm_minutes)}",
        "END:VALARM",
    ]


def _times(entry: Entry) -> list[str]:
    zone = zoneinfo.ZoneInfo(entry.zone)
    starts_at, ends_at = entry.starts_at.astimezone(zone), entry.ends_at.astimezone(zone)
    if entry.is_all_day:
        last = max(ends_at.date(), starts_at.date() + dt.timedelta(days=1))
        return [
            f"DTSTART;VALUE=DATE:{lines.date(starts_at.date())}",
            f"DTEND;VALUE=DATE:{lines.date(last)}",
        ]
    if _is_in_zone(entry):
        return [
            f"DTSTART;TZID={entry.zone}:{starts_at:%Y%m%dT%H%M%S}",
            f"DTEND;TZID={entry.zone}:{ends_at:%Y%m%dT%H%M%S}",
        ]
    return [f"DTSTART:{lines.instant(entry.starts_at)}", f"DTEND:{lines.instant(entry.ends_at)}"]


def _is_in_zone(entry: Entry) -> bool:
    """Tell whether an entry is written in the hours of its zone, whose description its calendar then needs."""
    return not entry.is_all_day and vtimezone.is_named(entry.zone, entry.starts_at, entry.ends_at)


def _add_zones(result: Calendar, zones: Iterable[str]) -> None:
    for name in zones:
        component = vtimezone.component(name)
        if component is not None:
            result.add_component(component)


def _address(name: str, address: Address, *, more: str = "") -> str:
    shown = _parameter(address.name)
    who = f";CN={lines.parameter(shown)}" if shown else ""
    return f"{name}{who}{more}:{lines.uri(f'mailto:{address.email}')}"


def _parameter(text: str) -> str:
    """Return text for a parameter value, which has no escapes that all programs know.

    Outlook shows those of RFC 6868 raw, others take a backslash for one: nothing that needs them is left.
    """
    return one_line(text, limit=80).translate(UNESCAPABLE).strip()


def _bytes(result: Calendar) -> bytes:
    return bytes(result.to_ical())
