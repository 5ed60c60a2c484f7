"""The time zones that a French-speaking audience lives in, by name. Pure: tables, and what this machine knows.

Departments and territories overseas keep no summer time (Saint-Pierre-et-Miquelon does), so a fixed hour in
Paris moves for them twice a year: pages show their hour beside that of Paris.
"""

from __future__ import annotations

import functools
import zoneinfo
from dataclasses import dataclass

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


@dataclass(frozen=True)
class Place:
    """How a zone is called: `fr` in a list, `of_fr` after «heure», `en` in a list and before "time"."""

    fr: str
    of_fr: str
    en: str


# In the order in which they are offered: metropolitan France, overseas, elsewhere.
OVERSEAS: dict[str, Place] = {
    "America/Guadeloupe": Place("Guadeloupe", "de la Guadeloupe", "Guadeloupe"),
    "America/Martinique": Place("Martinique", "de la Martinique", "Martinique"),
    "America/Cayenne": Place("Guyane", "de la Guyane", "French Guiana"),
    "Indian/Reunion": Place("La Réunion", "de La Réunion", "Réunion"),
    "Indian/Mayotte": Place("Mayotte", "de Mayotte", "Mayotte"),
    "America/Miquelon": Place(
        "Saint-Pierre-et-Miquelon", "de Saint-Pierre-et-Miquelon", "Saint Pierre and Miquelon"
    ),
    "America/St_Barthelemy": Place("Saint-Barthélemy", "de Saint-Barthélemy", "Saint Barthélemy"),
    "America/Marigot": Place("Saint-Martin", "de Saint-Martin", "Saint Martin"),
    "Pacific/Noumea": Place("Nouvelle-Calédonie", "de Nouméa", "Nouméa"),
    "Pacific/Tahiti": Place("Tahiti", "de Tahiti", "Tahiti"),
    "Pacific/Marquesas": Place("Îles Marquises", "des îles Marquises", "Marquesas"),
    "Pacific/Gambier": Place("Îles Gambier", "des îles Gambier", "Gambier"),
    "Pacific/Wallis": Place("Wallis-et-Futuna", "de Wallis-et-Futuna", "Wallis and Futuna"),
}
ELSEWHERE: dict[str, Place] = {
    "Europe/Brussels": Place("Bruxelles", "de Bruxelles", "Brussels"),
    "Europe/Luxembourg": Place("Luxembourg", "du Luxembourg", "Luxembourg"),
    "Europe/Zurich": Place("Genève", "de Genève", "Geneva"),
    "Europe/London": Place("Londres", "de Londres", "London"),
    "America/Toronto": Place("Montréal", "de Montréal", "Montréal"),
    "America/Port-au-Prince": Place("Port-au-Prince", "de Port-au-Prince", "Port-au-Prince"),
    "Africa/Abidjan": Place("Abidjan", "d'Abidjan", "Abidjan"),
    "Africa/Algiers": Place("Alger", "d'Alger", "Algiers"),
    "Africa/Casablanca": Place("Casablanca", "de Casablanca", "Casablanca"),
    "Africa/Dakar": Place("Dakar", "de Dakar", "Dakar"),
    "Africa/Kinshasa": Place("Kinshasa", "de Kinshasa", "Kinshasa"),
    "Africa/Tunis": Place("Tunis", "de Tunis", "Tunis"),
    "Indian/Antananarivo": Place("Antananarivo", "d'Antananarivo", "Antananarivo"),
    "Asia/Beirut": Place("Beyrouth", "de Beyrouth", "Beirut"),
}
PLACES: dict[str, Place] = {"Europe/Paris": Place("Paris", "de Paris", "Paris"), **OVERSEAS, **ELSEWHERE}


def choices(*, language: str) -> list[tuple[str, str]]:
    """Return (IANA name, place) for a list to choose from, Paris first; any other IANA name stays valid."""
    return [(zone, place.en if language == "en" else place.fr) for zone, place in PLACES.items()]


@functools.cache
def known() -> frozenset[str]:
    """Return every zone that this machine knows, by its IANA name."""
    return frozenset(zoneinfo.available_timezones())


def read(written: str) -> str:
    """Return the IANA name that was written in an address, or nothing for one that does not exist."""
    return written if written in known() else ""
