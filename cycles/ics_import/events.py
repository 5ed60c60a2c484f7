"""Components to dated events: hours that float, whole days, zones, rules written out date by date."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from icalendar import vDuration

from cycles import ical, recurrence

from . import rules
from .zones import Zones

if TYPE_CHECKING:
    from cycles.importer.report import Report

    from .source import Component, Line

MOST_EVENTS = 500
LONGEST = dt.timedelta(hours=24)
LONGEST_DAYS = 31
LONGEST_TITLE = 300
DEFAULT_MINUTES = 60
ROOM_PROPERTIES = ("CONFERENCE", "X-GOOGLE-CONFERENCE", "X-MICROSOFT-SKYPETEAMSMEETINGURL", "LOCATION")
STAMP = re.compile(r"(\d{8})(?:T(\d{6})(Z?))?")
ADDRESS = re.compile(r"https?://\S+", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Imported:
    """One dated event of a file. `key` names it for ever: its UID, and its own date if a rule gave it.

    `room_url` is where it is held, if the file says so; nothing of it may be shown in public.
    """

    line: int
    key: str
    title: str
    text: str
    room_url: str
    status: ical.Status
    starts_at: dt.datetime
    ends_at: dt.datetime
    is_all_day: bool


@dataclass(frozen=True)
class _Moment:
    """A date or an hour as it is written: `local` has no zone; `zone` None is a floating hour."""

    line: int
    local: dt.datetime
    zone: dt.tzinfo | None
    is_day: bool


def read(
    calendars: list[Component],
    *,
    zone: str,
    minutes: int | None,
    last_date: dt.date | None,
    report: Report,
) -> list[Imported]:
    """Return the events of a file by date. What is wrong is added to the report, with its line.

    `zone` is where hours without a zone count; `minutes` the length of an event without an end.
    """
    reader = _Reader(Zones(calendars), zone, minutes or DEFAULT_MINUTES, last_date, report)
    components = [inner for calendar in calendars for inner in calendar.inner if inner.name == "VEVENT"]
    if not components and not report.errors:
        report.error(1, "", _("there is no event in this file"))
    found = reader.read(components)
    if len(found) > MOST_EVENTS:
        report.error(
            found[MOST_EVENTS].line, "", _("more than %(most)d events are too many") % {"most": MOST_EVENTS}
        )
    return sorted(found, key=lambda event: (event.starts_at, event.line))


class _Reader:
    def __init__(
        self, zones: Zones, zone: str, minutes: int, last_date: dt.date | None, report: Report
    ) -> None:
        self.zones = zones
        self.zone = zone
        self.minutes = minutes
        self.last_date = last_date
        self.report = report
        self._told: set[str] = set()

    def read(self, components: list[Component]) -> list[Imported]:
        masters: dict[str, Component] = {}
        overrides: dict[str, list[Component]] = {}
        for component in components:
            uid = component.first("UID")
            if uid is None or not uid.value.strip():
                self._error(
                    component.number, _("this event has no UID: imported again, it would be there twice")
                )
            elif component.first("RECURRENCE-ID"):
                overrides.setdefault(uid.value, []).append(component)
            elif uid.value in masters:
                self._error(
                    uid.number,
                    _("the UID “%(uid)s” was used before, in line %(line)d")
                    % {"uid": uid.value[:60], "line": masters[uid.value].number},
                )
            else:
                masters[uid.value] = component
        found: dict[str, Imported] = {}
        for uid_value, component in masters.items():
            found |= {event.key: event for event in self._dates(uid_value, component)}
        for uid_value, components_of in overrides.items():
            for component in components_of:
                found |= self._override(uid_value, component)
        return list(found.values())

    def _override(self, uid: str, component: Component) -> dict[str, Imported]:
        line = component.first("RECURRENCE-ID")
        assert line is not None  # noqa: S101 - that is what made it an override
        instead, event = self._moment(line), self._event(component)
        if instead is None or event is None:
            return {}
        key = _key(uid, instead.local)
        return {key: replace(event, key=key)}

    def _dates(self, uid: str, component: Component) -> list[Imported]:
        """Return an event, or all that its rule gives: each keeps the local hour, and its length in real time."""
        event = self._event(component)
        start = component.first("DTSTART")
        if event is None or start is None:
            return []
        moment = self._moment(start)
        if moment is None:
            return []
        if not component.first("RRULE") and not component.first("RDATE"):
            return [replace(event, key=_key(uid))]
        taken = [self._locals(line) for line in component.all("EXDATE")]
        added = [self._locals(line) for line in component.all("RDATE")]
        try:
            dates = rules.dates(
                moment.local,
                zone=moment.zone or ZoneInfo(self.zone),
                rule=component.first("RRULE"),
                without={local for locals_ in taken for local in locals_},
                with_also={local for locals_ in added for local in locals_},
                is_day=moment.is_day,
                last_date=self.last_date,
            )
        except rules.RuleError as error:
            self._error(error.line or component.number, str(error))
            return []
        if dates.is_cut:
            self._warn(
                component.number,
                _("the rule has no end: its dates until %(date)s are taken") % {"date": dates.until},
            )
        return [self._at(event, moment, local, uid) for local in dates.locals]

    def _at(self, event: Imported, first: _Moment, local: dt.datetime, uid: str) -> Imported:
        key = _key(uid, local)
        if first.is_day:
            days = (self._day(event.ends_at) - self._day(event.starts_at)).days
            starts_at, ends_at = self._span(local.date(), local.date() + dt.timedelta(days=days))
            return replace(event, key=key, starts_at=starts_at, ends_at=ends_at)
        starts_at = local.replace(tzinfo=first.zone or ZoneInfo(self.zone)).astimezone(dt.UTC)
        return replace(
            event, key=key, starts_at=starts_at, ends_at=starts_at + (event.ends_at - event.starts_at)
        )

    def _event(self, component: Component) -> Imported | None:
        start = component.first("DTSTART")
        if start is None:
            self._error(component.number, _("this event has no DTSTART: when is it?"))
            return None
        moment = self._moment(start)
        if moment is None:
            return None
        span = self._whole_days(component, moment) if moment.is_day else self._hours(component, moment)
        if span is None:
            return None
        return Imported(
            line=component.number,
            key="",
            title=self._title(component),
            text=self._text(component),
            room_url=_room(component),
            status=self._status(component),
            starts_at=span[0],
            ends_at=span[1],
            is_all_day=moment.is_day,
        )

    def _moment(self, line: Line, value: str | None = None) -> _Moment | None:
        written = (line.value if value is None else value).strip()
        match = STAMP.fullmatch(written)
        local = None
        if match:
            try:
                hours = match[2] or "000000"
                local = dt.datetime.strptime(match[1] + hours, "%Y%m%d%H%M%S")  # noqa: DTZ007 - wall time, its zone apart
            except ValueError:
                local = None
        if match is None or local is None:
            self._error(
                line.number,
                _("%(name)s: “%(value)s” is no date") % {"name": line.name, "value": written[:40]},
            )
            return None
        if match[2] is None:
            return _Moment(line.number, local, None, is_day=True)
        if match[3]:
            return _Moment(line.number, local, dt.UTC, is_day=False)
        name = line.param("TZID")
        zone = self.zones.get(name) if name else None
        if name and zone is None:
            self._error(
                line.number,
                _("the time zone “%(zone)s” is not known, and the file does not describe it")
                % {"zone": name[:60]},
            )
            return None
        if not name:
            self._warn(
                line.number,
                _("hours without a time zone are taken as those of %(zone)s") % {"zone": self.zone},
                once="floating",
            )
        return _Moment(line.number, local, zone, is_day=False)

    def _locals(self, line: Line) -> list[dt.datetime]:
        """Return the dates of EXDATE or RDATE as they are written; of periods, their beginning."""
        moments = [self._moment(line, part.partition("/")[0]) for part in line.value.split(",")]
        return [moment.local for moment in moments if moment is not None]

    def _whole_days(self, component: Component, start: _Moment) -> tuple[dt.datetime, dt.datetime] | None:
        end, length = component.first("DTEND"), component.first("DURATION")
        after = start.local.date() + dt.timedelta(days=1)
        if end is not None:
            moment = self._moment(end)
            if moment is None:
                return None
            # Some programs write the first day again where the day after the last should be.
            after = max(moment.local.date(), after)
        elif length is not None:
            duration = self._duration(length)
            if duration is None:
                return None
            after = start.local.date() + max(duration, dt.timedelta(days=1))
        if (after - start.local.date()).days > LONGEST_DAYS:
            self._error(
                start.line, _("an event of more than %(most)d days is no session") % {"most": LONGEST_DAYS}
            )
            return None
        return self._span(start.local.date(), after)

    def _hours(self, component: Component, start: _Moment) -> tuple[dt.datetime, dt.datetime] | None:
        starts_at = _instant(start, self.zone)
        end, length = component.first("DTEND"), component.first("DURATION")
        if end is not None:
            moment = self._moment(end)
            if moment is None:
                return None
            ends_at = _instant(moment, self.zone)
        elif length is not None:
            duration = self._duration(length)
            if duration is None:
                return None
            ends_at = starts_at + duration
        else:
            ends_at = starts_at + dt.timedelta(minutes=self.minutes)
            self._warn(
                component.number,
                _("no end is given: %(minutes)d minutes are taken") % {"minutes": self.minutes},
            )
        if not dt.timedelta(0) < ends_at - starts_at <= LONGEST:
            self._error(start.line, _("an event must end after it starts, and within 24 hours"))
            return None
        return starts_at, ends_at

    def _duration(self, line: Line) -> dt.timedelta | None:
        try:
            found: dt.timedelta = vDuration.from_ical(line.value.strip())  # type: ignore[no-untyped-call]  # likewise untyped
        except ValueError:
            self._error(line.number, _("DURATION: “%(value)s” is no length") % {"value": line.value[:40]})
            return None
        return found

    def _span(self, first: dt.date, after: dt.date) -> tuple[dt.datetime, dt.datetime]:
        """Return the instants of whole days in the cycle's zone, the second one exclusive."""
        last = after - dt.timedelta(days=1)
        starts = recurrence.local_span(first, local_start=None, minutes=None, zone=self.zone)
        return starts.starts_at, recurrence.local_span(
            last, local_start=None, minutes=None, zone=self.zone
        ).ends_at

    def _day(self, moment: dt.datetime) -> dt.date:
        return moment.astimezone(ZoneInfo(self.zone)).date()

    def _title(self, component: Component) -> str:
        line = component.first("SUMMARY")
        title = ical.clean(line.value).replace("\n", " ").strip() if line else ""
        if not title:
            self._warn(component.number, _("this event has no title: it becomes a theme to be announced"))
        return title[:LONGEST_TITLE]

    def _text(self, component: Component) -> str:
        line = component.first("DESCRIPTION")
        if line is None:
            return ""
        lines = ical.clean(line.value).strip().split("\n")
        kept = [one for one in lines if not ADDRESS.search(one)]
        if len(kept) < len(lines):
            self._warn(
                line.number,
                _("lines with a link are left out: the description is public, a link may open the room"),
            )
        return ical.clean("\n".join(kept).strip(), limit=ical.LONGEST_DESCRIPTION)

    def _status(self, component: Component) -> ical.Status:
        line = component.first("STATUS")
        match line.value.strip().upper() if line else "CONFIRMED":
            case "CANCELLED":
                return "CANCELLED"
            case "TENTATIVE":
                return "TENTATIVE"
            case _:
                return "CONFIRMED"

    def _error(self, line: int, message: str) -> None:
        self.report.error(line, "VEVENT", message)

    def _warn(self, line: int, message: str, *, once: str = "") -> None:
        if once in self._told:
            return
        if once:
            self._told.add(once)
        self.report.warn(line, "VEVENT", message)


def _key(uid: str, local: dt.datetime | None = None) -> str:
    return uid if local is None else f"{uid}\n{local:%Y%m%dT%H%M%S}"


def _instant(moment: _Moment, zone: str) -> dt.datetime:
    return moment.local.replace(tzinfo=moment.zone or ZoneInfo(zone)).astimezone(dt.UTC)


def _room(component: Component) -> str:
    for name in ROOM_PROPERTIES:
        line = component.first(name)
        found = ADDRESS.search(line.value) if line else None
        if found and len(found[0]) <= 500:  # noqa: PLR2004 - as long as the column
            return found[0]
    return ""
