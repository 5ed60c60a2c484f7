"""Reading a list of people that somebody keeps in a spreadsheet. Pure: text in, lines out.

The first line names the columns, in English or French, in any order; `;`, `,` and tabs (as a spreadsheet copies)
are told apart by them. Nothing is judged here but where the columns are.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from .attendance.reports import HEADINGS as NAMES
from .attendance.reports import ReportError, Trouble, decoded, plain

if TYPE_CHECKING:
    from collections.abc import Sequence

LARGEST = 1024 * 1024
MOST_LINES = 1000
SEPARATORS = ("\t", ";", ",")
LANGUAGES = {
    "fr": "fr", "francais": "fr", "french": "fr",
    "en": "en", "anglais": "en", "english": "en",
}  # fmt: skip

Role = Literal["name", "given", "family", "email", "organisation", "language"]
HEADINGS: dict[Role, str] = {
    "email": NAMES["email"],
    "given": f"{NAMES['given']}, prenoms, prenom s, forename",
    "family": f"{NAMES['family']}, last names",
    "name": NAMES["name"],
    "organisation": "organisation, organization, structure, company, entreprise, employer, employeur, association",
    "language": "language, langue, lang, preferred language, langue preferee",
}
COLUMNS: dict[str, Role] = {
    heading: role for role, headings in HEADINGS.items() for heading in headings.split(", ")
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line as it is written; `number` is the line of the file, from 1. `language` is fr, en or empty."""

    number: int
    email: str
    given_name: str
    family_name: str
    organisation_name: str
    language: str


@dataclass(frozen=True, kw_only=True)
class Roster:
    """The people of a list, and the headings of the columns that were not read."""

    lines: tuple[Line, ...]
    unread: tuple[str, ...]


def read(data: bytes) -> Roster:
    """Return the people of a file in UTF-8, UTF-16 or Windows-1252. Raises ReportError."""
    if len(data) > LARGEST:
        raise ReportError(Trouble.TOO_LARGE)
    return read_text(decoded(data))


def read_text(text: str) -> Roster:
    """Return the people of a list that was pasted. Raises ReportError."""
    rows = _rows(text)
    if not rows:
        raise ReportError(Trouble.EMPTY)
    _number, headings = rows[0]
    roles = _roles(headings)
    if "email" not in roles:
        raise ReportError(Trouble.NO_TABLE)
    if len(rows) == 1:
        raise ReportError(Trouble.EMPTY)
    if len(rows) - 1 > MOST_LINES:
        raise ReportError(Trouble.TOO_LONG)
    unread = [heading.strip() for index, heading in enumerate(headings) if index not in roles.values()]
    return Roster(
        lines=tuple(_line(number, row, roles) for number, row in rows[1:]),
        unread=tuple(heading for heading in unread if heading),
    )


def _rows(text: str) -> list[tuple[int, list[str]]]:
    """Return the rows that say anything, with the numbers of the lines where they end."""
    head = next((line for line in text.splitlines() if line.strip()), "")
    separator = max(SEPARATORS, key=lambda mark: len(_roles(next(csv.reader([head], delimiter=mark), []))))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    found = []
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                found.append((reader.line_num, row))
            if len(found) > MOST_LINES + 1:
                break
    except csv.Error:
        raise ReportError(Trouble.UNREADABLE) from None
    return found


def _roles(headings: Sequence[str]) -> dict[Role, int]:
    """Return {what a column holds: its index}; "Nom" is the family's beside a given name."""
    roles: dict[Role, int] = {}
    words = [plain(heading) for heading in headings]
    for index, word in enumerate(words):
        role = COLUMNS.get(word)
        if word == "nom":
            role = "family" if {"prenom", "prenoms", "prenom s"} & set(words) else "name"
        if role is not None:
            roles.setdefault(role, index)
    return roles


def _line(number: int, row: Sequence[str], roles: dict[Role, int]) -> Line:
    cells = {role: " ".join(row[index].split()) for role, index in roles.items() if index < len(row)}
    given, family = cells.get("given", ""), cells.get("family", "")
    if not given and not family:
        given, family = split_name(cells.get("name", ""))
    return Line(
        number=number,
        email=cells.get("email", ""),
        given_name=given,
        family_name=family,
        organisation_name=cells.get("organisation", ""),
        language=LANGUAGES.get(plain(cells.get("language", "")), ""),
    )


def split_name(name: str) -> tuple[str, str]:
    """Return (given, family) of a name in one cell.

    Capitals mark the family's, a comma ends it, or the first word is the given one: a guess, which the preview shows.
    """
    before, comma, after = name.partition(",")
    if comma:
        return after.strip(), before.strip()
    words = name.split()
    loud = [word for word in words if word.isupper() and len(word) > 1]
    if loud and len(loud) < len(words):
        return " ".join(word for word in words if word not in loud), " ".join(loud)
    return " ".join(words[:1]), " ".join(words[1:])
