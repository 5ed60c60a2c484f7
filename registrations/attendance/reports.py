"""Reading a platform's attendance file. Pure: bytes in, lines out.

Zoom, Teams, BigBlueButton, Livestorm and plain CSV differ in where the table begins and what its columns are
called, in English or French; they are told apart by the columns alone. Values stay text: a cell that a
spreadsheet would take for a formula is a name like any other here.
"""

from __future__ import annotations

import csv
import datetime as dt
import enum
import io
import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from accounts import addresses

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

LARGEST = 20 * 1024 * 1024
MOST_LINES = 100_000
# The table begins within these first rows, after what platforms write about the meeting.
HEADER_WITHIN = 60
Role = Literal["name", "given", "family", "email", "upn", "joined", "left", "minutes", "attended"]

HEADINGS: dict[Role, str] = {
    "name": (
        "name, full name, user name, name original name, user name original name, nom complet, "
        "nom et prenom, nom prenom, prenom nom, prenom et nom, nom d utilisateur, nom nom original, "
        "nom d utilisateur nom original, nom nom d origine, participant, participant name, "
        "nom du participant, attendee, attendee name"
    ),
    "given": "first name, firstname, given name, prenom",
    "family": "last name, lastname, family name, surname, nom de famille",
    "email": (
        "email, e mail, mail, user email, email address, e mail address, adresse e mail, adresse email, "
        "adresse mail, adresse de messagerie, courriel, e mail de l utilisateur, email de l utilisateur, "
        "participant email, attendee email, adresse electronique"
    ),
    "upn": "participant id upn, id du participant upn, id de participant upn",
    "joined": (
        "join time, first join, first join time, join, joined, joined at, entered at, heure d arrivee, "
        "arrivee, heure d entree, heure de connexion, premiere connexion, premiere participation, "
        "premiere arrivee, heure de participation, heure de la premiere participation"
    ),
    "left": (
        "leave time, last leave, last leave time, left, left at, exited at, heure de depart, depart, "
        "dernier depart, derniere sortie, heure de sortie, heure de deconnexion, heure du dernier depart"
    ),
    "minutes": (
        "duration, duration minutes, duration seconds, minutes, time in session, time in session minutes, "
        "in meeting duration, total duration, total duration minutes, attendance duration, time spent, "
        "attendance time, online time, duree, duree minutes, duree en minutes, duree secondes, "
        "duree de la reunion, duree dans la reunion, duree en reunion, duree de presence, "
        "duree de presence minutes, duree de participation, duree totale, temps passe, "
        "temps dans la session minutes, temps de presence, temps en session minutes"
    ),
    "attended": "attended, has attended, a participe, present, presence, attendance, participation",
}
COLUMNS: dict[str, Role] = {
    heading: role for role, headings in HEADINGS.items() for heading in headings.split(", ")
}
# The rows that describe the meeting have columns of the same names as the people's.
ABOUT_THE_MEETING = {
    "meeting id",
    "webinar id",
    "topic",
    "sujet",
    "id de reunion",
    "n de reunion",
    "id du webinaire",
}
NO = {"no", "non", "false", "faux", "0", "absent", "absente", "missed", "not attended", "n"}
MONTHS = {
    "jan": 1, "fev": 2, "feb": 2, "mar": 3, "avr": 4, "apr": 4, "mai": 5, "may": 5, "juin": 6, "jun": 6,
    "juil": 7, "jul": 7, "aou": 8, "aug": 8, "sep": 9, "oct": 10, "nov": 11, "dec": 12,
}  # fmt: skip
HOUR = (
    r"(?:\D{1,6}(?P<h>\d{1,2})[:hH](?P<m>\d{2})(?::(?P<s>\d{2}))?(?:\.\d+)?\s*(?P<half>[AaPp]\.?\s?[Mm])?)?"
)
NUMERIC = re.compile(r"\s*(\d{1,4})[/.\-](\d{1,2})[/.\-](\d{1,4})" + HOUR)
WRITTEN = re.compile(r"\s*(?:\w+,\s*)?(?:(\d{1,2})\s+)?([^\W\d]{3,9})\.?\s+(?:(\d{1,2}),?\s+)?(\d{4})" + HOUR)
UNITS = re.compile(r"(\d+(?:[.,]\d+)?)\s*([^\W\d]*)")
SECONDS_IN = {"h": 3600, "m": 60, "s": 1}


class Trouble(enum.StrEnum):
    """Why a file cannot be read."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    TOO_LONG = "too_long"
    SPREADSHEET = "spreadsheet"
    UNREADABLE = "unreadable"
    NO_TABLE = "no_table"


class ReportError(ValueError):
    """The file cannot be read; `trouble` says why."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble)
        self.trouble = trouble


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line about one person. Instants are local to whoever exported the file; their zone is not said."""

    number: int
    name: str
    email: str
    joined_at: dt.datetime | None = None
    left_at: dt.datetime | None = None
    minutes: float | None = None
    # The platform itself says that the person did not come.
    is_absent: bool = False


@dataclass(frozen=True, kw_only=True)
class Report:
    """The lines of a file, and the days on which somebody joined according to it."""

    lines: tuple[Line, ...]
    days: frozenset[dt.date]


def plain(text: str) -> str:
    """Return a text without accents, case and punctuation: `E-mail de l’utilisateur` -> e mail de l utilisateur."""
    folded = text.casefold().replace("œ", "oe").replace("æ", "ae")
    letters = "".join(c for c in unicodedata.normalize("NFKD", folded) if not unicodedata.combining(c))
    return " ".join("".join(c if c.isalnum() else " " for c in letters).split())


def decoded(data: bytes) -> str:
    """Return the text of a file in UTF-8, UTF-16 (as Teams writes) or Windows-1252. Raises ReportError."""
    if not data.strip():
        raise ReportError(Trouble.EMPTY)
    if len(data) > LARGEST:
        raise ReportError(Trouble.TOO_LARGE)
    if data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise ReportError(Trouble.SPREADSHEET)
    start = data[:400]
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding = "utf-16"
    elif start[1::2].count(0) > len(start) // 4:
        encoding = "utf-16-le"
    elif start[::2].count(0) > len(start) // 4:
        encoding = "utf-16-be"
    else:
        encoding = "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        # Every byte means something in it but five.
        text = data.decode("cp1252", errors="replace")
    if "\0" in text or sum(text[:2000].count(mark) for mark in "\x01\x02\x03\x04\x05\x06") > 0:
        raise ReportError(Trouble.UNREADABLE)
    return text


def read(data: bytes, *, day: dt.date | None) -> Report:
    """Return the people of an attendance file. Raises ReportError.

    `day` is the session's: it decides whether 5/11 is in May or November when nothing else in the file does.
    """
    rows = _rows(decoded(data))
    raw = list(_people(rows))
    if not raw:
        raise ReportError(Trouble.EMPTY if _header(rows) is not None else Trouble.NO_TABLE)
    instants = _Instants([text for _number, cells, _unit in raw for text in _dates(cells)], day=day)
    lines = tuple(_line(number, cells, unit, instants) for number, cells, unit in raw)
    lines = tuple(line for line in lines if line.name or line.email)
    if not lines:
        raise ReportError(Trouble.EMPTY)
    return Report(lines=lines, days=frozenset(line.joined_at.date() for line in lines if line.joined_at))


def _rows(text: str) -> list[list[str]]:
    """Return the rows, cut at whichever of tab, `;` and `,` gives a table with the most columns that we know."""
    best: tuple[int, str] = (0, ",")
    head = "\n".join(text.splitlines()[:HEADER_WITHIN])
    for separator in ("\t", ";", ","):
        known = max(
            (len(_roles(row) or ()) for row in csv.reader(io.StringIO(head), delimiter=separator)), default=0
        )
        best = max(best, (known, separator), key=lambda pair: pair[0])
    rows: list[list[str]] = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=best[1]):
            rows.append(row)
            if len(rows) > MOST_LINES:
                raise ReportError(Trouble.TOO_LONG)
    except csv.Error:
        raise ReportError(Trouble.UNREADABLE) from None
    return rows


def _roles(row: Sequence[str]) -> dict[Role, int] | None:
    """Return {what a column holds: its index} if a row is the heading of a table of people, None if not."""
    headings = [plain(cell) for cell in row]
    if ABOUT_THE_MEETING & set(headings):
        return None
    roles: dict[Role, int] = {}
    for index, heading in enumerate(headings):
        role = COLUMNS.get(heading)
        if heading == "nom":
            role = "family" if "prenom" in headings else "name"
        if role is not None:
            roles.setdefault(role, index)
    if not roles.keys() & {"name", "given", "email"}:
        return None
    return roles if len(roles) > 1 or "email" in roles else None


def _header(rows: Sequence[Sequence[str]]) -> dict[Role, int] | None:
    return next((roles for row in rows if (roles := _roles(row))), None)


def _people(rows: list[list[str]]) -> Iterator[tuple[int, dict[Role, str], float]]:
    """Yield (number of the row, what it says, seconds that a bare number of its duration counts)."""
    roles: dict[Role, int] | None = None
    unit = 60.0
    for number, row in enumerate(rows, start=1):
        filled = [cell for cell in row if cell.strip()]
        if not filled:
            continue
        if len(filled) == 1 and filled[0].lstrip().startswith("3."):
            # The third part of a Teams report tells the second again, in pieces.
            return
        if found := _roles(row):
            roles = found
            heading = plain(row[roles["minutes"]]) if "minutes" in roles else ""
            unit = 1.0 if "second" in heading else 60.0
            continue
        if roles is None or _is_title(rows, number, filled):
            continue
        if ABOUT_THE_MEETING & {plain(cell) for cell in filled}:
            roles = None
            continue
        yield number, {role: row[i].strip() for role, i in roles.items() if i < len(row)}, unit


def _is_title(rows: list[list[str]], number: int, filled: list[str]) -> bool:
    """True for a row that stands above the heading of another table: `Attendee Details`."""
    if len(filled) > 1:
        return False
    following = next((row for row in rows[number : number + 3] if any(cell.strip() for cell in row)), None)
    return following is not None and (
        _roles(following) is not None or bool(ABOUT_THE_MEETING & {plain(cell) for cell in following})
    )


def _dates(cells: dict[Role, str]) -> Iterator[str]:
    yield from (text for text in (cells.get("joined", ""), cells.get("left", "")) if text)


def _line(number: int, cells: dict[Role, str], unit: float, instants: _Instants) -> Line:
    name = cells.get("name") or f"{cells.get('given', '')} {cells.get('family', '')}"
    email = cells.get("email", "") or cells.get("upn", "")
    joined, left = instants.read(cells.get("joined", "")), instants.read(cells.get("left", ""))
    minutes = minutes_in(cells.get("minutes", ""), unit=unit)
    if minutes is None and joined and left and left >= joined:
        minutes = (left - joined).total_seconds() / 60
    return Line(
        number=number,
        name=" ".join(name.split())[:300],
        email=addresses.key(email) if "@" in email else "",
        joined_at=joined,
        left_at=left,
        minutes=minutes,
        is_absent=plain(cells.get("attended", "")) in NO,
    )


def minutes_in(text: str, *, unit: float = 60.0) -> float | None:
    """Return the minutes that a duration says: 88 · 1:28:03 · 1h 28m 3s · 1 h 28 min · PT1H28M3S; None if none."""
    text = text.strip().casefold()
    if re.fullmatch(r"\d+(:\d{2}){1,2}", text):
        parts = [int(part) for part in text.split(":")] + [0]
        return parts[0] * 60 + parts[1] + parts[2] / 60
    seconds, last = 0.0, ""
    found = UNITS.findall(text.removeprefix("pt"))
    if not found:
        return None
    for number, word in found:
        value = float(number.replace(",", "."))
        if word[:1] in SECONDS_IN:
            seconds += value * SECONDS_IN[word[0]]
        elif word:
            return None
        else:
            # "1 h 28": what follows hours are minutes.
            seconds += value * (60 if last == "h" else unit)
        last = word[:1]
    return seconds / 60


class _Instants:
    """Reads the dates of one file, of which all write the day first or all the month."""

    def __init__(self, texts: Sequence[str], *, day: dt.date | None) -> None:
        self.day = day
        numbers = [match for text in texts if (match := NUMERIC.match(text))]
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
        self.seen: dict[str, dt.datetime | None] = {}

    def read(self, text: str) -> dt.datetime | None:
        if text not in self.seen:
            try:
                self.seen[text] = self._read(text)
            except ValueError:
                self.seen[text] = None
        return self.seen[text]

    def _read(self, text: str) -> dt.datetime | None:
        if match := NUMERIC.match(text):
            first, second, third = match[1], match[2], match[3]
            if len(first) == 4:  # noqa: PLR2004 - a year
                return _instant(int(first), int(second), int(third), match)
            year = int(third) + (2000 if len(third) == 2 else 0)  # noqa: PLR2004 - 26 for 2026
            a, b = int(first), int(second)
            return _instant(year, b, a, match) if self.is_day_first else _instant(year, a, b, match)
        if match := WRITTEN.match(text):
            word = plain(match[2])
            month = MONTHS.get(word[:4]) or MONTHS.get(word[:3])
            number = match[1] or match[3]
            return _instant(int(match[4]), month, int(number), match) if month and number else None
        return None


def _instant(year: int, month: int, day: int, match: re.Match[str]) -> dt.datetime:
    hour, minute, second = (int(match[name] or 0) for name in ("h", "m", "s"))
    if half := match["half"]:
        hour = hour % 12 + (12 if half[0] in "pP" else 0)
    return dt.datetime(year, month, day, hour, minute, second)  # noqa: DTZ001 - the file names no zone
