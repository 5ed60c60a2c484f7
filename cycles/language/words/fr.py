"""French: a narrow no-break space (U+202F) inside hours, a no-break space (U+00A0) between a figure and its unit."""

from __future__ import annotations

from . import Words

VOWELS = "aeiouyàâéèêëîïôöûü"
MONTHLY = ("le {which}, un mois sur deux", "le {which}, tous les {count}\u00a0mois")


def ordinal(number: int) -> str:
    return "1er" if number == 1 else f"{number}e"


def day(number: int) -> str:
    return "1er" if number == 1 else str(number)


def of(word: str) -> str:
    return f"d'{word}" if word[0].lower() in VOWELS else f"de {word}"


WORDS = Words(
    locale="fr_FR",
    holidays="fr",
    day=day,
    ordinal=ordinal,
    day_of_month=day,
    days="du {start} au {end}",
    period="du {start} au {end}",
    months="{of_start} à {end}",
    between="entre le {start} et le {end}",
    unknown_date="date non connue",
    clock="{hour}\u202fh\u202f{minute:02}",
    full_hour="\u202f00",
    span="{start} – {end}",
    last="dernier",
    rhythms={
        "monthly_weekday": ("chaque {which} du mois", *MONTHLY),
        "monthly_day": ("le {which} de chaque mois", *MONTHLY),
        "weekly": (
            "chaque {weekday}",
            "un {weekday} sur deux",
            "le {weekday}, toutes les {count}\u00a0semaines",
        ),
        "daily": ("chaque jour", "un jour sur deux", "tous les {count}\u00a0jours"),
    },
    near={-1: "hier", 0: "aujourd’hui", 1: "demain"},
    ahead="dans {count}\u00a0jours",
    ago="il y a {count}\u00a0jours",
    units={
        "one": ("jour", "heure", "minute"),
        "many": ("jours", "heures", "minutes"),
        "other": ("jours", "heures", "minutes"),
    },
    before="{length} avant",
    after="{length} après",
    step_letters="JHM",
    percent="{share}\u00a0%",
    zone="heure {of_place}",
    utc="temps universel (UTC)",
    of=of,
    places={
        "America/Cayenne": "Guyane",
        "America/Miquelon": "Saint-Pierre-et-Miquelon",
        "America/Marigot": "Saint-Martin",
        "Pacific/Noumea": "Nouvelle-Calédonie",
        "Pacific/Marquesas": "Îles Marquises",
        "Pacific/Gambier": "Îles Gambier",
        "Pacific/Wallis": "Wallis-et-Futuna",
        "Europe/Zurich": "Genève",
        "America/Toronto": "Montréal",
    },
    of_places={
        "America/Guadeloupe": "de la Guadeloupe",
        "America/Martinique": "de la Martinique",
        "America/Cayenne": "de la Guyane",
        "Pacific/Noumea": "de Nouméa",
        "Pacific/Marquesas": "des îles Marquises",
        "Pacific/Gambier": "des îles Gambier",
        "Europe/Luxembourg": "du Luxembourg",
    },
    regions={"6AE": "Alsace et Moselle", "GF": "Guyane"},
)
