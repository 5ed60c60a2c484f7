"""Durations as platforms write them, in eight languages."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from .headings import inside_brackets, plain, spaced

if TYPE_CHECKING:
    from collections.abc import Iterable

HOURS = {
    "h", "hr", "hrs", "hour", "hours", "heure", "heures", "std", "stunde", "stunden", "hora", "horas", "ora", "ore",
    "u", "uur", "uren", "g", "godz", "godzina", "godziny", "godzin",
}  # fmt: skip
MINUTES = {
    "m", "mn", "min", "mins", "minute", "minutes", "minuten", "minuto", "minutos", "minuti", "minuut", "minut",
    "minuta", "minuty",
}  # fmt: skip
SECONDS = {
    "s", "sec", "secs", "second", "seconds", "seconde", "secondes", "sek", "sekunde", "sekunden", "seg", "segundo",
    "segundos", "secondo", "secondi", "seconden", "sekund", "sekunda", "sekundy",
}  # fmt: skip
IN_SECONDS = {
    **dict.fromkeys({"d", "j", "jour", "jours", "day", "days", "tag", "tage"}, 86_400.0),
    **dict.fromkeys(HOURS, 3600.0),
    **dict.fromkeys(MINUTES, 60.0),
    **dict.fromkeys(SECONDS, 1.0),
}
CLOCK = re.compile(r"(\d{1,4}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?")
# A spreadsheet in English takes a length for an hour of the day: 01:28:03 AM.
HALF_OF_DAY = re.compile(r"(\d{1,2})(:\d{2}:\d{2})\s*([ap])\.?m\.?")
# Somebody was there, however shortly: half of it is as near as one can say.
LESS_THAN = re.compile(
    r"(?:<|moins de|moins d['’]|less than|under|weniger als|menos de|meno di|minder dan|menos que)\s*"
    r"(?:(?:une|a|an|one|eine|einer|un|uno|una|um|uma|een)\s+)?(?=[\d\w])"
)
ISO = re.compile(r"p(?:(\d+)d)?t(?:(\d+)h)?(?:(\d+)m)?(?:(\d+(?:\.\d+)?)s)?")
PARTS = re.compile(r"(\d+(?:[.,]\d+)?)\s*([^\W\d]*)")
BETWEEN = re.compile(r"[\s.,:'’′]*(?:and|et|und|y|e|en|i)?[\s.,:'’′]*")
MOST_HOURS = 24
LONGEST = 60
BARE = re.compile(r"\d{1,7}(?:\.\d{1,20})?")
LETTER = re.compile(r"^(?:[^\d]* (?:en|in|em|w|per) )?([a-z])$")


def unit_of(words: str) -> float | None:
    """Return how many seconds one of a unit lasts that a heading names: `Durée (min)`, `Duration in seconds`."""
    words = spaced(words)
    results = [IN_SECONDS[word] for word in plain(words).split() if len(word) > 1 and word in IN_SECONDS]
    if not results and (letter := LETTER.search(plain(inside_brackets(words)) or plain(words))):
        # One letter is a unit where nothing else stands in the brackets, or at the end: `Temps (h)`, `Durée en h`.
        return IN_SECONDS.get(letter[1])
    return results[-1] if results else None


def unit_by(cells: Iterable[str]) -> float:
    """Return how many seconds a bare number counts in a column that names no unit, by all its numbers.

    Minutes; seconds where somebody would have stayed for more than a day; days where a spreadsheet wrote lengths as
    parts of one.
    """
    written = (cell.strip()[:LONGEST].replace(",", ".") for cell in cells)
    numbers = [float(cell) for cell in written if BARE.fullmatch(cell)]
    if any(number > MOST_HOURS * 60 for number in numbers):
        return 1.0
    return 86_400.0 if any(numbers) and all(number < 1 for number in numbers) else 60.0


def is_minutes_first(cells: Iterable[str]) -> bool:
    """Tell whether 02:04 is two minutes in a column: where 88:03 stands as well."""
    clocks = (CLOCK.fullmatch(cell.strip()[:LONGEST]) for cell in cells)
    return any(clock is not None and clock[3] is None and int(clock[1]) >= MOST_HOURS for clock in clocks)


def minutes_in(text: str, *, unit: float = 60.0, minutes_first: bool = False) -> float | None:
    """Return the minutes that a duration says: 88 · 1:28:03 · 1h 28m 3s · 1 Std. 28 Min. · PT1H28M3S; None if none.

    `unit` is how many seconds a bare number counts; `minutes_first` that 02:04 is two minutes.
    """
    text = text.strip()[:LONGEST].casefold()
    if less := LESS_THAN.match(text):
        rest = text[less.end() :]
        most = minutes_in(
            rest if rest[:1].isdecimal() else f"1 {rest}", unit=unit, minutes_first=minutes_first
        )
        return None if most is None else most / 2
    if half := HALF_OF_DAY.fullmatch(text):
        text = f"{int(half[1]) % 12 + (12 if half[3] == 'p' else 0)}{half[2]}"
    if clock := CLOCK.fullmatch(text):
        if minutes_first and clock[3] is None:
            return int(clock[1]) + int(clock[2]) / 60
        return _of_clock(clock)
    if (iso := ISO.fullmatch(text)) and any(iso.groups()):
        days, hours, minutes, seconds = (float(part or 0) for part in iso.groups())
        return days * 1440 + hours * 60 + minutes + seconds / 60
    return _of_words(text, unit=unit)


def _of_clock(clock: re.Match[str]) -> float:
    first, second, third = int(clock[1]), int(clock[2]), clock[3]
    if third is None and first >= MOST_HOURS:
        # 45:30 is forty-five minutes and a half: nobody was there for two days.
        return first + second / 60
    return first * 60 + second + int(third or 0) / 60


def _of_words(text: str, *, unit: float) -> float | None:
    """Return the minutes of numbers with units; None where there is any other word between them."""
    seconds, last, end = 0.0, 0.0, 0
    for part in PARTS.finditer(text):
        # "1 h 28": what follows hours are minutes.
        size = IN_SECONDS.get(plain(part[2])) if part[2] else (last / 60 if last > 1 else unit)
        if size is None or not BETWEEN.fullmatch(text[end : part.start()]):
            return None
        seconds += float(part[1].replace(",", ".")) * size
        last, end = size, part.end()
    return seconds / 60 if end and BETWEEN.fullmatch(text[end:]) else None
