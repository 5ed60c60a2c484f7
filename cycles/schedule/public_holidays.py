"""Days on which an audience in France may be away: public and school holidays. Pure: tables of `holidays`.

A warning, never a refusal: an organiser may well choose such a day.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import holidays

if TYPE_CHECKING:
    import datetime as dt

Kind = Literal["public", "school"]

# Codes of the library, in the order in which places are named.
PLACES: dict[str, tuple[str, str]] = {
    "6AE": ("Alsace et Moselle", "Alsace and Moselle"),
    "971": ("Guadeloupe", "Guadeloupe"),
    "972": ("Martinique", "Martinique"),
    "973": ("Guyane", "French Guiana"),
    "974": ("La Réunion", "Réunion"),
    "976": ("Mayotte", "Mayotte"),
    "BL": ("Saint-Barthélemy", "Saint Barthélemy"),
    "MF": ("Saint-Martin", "Saint Martin"),
    "PM": ("Saint-Pierre-et-Miquelon", "Saint Pierre and Miquelon"),
    "NC": ("Nouvelle-Calédonie", "New Caledonia"),
    "PF": ("Polynésie française", "French Polynesia"),
    "WF": ("Wallis-et-Futuna", "Wallis and Futuna"),
}
SCHOOL_ZONES: dict[str, tuple[str, str]] = {
    "Zone A": ("zone A", "zone A"),
    "Zone B": ("zone B", "zone B"),
    "Zone C": ("zone C", "zone C"),
}


@dataclass(frozen=True, kw_only=True)
class Closure:
    """A holiday that falls on `date`; `places` is empty when it holds in all of metropolitan France."""

    date: dt.date
    kind: Kind
    name: str
    places: tuple[str, ...]


def closures(date: dt.date, *, language: str) -> tuple[Closure, ...]:
    """Return the holidays of one local day, the widest first; names and places in French or English.

    School holidays are those that the library knows; beyond the published calendars they may be missing.
    """
    index = int(language == "en")
    national = _days(date.year, None, "public", index).get(date)
    found = []
    if national:
        found.append(Closure(date=date, kind="public", name=national, places=()))
    local = {
        place[index]: name
        for code, place in PLACES.items()
        if (name := _days(date.year, code, "public", index).get(date)) and name != national
    }
    school = {
        zone[index]: name
        for code, zone in SCHOOL_ZONES.items()
        if (name := _days(date.year, code, "school", index).get(date))
    }
    found += _grouped(date, "public", local)
    found += [
        Closure(date=date, kind="school", name=closure.name, places=())
        if len(closure.places) == len(SCHOOL_ZONES)
        else closure
        for closure in _grouped(date, "school", school)
    ]
    return tuple(found)


def _grouped(date: dt.date, kind: Kind, names: dict[str, str]) -> list[Closure]:
    return [
        Closure(date=date, kind=kind, name=name, places=tuple(p for p, n in names.items() if n == name))
        for name in dict.fromkeys(names.values())
    ]


@functools.lru_cache(maxsize=512)
def _days(year: int, subdivision: str | None, kind: Kind, index: int) -> holidays.HolidayBase:
    return holidays.country_holidays(
        "FR",
        subdiv=subdivision,
        years=year,
        expand=False,
        language=("fr", "en_US")[index],
        categories=(kind,),
    )
