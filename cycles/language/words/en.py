"""English, as it is written in Britain."""

from __future__ import annotations

from . import Words

TEENS = range(11, 14)
MONTHLY = ("the {which}, every other month", "the {which}, every {count} months")


def ordinal(number: int) -> str:
    ending = {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{'th' if number % 100 in TEENS else ending}"


WORDS = Words(
    locale="en_GB",
    holidays="en_US",
    day=str,
    ordinal=ordinal,
    day_of_month=ordinal,
    days="from {start} to {end}",
    period="{start} to {end}",
    months="{start} to {end}",
    between="between {start} and {end}",
    unknown_date="date not known",
    span="{start}–{end}",
    last="last",
    rhythms={
        "monthly_weekday": ("every {which} of the month", *MONTHLY),
        "monthly_day": ("the {which} of every month", *MONTHLY),
        "weekly": ("every {weekday}", "every other {weekday}", "on {weekday}, every {count} weeks"),
        "daily": ("every day", "every other day", "every {count} days"),
    },
    near={-1: "yesterday", 0: "today", 1: "tomorrow"},
    ahead="in {count}\u00a0days",
    ago="{count}\u00a0days ago",
    units={"one": ("day", "hour", "minute"), "other": ("days", "hours", "minutes")},
    before="{length} before",
    after="{length} after",
    percent="{share}%",
    zone="{place} time",
    utc="UTC",
    places={
        "America/Cayenne": "French Guiana",
        "America/Miquelon": "Saint Pierre and Miquelon",
        "America/St_Barthelemy": "Saint Barthélemy",
        "America/Marigot": "Saint Martin",
        "Pacific/Noumea": "Nouméa",
        "Pacific/Wallis": "Wallis and Futuna",
        "Europe/Zurich": "Geneva",
        "America/Toronto": "Montréal",
    },
    regions={
        "6AE": "Alsace and Moselle",
        "BL": "Saint Barthélemy",
        "MF": "Saint Martin",
        "PM": "Saint Pierre and Miquelon",
    },
)
