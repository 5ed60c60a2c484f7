"""Time zones as calendars carry them (RFC 5545, 3.6.5). Pure: no Django, no clock.

A zone is written as at most one daylight and one standard part, each with a yearly rule: Outlook ignores lists
of dates. Such a pair is true of a zone since some year only (Paris: 1996), and of some zones never (Casablanca,
whose clocks follow Ramadan). So each description says since when it is true; all else is written in UTC.
"""

from __future__ import annotations

import datetime as dt
import functools
import zoneinfo
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from icalendar import Timezone, TimezoneDaylight, TimezoneStandard, vRecur

if TYPE_CHECKING:
    from collections.abc import Collection

# The changes of clock that are looked at; hours outside of them are written in UTC.
YEARS = range(1970, 2061)
# A pair of rules that fits fewer of the last years than that fits by chance.
FEWEST_YEARS = 20
# No zone has changed its clock and changed it back within so short a time since 1970.
STEP = dt.timedelta(days=7)
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


@dataclass(frozen=True)
class Description:
    """A zone as a component, which tells the truth of the instants from `since` to `until`, exclusive."""

    component: Timezone
    since: dt.datetime
    until: dt.datetime


@dataclass(frozen=True)
class _Onset:
    """A change of clock: its instant, its wall time before the change, and the offsets around it."""

    moment: dt.datetime
    local: dt.datetime
    before: dt.timedelta
    after: dt.timedelta
    name: str

    @property
    def is_daylight(self) -> bool:
        return self.after > self.before

    @property
    def form(self) -> tuple[object, ...]:
        """What must be the same every year for one rule to say it."""
        local = self.local
        return (local.month, local.weekday(), local.time(), self.before, self.after, self.name)


def is_named(name: str, starts_at: dt.datetime, ends_at: dt.datetime) -> bool:
    """Tell whether an event may be written in the hours of a zone: every reader then finds these two instants.

    Not where the description is not true, nor when the clock changes during the event or repeats the hour of one of
    its ends: a wall time cannot say which of the two hours is meant.
    """
    known = description(name)
    if known is None or not known.since <= starts_at <= ends_at < known.until:
        return False
    zone = zoneinfo.ZoneInfo(name)
    local = starts_at.astimezone(zone), ends_at.astimezone(zone)
    offsets = {moment.replace(fold=fold).utcoffset() for moment in local for fold in (0, 1)}
    return len(offsets) == 1


def component(name: str) -> Timezone | None:
    """Return the VTIMEZONE of a zone, or None where events are in UTC."""
    known = description(name)
    return known.component if known else None


@functools.cache
def utc() -> Timezone:
    """Return UTC as a component: RFC 5545 asks for one even in a calendar without events."""
    result = Timezone()
    result.add("tzid", "UTC")
    midnight = dt.datetime(YEARS[0], 1, 1, tzinfo=dt.UTC)
    result.add_component(_part(_beginning(midnight, "UTC"), None))
    return result


@functools.cache
def description(name: str) -> Description | None:
    """Return a zone as at most one daylight and one standard rule, or None for one that these cannot say.

    The rules are read off the IANA database and give every change from the first to the last of YEARS that they cover.
    """
    try:
        zone = zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        return None
    if name in ("UTC", "Etc/UTC"):
        return None
    changes = _changes(zone)
    until = dt.datetime(YEARS[-1] + 1, 1, 1, tzinfo=dt.UTC)
    parts = _parts(changes, zone)
    if not parts:
        return None
    result = Timezone()
    result.add("tzid", name)
    result.add("x-lic-location", name)
    for onset, rule in parts:
        result.add_component(_part(onset, rule))
    return Description(result, min(onset.moment for onset, _rule in parts), until)


def _parts(changes: list[_Onset], zone: zoneinfo.ZoneInfo) -> list[tuple[_Onset, vRecur | None]]:
    """Return the parts that are true of the last years, daylight first; none when no pair of rules is."""
    if not changes:
        midnight = dt.datetime(YEARS[0], 1, 1, tzinfo=zone)
        return [(_beginning(midnight, _label(midnight)), None)]
    if changes[-1].moment.year < YEARS[-1]:
        # No more changes: one part since the last of them, by the name that its time has by now.
        last = replace(changes[-1], name=_label(dt.datetime(YEARS[-1], 1, 1, tzinfo=zone)))
        return [(last, None)] if YEARS[-1] - last.moment.year >= FEWEST_YEARS else []
    rules: list[tuple[_Onset, vRecur | None]] = []
    for first_year in range(YEARS[-1] - FEWEST_YEARS, YEARS[0] - 1, -1):
        years = range(first_year, YEARS[-1] + 1)
        pair = [
            (same[0], rule)
            for is_daylight in (True, False)
            if (same := [c for c in changes if c.local.year >= first_year and c.is_daylight is is_daylight])
            and (rule := _yearly_rule(same, years))
        ]
        if len(pair) < 2:  # noqa: PLR2004 - a pair
            break
        rules = list(pair)
    return rules


def _changes(zone: zoneinfo.ZoneInfo) -> list[_Onset]:
    """Return the zone's changes of clock in YEARS, found by halving the weeks after which the offset differs."""
    results = []
    moment = dt.datetime(YEARS[0], 1, 1, tzinfo=dt.UTC)
    end = dt.datetime(YEARS[-1] + 1, 1, 1, tzinfo=dt.UTC)
    offset = moment.astimezone(zone).utcoffset()
    while moment < end:
        later = moment + STEP
        offset_then = later.astimezone(zone).utcoffset()
        if offset != offset_then:
            results.append(_onset(zone, moment, later))
        moment, offset = later, offset_then
    return results


def _onset(zone: zoneinfo.ZoneInfo, low: dt.datetime, high: dt.datetime) -> _Onset:
    before = low.astimezone(zone).utcoffset()
    while high - low > dt.timedelta(seconds=1):
        middle = low + dt.timedelta(seconds=(high - low) // dt.timedelta(seconds=2))
        if middle.astimezone(zone).utcoffset() == before:
            low = middle
        else:
            high = middle
    local = high.astimezone(zone)
    after = local.utcoffset()
    assert before is not None  # noqa: S101 - zoneinfo always answers for an aware instant
    assert after is not None  # noqa: S101 - likewise
    return _Onset(high, (high + before).replace(tzinfo=None), before, after, _label(local))


def _beginning(midnight: dt.datetime, name: str) -> _Onset:
    """Return the onset of a zone whose clock never changed."""
    offset = midnight.utcoffset() or dt.timedelta()
    return _Onset(midnight.astimezone(dt.UTC), midnight.replace(tzinfo=None), offset, offset, name)


def _label(local: dt.datetime) -> str:
    name = local.tzname() or ""
    if name.isalpha():
        return name
    minutes = (local.utcoffset() or dt.timedelta()) // dt.timedelta(minutes=1)
    return f"UTC{'+' if minutes >= 0 else '-'}{abs(minutes) // 60:02d}{abs(minutes) % 60:02d}"


def _yearly_rule(changes: list[_Onset], years: Collection[int]) -> vRecur | None:
    """Return "the nth (or last) weekday of a month" if it gives one change a year, every year, at one hour."""
    if [change.local.year for change in changes] != list(years):
        return None
    if len({change.form for change in changes}) != 1:
        return None
    local = changes[0].local
    day = DAYS[local.weekday()]
    ranks = {(change.local.day - 1) // 7 + 1 for change in changes}
    if len(ranks) == 1:
        return vRecur(FREQ="YEARLY", BYMONTH=local.month, BYDAY=f"{ranks.pop()}{day}")
    if all((change.local + dt.timedelta(days=7)).month != change.local.month for change in changes):
        return vRecur(FREQ="YEARLY", BYMONTH=local.month, BYDAY=f"-1{day}")
    return None


def _part(onset: _Onset, rule: vRecur | None) -> TimezoneDaylight | TimezoneStandard:
    # A part without a rule is the zone's time for good: readers look for a standard one.
    part = TimezoneDaylight() if onset.is_daylight and rule is not None else TimezoneStandard()
    part.add("dtstart", onset.local)
    part.add("tzname", onset.name)
    part.add("tzoffsetfrom", onset.before)
    part.add("tzoffsetto", onset.after)
    if rule is not None:
        part.add("rrule", rule)
    return part
