"""The time zones that a French-speaking audience lives in, by name. Pure: tables, and what this machine knows.

Departments and territories overseas keep no summer time (Saint-Pierre-et-Miquelon does), so a fixed hour in
Paris moves for them twice a year: pages show their hour beside that of Paris.
"""

from __future__ import annotations

import functools
import zoneinfo

from cycles.language import words

UTC_NAMES = (
    "UTC",
    "Etc/UTC",
    "Etc/UCT",
    "UCT",
    "Zulu",
    "Etc/Zulu",
    "Universal",
    "Etc/Universal",
    "GMT",
    "Etc/GMT",
)


# In the order in which they are offered: metropolitan France, overseas, elsewhere.
OVERSEAS = (
    "America/Guadeloupe",
    "America/Martinique",
    "America/Cayenne",
    "Indian/Reunion",
    "Indian/Mayotte",
    "America/Miquelon",
    "America/St_Barthelemy",
    "America/Marigot",
    "Pacific/Noumea",
    "Pacific/Tahiti",
    "Pacific/Marquesas",
    "Pacific/Gambier",
    "Pacific/Wallis",
)
ELSEWHERE = (
    "Europe/Brussels",
    "Europe/Luxembourg",
    "Europe/Zurich",
    "Europe/London",
    "America/Toronto",
    "America/Port-au-Prince",
    "Africa/Abidjan",
    "Africa/Algiers",
    "Africa/Casablanca",
    "Africa/Dakar",
    "Africa/Kinshasa",
    "Africa/Tunis",
    "Indian/Antananarivo",
    "Asia/Beirut",
)
PLACES = ("Europe/Paris", *OVERSEAS, *ELSEWHERE)


def choices(*, language: str) -> list[tuple[str, str]]:
    """Return (IANA name, place) for a list to choose from, Paris first; any other IANA name stays valid."""
    return [(zone, words.of(language).place(zone)) for zone in PLACES]


@functools.cache
def known() -> frozenset[str]:
    """Return every zone that this machine knows, by its IANA name."""
    return frozenset(zoneinfo.available_timezones())


def read(written: str) -> str:
    """Return the IANA name that was written in an address, or nothing for one that does not exist."""
    return written if written in known() else ""
