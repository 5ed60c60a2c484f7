"""What one VEVENT says of itself: when and for how long, its title, its text, its room, its status."""

from __future__ import annotations

import datetime as dt
import html
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from cycles.calendars.rfc5545 import ical
from cycles.imports.ics.syntax.moments import Moment, MomentError
from cycles.schedule import recurrence

from . import descriptions, own

if TYPE_CHECKING:
    from cycles.imports.ics.syntax.moments import Clock
    from cycles.imports.ics.syntax.source import Component, Line
    from cycles.imports.programme.report import Report

LONGEST = dt.timedelta(hours=24)
LONGEST_DAYS = 31
LONGEST_TITLE = 300
NEVER = dt.datetime(1, 1, 1)  # noqa: DTZ001 - wall time before any other
# Of what is written: normalising Unicode costs the square of its length.
MOST_TITLE = 1000
MOST_TEXT = 8000
DESCRIPTIONS = ("DESCRIPTION", "STYLED-DESCRIPTION", "X-ALT-DESC")
ENTITY = re.compile("&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z]{2,31}[0-9]{0,2});")
# What Outlook and others write before the title of what was cancelled, in the copies of those invited.
SAYS_CANCELLED = re.compile(
    r"(?:annul[ée]e?|cancell?ed|abgesagt|cancelad[oa]|annullat[oa]|geannuleerd|odwołane)\s*[:\-–—]",
    re.IGNORECASE,
)
# How programs that write whole days as hours say what they mean.
WHOLE_DAY = ("X-MICROSOFT-CDO-ALLDAYEVENT", "X-MICROSOFT-MSNCALENDAR-ALLDAYEVENT", "X-FUNAMBOL-ALLDAY")
# Where the way in stands, surest first.
ROOM_PROPERTIES = (
    "CONFERENCE",
    "X-GOOGLE-CONFERENCE",
    "X-MICROSOFT-SKYPETEAMSMEETINGURL",
    "X-MICROSOFT-ONLINEMEETINGEXTERNALLINK",
)


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One VEVENT. Of whole days `length` counts days."""

    start: Moment
    length: dt.timedelta
    title: str = ""
    text: str = ""
    room_url: str = ""
    status: ical.Status = "CONFIRMED"
    number: int | None = None
    topics: tuple[str, ...] = ()
    is_postponed: bool = False
    off_reason: str = ""

    def span(self, local: dt.datetime, length: dt.timedelta, *, zone: str) -> tuple[dt.datetime, dt.datetime]:
        """Return the instants of an event of this kind at a wall time; whole days are those of `zone`."""
        if not self.start.is_day:
            starts_at = self.start.zone.instant(local)[0]
            return starts_at, starts_at + length
        first = recurrence.local_span(local.date(), local_start=None, minutes=None, zone=zone)
        last_day = local.date() + max(length, dt.timedelta(days=1)) - dt.timedelta(days=1)
        last = recurrence.local_span(last_day, local_start=None, minutes=None, zone=zone)
        return first.starts_at, last.ends_at


def read_entry(
    component: Component,
    *,
    clock: Clock,
    minutes: int,
    base: Entry | None,
    is_cancelled: bool,
    language: str,
    report: Report,
) -> Entry:
    """Return what an event says. Raises MomentError after telling why it cannot be a session.

    `base` is the occurrence that it changes: what it leaves out is as there. `language` is that of our own feed.
    """
    if language and component.word("CLASS") == "PRIVATE":
        # "Cancelled" says there that one person gave their place back.
        report.error(
            component.number,
            "VEVENT",
            _("this is somebody's private calendar: import the public calendar of the cycle instead"),
        )
        raise MomentError
    status = "CANCELLED" if is_cancelled else _status(component)
    reader = _EntryReader(component, clock, minutes, report)
    start, length = reader.time(base, is_needed=status != "CANCELLED", is_ours=bool(language))
    title = reader.title(
        may_be_empty=base is not None or status == "CANCELLED", is_ours=bool(language), status=status
    )
    if base is not None and component.first("SUMMARY") is None:
        title = base.title
    text, found = reader.text(is_ours=bool(language))
    if base is not None and reader.description is None:
        text = base.text
    entry = Entry(
        start=start,
        length=length,
        title=title,
        text=text,
        room_url=reader.room(found) or (base.room_url if base else ""),
        status=status,
    )
    return own.said(component, entry, language=language) if language else entry


class _EntryReader:
    def __init__(self, component: Component, clock: Clock, minutes: int, report: Report) -> None:
        self.component = component
        self.clock = clock
        self.minutes = minutes
        self.report = report

    def time(self, base: Entry | None, *, is_needed: bool, is_ours: bool) -> tuple[Moment, dt.timedelta]:
        line = self.component.first("DTSTART")
        if line is None:
            if base is None or is_needed:
                self._refuse(self.component.number, _("this event has no DTSTART: when is it?"))
            return base.start, base.length  # type: ignore[union-attr]  # _refuse raises
        start = self.clock.moment(line)
        end, length = self.component.first("DTEND"), self.component.first("DURATION")
        if not start.is_day and not is_ours:
            start = self._whole_day(start, end) or start
        if end is None and length is None and base is not None and base.start.is_day == start.is_day:
            return start, base.length
        if start.is_day:
            return start, self._days(start, line.number)
        return start, self._hours(start, line.number)

    def _whole_day(self, start: Moment, end: Line | None) -> Moment | None:
        """Return the day that a midnight means where the event is of whole days; None where it is one of hours."""
        is_said = any(self.component.word(name) in ("TRUE", "1") for name in WHOLE_DAY)
        last = self.clock.moment(end) if end is not None else None
        for first, after in zip(self._walls(start), self._walls(last), strict=True):
            is_midnight = first.time() == dt.time(0)
            if is_midnight and (is_said or (after > first and after.time() == dt.time(0))):
                return Moment(first, self.clock.cycle_zone, is_day=True)
        return None

    def _walls(self, moment: Moment | None) -> tuple[dt.datetime, dt.datetime]:
        """Return a moment as wall time of the cycle, and as it is written."""
        if moment is None:
            return NEVER, NEVER
        return self.clock.cycle_zone.local(moment.instant), moment.local

    def _days(self, start: Moment, number: int) -> dt.timedelta:
        end, length = self.component.first("DTEND"), self.component.first("DURATION")
        days = dt.timedelta(days=1)
        if end is not None:
            # Some programs write the first day again where the day after the last should be.
            after = self.clock.moment(end)
            walls = (after.local,) if after.is_day else self._walls(after)
            midnight = next((wall for wall in walls if wall.time() == dt.time(0)), after.local)
            days = max(midnight - start.local, days)
        elif length is not None:
            days = max(self.clock.length(length), days)
        days = dt.timedelta(days=days.days + bool(days.seconds))
        if days.days > LONGEST_DAYS:
            self._refuse(
                number, _("an event of more than %(most)d days is no session") % {"most": LONGEST_DAYS}
            )
        return days

    def _hours(self, start: Moment, number: int) -> dt.timedelta:
        end, length = self.component.first("DTEND"), self.component.first("DURATION")
        if end is not None:
            after = self.clock.moment(end)
            if after.is_day:
                self._refuse(end.number, _("an event that begins at an hour must end at one"))
            result = after.instant - start.instant
            if length is not None and self.clock.length(length) != result:
                self._warn(length.number, _("the end and the length of this event differ: the end is taken"))
        elif length is not None:
            result = self.clock.length(length)
        else:
            result = dt.timedelta(minutes=self.minutes)
            self._warn(
                self.component.number,
                _("no end is given: %(minutes)d minutes are taken") % {"minutes": self.minutes},
            )
        if not dt.timedelta(0) < result <= LONGEST:
            self._refuse(number, _("an event must end after it starts, and within 24 hours"))
        return result

    @property
    def description(self) -> Line | None:
        """The description; as HTML where there is no other."""
        return next(
            (line for name in DESCRIPTIONS for line in self.component.all(name) if line.value.strip()),
            self.component.first("DESCRIPTION"),
        )

    def title(self, *, may_be_empty: bool, is_ours: bool, status: ical.Status) -> str:
        line = self.component.first("SUMMARY")
        written = _text(line, MOST_TITLE, is_ours=is_ours).replace("\n", " ").strip() if line else ""
        if line is not None and not is_ours and status != "CANCELLED" and SAYS_CANCELLED.match(written):
            self._warn(
                line.number,
                _(
                    "the title says that this is cancelled, the file does not: it would be planned as it stands here"
                ),
            )
        shown = descriptions.public_title(written)
        if shown.is_cut and line is not None:
            self._warn(
                line.number,
                _("the title is public: links, numbers and codes of a meeting are left out of it"),
            )
        if not shown.text and not may_be_empty:
            self._warn(
                self.component.number, _("this event has no title: it becomes a theme to be announced")
            )
        return shown.text[:LONGEST_TITLE]

    def text(self, *, is_ours: bool) -> tuple[str, str]:
        """Return what of the description may be public, and the room that it holds."""
        line = self.description
        if line is None:
            return "", ""
        shown = descriptions.public(_text(line, MOST_TEXT, is_ours=is_ours).strip())
        if shown.is_cut and not is_ours:
            self._warn(
                line.number,
                _(
                    "the description is public: its links, and the numbers, codes and telephones of a meeting, "
                    "are left out"
                ),
            )
        return ical.clean(shown.text, limit=ical.LONGEST_DESCRIPTION), shown.room

    def room(self, described: str) -> str:
        """Return where it is held: `described` is the way in that the description holds.

        Any address may be a room where a conference stands; elsewhere a known one comes before any other.
        """
        conferences = [line for name in ROOM_PROPERTIES for line in self.component.all(name)]
        places = self.component.all("LOCATION")
        known = [
            descriptions.room(line.text)
            for name in ("LOCATION", "URL", "SUMMARY")
            for line in self.component.all(name)
        ]
        results = [
            *map(_address, conferences),
            *known[: len(places)],
            described,
            *map(_address, places),
            *known,
        ]
        return next((address for address in results if address), "")

    def _refuse(self, number: int, message: str) -> None:
        self.report.error(number, "VEVENT", message)
        raise MomentError

    def _warn(self, number: int, message: str) -> None:
        self.report.warn(number, "VEVENT", message)


def _text(line: Line, most: int, *, is_ours: bool) -> str:
    """Return the text of a line; without the signs of HTML that web sites leave in theirs: Q&amp;A, l&#8217;été."""
    text = line.text[:most]
    return ical.clean(text if is_ours else ENTITY.sub(lambda found: html.unescape(found[0]), text))


def _address(line: Line) -> str:
    match = descriptions.LINK.search(line.text)
    address = descriptions.unwrapped(match[0].rstrip(").,;>]»")) if match else ""
    return address if len(address) <= descriptions.LONGEST_ADDRESS else ""


def _status(component: Component) -> ical.Status:
    match component.word("STATUS"):
        case "CANCELLED" | "CANCELED":
            return "CANCELLED"
        case "TENTATIVE":
            return "TENTATIVE"
        case _:
            return "CONFIRMED"
