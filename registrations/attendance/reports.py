"""Reading a platform's attendance file. Pure: bytes in, lines out.

Zoom, Teams, Meet, BigBlueButton, Webex, Livestorm and plain tables differ in where the table begins, in how many
tables there are and in what the columns are called; they are told apart by the columns alone. Values stay text: a
cell that a spreadsheet would take for a formula is a name like any other here.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from accounts import addresses
from registrations.attendance.report_lines import Line, Report
from registrations.attendance.report_words import (
    ABOUT_THE_MEETING,
    HOLDERS,
    NO,
    WAITED,
    WENT_IN,
    WENT_OUT,
    YES,
)
from registrations.tables import headings, reading
from registrations.tables.amounts import is_minutes_first, minutes_in, unit_by, unit_of
from registrations.tables.headings import plain, role_of, spaced
from registrations.tables.instants import HOUR_ALONE, Instants, two_orders, zone_of
from registrations.tables.mailboxes import says_a_name
from registrations.tables.reading import TableError, Trouble

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from registrations.tables.reading import Row

# What an organiser may say that a column holds.
IDENTITY = ("name", "given", "family", "email")
EVIDENCE = ("minutes", "joined", "left", "attended", "action", "moment")
CHOICES = (*IDENTITY, *EVIDENCE)
WANTED = frozenset({*CHOICES, "upn", "first_joined", "last_left", "waiting", "part", "moderator", "day"})
# Without one of these a file says nobody's minutes or hours.
TIMED = frozenset({"minutes", "joined", "left", "first_joined", "last_left", "moment"})
LEFT = frozenset({"left", "last_left"})
LONGEST_WAITING = 30
AN_HOUR = re.compile(r"\d{1,2}\s?[:hH.]\s?\d{2}")
ADDRESS = re.compile(r"[^\s<>\[\]()\"',;]+@[^\s<>\[\]()\"',;]+")


@dataclass(frozen=True, kw_only=True)
class _Table:
    """A heading, and the rows below it as far as they are about people."""

    heading: Row
    roles: dict[str, int]
    rows: list[Row]
    is_of_holders: bool


def known(row: Sequence[str], chosen: Mapping[str, str] | None = None) -> int:
    """Return how many columns of a row are recognised as headings; none if the row is about the meeting."""
    return len(_roles(row, chosen) or ())


def read(
    data: bytes,
    *,
    day: dt.date | None,
    zone: dt.tzinfo | None = None,
    chosen: Mapping[str, str] | None = None,
) -> Report:
    """Return the people of an attendance file. Raises TableError.

    `day` is the session's: it decides whether 5/11 is in May or November when nothing else in the file does. Instants
    are made local to `zone` where the file says which zone they are in. `chosen` is {plain heading: what it holds},
    empty for a column to leave out: it counts before what the heading says.
    """
    rows = reading.rows(data, known=lambda row: known(row, chosen))
    tables = _tables(rows, chosen)
    if not tables:
        return _unknown(rows, chosen)
    dates = [cell for table in tables for cell in _dates(table)]
    if cells := two_orders(dates):
        raise TableError(Trouble.TWO_ORDERS, cells)
    instants = Instants([text for _line, text in dates], day=day, zone=zone)
    lines = [line for table in tables for line in _lines(table, instants)]
    if not lines:
        raise TableError(Trouble.EMPTY)
    main = max(tables, key=lambda table: len(table.rows))
    all_roles = {role for table in tables for role in table.roles}
    # A column of which nothing can be read is not recognised.
    has_times = any(line.joined_at or line.minutes is not None for line in lines)
    return Report(
        lines=tuple(lines),
        days=frozenset(line.joined_at.date() for line in lines if line.joined_at),
        columns=headings.columns(main.heading, main.rows, main.roles),
        is_timed=has_times and bool(TIMED & all_roles),
        is_said="attended" in all_roles,
    )


def _unknown(rows: list[Row], chosen: Mapping[str, str] | None) -> Report:
    """Return the columns of a table whose headings say nothing to us. Raises TableError if there is none."""
    if not rows:
        raise TableError(Trouble.EMPTY)
    head = [row for row in rows[: reading.HEADING_WITHIN] if not _is_about_the_meeting(row)]
    width = max((len(row.filled) for row in head), default=0)
    if width < 2:  # noqa: PLR2004 - one column is no table
        raise TableError(Trouble.NO_TABLE)
    place = next(n for n, row in enumerate(rows) if row in head and len(row.filled) == width)
    below = rows[place + 1 :]
    if not below or len(head) < len(rows[: reading.HEADING_WITHIN]):
        raise TableError(Trouble.NO_TABLE)
    roles = headings.roles_of(rows[place].cells, wanted=WANTED, chosen=chosen)
    return Report(
        lines=(),
        days=frozenset(),
        columns=headings.columns(rows[place], below, roles),
        is_timed=False,
        is_said=False,
    )


def _is_about_the_meeting(row: Row) -> bool:
    return not is_data(row.cells) and bool(ABOUT_THE_MEETING & {plain(cell) for cell in row.cells if cell})


def is_data(row: Sequence[str]) -> bool:
    """True for a row that is no heading at first sight: it holds an address, or several numbers or dates."""
    return sum(cell[:1].isdecimal() for cell in row) > 1 or any(
        ADDRESS.fullmatch(cell) for cell in row if "@" in cell
    )


def _roles(row: Sequence[str], chosen: Mapping[str, str] | None = None) -> dict[str, int] | None:
    """Return {what a column holds: its index} if a row is the heading of a table of people, None if not."""
    if is_data(row):
        return None
    if ABOUT_THE_MEETING & {plain(cell) for cell in row if cell}:
        return _roles_beside_the_meeting(row, chosen)
    roles = headings.roles_of(row, wanted=WANTED, chosen=chosen)
    if not roles.keys() & headings.IDENTITY:
        return None
    return roles if len(roles.keys() - {"day"}) > 1 or "email" in roles else None


def _roles_beside_the_meeting(row: Sequence[str], chosen: Mapping[str, str] | None) -> dict[str, int] | None:
    """Return the roles of a heading in which what is said of the meeting stands before what is said of each person."""
    roles = [role_of(cell)[0] for cell in row]
    # "Participants" is how many there were.
    named = [
        n for n, role in enumerate(roles) if role in ("name", "given") and plain(row[n]) != "participants"
    ]
    if not named:
        return None
    first = named[-1]
    while first and roles[first - 1] in headings.IDENTITY and plain(row[first - 1]) != "participants":
        first -= 1
    found = headings.roles_of([*[""] * first, *row[first:]], wanted=WANTED, chosen=chosen)
    # The organiser's own name and the meeting's length stand beside each other, too.
    return found if found.keys() & {"joined", "first_joined", "moment", "attended"} else None


def _tables(rows: list[Row], chosen: Mapping[str, str] | None) -> list[_Table]:
    """Return the tables of people. Titles stand above some of them, and rows about the meeting between them."""
    tables: list[_Table] = []
    is_open, title = False, ""
    for place, row in enumerate(rows):
        filled = row.filled
        if roles := _roles(row.cells, chosen):
            is_of_holders = plain(title).startswith(HOLDERS)
            tables.append(_Table(heading=row, roles=roles, rows=[], is_of_holders=is_of_holders))
            is_open, title = True, ""
        elif _is_about_the_meeting(row):
            is_open, title = False, ""
        elif len(filled) == 1 and _is_title(rows, place, is_open=is_open, chosen=chosen):
            title = filled[0]
        elif is_open:
            tables[-1].rows.append(row)
    return tables


def _is_title(rows: list[Row], place: int, *, is_open: bool, chosen: Mapping[str, str] | None) -> bool:
    """True for a row that stands above the heading of another table: `Attendee Details`, `3. Activities`."""
    if not is_open:
        return True
    following = rows[place + 1] if place + 1 < len(rows) else None
    return following is not None and (
        _roles(following.cells, chosen) is not None or _is_about_the_meeting(following)
    )


def _dates(table: _Table) -> Iterator[tuple[int, str]]:
    """Yield the cells that hold dates, each with its line."""
    places = [
        table.roles[role]
        for role in ("joined", "left", "first_joined", "last_left", "moment", "day")
        if role in table.roles
    ]
    for row in table.rows:
        yield from ((row.number, row.cells[n]) for n in places if n < len(row.cells) and row.cells[n])


def _lines(table: _Table, instants: Instants) -> Iterator[Line]:
    """Yield the lines of a table. Where each row is somebody going in or out, one line for each stay."""
    cells = table.heading.cells
    zones = {role: _zone_said(cells[index]) for role, index in table.roles.items()}
    length = _length_of(table)
    has_days = _says_the_day(table, instants)
    dated = (_dated(table, row) if has_days else row for row in table.rows)
    # A row of rules or dashes is about nobody.
    said = (row for row in dated if any(sign.isalnum() for cell in row.cells for sign in cell))
    rows = [stay for row in said for stay in _one_stay_each(table, row)]
    lines = (_line(table, row, instants, length=length, zones=zones) for row in rows)
    named = [(line, row) for line, row in zip(lines, rows, strict=True) if line.name or line.email]
    if {"action", "moment"} <= table.roles.keys():
        yield from _stays(table, named, instants, zone=zones["moment"])
        return
    yield from (line for line, _row in named)


def _zone_said(heading: str) -> dt.tzinfo | None:
    """Return the zone that a heading names: `Join (UTC)`, `Join time GMT+1`, `UtcEventTimestamp`."""
    words = spaced(heading).split()
    return zone_of(headings.inside_brackets(heading)) or (
        (zone_of(words[-1]) or zone_of(words[0].upper())) if words else None
    )


def _says_the_day(table: _Table, instants: Instants) -> bool:
    """Tell whether a column of dates is about the hours beside it, not about when people registered.

    It is where all of them are the same, or one is the session's.
    """
    if "day" not in table.roles:
        return False
    place = table.roles["day"]
    cells = {row.cells[place] for row in table.rows if place < len(row.cells) and row.cells[place]}
    days = {instant.date() for cell in cells if (instant := instants.read(cell))}
    return len(days) == 1 or instants.day in days


def _dated(table: _Table, row: Row) -> Row:
    """Return a row whose hours alone are those of its own date."""
    place = table.roles["day"]
    day = row.cells[place] if place < len(row.cells) else ""
    hours = {
        table.roles[role] for role in ("joined", "left", "first_joined", "last_left") if role in table.roles
    }
    if not day:
        return row
    cells = (
        f"{day} {cell}" if n in hours and HOUR_ALONE.match(cell) else cell for n, cell in enumerate(row.cells)
    )
    return replace(row, cells=tuple(cells))


def _length_of(table: _Table) -> Callable[[str], float | None]:
    """Return how a cell of the column of durations is read, by its heading and what stands in the others."""
    if "minutes" not in table.roles:
        return minutes_in
    place = table.roles["minutes"]
    cells = [row.cells[place] for row in table.rows if place < len(row.cells)]
    unit = unit_of(table.heading.cells[place]) or unit_by(cells)
    return functools.partial(minutes_in, unit=unit, minutes_first=is_minutes_first(cells))


def _one_stay_each(table: _Table, row: Row) -> list[Row]:
    """Return a row for each stay of somebody whose cells list when they came and went; mostly the row itself."""
    if not {"joined", "left"} <= table.roles.keys():
        return [row]
    joined, left = (table.roles[role] for role in ("joined", "left"))
    if max(joined, left) >= len(row.cells):
        return [row]
    came, went = _listed(row.cells[joined]), _listed(row.cells[left])
    if len(came) < 2 or len(came) != len(went):  # noqa: PLR2004 - one is no list
        return [row]
    # What is written of the whole is not that of each.
    blank = table.roles.get("minutes", -1)
    base = ["" if n == blank else cell for n, cell in enumerate(row.cells)]
    stays = []
    for begin, end in zip(came, went, strict=True):
        cells = base.copy()
        cells[joined], cells[left] = begin, end
        stays.append(replace(row, cells=tuple(cells)))
    return stays


def _listed(cell: str) -> list[str]:
    """Return the hours of a cell that lists several: one to a line, or between signs."""
    pieces = [piece.strip() for piece in re.split(r"[\n\r;|]+", cell) if piece.strip()]
    if len(pieces) == 1 and "," in cell:
        pieces = [piece.strip() for piece in cell.split(",") if piece.strip()]
    return pieces if all(AN_HOUR.search(piece) for piece in pieces) else [cell]


def _line(
    table: _Table,
    row: Row,
    instants: Instants,
    *,
    length: Callable[[str], float | None],
    zones: Mapping[str, dt.tzinfo | None],
) -> Line:
    cells = {role: row.cells[i] for role, i in table.roles.items() if i < len(row.cells)}

    def instant(*roles: str) -> dt.datetime | None:
        role = next((role for role in roles if role in table.roles), "")
        return instants.read(cells.get(role, ""), written_in=zones.get(role)) if cells.get(role) else None

    names = (cells.get("name", ""), f"{cells.get('given', '')} {cells.get('family', '')}".strip())
    # Somebody came even where the platform does not know who: "Anonymous".
    name = next(filter(says_a_name, names), "") or next(filter(None, names), "")
    email = cells.get("email", "") or cells.get("upn", "")
    joined, left = instant("joined", "first_joined"), instant("left", "last_left")
    minutes = length(cells.get("minutes", ""))
    result = plain(cells.get("attended", ""))
    has_time = minutes is not None or joined is not None
    is_waiting = plain(cells.get("waiting", "")) in YES or any(
        len(cell) <= LONGEST_WAITING and plain(cell).endswith(WAITED)
        for cell in row.cells
        if cell[:1].isalpha()
    )
    return Line(
        number=row.number,
        name=" ".join(name.split())[:300],
        email=address(email),
        joined_at=joined,
        left_at=left,
        minutes=minutes,
        # The answer to a poll may be "no": somebody with minutes was there.
        is_absent=result in NO and not has_time,
        is_seen=has_time or result in YES,
        is_waiting=is_waiting,
        is_holder=table.is_of_holders
        or plain(cells.get("part", "")).startswith(HOLDERS)
        or plain(cells.get("moderator", "")) in YES,
        is_overall="first_joined" in table.roles or "last_left" in table.roles,
        is_open=joined is not None
        and left is None
        and minutes is None
        and not table.roles.keys().isdisjoint(LEFT),
    )


def address(written: str) -> str:
    """Return the address of a cell as it is compared, empty if there is none."""
    if "@" not in written:
        return ""
    try:
        return addresses.normal_form(written)
    except addresses.AddressError:
        # A name may stand beside it.
        match = ADDRESS.search(written)
        return addresses.key(match[0].rstrip(".")) if match else ""


def _stays(
    table: _Table, named: list[tuple[Line, Row]], instants: Instants, *, zone: dt.tzinfo | None
) -> Iterator[Line]:
    """Yield a line for each stay of each person, from rows that each say that they went in, or out."""
    marks: dict[tuple[str, str], list[tuple[dt.datetime, bool, Line]]] = {}
    for line, row in named:
        action, moment = (
            row.cells[table.roles[role]] if table.roles[role] < len(row.cells) else ""
            for role in ("action", "moment")
        )
        at = instants.read(moment, written_in=zone)
        words = plain(action)
        is_in = words in WENT_IN or words.startswith(("joined", "a rejoint"))
        if at is not None and (is_in or words in WENT_OUT or words.startswith(("left", "a quitte"))):
            marks.setdefault((line.email, plain(line.name)), []).append((at, is_in, line))
        else:
            yield line
    for of_person in marks.values():
        came: tuple[dt.datetime, Line] | None = None
        for at, is_in, line in sorted(of_person, key=lambda mark: (mark[0], mark[1])):
            if is_in:
                came = came or (at, line)
            elif came is not None:
                yield _stay(came[1], came[0], at)
                came = None
        if came is not None:
            yield _stay(came[1], came[0], None)


def _stay(line: Line, joined: dt.datetime, left: dt.datetime | None) -> Line:
    return Line(
        number=line.number,
        name=line.name,
        email=line.email,
        joined_at=joined,
        left_at=left,
        is_holder=line.is_holder,
        is_waiting=line.is_waiting,
        is_open=left is None,
    )
