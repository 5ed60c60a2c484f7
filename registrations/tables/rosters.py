"""Reading a list of people that somebody keeps in a spreadsheet, or has in a mail. Pure: text in, lines out.

The headings name the columns, in any order, perhaps below a few lines of title; what they do not say, an organiser
does. A list without headings is read where addresses show which column they are in; so is what Outlook gives:
`Name <address>; …`. Nothing is judged here but where the columns are.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from registrations.attendance.report_words import NO
from registrations.attendance.reports import ADDRESS

from . import headings, mailboxes, reading
from .formats import cards, code_pages
from .headings import Column, plain
from .mailboxes import cleaned, split_name
from .reading import Row, TableError, Trouble

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

LARGEST = 1024 * 1024
MOST_LINES = 1000
# Lines that say nothing, and titles, may stand beside those of people.
MOST_ROWS = 5 * MOST_LINES
LANGUAGES = {
    "fr": "fr", "francais": "fr", "french": "fr", "franzosisch": "fr",
    "en": "en", "anglais": "en", "english": "en", "englisch": "en",
}  # fmt: skip
ROLES = ("email", "name", "given", "family", "organisation", "language", "state")
WANTED = frozenset({*ROLES, "upn", "gone"})
QUESTION = "question:"
TWO_COLUMNS = 2
# What a list says of somebody who is not to be registered: cancelled, refused, refunded.
GONE = (
    "annul", "rembours", "refus", "cancel", "refund", "declin", "not attending", "delet", "supprim", "desist", "storn",
    "abgesagt", "abgelehnt", "erstattet", "reembols", "rechaz", "rimbors", "rifiut", "geannul", "terugbetaald",
    "afgewezen", "recus", "anulow", "odrzuc", "zwroc", "echou", "failed", "abandon", "expir", "contest", "invalid",
    "non valid", "retire", "rejet", "reject", "n est plus", "desinscri", "unsubscribed", "abgemeldet",
    "denied", "transfer",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line as it is written; `number` is the line of the file, from 1. `language` is fr, en or empty.

    `answers` are {question: what is written}.
    """

    number: int
    email: str
    given_name: str
    family_name: str
    organisation_name: str = ""
    language: str = ""
    state: str = ""
    answers: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_gone(self) -> bool:
        """Whether the list says that this person is not registered any more, or never was."""
        return plain(self.state).startswith(GONE) or plain(self.state) in NO


@dataclass(frozen=True, kw_only=True)
class Roster:
    """The people of a list, its columns, and the headings of those that were not read."""

    lines: tuple[Line, ...]
    unread: tuple[str, ...]
    columns: tuple[Column, ...] = ()


def as_text(data: bytes) -> str:
    """Return a text file as it is, or the cells of the spreadsheet's sheet that names people. Raises TableError.

    Business cards become a table, which an organiser sees and can change.
    """
    if len(data) > LARGEST:
        raise TableError(Trouble.TOO_LARGE)
    if not data.strip():
        raise TableError(Trouble.EMPTY)
    if not data.startswith((reading.SPREADSHEET, reading.OLD_SPREADSHEET)):
        text = reading.decoded(data)
        return cards.as_table(text) if cards.are_these(text) else text
    rows = reading.rows(data, known=lambda row: len(_roles(row, {})), most=MOST_ROWS)
    lines: list[str] = []
    for row in rows:
        # Each row keeps the number of its line.
        lines.extend([""] * (row.number - 1 - len(lines)))
        lines.append("\t".join(_quoted(" ".join(cell.split())) for cell in row.cells))
    return "\n".join(lines) + "\n"


def _quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"' if '"' in cell else cell


def mapped(line: Line, change: Callable[[str], str]) -> Line:
    """Return a line with each of its texts changed."""
    return replace(
        line,
        email=change(line.email),
        given_name=change(line.given_name),
        family_name=change(line.family_name),
        organisation_name=change(line.organisation_name),
        state=change(line.state),
        answers={key: change(text) for key, text in line.answers.items()},
    )


def read_text(
    text: str, *, chosen: Mapping[str, str] | None = None, asked: Mapping[str, str] | None = None
) -> Roster:
    """Return the people of a list. Raises TableError.

    `chosen` is {plain heading: what the column holds} as an organiser said; `asked` {plain label: question}.
    """
    by_hand = _by_hand(chosen, asked)
    text = code_pages.mended(cards.as_table(text) if cards.are_these(text) else text)
    rows = reading.text_rows(text, known=lambda row: len(_roles(row, by_hand)), most=MOST_ROWS)
    if not any(_is_heading(row, by_hand) for row in rows[: reading.HEADING_WITHIN]):
        boxes = mailboxes.read(text, most=MOST_LINES)
        if boxes:
            return Roster(
                lines=tuple(
                    Line(number=box.number, email=box.address, given_name=box.given, family_name=box.family)
                    for box in boxes
                ),
                unread=(),
            )
    return _table(rows, by_hand)


def _by_hand(chosen: Mapping[str, str] | None, asked: Mapping[str, str] | None) -> dict[str, str]:
    questions = {
        label: f"{QUESTION}{key}"
        for label, key in (asked or {}).items()
        if headings.role_of(label)[0] not in ROLES
    }
    return {**questions, **(chosen or {})}


def _roles(row: Sequence[str], by_hand: Mapping[str, str]) -> dict[str, int]:
    roles = headings.roles_of(row, wanted=WANTED, chosen=by_hand)
    if "upn" in roles:
        roles.setdefault("email", roles.pop("upn"))
    return roles


def _is_heading(row: Row, by_hand: Mapping[str, str]) -> bool:
    return "email" in _roles(row.cells, by_hand) and not any(ADDRESS.fullmatch(cell) for cell in row.cells)


def _table(rows: list[Row], by_hand: Mapping[str, str]) -> Roster:
    """Return the people of a table, with or without headings. Raises TableError if no column holds addresses."""
    if not rows:
        raise TableError(Trouble.EMPTY)
    place = next(
        (n for n, row in enumerate(rows[: reading.HEADING_WITHIN]) if _is_heading(row, by_hand)), None
    )
    if place is None:
        heading, below = _guessed(rows)
        roles = _roles(heading.cells, by_hand)
    else:
        heading, below = rows[place], rows[place + 1 :]
        roles = _roles(heading.cells, by_hand)
    if "email" not in roles and (column := _of_addresses(below)) is not None:
        roles = {role: index for role, index in roles.items() if index != column} | {"email": column}
    if "email" not in roles:
        raise TableError(Trouble.NO_TABLE)
    if heading.number == 0 and len(heading.cells) == TWO_COLUMNS and not by_hand:
        # Without headings: what is not the address is the name.
        roles = {"name": 1 - roles["email"], **roles}
    if not below:
        raise TableError(Trouble.EMPTY)
    if len(below) > MOST_LINES:
        raise TableError(Trouble.TOO_LONG)
    others = headings.others_of(heading.cells, roles, chosen=by_hand) if heading.number else {}
    read = {
        *roles.values(),
        *(index for role in others for index in _all_read(role, others[role], roles, below)),
    }
    left = [index for index, cell in enumerate(heading.cells) if cell and index not in read]
    return Roster(
        lines=tuple(_line(row, roles, heading, others) for row in below),
        unread=tuple(" ".join(heading.cells[index].split()) for index in left),
        columns=headings.columns(heading, below, roles),
    )


def _guessed(rows: list[Row]) -> tuple[Row, list[Row]]:
    """Return (the row that may be the heading, those below): numbers where the first one is about a person already."""
    first = next((n for n, row in enumerate(rows) if any("@" in cell for cell in row.cells)), None)
    if first is None:
        raise TableError(Trouble.NO_TABLE)
    if first > 0 and len(rows[first - 1].filled) > 1:
        return rows[first - 1], rows[first:]
    width = max(len(row.cells) for row in rows[first:])
    return Row(number=0, cells=tuple(str(number) for number in range(1, width + 1))), rows[first:]


def _of_addresses(rows: list[Row]) -> int | None:
    """Return the column that holds the most addresses, None where none does in half of the rows."""
    width = max((len(row.cells) for row in rows), default=0)
    counts = [sum(1 for row in rows if n < len(row.cells) and "@" in row.cells[n]) for n in range(width)]
    best = max(range(width), key=lambda n: counts[n], default=None)
    return best if best is not None and counts[best] * 2 >= len(rows) else None


def _all_read(role: str, others: Sequence[int], roles: Mapping[str, int], rows: Sequence[Row]) -> list[int]:
    """Return which further columns of a role lose nothing: what each says is what is taken, in every row."""
    return [
        index
        for index in others
        if all(
            not _says(role, row, index)
            or row.cells[index] == row.cells[_first(role, row, roles[role], others)]
            for row in rows
        )
    ]


def _says(role: str, row: Row, index: int) -> bool:
    written = row.cells[index] if index < len(row.cells) else ""
    return "@" in written if role in ("email", "upn") else mailboxes.says_a_name(written)


def _first(role: str, row: Row, index: int, others: Sequence[int]) -> int:
    """Return the first column of a role that says something in a row; the first of all where none does."""
    return next((place for place in (index, *others) if _says(role, row, place)), index)


def _line(row: Row, roles: Mapping[str, int], heading: Row, others: Mapping[str, Sequence[int]]) -> Line:
    places = {
        role: _first(role, row, index, others[role]) if role in others else index
        for role, index in roles.items()
    }
    written = {role: row.cells[index] for role, index in places.items() if index < len(row.cells)}
    cells = {role: " ".join(text.split()) for role, text in written.items()}
    box = cleaned(" ".join([cells.get("email", ""), *_addresses_beside(row, heading)]))
    given, family = (cells.get(role, "") for role in ("given", "family"))
    given, family = (part if mailboxes.says_a_name(part) else "" for part in (given, family))
    if not given and not family:
        name = cells.get("name", "")
        given, family = split_name(name if mailboxes.says_a_name(name) else box.name, address=box.address)
    return Line(
        number=row.number,
        email=box.address,
        given_name=given,
        family_name=family,
        organisation_name=cells.get("organisation", ""),
        language=LANGUAGES.get(plain(cells.get("language", "")), ""),
        state=_gone(cells.get("gone", ""), heading, roles) or cells.get("state", ""),
        answers={
            role.removeprefix(QUESTION): text.strip()
            for role, text in written.items()
            if role.startswith(QUESTION) and text.strip()
        },
    )


def _addresses_beside(row: Row, heading: Row) -> list[str]:
    """Return the addresses in cells under no heading: two in one cell were cut at the sign between them.

    Whose they are is for an organiser to say: written together they are no address.
    """
    if not heading.number:
        return []
    return [
        cell
        for place, cell in enumerate(row.cells)
        if "@" in cell
        and (place >= len(heading.cells) or not heading.cells[place])
        and ADDRESS.fullmatch(cell)
    ]


def _gone(said: str, heading: Row, roles: Mapping[str, int]) -> str:
    """Return the state of somebody whom a column of cancellations marks, by anything but a no and nothing."""
    is_nothing = not any(letter.isalpha() or letter in "123456789" for letter in said)
    if is_nothing or plain(said) in NO:
        return ""
    return f"{' '.join(heading.cells[roles['gone']].split())} {said}"
