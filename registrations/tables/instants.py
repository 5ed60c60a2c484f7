"""Dates and hours as platforms write them, in eight languages; each file keeps to one order of day and month."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from .headings import plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

# The first letters of the months in French, English, German, Spanish, Italian, Dutch, Portuguese and Polish.
MONTHS = {
    "jan": 1, "ene": 1, "gen": 1, "sty": 1, "fev": 2, "feb": 2, "lut": 2, "mar": 3, "mrt": 3, "maa": 3,
    "avr": 4, "apr": 4, "abr": 4, "kwi": 4, "mai": 5, "may": 5, "mei": 5, "mag": 5, "maj": 5,
    "juin": 6, "jun": 6, "giu": 6, "cze": 6, "juil": 7, "jul": 7, "lug": 7, "lip": 7,
    "aou": 8, "aug": 8, "ago": 8, "sie": 8, "sep": 9, "set": 9, "wrz": 9,
    "oct": 10, "okt": 10, "ott": 10, "out": 10, "paz": 10, "nov": 11, "lis": 11,
    "dec": 12, "dez": 12, "dic": 12, "gru": 12,
}  # fmt: skip
HALF = r"[AaPp]\.?\s?[Mm]\b\.?"
# 13:02:11.5 · 13h02 · 13.02 · 13h · 1 PM
CLOCK = (
    r"(?P<h>\d{1,2})(?:\s?[:hH.]\s?(?P<m>\d{2})(?:[:.](?P<s>\d{2}))?(?:[.,]\d+)?|\s?[hH](?!\w)"
    rf"|(?=\s*{HALF}))\s*(?P<half>{HALF})?"
)
HOUR = rf"(?:\D{{1,12}}{CLOCK})?"
NUMERIC = re.compile(r"\s*(?:[^\W\d]{2,10}\.?,?\s+)?(\d{1,4})[/.\-](\d{1,2})[/.\-](\d{1,4})" + HOUR)
WRITTEN = re.compile(
    r"\s*(?:[^\W\d]{2,14}\.?,?\s+)??(?:(\d{1,2})(?:\.|er|st|nd|rd|th)?\s+(?:de\s+)?)?"
    r"([^\W\d]{3,12})\.?\s+(?:(\d{1,2})(?:st|nd|rd|th)?,?\s+)?(?:de\s+|del\s+)?(\d{4})" + HOUR
)
# Without a year: it is the session's.
OF_THE_YEAR = re.compile(
    r"\s*(?:[^\W\d]{2,14}\.?,?\s+)??(?:(\d{1,2})(?:\.|er|st|nd|rd|th)?\s+(?:de\s+)?)?"
    r"([^\W\d]{3,12})\.?(?:\s+(\d{1,2})(?:st|nd|rd|th)?,?)?"
    # No other word than "at", so that the day of the week is no month: mar. 19 nov. 13:02.
    rf"[\s,]+(?:(?:à|at|um|om|alle|a las|o)\s+)?{CLOCK}\s*$"
)
# Thu Nov 19 13:02:00 CET 2026
YEAR_LAST = re.compile(
    r"\s*[^\W\d]{3}\s+([^\W\d]{3}\s+\d{1,2})\s+(\d{2}:\d{2}:\d{2})(\s+\S{1,10})?\s+(\d{4})\s*$"
)
# 20261119T130200Z (ISO 8601, basic format)
BASIC = re.compile(r"\s*(\d{4})(\d{2})(\d{2})T?(\d{2})(\d{2})(\d{2})?(?=\s*(?:Z|[+-]\d{2}:?\d{2})?\s*$)")
# 19-nov-2026, 19-Nov-26: as databases and spreadsheets in English write a date.
HYPHENED = re.compile(r"^(\s*\d{1,2})-([^\W\d]{3,9})\.?-(\d{4}|\d{2})(?!\d)")
# Days since the end of 1899, as spreadsheets count, or a part of the day; seconds or milliseconds since 1970.
COUNTED = re.compile(
    r"\s*(?P<days>[345]\d{4}(?:[.,]\d{1,12})?|0[.,]\d{1,20})\s*$|\s*(?P<epoch>1\d{9}(?:\d{3}|[.,]\d{1,9})?)\s*$"
)
FIRST_OF_SPREADSHEETS = dt.datetime(1899, 12, 30)  # noqa: DTZ001 - wall time
MILLISECONDS = 10**12
HOUR_ALONE = re.compile(rf"\s*{CLOCK}\s*$")
OFFSET = re.compile(
    r"\s*\(?(?:(?P<z>Z|UTC|GMT)\b)?\s*(?:(?P<sign>[+\-−])(?P<h>\d{1,2}):?(?P<m>\d{2})?)?\)?\s*$"
)
# Abbreviations that mean one zone wherever they are written.
NAMED = {
    "cet": "Europe/Paris", "cest": "Europe/Paris", "mez": "Europe/Paris", "mesz": "Europe/Paris",
    "pst": "America/Los_Angeles", "pdt": "America/Los_Angeles", "est": "America/New_York", "edt": "America/New_York",
}  # fmt: skip
LONGEST = 80
FIRST_YEAR, LAST_YEAR = 1990, 2100


def zone_of(words: str) -> dt.tzinfo | None:
    """Return the zone that a heading or the end of a cell names: `(UTC)`, `GMT+1`, `+01:00`, `CET`; None for none."""
    text = words.strip()[:LONGEST].strip("() ")
    if not text:
        return None
    if name := NAMED.get(text.casefold()):
        return ZoneInfo(name)
    matched = OFFSET.match(text)
    if matched is None or not (matched["z"] or matched["sign"]):
        return None
    if not matched["sign"]:
        return dt.UTC
    away = dt.timedelta(hours=int(matched["h"]), minutes=int(matched["m"] or 0))
    if away >= dt.timedelta(hours=24):
        return None
    return dt.timezone(away if matched["sign"] == "+" else -away)


def two_orders(cells: Iterable[tuple[int, str]]) -> tuple[tuple[int, str], ...]:
    """Return the first cell whose day stands first and the first whose month does, where a file has both; else nothing.

    Cells come with their line. Each of the others would be read by one of the two: that were a guess.
    """
    day_first = month_first = None
    for line, text in cells:
        match = NUMERIC.match(text[:LONGEST])
        if match is None or len(match[1]) > 2:  # noqa: PLR2004 - a year
            continue
        is_a_day, is_b_day = (12 < int(part) <= 31 for part in match.group(1, 2))  # noqa: PLR2004 - more than months
        if is_a_day and not is_b_day and len(match[3]) == 4:  # noqa: PLR2004 - 26/11/05 may begin with its year
            day_first = day_first or (line, text)
        elif is_b_day and not is_a_day:
            month_first = month_first or (line, text)
    return (day_first, month_first) if day_first and month_first else ()


class Instants:
    """Reads the dates of one file. `day` is the session's; hours alone are of that day.

    Results are local to `zone` where the file names a zone and `zone` is given; else as they are written.
    """

    def __init__(self, texts: Sequence[str], *, day: dt.date | None, zone: dt.tzinfo | None = None) -> None:
        self.day, self.zone = day, zone
        numbers = [match for text in texts if (match := NUMERIC.match(text[:LONGEST]))]
        pairs = {(int(m[1]), int(m[2])) for m in numbers if len(m[1]) <= 2}  # noqa: PLR2004 - not a year
        halves = any(m["half"] for m in numbers)
        if any(first > 12 for first, _second in pairs):  # noqa: PLR2004 - no month has such a number
            self.is_day_first = True
        elif any(second > 12 for _first, second in pairs):  # noqa: PLR2004 - likewise
            self.is_day_first = False
        elif day is not None and ((day.day, day.month) in pairs) != ((day.month, day.day) in pairs):
            self.is_day_first = (day.day, day.month) in pairs
        else:
            self.is_day_first = not halves
        self.seen: dict[tuple[str, dt.tzinfo | None], dt.datetime | None] = {}

    def read(self, text: str, *, written_in: dt.tzinfo | None = None) -> dt.datetime | None:
        """Return the instant of a cell, without a zone; `written_in` is the zone that its heading names."""
        key = (text[:LONGEST], written_in)
        if key not in self.seen:
            try:
                self.seen[key] = self._read(*key)
            except (ValueError, OverflowError):
                self.seen[key] = None
        return self.seen[key]

    def _read(self, text: str, written_in: dt.tzinfo | None) -> dt.datetime | None:
        result: dt.datetime | None = None
        if counted := COUNTED.match(text):
            return self._counted(counted)
        text = HYPHENED.sub(lambda found: "{} {} {}".format(*found.groups()[:2], f"20{found[3]}"[-4:]), text)
        text = YEAR_LAST.sub(r"\1, \4 \2\3", text)
        text = BASIC.sub(lambda found: "{}-{}-{} {}:{}:{}".format(*found.groups("00")), text)
        match = NUMERIC.match(text)
        if match:
            result = self._numeric(match)
        elif match := WRITTEN.match(text):
            month = _month(match[2])
            number = match[1] or match[3]
            result = _instant(int(match[4]), month, int(number), match) if number else None
        elif (match := OF_THE_YEAR.match(text)) and self.day and _month(match[2]):
            number = match[1] or match[3]
            result = _instant(self.day.year, _month(match[2]), int(number), match) if number else None
        elif (match := HOUR_ALONE.match(text)) and self.day:
            result = _instant(self.day.year, self.day.month, self.day.day, match)
        if result is None or match is None:
            return None
        zone = zone_of(text[match.end() :]) if match["h"] else None
        zone = zone or written_in
        if zone is None or self.zone is None:
            return result
        return result.replace(tzinfo=zone).astimezone(self.zone).replace(tzinfo=None)

    def _counted(self, match: re.Match[str]) -> dt.datetime | None:
        """Return the instant of a number; a part of a day is an hour of the session's."""
        if match["epoch"]:
            number = float(match["epoch"].replace(",", "."))
            instant = dt.datetime.fromtimestamp(number / (1000 if number >= MILLISECONDS else 1), tz=dt.UTC)
            return instant.astimezone(self.zone or dt.UTC).replace(tzinfo=None, microsecond=0)
        days = float(match["days"].replace(",", "."))
        first = FIRST_OF_SPREADSHEETS
        if days < 1:
            if self.day is None:
                return None
            first = dt.datetime.combine(self.day, dt.time())
        return first + dt.timedelta(seconds=round(days * 86_400))

    def _numeric(self, match: re.Match[str]) -> dt.datetime:
        first, second, third = match[1], match[2], match[3]
        if len(first) == 4:  # noqa: PLR2004 - a year
            return _instant(int(first), int(second), int(third), match)
        year = int(third) + (2000 if len(third) == 2 else 0)  # noqa: PLR2004 - 26 for 2026
        a, b = int(first), int(second)
        return _instant(year, b, a, match) if self.is_day_first else _instant(year, a, b, match)


def _month(word: str) -> int | None:
    word = plain(word)
    return MONTHS.get(word[:4]) or MONTHS.get(word[:3])


def _instant(year: int, month: int | None, day: int, match: re.Match[str]) -> dt.datetime:
    """Return the parts of a match as an instant. Raises ValueError for none, or one of another century."""
    if not FIRST_YEAR <= year <= LAST_YEAR or month is None:
        raise ValueError
    hour, minute, second = (int(match[name] or 0) for name in ("h", "m", "s"))
    if half := match["half"]:
        hour = hour % 12 + (12 if half[0] in "pP" else 0)
    return dt.datetime(year, month, day, hour, minute, second)  # noqa: DTZ001 - the file names no zone
