"""Days on which an audience in France may be away: public and school holidays. Pure: tables of `holidays`.

A warning, never a refusal: an organiser may well choose such a day.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import holidays

from cycles.language import words

if TYPE_CHECKING:
    import datetime as dt

Kind = Literal["public", "school"]

# Codes of the library and of ISO 3166, in the order in which places are named.
PLACES = {
    "6AE": "6AE",
    "971": "GP",
    "972": "MQ",
    "973": "GF",
    "974": "RE",
    "976": "YT",
    "BL": "BL",
    "MF": "MF",
    "PM": "PM",
    "NC": "NC",
    "PF": "PF",
    "WF": "WF",
}
SCHOOL_ZONES = ("A", "B", "C")


@dataclass(frozen=True, kw_only=True)
class Closure:
    """A holiday that falls on `date`; `places` is empty when it holds in all of metropolitan France."""

    date: dt.date
    kind: Kind
    name: str
    places: tuple[str, ...]


def closures(date: dt.date, *, language: str) -> tuple[Closure, ...]:
    """Return the holidays of one local day, the widest first; names and places in a language.

    School holidays are those that the library knows; beyond the published calendars they may be missing.
    """
    own = words.of(language)
    national = _days(date.year, None, "public", own.holidays).get(date)
    results = []
    if national:
        results.append(Closure(date=date, kind="public", name=national, places=()))
    local = {
        own.region(territory): name
        for code, territory in PLACES.items()
        if (name := _days(date.year, code, "public", own.holidays).get(date)) and name != national
    }
    school = {
        own.school_zone.format(letter=letter): name
        for letter in SCHOOL_ZONES
        if (name := _days(date.year, f"Zone {letter}", "school", own.holidays).get(date))
    }
    results += _grouped(date, "public", local)
    results += [
        Closure(date=date, kind="school", name=closure.name, places=())
        if len(closure.places) == len(SCHOOL_ZONES)
        else closure
        for closure in _grouped(date, "school", school)
    ]
    return tuple(results)


def is_day_off(date: dt.date) -> bool:
    """Tell whether a day is a public holiday in all of metropolitan France."""
    return date in _days(date.year, None, "public", words.of("fr").holidays)


def _grouped(date: dt.date, kind: Kind, names: dict[str, str]) -> list[Closure]:
    return [
        Closure(date=date, kind=kind, name=name, places=tuple(p for p, n in names.items() if n == name))
        for name in dict.fromkeys(names.values())
    ]


@functools.lru_cache(maxsize=512)
def _days(year: int, subdivision: str | None, kind: Kind, language: str) -> holidays.HolidayBase:
    return holidays.country_holidays(
        "FR",
        subdiv=subdivision,
        years=year,
        expand=False,
        language=language,
        categories=(kind,),
    )
