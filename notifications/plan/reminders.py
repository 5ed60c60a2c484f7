"""Which reminder is owed when, and until when. Pure: neither Django nor a clock.

Two ways to count, and they differ over a change of clocks: `before_start` and `after_end` subtract or add
elapsed time ("one hour before" is sixty real minutes), `local_time` is a wall clock some days away in the
session's zone ("seven days before, at the session's hour"). Instants are aware UTC datetimes.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal
from zoneinfo import ZoneInfo

HOUR = dt.timedelta(hours=1)
MINUTE = dt.timedelta(minutes=1)
DAY = dt.timedelta(days=1)

# Rule R5: how late a reminder is still of use.
LATE_BY_DAYS = DAY
LATE_THE_DAY_BEFORE = 12 * HOUR
CLOSED_BEFORE_START = 2 * HOUR
LATE_BY_AN_HOUR = 10 * MINUTE
LATE_BY_MINUTES = 5 * MINUTE
LATE_AFTER_END = 72 * HOUR
SATURDAY = 5
# No run of week-ends and holidays is longer: the search for an open day ends.
LONGEST_CLOSURE = 14

IsHoliday = Callable[[dt.date], bool]


def never(day: dt.date) -> bool:  # noqa: ARG001 - answers for every day
    """Say of every day that it is no holiday."""
    return False


@dataclass(frozen=True, kw_only=True)
class Step:
    """One line of a reminder plan.

    `offset` is positive elapsed time, for `before_start` and `after_end`. `day_delta` counts days from the
    session's local day (negative before), for `local_time`; `local_time` None means the session's own hour.
    Steps counted in days and follow-ups keep quiet hours (rule R6): mail leaves from `opens` to `closes`, and
    where asked not on week-ends or public holidays: sooner before the session, later after it.
    `is_of_the_day`: sent on the day itself, which may last from midnight on, and of use until its evening.
    """

    moment: Literal["before_start", "after_end", "local_time"]
    offset: dt.timedelta = dt.timedelta(0)
    day_delta: int = 0
    local_time: dt.time | None = None
    opens: dt.time = dt.time(8)
    closes: dt.time = dt.time(20)
    avoids_weekends: bool = False
    avoids_holidays: bool = False
    is_of_the_day: bool = False

    @property
    def keeps_hours(self) -> bool:
        return self.moment != "before_start"


@dataclass(frozen=True, kw_only=True)
class Window:
    """From `due_at` the mail is owed; from `not_after` on it is never sent."""

    due_at: dt.datetime
    not_after: dt.datetime


def window(
    step: Step,
    *,
    starts_at: dt.datetime,
    ends_at: dt.datetime,
    zone: str,
    is_holiday: IsHoliday = never,
) -> Window:
    """Return when a step is due for a session, and the instant after which it would be too late (R5, R6).

    `is_holiday` answers for a local day; it is asked only by steps that avoid public holidays.
    """
    if step.moment == "after_end":
        due_at = _next_morning(step, ends_at + step.offset, zone=zone, is_holiday=is_holiday)
        return Window(due_at=due_at, not_after=due_at + LATE_AFTER_END)
    if step.moment == "before_start":
        late = LATE_BY_AN_HOUR if step.offset >= HOUR else LATE_BY_MINUTES
        return Window(due_at=starts_at - step.offset, not_after=starts_at + late)
    due_at = _wall_clock(step, starts_at=starts_at, zone=zone, is_holiday=is_holiday)
    if step.day_delta > 0:
        return Window(due_at=due_at, not_after=due_at + LATE_AFTER_END)
    if step.is_of_the_day:
        return Window(due_at=due_at, not_after=due_at + LATE_THE_DAY_BEFORE)
    late = LATE_THE_DAY_BEFORE if step.day_delta >= -1 else LATE_BY_DAYS
    return Window(due_at=due_at, not_after=min(due_at + late, starts_at - CLOSED_BEFORE_START))


def _wall_clock(step: Step, *, starts_at: dt.datetime, zone: str, is_holiday: IsHoliday) -> dt.datetime:
    local = starts_at.astimezone(ZoneInfo(zone))
    hour = step.local_time or local.time().replace(tzinfo=None)
    # Before a session, out of hours means a little sooner or later the same day: never nearer to the session
    # than the morning of that day, never the night before.
    hour = min(max(hour, step.opens), step.closes)
    way = DAY if step.day_delta > 0 else -DAY
    day = _open_day(step, local.date() + step.day_delta * DAY, way=way, is_holiday=is_holiday)
    return _instant(day, hour, zone)


def _next_morning(step: Step, moment: dt.datetime, *, zone: str, is_holiday: IsHoliday) -> dt.datetime:
    """Return the instant itself when mail leaves then, else the next morning on which it does."""
    local = moment.astimezone(ZoneInfo(zone))
    hour, day = local.time().replace(tzinfo=None), local.date()
    first = day + DAY if hour > step.closes else day
    open_day = _open_day(step, first, way=DAY, is_holiday=is_holiday)
    if open_day == day and hour >= step.opens:
        return moment
    return _instant(open_day, step.opens, zone)


def _open_day(step: Step, day: dt.date, *, way: dt.timedelta, is_holiday: IsHoliday) -> dt.date:
    """Return the day, or the nearest one in the direction `way` that the step does not avoid."""
    for _away in range(LONGEST_CLOSURE):
        closed = step.avoids_weekends and day.weekday() >= SATURDAY
        if not closed and not (step.avoids_holidays and is_holiday(day)):
            return day
        day += way
    return day


def _instant(day: dt.date, hour: dt.time, zone: str) -> dt.datetime:
    """Return the UTC instant of a wall clock; an hour that the spring change skips is read as one later."""
    return dt.datetime.combine(day, hour, ZoneInfo(zone)).astimezone(dt.UTC)


def leaves_at(step: Step, *, due_at: dt.datetime, at: dt.datetime, zone: str) -> dt.datetime:
    """Return when a mail that is due may leave, seen from `at`: now, or at the end of the quiet hours.

    A catch-up after a night without a worker must not ring at three in the morning (R6).
    """
    moment = max(due_at, at)
    if not step.keeps_hours:
        return moment
    local = moment.astimezone(ZoneInfo(zone))
    hour = local.time().replace(tzinfo=None)
    if hour < step.opens:
        return _instant(local.date(), step.opens, zone)
    if hour > step.closes:
        return _instant(local.date() + DAY, step.opens, zone)
    return moment


def is_owed(window: Window, *, known_from: dt.datetime) -> bool:
    """Tell whether a step is owed at all to someone, or for a date, known from an instant on.

    Rule R1: someone who registered after the due time, or a new date given after it, gets no such reminder;
    the confirmation or the notice of the change has just said it all.
    """
    return known_from <= window.due_at < window.not_after
