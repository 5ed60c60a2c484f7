"""What a TZID means. A name alone is not enough for a file: the same word may be anybody's own."""

from __future__ import annotations

import io
import zoneinfo
from typing import TYPE_CHECKING

from dateutil import tz
from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

if TYPE_CHECKING:
    import datetime as dt

    from .source import Component

# Of the properties of a VTIMEZONE, those that dateutil reads; it refuses what it does not know.
_READ = frozenset({"TZID", "DTSTART", "RRULE", "RDATE", "TZOFFSETFROM", "TZOFFSETTO", "TZNAME"})


class Zones:
    """The zones that one file may name."""

    def __init__(self, calendars: list[Component]) -> None:
        self._known = zoneinfo.available_timezones()
        self._described: dict[str, Component] = {}
        self._found: dict[str, dt.tzinfo | None] = {}
        for calendar in calendars:
            for inner in calendar.inner:
                name = inner.first("TZID")
                if inner.name == "VTIMEZONE" and name is not None:
                    self._described[name.value] = inner

    def get(self, name: str) -> dt.tzinfo | None:
        """Return the zone of a TZID: IANA, then Windows, then what the file describes; None when none fits."""
        if name not in self._found:
            self._found[name] = self._zone(name)
        return self._found[name]

    def _zone(self, name: str) -> dt.tzinfo | None:
        described = self._described.get(name)
        place = described.first("X-LIC-LOCATION") if described else None
        # "/citadel.org/20250210_1/Europe/Paris" ends with an IANA name.
        tail = "/".join(name.split("/")[-2:])
        candidates = (name, WINDOWS_TO_OLSON.get(name, ""), place.value if place else "", tail)
        for candidate in candidates:
            if candidate in self._known:
                return zoneinfo.ZoneInfo(candidate)
        return _from_description(described) if described else None


def _from_description(component: Component) -> dt.tzinfo | None:
    lines = ["BEGIN:VTIMEZONE"]
    lines += [f"{line.name}:{line.value}" for line in component.lines if line.name in _READ]
    for part in component.inner:
        lines.append(f"BEGIN:{part.name}")
        lines += [f"{line.name}:{line.value}" for line in part.lines if line.name in _READ]
        lines.append(f"END:{part.name}")
    lines.append("END:VTIMEZONE")
    try:
        found: dt.tzinfo | None = tz.tzical(io.StringIO("\n".join(lines))).get()
    except (ValueError, IndexError, KeyError):
        return None
    return found
