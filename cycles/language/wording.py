"""Dates, hours, rhythms and zones in French and English words. Pure: tables, no locale, no clock.

French typography: a narrow no-break space (U+202F) inside hours, "13 h 00"; a no-break space (U+00A0)
between a figure and its unit, "24 jours"; ordinary spaces in dates. Every public function takes `language`,
"fr" or "en", and answers in French for any other value, as the interface does.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, TypeVar
from zoneinfo import ZoneInfo

from cycles.schedule import time_zones
from cycles.schedule.recurrence import LAST, nth_weekday

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cycles.schedule.recurrence import Rule

T = TypeVar("T")

NARROW = "\u202f"
NO_BREAK = "\u00a0"
DASH = "\u2013"

WEEKDAYS = {
    "fr": ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
SHORT_WEEKDAYS = {
    "fr": ("lun.", "mar.", "mer.", "jeu.", "ven.", "sam.", "dim."),
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
}
MONTHS = {
    "fr": (
        "janvier",
        "février",
        "mars",
        "avril",
        "mai",
        "juin",
        "juillet",
        "août",
        "septembre",
        "octobre",
        "novembre",
        "décembre",
    ),
    "en": (
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ),
}
SHORT_MONTHS = {
    "fr": (
        "janv.",
        "févr.",
        "mars",
        "avr.",
        "mai",
        "juin",
        "juil.",
        "août",
        "sept.",
        "oct.",
        "nov.",
        "déc.",
    ),
    "en": ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sept", "Oct", "Nov", "Dec"),
}
# For each frequency: every time, every other time, every so many times.
RHYTHMS = {
    "fr": {
        "monthly_weekday": (
            "chaque {which} du mois",
            "le {which}, un mois sur deux",
            "le {which}, tous les {count}\u00a0mois",
        ),
        "monthly_day": (
            "le {which} de chaque mois",
            "le {which}, un mois sur deux",
            "le {which}, tous les {count}\u00a0mois",
        ),
        "weekly": (
            "chaque {weekday}",
            "un {weekday} sur deux",
            "le {weekday}, toutes les {count}\u00a0semaines",
        ),
        "daily": ("chaque jour", "un jour sur deux", "tous les {count}\u00a0jours"),
    },
    "en": {
        "monthly_weekday": (
            "every {which} of the month",
            "the {which}, every other month",
            "the {which}, every {count} months",
        ),
        "monthly_day": (
            "the {which} of every month",
            "the {which}, every other month",
            "the {which}, every {count} months",
        ),
        "weekly": ("every {weekday}", "every other {weekday}", "on {weekday}, every {count} weeks"),
        "daily": ("every day", "every other day", "every {count} days"),
    },
}
TEENS = range(11, 14)
MINUTE = 60
HOURS_A_DAY = 24
MINUTES_A_DAY = 24 * 60
DAYS, HOURS, MINUTES = range(3)


def weekday_name(date: dt.date, *, language: str) -> str:
    """Return «jeudi» or "Thursday"."""
    return _in(WEEKDAYS, language)[date.weekday()]


def short_weekday_name(date: dt.date, *, language: str) -> str:
    """Return «jeu.» or "Thu", for a date block."""
    return _in(SHORT_WEEKDAYS, language)[date.weekday()]


def month_name(date: dt.date, *, language: str) -> str:
    """Return «octobre» or "October"."""
    return _in(MONTHS, language)[date.month - 1]


def short_month_name(date: dt.date, *, language: str) -> str:
    """Return «oct.» or "Oct", for a date block."""
    return _in(SHORT_MONTHS, language)[date.month - 1]


def month_and_year(date: dt.date, *, language: str) -> str:
    """Return «octobre 2026» or "October 2026"."""
    return f"{month_name(date, language=language)} {date.year}"


def ordinal(number: int, *, language: str) -> str:
    """Return «1er», «3e» (masculine) or "1st", "3rd"."""
    if language != "en":
        return "1er" if number == 1 else f"{number}e"
    ending = {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{'th' if number % 100 in TEENS else ending}"


def date_of(date: dt.date, *, language: str) -> str:
    """Return a date without its weekday: «1er octobre 2026», "1 October 2026"."""
    return f"{_day_number(date, language)} {month_and_year(date, language=language)}"


def long_date(date: dt.date, *, language: str) -> str:
    """Return «jeudi 22 octobre 2026» or "Thursday 22 October 2026"."""
    return f"{weekday_name(date, language=language)} {date_of(date, language=language)}"


def short_date(date: dt.date, *, language: str) -> str:
    """Return «jeu. 22 oct. 2026» or "Thu 22 Oct 2026"."""
    weekday = _in(SHORT_WEEKDAYS, language)[date.weekday()]
    day = _day_number(date, language)
    return f"{weekday} {day} {short_month_name(date, language=language)} {date.year}"


def clock(time: dt.time | dt.datetime, *, language: str) -> str:
    """Return «13 h 00» or "13:00" from a local time."""
    if language == "en":
        return f"{time:%H:%M}"
    return f"{time.hour}{NARROW}h{NARROW}{time:%M}"


def hours(starts_at: dt.datetime, ends_at: dt.datetime, *, zone: str, language: str) -> str:
    """Return the hours that two instants have in a zone: «13 h 00 – 14 h 30» or "13:00–14:30"."""
    start, end = _local(starts_at, zone), _local(ends_at, zone)
    return _joined(clock(start, language=language), clock(end, language=language), language)


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
        return f"{_joined(first, last, language)} {named}"
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
    start = long_date(first, language=language)
    if first.year == last.year:
        start = start.removesuffix(f" {first.year}")
    end = long_date(last, language=language)
    return f"from {start} to {end}" if language == "en" else f"du {start} au {end}"


def period(first: dt.date, last: dt.date, *, language: str) -> str:
    """Return «d'octobre 2026 à octobre 2027» for whole months, «du 5 septembre au 25 septembre 2019» else."""
    whole_months = first.day == 1 and (last + dt.timedelta(days=1)).day == 1
    if whole_months:
        start, end = month_and_year(first, language=language), month_and_year(last, language=language)
        if start == end:
            return start
        return f"{start} to {end}" if language == "en" else f"{_de(start)} à {end}"
    start, end = date_of(first, language=language), date_of(last, language=language)
    if first == last:
        return end
    if first.year == last.year:
        start = start.removesuffix(f" {first.year}")
    return f"{start} to {end}" if language == "en" else f"du {start} au {end}"


def fuzzy_date(
    precision: str, date_from: dt.date | None, date_until: dt.date | None = None, *, language: str
) -> str:
    """Return a date as well as it is known: a day, a month, a year, between two days.

    `precision` is a cycles.models.DatePrecision; an unknown date is said so: «date non connue».
    """
    if date_from is None or precision == "unknown":
        return "date not known" if language == "en" else "date non connue"
    if precision == "year":
        return str(date_from.year)
    if precision == "month":
        return month_and_year(date_from, language=language)
    start = date_of(date_from, language=language)
    if precision != "between" or date_until is None:
        return start
    end = date_of(date_until, language=language)
    return f"between {start} and {end}" if language == "en" else f"entre le {start} et le {end}"


def nth_in_words(date: dt.date, *, language: str) -> str:
    """Return «4e jeudi» or "4th Thursday": which one of its weekday in the month a date is."""
    return f"{ordinal(nth_weekday(date), language=language)} {weekday_name(date, language=language)}"


def rule_in_words(rule: Rule, *, language: str) -> str:
    """Return «chaque 3e jeudi du mois, 13 h 00 – 14 h 30»: the rhythm and its hours, without the period."""
    rhythm = _rhythm(rule, language)
    if rule.local_start is None or rule.minutes is None:
        return rhythm
    # On a day without any change of clocks: a rule speaks of local hours.
    start = dt.datetime.combine(dt.date(2001, 1, 1), rule.local_start)
    end = start + dt.timedelta(minutes=rule.minutes)
    span = _joined(clock(start, language=language), clock(end, language=language), language)
    return f"{rhythm}, {span}"


def _rhythm(rule: Rule, language: str) -> str:
    patterns = _in(RHYTHMS, language)[rule.frequency]
    weekday = _in(WEEKDAYS, language)[rule.weekday or 0]
    if rule.frequency == "monthly_weekday":
        last = "last" if language == "en" else "dernier"
        nth = last if rule.nth == LAST else ordinal(rule.nth or 1, language=language)
        which = f"{nth} {weekday}"
    elif rule.day == 1 or language == "en":
        which = ordinal(rule.day or 1, language=language)
    else:
        which = str(rule.day)
    pattern = patterns[min(rule.interval, len(patterns)) - 1]
    return pattern.format(which=which, weekday=weekday, count=rule.interval)


def countdown(at: dt.datetime, moment: dt.datetime, *, zone: str, language: str) -> str:
    """Return how many calendar days lie between two instants in a zone: «demain», «dans 24 jours», «hier»."""
    away = (_local(moment, zone).date() - _local(at, zone).date()).days
    near = {
        "fr": {-1: "hier", 0: "aujourd'hui", 1: "demain"},
        "en": {-1: "yesterday", 0: "today", 1: "tomorrow"},
    }
    if away in near["fr"]:
        return _in(near, language)[away]
    if language == "en":
        return f"in {away}{NO_BREAK}days" if away > 0 else f"{-away}{NO_BREAK}days ago"
    return f"dans {away}{NO_BREAK}jours" if away > 0 else f"il y a {-away}{NO_BREAK}jours"


def duration(length: dt.timedelta, *, language: str) -> str:
    """Return a length to the minute, in its two largest units: «1 heure 20 minutes», "2 days 3 hours"."""
    minutes = max(int(length.total_seconds()) // MINUTE, 0)
    counts = (minutes // MINUTES_A_DAY, minutes // MINUTE % HOURS_A_DAY, minutes % MINUTE)
    said = [_counted(count, unit, language) for unit, count in enumerate(counts) if count]
    return " ".join(said[:2]) if said else _counted(0, MINUTES, language)


def relative_step(offset: dt.timedelta, *, language: str) -> str:
    """Return a reminder's distance as organisers write it: «J-7», «H-1», «M-10»; in English "7 days before".

    `offset` is counted from the session: negative before, positive after.
    """
    if language == "en":
        return step_in_words(offset, language=language)
    count, unit = _largest_unit(offset)
    return f"{'JHM'[unit]}{'+' if offset > dt.timedelta(0) else '-'}{count}"


def step_in_words(offset: dt.timedelta, *, language: str) -> str:
    """Return «7 jours avant», «2 heures après»; "7 days before", "2 hours after"."""
    words = ("after", "before") if language == "en" else ("après", "avant")
    count, unit = _largest_unit(offset)
    return f"{_counted(count, unit, language)} {words[0] if offset > dt.timedelta(0) else words[1]}"


def percent(part: int, whole: int, *, language: str) -> str:
    """Return a share in whole percent, a half rounded up: «56 %» or "56%"; `whole` is not nought."""
    return f"{(200 * part + whole) // (2 * whole)}{'' if language == 'en' else NO_BREAK}%"


def zone_name(zone: str, *, language: str) -> str:
    """Return «heure de Paris», «heure de La Réunion»; "Paris time". Any IANA name has one."""
    if zone in time_zones.UTC_NAMES:
        return "UTC" if language == "en" else "temps universel (UTC)"
    place = time_zones.PLACES.get(zone)
    if place is None:
        city = zone.rpartition("/")[2].replace("_", " ")
        return f"{city} time" if language == "en" else f"heure {_de(city)}"
    return f"{place.en} time" if language == "en" else f"heure {place.of_fr}"


def _in(table: Mapping[str, T], language: str) -> T:
    return table["en" if language == "en" else "fr"]


def _local(moment: dt.datetime, zone: str) -> dt.datetime:
    return moment.astimezone(ZoneInfo(zone))


def _day_number(date: dt.date, language: str) -> str:
    return "1er" if date.day == 1 and language != "en" else str(date.day)


def _joined(start: str, end: str, language: str) -> str:
    return f"{start}{DASH}{end}" if language == "en" else f"{start} {DASH} {end}"


def _de(word: str) -> str:
    return f"d'{word}" if word[0].lower() in "aeiouyàâéèêëîïôöûü" else f"de {word}"


def _largest_unit(offset: dt.timedelta) -> tuple[int, int]:
    minutes = int(abs(offset).total_seconds()) // MINUTE
    if minutes and minutes % MINUTES_A_DAY == 0:
        return minutes // MINUTES_A_DAY, DAYS
    if minutes and minutes % MINUTE == 0:
        return minutes // MINUTE, HOURS
    return minutes, MINUTES


def _counted(count: int, unit: int, language: str) -> str:
    word = (("jour", "heure", "minute"), ("day", "hour", "minute"))[language == "en"][unit]
    # French counts nought in the singular, English in the plural.
    is_plural = count != 1 if language == "en" else count > 1
    return f"{count}{NO_BREAK}{word}{'s' if is_plural else ''}"
