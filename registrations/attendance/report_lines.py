"""What an attendance file says, line by line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import datetime as dt

    from registrations.tables.headings import Column


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line about one person. Instants are local to the session where the file names a zone, else as written.

    `is_seen` says that the line shows that they came at all; `is_overall` that it sums up others: first join, last
    leave. `minutes` is the duration that is written, None where there is none.
    """

    number: int
    name: str
    email: str
    joined_at: dt.datetime | None = None
    left_at: dt.datetime | None = None
    minutes: float | None = None
    is_absent: bool = False
    is_seen: bool = True
    is_waiting: bool = False
    is_holder: bool = False
    is_overall: bool = False
    # There is a column for when people left, and nothing in it: they were there to the end.
    is_open: bool = False


@dataclass(frozen=True, kw_only=True)
class Report:
    """What a file says. `is_timed` is False where no column of minutes or hours is recognised."""

    lines: tuple[Line, ...]
    days: frozenset[dt.date]
    columns: tuple[Column, ...]
    is_timed: bool
    # Whether a column says of each person that they came or not.
    is_said: bool
