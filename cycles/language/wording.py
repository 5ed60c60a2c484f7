"""Dates, hours, rhythms and zones in words. Pure: no Django, no clock.

Every public function takes `language`, the code of a language of the interface; what each says is in
`cycles.language.words`. French typography: a narrow no-break space (U+202F) inside hours, "13 h 00"; a no-break space
(U+00A0) between a figure and its unit, "24 jours"; ordinary spaces in dates.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from cycles.schedule import time_zones
from cycles.schedule.recurrence import LAST, nth_weekday

from . import words

if TYPE_CHECKING:
    from cycles.schedule.recurrence import Rule

    from .words import Words

NO_BREAK = "\u00a0"
DASH = "\u2013"

MINUTE = 60
# Of what is shorter, duration() has nothing to say.
A_MINUTE = dt.timedelta(minutes=1)
HOURS_A_DAY = 24
MINUTES_A_DAY = 24 * 60
DAYS, HOURS, MINUTES = range(3)


def weekday_name(date: dt.date, *, language: str) -> str:
    """Return «jeudi» or "Thursday"."""
    return words.of(language).weekdays[date.weekday()]


def short_weekday_name(date: dt.date, *, language: str) -> str:
    """Return «jeu.» or "Thu", for a date block."""
    return words.of(language).short_weekdays[date.weekday()]


def month_name(date: dt.date, *, language: str) -> str:
    """Return «octobre» or "October"."""
    return words.of(language).months_of_year[date.month - 1]


def short_month_name(date: dt.date, *, language: str) -> str:
    """Return «oct.» or "Oct", for a date block."""
    return words.of(language).short_months[date.month - 1]


def month_and_year(date: dt.date, *, language: str) -> str:
    """Return «octobre 2026» or "October 2026"."""
    return f"{month_name(date, language=language)} {date.year}"


def ordinal(number: int, *, language: str) -> str:
    """Return «1er», «3e» (masculine) or "1st", "3rd"."""
    return words.of(language).ordinal(number)


def date_of(date: dt.date, *, language: str) -> str:
    """Return a date without its weekday: «1er octobre 2026», "1 October 2026"."""
    own = words.of(language)
    return own.date.format(day=own.day(date.day), month=own.months_of_year[date.month - 1], year=date.year)


def long_date(date: dt.date, *, language: str) -> str:
    """Return «jeudi 22 octobre 2026» or "Thursday 22 October 2026"."""
    own = words.of(language)
    return own.with_weekday.format(
        weekday=own.weekdays[date.weekday()], date=date_of(date, language=language)
    )


def short_date(date: dt.date, *, language: str) -> str:
    """Return «jeu. 22 oct. 2026» or "Thu 22 Oct 2026"."""
    own = words.of(language)
    month = own.short_months[date.month - 1]
    result = own.date.format(day=own.day(date.day), month=month, year=date.year)
    return own.with_weekday.format(weekday=own.short_weekdays[date.weekday()], date=result)


def clock(time: dt.time | dt.datetime, *, language: str) -> str:
    """Return «13 h 00» or "13:00" from a local time."""
    return words.of(language).clock.format(hour=time.hour, minute=time.minute)


def short_clock(time: dt.time | dt.datetime, *, language: str) -> str:
    """Return a local time as short as it is written: «13 h», «13 h 30» or "13:00"."""
    return clock(time, language=language).removesuffix(words.of(language).full_hour)


def hours(starts_at: dt.datetime, ends_at: dt.datetime, *, zone: str, language: str) -> str:
    """Return the hours that two instants have in a zone: «13 h 00 – 14 h 30» or "13:00–14:30"."""
    start, end = _local(starts_at, zone), _local(ends_at, zone)
    return words.of(language).span.format(
        start=clock(start, language=language), end=clock(end, language=language)
    )


def long_when(
    starts_at: dt.datetime, ends_at: dt.datetime, *, zone: str, all_day: bool = False, language: str
) -> str:
    """Return «jeudi 22 octobre 2026, 13 h 00 – 14 h 30 (heure de Paris)».

    Aware instants, read in `zone`. With `all_day`, `ends_at` is the first instant after the last day.
    """
    start, end = _local(starts_at, zone), _local(ends_at, zone)
    if all_day:
        return days(start.date(), (end - dt.timedelta(microseconds=1)).date(), language=language)
    first = f"{long_date(start.date(), language=language)}, {clock(start, language=language)}"
    last = clock(end, language=language)
    named = f"({zone_name(zone, language=language)})"
    if start.date() == end.date():
        return f"{words.of(language).span.format(start=first, end=last)} {named}"
    return f"{first} {DASH} {long_date(end.date(), language=language)}, {last} {named}"


def short_when(starts_at: dt.datetime, *, zone: str, all_day: bool = False, language: str) -> str:
    """Return «jeu. 22 oct. 2026, 13 h 00» or "Thu 22 Oct 2026, 13:00": for lists, subjects and names."""
    start = _local(starts_at, zone)
    date = short_date(start.date(), language=language)
    return date if all_day else f"{date}, {clock(start, language=language)}"


def days(first: dt.date, last: dt.date, *, language: str) -> str:
    """Return one day, or «du jeudi 5 septembre au mercredi 25 septembre 2019»."""
    if first == last:
        return long_date(first, language=language)
    start = _before(long_date(first, language=language), first, last)
    return words.of(language).days.format(start=start, end=long_date(last, language=language))


def period(first: dt.date, last: dt.date, *, language: str) -> str:
    """Return «d'octobre 2026 à octobre 2027» for whole months, «du 5 septembre au 25 septembre 2019» else."""
    own = words.of(language)
    if first.day == 1 and (last + dt.timedelta(days=1)).day == 1:
        start, end = month_and_year(first, language=language), month_and_year(last, language=language)
        return end if start == end else own.months.format(start=start, of_start=own.of(start), end=end)
    end = date_of(last, language=language)
    if first == last:
        return end
    return own.period.format(start=_before(date_of(first, language=language), first, last), end=end)


def fuzzy_date(
    precision: str, date_from: dt.date | None, date_until: dt.date | None = None, *, language: str
) -> str:
    """Return a date as well as it is known: a day, a month, a year, between two days.

    `precision` is a cycles.models.DatePrecision; an unknown date is said so: «date non connue».
    """
    if date_from is None or precision == "unknown":
        return words.of(language).unknown_date
    if precision == "year":
        return str(date_from.year)
    if precision == "month":
        return month_and_year(date_from, language=language)
    start = date_of(date_from, language=language)
    if precision != "between" or date_until is None:
        return start
    return words.of(language).between.format(start=start, end=date_of(date_until, language=language))


def nth_in_words(date: dt.date, *, language: str) -> str:
    """Return «4e jeudi» or "4th Thursday": which one of its weekday in the month a date is."""
    own = words.of(language)
    return own.nth_weekday.format(nth=own.ordinal(nth_weekday(date)), weekday=own.weekdays[date.weekday()])


def rule_in_words(rule: Rule, *, language: str) -> str:
    """Return «chaque 3e jeudi du mois, 13 h 00 – 14 h 30»: the rhythm and its hours, without the period."""
    own = words.of(language)
    rhythm = _rhythm(rule, own)
    if rule.local_start is None or rule.minutes is None:
        return rhythm
    # On a day without any change of clocks: a rule speaks of local hours.
    start = dt.datetime.combine(dt.date(2001, 1, 1), rule.local_start)
    end = start + dt.timedelta(minutes=rule.minutes)
    span = own.span.format(start=clock(start, language=language), end=clock(end, language=language))
    return f"{rhythm}, {span}"


def _rhythm(rule: Rule, own: Words) -> str:
    patterns = own.rhythms[rule.frequency]
    weekday = own.weekdays[rule.weekday or 0]
    if rule.frequency == "monthly_weekday":
        nth = own.last if rule.nth == LAST else own.ordinal(rule.nth or 1)
        which = own.nth_weekday.format(nth=nth, weekday=weekday)
    else:
        which = own.day_of_month(rule.day or 1)
    pattern = patterns[min(rule.interval, len(patterns)) - 1]
    return pattern.format(which=which, weekday=weekday, count=rule.interval)


def countdown(at: dt.datetime, moment: dt.datetime, *, zone: str, language: str) -> str:
    """Return how many calendar days lie between two instants in a zone: «demain», «dans 24 jours», «hier»."""
    own = words.of(language)
    away = (_local(moment, zone).date() - _local(at, zone).date()).days
    if away in own.near:
        return own.near[away]
    return (own.ahead if away > 0 else own.ago).format(count=abs(away))


def duration(length: dt.timedelta, *, language: str) -> str:
    """Return a length to the minute, in its two largest units: «1 heure 20 minutes», "2 days 3 hours"."""
    minutes = max(int(length.total_seconds()) // MINUTE, 0)
    counts = (minutes // MINUTES_A_DAY, minutes // MINUTE % HOURS_A_DAY, minutes % MINUTE)
    results = [_counted(count, unit, language) for unit, count in enumerate(counts) if count]
    return " ".join(results[:2]) if results else _counted(0, MINUTES, language)


def relative_step(offset: dt.timedelta, *, language: str) -> str:
    """Return a reminder's distance as organisers write it: «J-7», «H-1», «M-10»; in English "7 days before".

    `offset` is counted from the session: negative before, positive after.
    """
    letters = words.of(language).step_letters
    if not letters:
        return step_in_words(offset, language=language)
    count, unit = _largest_unit(offset)
    return f"{letters[unit]}{'+' if offset > dt.timedelta(0) else '-'}{count}"


def step_in_words(offset: dt.timedelta, *, language: str) -> str:
    """Return «7 jours avant», «2 heures après»; "7 days before", "2 hours after"."""
    own = words.of(language)
    pattern = own.after if offset > dt.timedelta(0) else own.before
    return pattern.format(length=_counted(*_largest_unit(offset), language))


def percent(part: int, whole: int, *, language: str) -> str:
    """Return a share in whole percent, a half rounded up: «56 %» or "56%"; `whole` is not nought."""
    return words.of(language).percent.format(share=(200 * part + whole) // (2 * whole))


def zone_name(zone: str, *, language: str) -> str:
    """Return «heure de Paris», «heure de La Réunion»; "Paris time". Any IANA name has one."""
    own = words.of(language)
    if zone in time_zones.UTC_NAMES:
        return own.utc
    return own.zone.format(place=own.place(zone), of_place=own.of_place(zone))


def _local(moment: dt.datetime, zone: str) -> dt.datetime:
    return moment.astimezone(ZoneInfo(zone))


def _before(start: str, first: dt.date, last: dt.date) -> str:
    """Leave the year out of a date when the next one says it."""
    return start.removesuffix(f" {first.year}") if first.year == last.year else start


def _largest_unit(offset: dt.timedelta) -> tuple[int, int]:
    minutes = int(abs(offset).total_seconds()) // MINUTE
    if minutes and minutes % MINUTES_A_DAY == 0:
        return minutes // MINUTES_A_DAY, DAYS
    if minutes and minutes % MINUTE == 0:
        return minutes // MINUTE, HOURS
    return minutes, MINUTES


def _counted(count: int, unit: int, language: str) -> str:
    return f"{count}{NO_BREAK}{words.of(language).unit(count, unit)}"
