"""What a TZID means: what the file describes under that name, else the zone that the world calls so.

The description wins, as in every calendar program: a company may call its own hours "Europe/Paris". But it is followed
only as far as it says something: many programs describe the one year of the event.
"""

from __future__ import annotations

import datetime as dt
import functools
import re
import unicodedata
import zoneinfo
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from cycles.schedule import time_zones

from . import rules

if TYPE_CHECKING:
    from .source import Component

OFFSET = re.compile(r"([+-])(\d{2}):?(\d{2})(?::?(\d{2}))?")
SHOWN_BY_WINDOWS = re.compile(
    r"\((?:UTC|GMT)(?:([+\-−])(\d{1,2})[:.]?(\d{2}))?\)\s*(.{1,200})", re.IGNORECASE
)
FIXED = re.compile(r"\(?(?:UTC|GMT)?\s?([+\-−])(\d{1,2}):?(\d{2})?\)?", re.IGNORECASE)
STAMP = re.compile(r"\d{8}T\d{6}")
MOST_PARTS = 200
MOST_DATES = 500
MOST_OFFSET = dt.timedelta(hours=15)
# Some programs describe a zone since 1601; no event is that old.
FIRST_YEAR = 1970
FIRST = dt.datetime(FIRST_YEAR, 1, 1)  # noqa: DTZ001 - wall time
LAST = dt.datetime(2200, 1, 1)  # noqa: DTZ001 - wall time, as an onset is written
# What mail programs and telephones call the hours of Europe; Brussels, Madrid and Berlin have those of Paris.
CENTRAL_EUROPEAN = re.compile(
    r"ces?t|mes?z|central european (?:standard |summer )?time|mitteleuropäische (?:sommer)?zeit"
    r"|heure (?:normale |d'été )?d(?:e l)?'europe centrale(?: \(.*\))?|heure (?:d'été )?de paris|romance"
)
IN_WORDS = {
    "western european time": "Europe/Lisbon", "wet": "Europe/Lisbon", "west": "Europe/Lisbon",
    "eastern european time": "Europe/Helsinki", "eet": "Europe/Helsinki", "eest": "Europe/Helsinki",
    "greenwich mean time": "Europe/London", "british summer time": "Europe/London", "france": "Europe/Paris",
}  # fmt: skip
# What Windows shows for hours of which no zone is named so; several are those of French territories overseas.
SHOWN_AS = {
    "port_louis": "Indian/Mauritius", "port-louis": "Indian/Mauritius", "la_reunion": "Indian/Reunion",
    "new_caledonia": "Pacific/Noumea", "nouvelle-caledonie": "Pacific/Noumea", "tahiti": "Pacific/Tahiti",
    "solomon_is.": "Pacific/Guadalcanal", "iles_salomon": "Pacific/Guadalcanal",
    "hawaii": "Pacific/Honolulu", "hawai": "Pacific/Honolulu",
    "saint_pierre_and_miquelon": "America/Miquelon", "saint-pierre-et-miquelon": "America/Miquelon",
}  # fmt: skip
# Names that programs write where they know none: the hours are as good as those without a zone.
NAMELESS = frozenset({"customized time zone", "(no tz description)", "tzone://microsoft/custom", "local"})
# Outlook and others number the zones of one name: Romance Standard Time 1.
NUMBERED = re.compile(r"[_ /-]\d{1,3}$")
BETWEEN_WORDS = re.compile(r"[ _./-]+")
CONTINENTS = frozenset({"Africa", "America", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific"})
UTC_NAMES = frozenset(
    {"UTC", "GMT", "Z", "ETC/UTC", "ETC/GMT", "ZULU", "COORDINATED UNIVERSAL TIME", "TZONE://MICROSOFT/UTC"}
)


@dataclass(frozen=True)
class _Part:
    """STANDARD or DAYLIGHT: its first onset (wall time before it), and the offsets around each."""

    onset: dt.datetime
    before: dt.timedelta
    after: dt.timedelta
    rules: tuple[rules.Rule, ...]
    dates: tuple[dt.datetime, ...]


@dataclass(frozen=True, kw_only=True)
class Zone:
    """A zone as one file means it. `name` is the IANA name, if it has one; `parts` what the file describes."""

    title: str
    name: str = ""
    parts: tuple[_Part, ...] = ()

    def instant(self, local: dt.datetime) -> tuple[dt.datetime, bool]:
        """Return the instant (UTC) of a wall time, and whether the description differs from the name there.

        An hour that the clocks skip or repeat is read with the offset before the change (RFC 5545, 3.3.5).
        Raises rules.RuleError for a description that cannot be written out.
        """
        known = local.replace(tzinfo=zoneinfo.ZoneInfo(self.name)).astimezone(dt.UTC) if self.name else None
        offset = self._offset(local)
        if offset is None:
            return known or local.replace(tzinfo=dt.UTC), False
        described = (local - offset).replace(tzinfo=dt.UTC)
        return described, known is not None and described != known

    def local(self, moment: dt.datetime) -> dt.datetime:
        """Return the wall time of an instant."""
        if not self.parts:
            return moment.astimezone(zoneinfo.ZoneInfo(self.name)).replace(tzinfo=None)
        wall = moment.astimezone(dt.UTC).replace(tzinfo=None)
        offsets = {part.after for part in self.parts} | {part.before for part in self.parts}
        for offset in sorted(offsets, reverse=True):
            if self.instant(wall + offset)[0] == moment:
                return wall + offset
        named = zoneinfo.ZoneInfo(self.name) if self.name else dt.UTC
        return moment.astimezone(named).replace(tzinfo=None)

    def _offset(self, local: dt.datetime) -> dt.timedelta | None:
        """Return the offset that the description gives at a wall time; None where it says nothing."""
        if not self.parts:
            return None
        onsets = _onsets(self.parts, local.year)
        past = [onset for onset in onsets if onset[0] <= local]
        if not past:
            return None if self.name else min(onsets, key=lambda onset: onset[0])[1].before
        if self.name and not self._covers(local, onsets):
            return None
        onset, part = max(past, key=lambda onset: onset[0])
        # The hour that the clocks skip is read with the offset before the change.
        return part.before if local < onset + (part.after - part.before) else part.after

    def _covers(self, local: dt.datetime, onsets: tuple[tuple[dt.datetime, _Part], ...]) -> bool:
        """Tell whether a description that ends (a year's dates, without a rule) still speaks of a wall time."""
        if len(self.parts) == 1 or any(rule.is_endless for part in self.parts for rule in part.rules):
            return True
        return local <= max(onset for onset, _part in onsets)


@functools.lru_cache(maxsize=512)
def _onsets(parts: tuple[_Part, ...], year: int) -> tuple[tuple[dt.datetime, _Part], ...]:
    """Return the changes of clock that a description gives around a year."""
    budget = rules.Budget()
    end = dt.datetime(year + 1, 12, 31)  # noqa: DTZ001 - wall time
    onsets = []
    for part in parts:
        onsets += [(onset, part) for onset in (part.onset, *part.dates)]
        for rule in part.rules:
            first, changed = _nearer(part.onset, rule, year)
            until = min(end, _until(rule, part.before), LAST)
            onsets += [(onset, part) for onset in rules.dates(changed, first, until=until, budget=budget)]
    return tuple(onsets)


def _nearer(onset: dt.datetime, rule: rules.Rule, year: int) -> tuple[dt.datetime, rules.Rule]:
    """Return a later first onset of the same rule, so that four centuries need not be written out."""
    later = max(onset.year, min(year, LAST.year) - 2)
    if rule.count is not None or rule.interval != 1 or later == onset.year:
        return onset, rule
    return onset.replace(year=later, month=1, day=1), _said(rule, onset)


def _said(rule: rules.Rule, onset: dt.datetime) -> rules.Rule:
    """Return a rule that no longer needs its start to say the month and the day."""
    if rule.month_days or rule.weekdays or rule.year_days or rule.weeks:
        return rule
    return replace(rule, month_days=frozenset({onset.day}), months=rule.months or frozenset({onset.month}))


def _until(rule: rules.Rule, before: dt.timedelta) -> dt.datetime:
    if rule.until is None:
        return LAST
    if rule.until.tzinfo is not None:
        return (rule.until + before).replace(tzinfo=None)
    return rule.until + dt.timedelta(days=1) if rule.until_is_day else rule.until


class Zones:
    """The zones that one file may name."""

    def __init__(self, calendars: list[Component]) -> None:
        self._described: dict[str, Component] = {}
        self._zones: dict[str, Zone | None] = {}
        self.faults: dict[str, tuple[int, str]] = {}
        for calendar in calendars:
            for inner in calendar.inner:
                name = inner.first("TZID")
                if inner.name == "VTIMEZONE" and name is not None:
                    self._described.setdefault(name.value.strip(), inner)

    def get(self, title: str) -> Zone | None:
        """Return the zone of a TZID; None when nothing says what it is. `faults` then tells what could not be read."""
        if title not in self._zones:
            self._zones[title] = self._zone(title.strip())
        return self._zones[title]

    def _zone(self, title: str) -> Zone | None:
        component = self._described.get(title)
        place = component.first("X-LIC-LOCATION") if component else None
        name = known(title) or (known(place.value.strip()) if place else "")
        parts: tuple[_Part, ...] = ()
        if component is not None:
            try:
                parts = _parts(component)
            except (ValueError, OverflowError, rules.RuleError) as error:
                self.faults[title] = (component.number, str(error))
        if not name and not parts:
            parts = _fixed(title)
        return Zone(title=title, name=name, parts=parts) if name or parts else None


def known(title: str) -> str:
    """Return the IANA name of a zone as the world or Windows calls it; empty when nobody does."""
    if title.upper() in UTC_NAMES:
        return "UTC"
    # "/citadel.org/20250210_1/Europe/Paris" ends with an IANA name.
    pieces = title.strip("/").split("/")
    tails = ("/".join(pieces[-2:]), "/".join(pieces[-3:]))
    for candidate in (title, WINDOWS_TO_OLSON.get(title, ""), *tails):
        if candidate in time_zones.known():
            return candidate
    return _folded().get(title.casefold(), "") or _shown_by_windows(title) or _spoken(title)


def _shown_by_windows(title: str) -> str:
    """Return the zone of "(UTC+01:00) Brussels, Copenhagen, Madrid, Paris": the first city that has that offset."""
    match = SHOWN_BY_WINDOWS.fullmatch(title.strip())
    if match is None:
        return ""
    offset = dt.timedelta(hours=int(match[2] or 0), minutes=int(match[3] or 0))
    offset = -offset if match[1] in ("-", "−") else offset
    for city in match[4].split(","):
        name = _cities().get(_as_city(city), "")
        # Windows shows the standard time all year; south of the equator that is July's.
        if name and offset == min(_away(name, month) for month in (1, 7)):
            return name
    return ""


def _spoken(title: str) -> str:
    """Return the zone that a title means in words: "Paris, Madrid", "Heure d’Europe centrale", "CEST"."""
    title = NUMBERED.sub("", title.replace("\\", "").replace("’", "'").strip())
    if title in time_zones.known():
        return title
    # Webex leaves the middle word out: Pacific Time.
    for windows in (
        re.sub(r"Daylight|Summer", "Standard", title),
        re.sub(r" Time$", " Standard Time", title),
    ):
        if standard := WINDOWS_TO_OLSON.get(windows, ""):
            return standard
    if name := _squeezed().get(BETWEEN_WORDS.sub("", title.casefold()), ""):
        return name
    words = re.sub(r"\([^()]*\)", "", title).strip().casefold()
    if words in IN_WORDS or CENTRAL_EUROPEAN.fullmatch(words):
        return IN_WORDS.get(words, "Europe/Paris")
    for city in re.split(r"[,/]", words):
        name = _cities().get(_as_city(city), "")
        if name.partition("/")[0] in CONTINENTS:
            return name
    return ""


def _away(name: str, month: int) -> dt.timedelta:
    result = zoneinfo.ZoneInfo(name).utcoffset(dt.datetime(2027, month, 1))  # noqa: DTZ001 - wall time
    return result or dt.timedelta(0)


@functools.cache
def _cities() -> dict[str, str]:
    """Return the zones that are named for a city, by the city without capitals."""
    named = {name.rpartition("/")[2].casefold(): name for name in sorted(time_zones.known()) if "/" in name}
    return named | SHOWN_AS


def _as_city(written: str) -> str:
    """Return a city as zones are named for it: without capitals and accents, an underscore between its words."""
    letters = unicodedata.normalize("NFKD", written.strip().casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter)).replace(" ", "_")


@functools.cache
def _squeezed() -> dict[str, str]:
    """Return the names of zones, and those of Windows, by their letters only: Europe-Paris, GMT_Standard_Time."""
    named = {name: name for name in sorted(time_zones.known())} | WINDOWS_TO_OLSON
    # In Etc/GMT-1 and Etc/GMT+1 the sign is what differs.
    return {
        BETWEEN_WORDS.sub("", title.casefold()): name
        for title, name in named.items()
        if not any(sign.isdecimal() for sign in title) and name in time_zones.known()
    }


@functools.cache
def _folded() -> dict[str, str]:
    """Return every name by how it reads without capitals."""
    return {name.casefold(): name for name in sorted(time_zones.known())}


def _fixed(title: str) -> tuple[_Part, ...]:
    """Return the zone of a title that is an offset, as icalendar writes one ("UTC+02:00"); empty for another."""
    match = FIXED.fullmatch(title)
    if match is None:
        return ()
    offset = dt.timedelta(hours=int(match[2]), minutes=int(match[3] or 0))
    if offset > MOST_OFFSET:
        return ()
    offset = -offset if match[1] in "-−" else offset
    return (_Part(onset=FIRST, before=offset, after=offset, rules=(), dates=()),)


def _parts(component: Component) -> tuple[_Part, ...]:
    """Return what a VTIMEZONE describes. Raises ValueError or RuleError for one that cannot be followed."""
    described = [inner for inner in component.inner if inner.name in ("STANDARD", "DAYLIGHT")]
    if len(described) > MOST_PARTS:
        raise ValueError(component.number)
    return tuple(_part(inner) for inner in described)


def _part(component: Component) -> _Part:
    written = {name: component.first(name) for name in ("DTSTART", "TZOFFSETFROM", "TZOFFSETTO")}
    if written["TZOFFSETTO"] is None or written["DTSTART"] is None:
        raise ValueError(component.number)
    after = _offset(written["TZOFFSETTO"].value)
    before = _offset(written["TZOFFSETFROM"].value) if written["TZOFFSETFROM"] else after
    given = [rules.parse(line.value) for line in component.all("RRULE")]
    if any(rule.frequency != "YEARLY" for rule in given):
        raise ValueError(component.number)
    dates = [piece for line in component.all("RDATE") for piece in line.value.split(",") if piece.strip()]
    return _Part(
        onset=_onset(written["DTSTART"].value),
        before=before,
        after=after,
        rules=tuple(given),
        dates=tuple(_onset(piece) for piece in dates[:MOST_DATES]),
    )


def _onset(text: str) -> dt.datetime:
    match = STAMP.match(text.strip())
    if match is None:
        raise ValueError(text)
    onset = dt.datetime.strptime(match[0], "%Y%m%dT%H%M%S")  # noqa: DTZ007 - wall time
    return onset.replace(year=FIRST_YEAR, day=min(onset.day, 28)) if onset.year < FIRST_YEAR else onset


def _offset(text: str) -> dt.timedelta:
    match = OFFSET.fullmatch(text.strip())
    if match is None:
        raise ValueError(text)
    offset = dt.timedelta(hours=int(match[2]), minutes=int(match[3]), seconds=int(match[4] or 0))
    if offset > MOST_OFFSET:
        raise ValueError(text)
    return -offset if match[1] == "-" else offset
