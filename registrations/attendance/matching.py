"""Whose line is it? Pure: by e-mail address first, then by name, never by a guess between two people."""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from .reports import Line, plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

How = Literal["email", "name"]
Why = Literal["unknown", "ambiguous"]
# What the column of minutes holds; a report may say anything.
LONGEST_MINUTES = 32_767
BRACKETS = re.compile(r"[(\[{]([^)\]}]*)[)\]}]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """Somebody registered: `id` of the registration, address in its normal form, name as they wrote it."""

    id: int
    email: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Presence:
    """What a report says of one person. `minutes` is None where it says only that they came."""

    how: How
    minutes: float | None
    is_absent: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Stranger:
    """Somebody in the report whom no registration fits, from the line where they first appear."""

    number: int
    name: str
    email: str
    minutes: float | None
    why: Why


@dataclass(frozen=True, kw_only=True)
class Match:
    """{registration: what the report says}, and everybody else in it."""

    found: dict[int, Presence]
    strangers: tuple[Stranger, ...]


@dataclass
class _Group:
    how: How = "name"
    lines: list[Line] = field(default_factory=list)


def name_key(name: str) -> str:
    """Return what makes two spellings of a name the same: no accents, no case, any order of its words."""
    return " ".join(sorted(plain(name).split()))


def names(written: str) -> Iterator[str]:
    """Yield the names that a platform's cell may hold: `Amina (Amina Diallo)`, `Amina Diallo [Association]`."""
    yield name_key(BRACKETS.sub(" ", written))
    for inside in BRACKETS.findall(written):
        yield name_key(inside)


def match(lines: Iterable[Line], expected: Iterable[Expected]) -> Match:
    """Return who of the people registered is in a report, and who else is."""
    by_email: dict[str, int] = {}
    by_name: dict[str, int | None] = {}
    for person in expected:
        by_email[person.email] = person.id
        key = name_key(person.name)
        by_name[key] = None if key in by_name else person.id
    groups: dict[int, _Group] = defaultdict(_Group)
    others: dict[str, tuple[Why, list[Line]]] = {}
    for line in lines:
        found, how, why = _whose(line, by_email, by_name)
        if found is None:
            others.setdefault(line.email or name_key(line.name), (why, []))[1].append(line)
            continue
        group = groups[found]
        group.lines.append(line)
        if how == "email":
            group.how = how
    return Match(
        found={
            pk: Presence(
                how=group.how,
                minutes=minutes_of(group.lines),
                is_absent=all(line.is_absent for line in group.lines),
            )
            for pk, group in groups.items()
        },
        strangers=tuple(
            Stranger(number=of[0].number, name=of[0].name, email=of[0].email, minutes=minutes_of(of), why=why)
            for why, of in others.values()
        ),
    )


def _whose(
    line: Line, by_email: dict[str, int], by_name: dict[str, int | None]
) -> tuple[int | None, How, Why]:
    if line.email in by_email:
        return by_email[line.email], "email", "unknown"
    why: Why = "unknown"
    for key in names(line.name):
        if key and key in by_name:
            pk = by_name[key]
            if pk is not None:
                return pk, "name", "unknown"
            why = "ambiguous"
    return None, "name", why


def minutes_of(lines: list[Line]) -> float | None:
    """Return how long somebody was there by all their lines: two devices at once count once."""
    came = [line for line in lines if not line.is_absent]
    if not came:
        return 0.0 if lines else None
    spans = [(line.joined_at, line.left_at) for line in came if line.joined_at and line.left_at]
    if len(came) > 1 and len(spans) == len(came):
        return _union(spans)
    known = [line.minutes for line in came if line.minutes is not None]
    return sum(known) if known else None


def _union(spans: list[tuple[dt.datetime, dt.datetime]]) -> float:
    total = dt.timedelta()
    end: dt.datetime | None = None
    for start, stop in sorted(spans):
        begin = start if end is None else max(start, end)
        total += max(stop - begin, dt.timedelta())
        end = stop if end is None else max(end, stop)
    return total.total_seconds() / 60


def verdict(presence: Presence, *, length: float | None, threshold: int) -> tuple[str, int | None]:
    """Return (state, whole minutes) of somebody in a report.

    Present from `threshold` percent of the session's `length` in minutes on, in part below; who came for less
    than half a minute did not come.
    """
    if presence.is_absent:
        return "absent", None
    if presence.minutes is None:
        return "present", None
    minutes = min(int(presence.minutes + 0.5), LONGEST_MINUTES)
    if minutes == 0:
        return "absent", None
    is_enough = length is None or presence.minutes * 100 >= length * threshold
    return ("present" if is_enough else "partial"), minutes
