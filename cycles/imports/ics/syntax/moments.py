"""Dates and hours as files write them: with a zone, in UTC, floating, or as days."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from icalendar import vDuration

from . import rules
from .zones import NAMELESS, Zone, known

if TYPE_CHECKING:
    from cycles.imports.programme.report import Report

    from .source import Component, Line
    from .zones import Zones

YEARS = range(1970, 2200)
STAMP = re.compile(r"(\d{8})(?:T(\d{4}(?:\d{2})?)(Z?))?")
# A length with a decimal, without the T before its hours, or with one before its days.
LENIENT = re.compile(
    r"PT?(?:(\d{1,3})W)?T?(?:(\d{1,4})D)?T?(?:(\d{1,4}(?:[.,]\d{1,4})?)H)?(?:(\d{1,5}(?:[.,]\d{1,4})?)M)?(?:(\d{1,7})S)?"
)
LONGEST_LENGTH = dt.timedelta(days=366)


class MomentError(Exception):
    """A value that is no date, hour or length; it was told, with its line."""


@dataclass(frozen=True)
class Moment:
    """A date or an hour as it is written: `local` is wall time in `zone`; `is_floating` when the file named none."""

    local: dt.datetime
    zone: Zone
    is_day: bool = False
    is_floating: bool = False

    @property
    def instant(self) -> dt.datetime:
        """The instant, aware, in UTC. Raises RuleError when the zone's description cannot be followed."""
        return self.zone.instant(self.local)[0]

    @property
    def is_midnight(self) -> bool:
        return self.local.time() == dt.time(0)


UTC = Zone(title="UTC", name="UTC")


class Clock:
    """Reads the values of one calendar; `zone` is that of hours which name none."""

    def __init__(self, zones: Zones, zone: str, report: Report) -> None:
        self.zones = zones
        self.cycle_zone = Zone(title=zone, name=zone)
        self.floating = self.cycle_zone
        self.report = report
        self._told: set[str] = set()

    def enter(self, calendar: Component) -> None:
        """Take the zone of hours without one from a calendar that says it (X-WR-TIMEZONE)."""
        line = calendar.first("X-WR-TIMEZONE")
        name = known(line.value.strip()) if line else ""
        self.floating = Zone(title=name, name=name) if name else self.cycle_zone

    def moment(self, line: Line, value: str | None = None) -> Moment:
        """Return the date or hour of a line. Raises MomentError after telling why it is none."""
        given = (line.value if value is None else value).strip().upper()
        written = rules.basic(given)
        match = STAMP.fullmatch(written)
        local = _local(match) if match else None
        if match is None or local is None or local.year not in YEARS:
            self._refuse(
                line, _("%(name)s: “%(value)s” is no date") % {"name": line.name, "value": given[:40]}
            )
        elif match[2] is None or (line.param("VALUE").upper() == "DATE" and local.time() == dt.time(0)):
            return Moment(local, self.cycle_zone, is_day=True)
        elif match[3]:
            self._doubt(line, local)
            return Moment(local, UTC)
        else:
            return self._in_zone(line, local)
        raise MomentError

    def _in_zone(self, line: Line, local: dt.datetime) -> Moment:
        title = line.param("TZID").strip()
        if not title or (title.casefold() in NAMELESS and self.zones.get(title) is None):
            self._once(
                "floating",
                line,
                _("hours without a time zone are taken as those of %(zone)s") % {"zone": self.floating.title},
            )
            return Moment(local, self.floating, is_floating=True)
        zone = self.zones.get(title)
        if title in self.zones.faults:
            self._once(
                f"fault {title}",
                line,
                _("how the file describes the time zone “%(zone)s” cannot be followed")
                % {"zone": title[:60]},
            )
        if zone is None:
            self._refuse(
                line,
                _("the time zone “%(zone)s” is not known, and the file does not describe it")
                % {"zone": title[:60]},
            )
            raise MomentError
        try:
            _instant, differs = zone.instant(local)
        except rules.RuleError as error:
            self._refuse(line, str(error))
            raise MomentError from None
        if differs:
            self._once(
                f"zone {title}",
                line,
                _("the file describes “%(zone)s” otherwise than that zone is: its description is followed")
                % {"zone": title[:60]},
            )
        return Moment(local, zone)

    def _doubt(self, line: Line, local: dt.datetime) -> None:
        """Say that an hour is in UTC where its zone says another one (RFC 5545, 3.2.19: it has none then)."""
        title = line.param("TZID").strip()
        zone = self.zones.get(title) if title else None
        if zone is not None and zone.local(local.replace(tzinfo=dt.UTC)) != local:
            self._once(
                f"utc {title}",
                line,
                _("an hour is written in UTC and in the zone “%(zone)s” at once: it is read as UTC")
                % {"zone": title[:60]},
            )

    def moments(self, line: Line) -> list[tuple[Moment, str]]:
        """Return the dates of EXDATE or RDATE, each with what stands after its slash (PERIOD), if anything does."""
        results = []
        # vCalendar 1.0 parts them by semicolons.
        for piece in re.split("[,;]", line.value):
            if not piece.strip():
                continue
            begin, _slash, end = piece.partition("/")
            results.append((self.moment(line, begin), end.strip()))
        return results

    def length(self, line: Line, value: str | None = None) -> dt.timedelta:
        """Return the length of a DURATION. Raises MomentError after telling why it is none."""
        written = (line.value if value is None else value).strip()
        try:
            result: dt.timedelta = vDuration.from_ical(written[:40].upper())  # type: ignore[no-untyped-call]  # icalendar leaves it untyped
        except (ValueError, OverflowError):
            result = _lenient_length(written) or LONGEST_LENGTH * 2
        if abs(result) > LONGEST_LENGTH:
            self._refuse(line, _("DURATION: “%(value)s” is no length") % {"value": written[:40]})
            raise MomentError
        return result

    def _refuse(self, line: Line, message: str) -> None:
        self.report.error(line.number, "VEVENT", message)

    def _once(self, key: str, line: Line, message: str) -> None:
        if key not in self._told:
            self._told.add(key)
            self.report.warn(line.number, "VEVENT", message)


def in_zone(moment: Moment, zone: Zone, cycle_zone: str, *, is_day: bool) -> dt.datetime:
    """Return a moment as wall time of a series: of its zone, or, for whole days, the day at midnight."""
    if is_day:
        if moment.is_day or moment.is_midnight:
            return moment.local.replace(hour=0, minute=0, second=0)
        local = moment.instant.astimezone(ZoneInfo(cycle_zone)).replace(tzinfo=None)
        return (
            local.replace(hour=0, minute=0, second=0)
            if local.time() == dt.time(0)
            else moment.local.replace(hour=0, minute=0, second=0)
        )
    if moment.is_day or moment.is_floating or moment.zone == zone:
        return moment.local
    return zone.local(moment.instant)


def _lenient_length(written: str) -> dt.timedelta | None:
    """Return a length as some programs write it: P1H30M, PT1.5H; None for none."""
    match = LENIENT.fullmatch(written[:40].upper())
    if match is None or not any(match.groups()):
        return None
    weeks, days, hours, minutes, seconds = (float((part or "0").replace(",", ".")) for part in match.groups())
    return dt.timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)


def _local(match: re.Match[str]) -> dt.datetime | None:
    hours = (match[2] or "0000").ljust(6, "0")
    try:
        if hours == "240000":
            # The end of a day, as some programs and people write it (ISO 8601).
            return dt.datetime.strptime(match[1], "%Y%m%d") + dt.timedelta(days=1)  # noqa: DTZ007 - wall time
        return dt.datetime.strptime(match[1] + hours, "%Y%m%d%H%M%S")  # noqa: DTZ007 - wall time, its zone apart
    except ValueError:
        # A leap second, as some clocks write the end of a day.
        return None
