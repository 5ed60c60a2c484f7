"""Which dates a rule gives. Pure: no Django, no clock.

A rule speaks in local dates and hours of one IANA zone; what comes out are aware UTC instants.
The local hour is the truth: 13:00 in Paris stays 13:00 when the clocks change, and the UTC instant follows.

The vocabulary is that of RFC 5545, section 3.3.10 (BYDAY=3TH, BYMONTHDAY, INTERVAL). As there, a month
without a fifth Thursday or without a 31st gives no date; no neighbour takes its place.
"""

from __future__ import annotations

import calendar
import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

if TYPE_CHECKING:
    from collections.abc import Iterator

Frequency = Literal["monthly_weekday", "monthly_day", "weekly", "daily"]
ClockChange = Literal["nonexistent", "ambiguous"]

FREQUENCIES: tuple[Frequency, ...] = ("monthly_weekday", "monthly_day", "weekly", "daily")
LAST = -1
DAYS_IN_WEEK = 7
MONTHS_IN_YEAR = 12
LONGEST_MONTH = 31
LONGEST_MINUTES = 24 * 60
# Nobody plans more at once: it stops a typing mistake ("2062") before it fills the database.
MOST_OCCURRENCES = 1000


class RuleError(ValueError):
    """A rule that cannot be followed. `field` names the part of the rule that is wrong."""

    def __init__(self, *, field: str, problem: str) -> None:
        super().__init__(f"{field}: {problem}")
        self.field = field


@dataclass(frozen=True, kw_only=True)
class Rule:
    """How often, between which days, at which local hour, for how long, in which zone.

    `nth` counts in the month: 1 to 5, or -1 for the last. `weekday`: 0 is Monday. `interval`: every how
    many months, weeks or days, counted from `first_date`. `local_start` and `minutes` are both None for
    whole days. Raises RuleError when the parts do not make a rule.
    """

    frequency: str
    nth: int | None = None
    weekday: int | None = None
    day: int | None = None
    interval: int = 1
    first_date: dt.date
    last_date: dt.date
    local_start: dt.time | None = None
    minutes: int | None = None
    zone: str

    def __post_init__(self) -> None:
        if self.frequency not in FREQUENCIES:
            raise RuleError(
                field="frequency", problem=f"{self.frequency!r} is none of {', '.join(FREQUENCIES)}"
            )
        _require(
            "nth", needed=self.frequency == "monthly_weekday", value=self.nth, allowed=(LAST, 1, 2, 3, 4, 5)
        )
        _require(
            "weekday",
            needed=self.frequency in ("monthly_weekday", "weekly"),
            value=self.weekday,
            allowed=range(DAYS_IN_WEEK),
        )
        _require(
            "day",
            needed=self.frequency == "monthly_day",
            value=self.day,
            allowed=range(1, LONGEST_MONTH + 1),
        )
        if self.interval < 1:
            raise RuleError(field="interval", problem="must be 1 or more")
        if self.last_date < self.first_date:
            raise RuleError(field="last_date", problem="lies before first_date")
        if (self.local_start is None) != (self.minutes is None):
            raise RuleError(
                field="minutes", problem="a local hour and a length go together; whole days have neither"
            )
        if self.minutes is not None and not 1 <= self.minutes <= LONGEST_MINUTES:
            raise RuleError(field="minutes", problem=f"must lie between 1 and {LONGEST_MINUTES}")
        try:
            ZoneInfo(self.zone)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise RuleError(field="zone", problem=f"{self.zone!r} is not a time zone") from error


@dataclass(frozen=True, kw_only=True)
class Occurrence:
    """One date of a rule: a local `planned_date`, aware UTC `starts_at` and `ends_at` (exclusive).

    `clock_change` tells when the local hour falls in a change of clocks: "nonexistent" (skipped in spring,
    read with the offset before the gap: 02:30 becomes 03:30) or "ambiguous" (twice in autumn, the first one
    is taken). Both readings are those of RFC 5545, section 3.3.5.
    """

    planned_date: dt.date
    starts_at: dt.datetime
    ends_at: dt.datetime
    is_all_day: bool
    clock_change: ClockChange | None


def occurrences(rule: Rule) -> tuple[Occurrence, ...]:
    """Return every occurrence of the rule from its first to its last day, both included, in order.

    Raises RuleError when there would be more than MOST_OCCURRENCES.
    """
    results: list[Occurrence] = []
    for date in _dates(rule):
        if len(results) == MOST_OCCURRENCES:
            raise RuleError(field="last_date", problem=f"the rule gives more than {MOST_OCCURRENCES} dates")
        results.append(local_span(date, local_start=rule.local_start, minutes=rule.minutes, zone=rule.zone))
    return tuple(results)


def months_without(rule: Rule) -> tuple[dt.date, ...]:
    """Return the first day of each month of the period that has no such day: a 5th Thursday, a 31st."""
    if rule.frequency not in ("monthly_weekday", "monthly_day"):
        return ()
    return tuple(
        dt.date(year, month, 1) for year, month in _months(rule) if _date_in_month(rule, year, month) is None
    )


def local_span(date: dt.date, *, local_start: dt.time | None, minutes: int | None, zone: str) -> Occurrence:
    """Return the occurrence on a local day: `minutes` real minutes from `local_start`; None: the whole day.

    A whole day runs from its first instant to that of the next day, so it lasts 23, 24 or 25 hours. A `local_start`
    with fold=1 is the second one of an hour that happens twice: somebody said which (PEP 495).
    """
    tz = ZoneInfo(zone)
    if local_start is None or minutes is None:
        starts_at, _ = _instant(date, dt.time(0), tz)
        ends_at, _ = _instant(date + dt.timedelta(days=1), dt.time(0), tz)
        return Occurrence(
            planned_date=date, starts_at=starts_at, ends_at=ends_at, is_all_day=True, clock_change=None
        )
    starts_at, clock_change = _instant(date, local_start, tz)
    return Occurrence(
        planned_date=date,
        starts_at=starts_at,
        ends_at=starts_at + dt.timedelta(minutes=minutes),
        is_all_day=False,
        clock_change=clock_change,
    )


def is_whole_days(starts_at: dt.datetime, ends_at: dt.datetime, *, zone: str) -> bool:
    """Tell whether a span runs from the first instant of a local day to that of a later one."""
    tz = ZoneInfo(zone)
    days = [moment.astimezone(tz).date() for moment in (starts_at, ends_at)]
    return days[0] < days[1] and [starts_at, ends_at] == [_instant(day, dt.time(0), tz)[0] for day in days]


def nth_weekday(date: dt.date) -> int:
    """Return which one of its weekday in the month a date is: 3 for a third Thursday."""
    return (date.day - 1) // DAYS_IN_WEEK + 1


def _require(field: str, *, needed: bool, value: int | None, allowed: tuple[int, ...] | range) -> None:
    if not needed and value is not None:
        raise RuleError(field=field, problem="does not belong to this frequency")
    if needed and value not in allowed:
        raise RuleError(field=field, problem=f"must be one of {', '.join(map(str, allowed))}")


def _dates(rule: Rule) -> Iterator[dt.date]:
    if rule.frequency == "daily":
        yield from _every(rule.first_date, days=rule.interval, until=rule.last_date)
    elif rule.frequency == "weekly" and rule.weekday is not None:
        ahead = (rule.weekday - rule.first_date.weekday()) % DAYS_IN_WEEK
        yield from _every(
            rule.first_date, days=rule.interval * DAYS_IN_WEEK, until=rule.last_date, ahead=ahead
        )
    else:
        for year, month in _months(rule):
            date = _date_in_month(rule, year, month)
            if date is not None and rule.first_date <= date <= rule.last_date:
                yield date


def _every(first: dt.date, *, days: int, until: dt.date, ahead: int = 0) -> Iterator[dt.date]:
    # Ordinals, because a step beyond 31 December 9999 is not a date.
    for ordinal in range(first.toordinal() + ahead, until.toordinal() + 1, days):
        yield dt.date.fromordinal(ordinal)


def _months(rule: Rule) -> Iterator[tuple[int, int]]:
    first = rule.first_date.year * MONTHS_IN_YEAR + rule.first_date.month - 1
    last = rule.last_date.year * MONTHS_IN_YEAR + rule.last_date.month - 1
    for index in range(first, last + 1, rule.interval):
        yield index // MONTHS_IN_YEAR, index % MONTHS_IN_YEAR + 1


def _date_in_month(rule: Rule, year: int, month: int) -> dt.date | None:
    weekday_of_first, length = calendar.monthrange(year, month)
    if rule.weekday is None or rule.nth is None:
        day = rule.day or 0
    else:
        day = 1 + (rule.weekday - weekday_of_first) % DAYS_IN_WEEK
        if rule.nth == LAST:
            day += (length - day) // DAYS_IN_WEEK * DAYS_IN_WEEK
        else:
            day += (rule.nth - 1) * DAYS_IN_WEEK
    return dt.date(year, month, day) if day <= length else None


def _instant(date: dt.date, time: dt.time, tz: ZoneInfo) -> tuple[dt.datetime, ClockChange | None]:
    # fold=0 takes the offset before the change in both cases, which is what RFC 5545 asks.
    local = dt.datetime.combine(date, time.replace(fold=0), tzinfo=tz)
    later = local.replace(fold=1)
    if time.fold and local.utcoffset() != later.utcoffset():
        return later.astimezone(dt.UTC), None
    instant = local.astimezone(dt.UTC)
    if local.utcoffset() == later.utcoffset():
        return instant, None
    exists = instant.astimezone(tz).replace(tzinfo=None) == local.replace(tzinfo=None)
    return instant, "ambiguous" if exists else "nonexistent"
