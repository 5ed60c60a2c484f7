"""Rules written out date by date (RFC 5545, 3.3.10), on local wall time, within a budget.

Not by dateutil: a rule that never matches (30 February, every day) keeps it busy until the year 9999, and it offers
nothing to stop it. What is written out here is compared with dateutil in tests/cycles/imports/ics/test_rules.py.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from collections.abc import Iterator

DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
WITHIN_A_DAY = ("HOURLY", "MINUTELY", "SECONDLY")
# Days looked at for all rules of a file. A rule of every day costs 365 a year.
BUDGET = 150_000
MOST_INTERVAL = 1000
MOST_COUNT = 10_000
MOST_VALUES = 60
WEEK = 7
YEARS = range(1601, 2201)
UNTIL = re.compile(r"(\d{8})(?:T(\d{6})(Z?))?")
# As the web writes them (ISO 8601, RFC 3339): with hyphens and colons, perhaps at an offset.
WRITTEN_OUT = re.compile(
    r"(\d{4})-?(\d{2})-?(\d{2})(?:[T ](\d{2}):?(\d{2})(?::?(\d{2})(?:[.,]\d+)?)?(Z|[+-]\d{2}(?::?\d{2})?)?)?"
)
PARTS = frozenset(
    """
    FREQ INTERVAL COUNT UNTIL WKST BYSECOND BYMINUTE BYHOUR BYDAY BYMONTHDAY BYYEARDAY BYWEEKNO BYMONTH BYSETPOS RSCALE
    SKIP
    """.split()  # noqa: SIM905 - the list of the standard, as one reads it
)
BYDAY = re.compile(r"([+-]?\d{1,2})?(MO|TU|WE|TH|FR|SA|SU)")


class RuleError(Exception):
    """A rule that is not written out, and why, in the reader's language."""


class Budget:
    """How many days may still be looked at. Counted, so that the same file costs the same on every machine."""

    def __init__(self, days: int = BUDGET) -> None:
        self.left = days

    def spend(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise RuleError(_("this rule is too long to be written out: give its dates one by one"))


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A rule as it is written. `until` is wall time, or an instant when it is aware; None: without an end."""

    frequency: str
    interval: int = 1
    count: int | None = None
    until: dt.datetime | None = None
    until_is_day: bool = False
    week_start: int = 0
    months: frozenset[int] = frozenset()
    month_days: frozenset[int] = frozenset()
    year_days: frozenset[int] = frozenset()
    weeks: frozenset[int] = frozenset()
    # (nth, weekday); nth is 0 for each one.
    weekdays: frozenset[tuple[int, int]] = frozenset()
    positions: tuple[int, ...] = ()
    hour: int | None = None
    minute: int | None = None

    @property
    def is_endless(self) -> bool:
        return self.count is None and self.until is None


def parse(text: str) -> Rule:
    """Return a rule. Raises RuleError for one that is wrong, or finer than a day."""
    parts: dict[str, str] = {}
    for piece in text.strip().upper().strip(";").split(";"):
        name, _sign, value = piece.partition("=")
        parts.setdefault(name.strip(), value.strip())
    if parts.get("FREQ") in WITHIN_A_DAY:
        raise RuleError(_("a rule that repeats within a day is no cycle of sessions"))
    try:
        return _rule(parts)
    except (ValueError, OverflowError) as error:
        raise RuleError(_("this rule cannot be read: “%(rule)s”") % {"rule": text[:60]}) from error


def _rule(parts: dict[str, str]) -> Rule:
    if any(name and name not in PARTS and not name.startswith("X-") for name in parts):
        # EXDATE within the rule, a day under another name: without it the dates would be others.
        raise ValueError
    if parts.get("FREQ") not in FREQUENCIES or parts.get("RSCALE", "GREGORIAN") != "GREGORIAN":
        raise ValueError
    until, is_day = _until(parts["UNTIL"]) if parts.get("UNTIL") else (None, False)
    if parts.get("BYWEEKNO") and (parts.get("WKST") or "MO") != "MO":
        raise ValueError
    return Rule(
        frequency=parts["FREQ"],
        interval=_number(parts.get("INTERVAL") or "1", 1, MOST_INTERVAL),
        count=_number(parts["COUNT"], 1, MOST_COUNT) if parts.get("COUNT") else None,
        until=until,
        until_is_day=is_day,
        week_start=DAYS.index(parts.get("WKST") or "MO"),
        months=_numbers(parts, "BYMONTH", 1, 12),
        month_days=_numbers(parts, "BYMONTHDAY", -31, 31),
        year_days=_numbers(parts, "BYYEARDAY", -366, 366),
        weeks=_numbers(parts, "BYWEEKNO", -53, 53),
        weekdays=_weekdays(parts.get("BYDAY", "")),
        positions=tuple(sorted(_numbers(parts, "BYSETPOS", -366, 366))),
        hour=_single(parts, "BYHOUR", 23),
        minute=_single(parts, "BYMINUTE", 59),
    )


def _number(text: str, least: int, most: int) -> int:
    if not re.fullmatch(r"[+-]?\d{1,6}", text) or not least <= int(text) <= most:
        raise ValueError(text)
    return int(text)


def _numbers(parts: dict[str, str], name: str, least: int, most: int) -> frozenset[int]:
    pieces = [piece for piece in parts.get(name, "").split(",") if piece.strip()]
    result = frozenset(_number(piece.strip(), least, most) for piece in pieces)
    if 0 in result or len(pieces) > MOST_VALUES:
        raise ValueError(name)
    return result


def _single(parts: dict[str, str], name: str, most: int) -> int | None:
    """Return an hour or minute that a rule repeats for nothing; several of them would be several times a day."""
    text = parts.get(name, "")
    if "," in text:
        raise RuleError(_("a rule that repeats within a day is no cycle of sessions"))
    return _number(text, 0, most) if text else None


def _weekdays(text: str) -> frozenset[tuple[int, int]]:
    result = set()
    for piece in text.replace(" ", "").split(",") if text else ():
        match = BYDAY.fullmatch(piece)
        if match is None:
            raise ValueError(piece)
        result.add((int(match[1] or 0), DAYS.index(match[2])))
    return frozenset(result)


def basic(written: str) -> str:
    """Return a date or hour of ISO 8601 as calendars write it; one at an offset in UTC; anything else as it is."""
    match = WRITTEN_OUT.fullmatch(written)
    if match is None or UNTIL.fullmatch(written):
        return written
    year, month, day, hour, minute, second, offset = match.groups()
    if hour is None:
        return f"{year}{month}{day}"
    stamp = f"{year}{month}{day}T{hour}{minute}{second or '00'}"
    if offset in (None, "Z"):
        return f"{stamp}{offset or ''}"
    try:
        return f"{dt.datetime.strptime(stamp + offset, '%Y%m%dT%H%M%S%z').astimezone(dt.UTC):%Y%m%dT%H%M%SZ}"
    except (ValueError, OverflowError):
        return written


def _until(text: str) -> tuple[dt.datetime, bool]:
    match = UNTIL.fullmatch(basic(text))
    if match is None:
        raise ValueError(text)
    moment = dt.datetime.strptime(match[1] + (match[2] or "000000"), "%Y%m%d%H%M%S")  # noqa: DTZ007 - wall time
    if moment.year not in YEARS:
        # "Until 9999" is how some programs say "for ever".
        moment = moment.replace(year=min(max(moment.year, YEARS[0]), YEARS[-1]), day=min(moment.day, 28))
    return (moment.replace(tzinfo=dt.UTC) if match[3] else moment), match[2] is None


def dates(rule: Rule, start: dt.datetime, *, until: dt.datetime, budget: Budget) -> Iterator[dt.datetime]:
    """Yield the wall times that a rule gives from its start, in order, none later than `until` (wall time).

    COUNT is counted from the start; an UNTIL of the rule itself is the caller's, who knows the zone. The start is
    given only when the rule gives it. Raises RuleError when the budget is spent.
    """
    rule = _completed(rule, start)
    hour, minute = rule.hour, rule.minute
    time = start.time() if hour is None else start.time().replace(hour=hour)
    time = time if minute is None else time.replace(minute=minute)
    given = 0
    for period in _periods(rule, start.date(), until.date(), budget):
        fitting = [day for day in period if _fits(rule, day, budget)]
        for day in _positioned(fitting, rule.positions):
            moment = dt.datetime.combine(day, time)
            if moment < start:
                continue
            if moment > until:
                return
            yield moment
            given += 1
            if given == rule.count:
                return


def _completed(rule: Rule, start: dt.datetime) -> Rule:
    """Return a rule with what its start leaves unsaid: the day of the week, of the month, the month."""
    if rule.weeks or rule.year_days or rule.month_days or rule.weekdays:
        return rule
    if rule.frequency == "YEARLY":
        months = rule.months or frozenset({start.month})
        return replace(rule, month_days=frozenset({start.day}), months=months)
    if rule.frequency == "MONTHLY":
        return replace(rule, month_days=frozenset({start.day}))
    if rule.frequency == "WEEKLY":
        return replace(rule, weekdays=frozenset({(0, start.weekday())}))
    return rule


def _periods(rule: Rule, first: dt.date, last: dt.date, budget: Budget) -> Iterator[list[dt.date]]:
    if rule.frequency == "DAILY":
        for day in _steps(first, last, rule.interval):
            budget.spend()
            yield [day]
    elif rule.frequency == "WEEKLY":
        begin = first - dt.timedelta(days=(first.weekday() - rule.week_start) % WEEK)
        for day in _steps(begin, last, rule.interval * WEEK):
            budget.spend()
            yield [day + dt.timedelta(days=n) for n in range(WEEK)]
    elif rule.frequency == "MONTHLY":
        month = first.year * 12 + first.month - 1
        while (begin := dt.date(month // 12, month % 12 + 1, 1)) <= last:
            budget.spend()
            yield _month(begin) if not rule.months or begin.month in rule.months else []
            month += rule.interval
    else:
        for year in range(first.year, last.year + 1, rule.interval):
            budget.spend()
            yield _year(rule, year)


def _steps(day: dt.date, last: dt.date, step: int) -> Iterator[dt.date]:
    while day <= last:
        yield day
        day += dt.timedelta(days=step)


def _month(begin: dt.date) -> list[dt.date]:
    return [begin.replace(day=n + 1) for n in range(calendar.monthrange(begin.year, begin.month)[1])]


def _year(rule: Rule, year: int) -> list[dt.date]:
    if rule.weeks:
        return [dt.date(year, 1, 1) + dt.timedelta(days=n) for n in range(365 + calendar.isleap(year))]
    return [day for month in sorted(rule.months) or range(1, 13) for day in _month(dt.date(year, month, 1))]


def _fits(rule: Rule, day: dt.date, budget: Budget) -> bool:
    budget.spend()
    if rule.months and day.month not in rule.months:
        return False
    if rule.weeks and not _in_week(day, rule):
        return False
    if rule.month_days:
        length = calendar.monthrange(day.year, day.month)[1]
        if day.day not in rule.month_days and day.day - length - 1 not in rule.month_days:
            return False
    if rule.year_days:
        length = 365 + calendar.isleap(day.year)
        nth = day.timetuple().tm_yday
        if nth not in rule.year_days and nth - length - 1 not in rule.year_days:
            return False
    return not rule.weekdays or any(_is_weekday(rule, day, nth, weekday) for nth, weekday in rule.weekdays)


def _is_weekday(rule: Rule, day: dt.date, nth: int, weekday: int) -> bool:
    if day.weekday() != weekday:
        return False
    if nth == 0 or rule.frequency in ("DAILY", "WEEKLY"):
        return True
    if rule.frequency == "YEARLY" and not rule.months:
        place, length = day.timetuple().tm_yday, 365 + calendar.isleap(day.year)
    else:
        place, length = day.day, calendar.monthrange(day.year, day.month)[1]
    return nth in ((place - 1) // WEEK + 1, -((length - place) // WEEK + 1))


def _in_week(day: dt.date, rule: Rule) -> bool:
    """Tell whether a day is in one of the weeks, numbered as ISO 8601 does."""
    year, week, _weekday = day.isocalendar()
    last = dt.date(year, 12, 28).isocalendar()[1]
    return week in rule.weeks or week - last - 1 in rule.weeks


def _positioned(days: list[dt.date], positions: tuple[int, ...]) -> list[dt.date]:
    if not positions:
        return days
    chosen = {
        days[p - 1 if p > 0 else p] for p in positions if -len(days) <= (p - 1 if p > 0 else p) < len(days)
    }
    return sorted(chosen)
