"""The words of each language for dates, hours, rhythms and places: one module a language, named by its code.

What CLDR knows (names of days and months, which plural a number takes, names of cities and territories) comes from
Babel; a module says the rest. Pure: no Django, no clock. A language without a module is answered in French.
"""

from __future__ import annotations

import functools
import importlib
import pkgutil
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from babel import Locale

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

FALLBACK = "fr"
# One place, spelled in two ways in the tz database: CLDR has its city under either, in this release or the next.
_SPELLINGS = (
    ("Africa/Asmara", "Africa/Asmera"),
    ("America/Nuuk", "America/Godthab"),
    ("Asia/Ho_Chi_Minh", "Asia/Saigon"),
    ("Asia/Kathmandu", "Asia/Katmandu"),
    ("Asia/Kolkata", "Asia/Calcutta"),
    ("Asia/Yangon", "Asia/Rangoon"),
    ("Atlantic/Faroe", "Atlantic/Faeroe"),
    ("Europe/Kyiv", "Europe/Kiev"),
    ("Pacific/Chuuk", "Pacific/Truk"),
    ("Pacific/Kanton", "Pacific/Enderbury"),
    ("Pacific/Pohnpei", "Pacific/Ponape"),
)
RESPELLED = {one: other for pair in _SPELLINGS for one, other in (pair, pair[::-1])}


@dataclass(frozen=True, kw_only=True)
class Words:
    """What one language says. Patterns name their parts in braces."""

    # As CLDR calls the language and country, and as the library `holidays` does.
    locale: str
    holidays: str
    # A day in a date («1er», "1"), an ordinal («3e», "3rd"), a day of the month in a rhythm («15», "15th").
    day: Callable[[int], str]
    ordinal: Callable[[int], str]
    day_of_month: Callable[[int], str]
    # A date ends in its year, which is left out when the next date says it.
    date: str = "{day} {month} {year}"
    with_weekday: str = "{weekday} {date}"
    days: str
    period: str
    months: str
    between: str
    unknown_date: str
    clock: str = "{hour:02}:{minute:02}"
    # What a full hour may leave out in a subject.
    full_hour: str = ""
    span: str
    nth_weekday: str = "{nth} {weekday}"
    last: str
    # For each frequency: every time, every other time, every so many times.
    rhythms: Mapping[str, tuple[str, str, str]]
    near: Mapping[int, str]
    ahead: str
    ago: str
    # By the plural that CLDR gives a number: days, hours, minutes.
    units: Mapping[str, tuple[str, str, str]]
    before: str
    after: str
    # The letters of «J-7», «H-1», «M-10», where organisers write so.
    step_letters: str = ""
    percent: str
    zone: str
    utc: str
    # One of the three zones of school holidays in France.
    school_zone: str = "zone {letter}"
    # «de Paris», «d'octobre»: before a name that has no form of its own in `of_places`.
    of: Callable[[str], str] = str
    # Zones and territories that are called otherwise than CLDR calls them.
    places: Mapping[str, str] = field(default_factory=dict)
    of_places: Mapping[str, str] = field(default_factory=dict)
    regions: Mapping[str, str] = field(default_factory=dict)

    @functools.cached_property
    def cldr(self) -> Locale:
        return Locale.parse(self.locale)

    @functools.cached_property
    def weekdays(self) -> tuple[str, ...]:
        """The names of the days, Monday first."""
        return tuple(self.cldr.days["format"]["wide"][day] for day in range(7))

    @functools.cached_property
    def short_weekdays(self) -> tuple[str, ...]:
        return tuple(self.cldr.days["format"]["abbreviated"][day] for day in range(7))

    @functools.cached_property
    def months_of_year(self) -> tuple[str, ...]:
        return tuple(self.cldr.months["format"]["wide"][month] for month in range(1, 13))

    @functools.cached_property
    def short_months(self) -> tuple[str, ...]:
        return tuple(self.cldr.months["format"]["abbreviated"][month] for month in range(1, 13))

    def unit(self, count: int, unit: int) -> str:
        """Return the word for so many days (0), hours (1) or minutes (2)."""
        return self.units[self.cldr.plural_form(count)][unit]

    def place(self, zone: str) -> str:
        """Return what a zone (IANA) is called in a list."""
        cities = self.cldr.time_zones
        city = (cities.get(zone) or cities.get(RESPELLED.get(zone, ""), {})).get("city")
        return self.places.get(zone) or city or zone.rpartition("/")[2].replace("_", " ")

    def of_place(self, zone: str) -> str:
        """Return what a zone is called after «heure»."""
        return self.of_places.get(zone) or self.of(self.place(zone))

    def language(self, code: str) -> str:
        """Return the name of a language as a sentence says it: «allemand», "German"."""
        return str(self.cldr.languages.get(code, code))

    def region(self, code: str) -> str:
        """Return the name of a territory (ISO 3166)."""
        return self.regions.get(code) or str(self.cldr.territories.get(code, code))


_KNOWN = frozenset(module.name for module in pkgutil.iter_modules(__path__))


@functools.cache
def of(language: str) -> Words:
    """Return the words of a language by its code, or the French ones."""
    name = language.replace("-", "_").lower()
    words: Words = importlib.import_module(f"{__name__}.{name if name in _KNOWN else FALLBACK}").WORDS
    return words
