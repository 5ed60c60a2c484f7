"""The frames E, F and G of the yearly report (Cerfa 10443) as sums of minutes and people. Pure.

Minutes are summed first and rounded to whole hours once, half up. Whoever has no line is counted in none: the totals of
F-1, F-3 and F-4 are equal when nothing is missing, and `holes` says what is.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

KINDS = ("a", "b", "c", "d", "e")
GOALS = ("a6", "a5", "a4", "a3", "a2", "aq", "b", "c", "d", "e", "f")
MOST_SPECIALITIES = 5
OTHERS = "others"


def form_version(year: int) -> str:
    """Return the version of the form for what was done in a year."""
    for before, version in ((2019, "14"), (2020, "15"), (2023, "16")):
        if year < before:
            return f"10443*{version}"
    return "10443*17"


def whole_hours(minutes: int) -> int:
    """Return minutes in whole hours, half up."""
    return (minutes + 30) // 60


@dataclass(frozen=True, kw_only=True)
class Attendance:
    """What one trainee did in the year, in one run: `goal` and `speciality` are of the run's programme sheet."""

    minutes: int
    kind: str = ""
    goal: str = ""
    speciality: str = ""
    is_subcontracted: bool = False
    is_entrusted: bool = False


@dataclass(frozen=True, kw_only=True)
class Taught:
    """One half-day given by one trainer; `engagement` is internal, external, or "" while nobody said."""

    name: str
    minutes: int
    engagement: str = ""


@dataclass(frozen=True, kw_only=True)
class Line:
    """A line of the form."""

    frame: str
    code: str
    people: int
    minutes: int

    @property
    def hours(self) -> int:
        return whole_hours(self.minutes)


@dataclass(frozen=True, kw_only=True)
class Frames:
    """The lines, each frame in its order with its total last, and how many people have no line in F-1, F-3, F-4, E."""

    lines: tuple[Line, ...]
    without_kind: int
    without_goal: int
    without_speciality: int
    without_engagement: int

    def of(self, frame: str) -> list[Line]:
        return [line for line in self.lines if line.frame == frame]

    def total(self, frame: str) -> Line:
        return self.of(frame)[-1]


def frames(attendances: Iterable[Attendance], taught: Iterable[Taught]) -> Frames:
    """Return the frames. Who attended nothing is in none; what another provider entrusted is in G, and not in F."""
    came = [one for one in attendances if one.minutes > 0]
    own = [one for one in came if not one.is_entrusted]
    known_kind = [one for one in own if one.kind in KINDS]
    given = list(taught)
    lines = [
        *_trainers(given),
        *_lines("F-1", [(one.kind, one.minutes) for one in own], KINDS),
        _line("F-2", "total", [one.minutes for one in own if one.is_subcontracted]),
        *_lines("F-3", [(one.goal, one.minutes) for one in own], GOALS),
        *_specialities(own),
        _line("G", "total", [one.minutes for one in came if one.is_entrusted]),
    ]
    return Frames(
        lines=tuple(lines),
        without_kind=len(own) - len(known_kind),
        without_goal=sum(one.goal not in GOALS for one in own),
        without_speciality=sum(not one.speciality for one in own),
        without_engagement=len({one.name for one in given if not one.engagement}),
    )


def _line(frame: str, code: str, minutes: Iterable[int]) -> Line:
    listed = list(minutes)
    return Line(frame=frame, code=code, people=len(listed), minutes=sum(listed))


def _lines(frame: str, pairs: list[tuple[str, int]], codes: tuple[str, ...]) -> list[Line]:
    lines = [_line(frame, code, [minutes for one, minutes in pairs if one == code]) for code in codes]
    return [*lines, _line(frame, "total", [minutes for one, minutes in pairs if one in codes])]


def _specialities(own: list[Attendance]) -> list[Line]:
    """Return the five specialities with most hours, the others together, and the total."""
    minutes: Counter[str] = Counter()
    for one in own:
        if one.speciality:
            minutes[one.speciality] += one.minutes
    first = sorted(minutes, key=lambda code: (-minutes[code], code))[:MOST_SPECIALITIES]
    lines = [_line("F-4", code, [one.minutes for one in own if one.speciality == code]) for code in first]
    others = [one.minutes for one in own if one.speciality and one.speciality not in first]
    known = [one.minutes for one in own if one.speciality]
    return [*lines, _line("F-4", OTHERS, others), _line("F-4", "total", known)]


def _trainers(given: list[Taught]) -> list[Line]:
    """Return frame E: each person once in a line, with all half-days that they gave."""
    lines = []
    for engagement in ("internal", "external"):
        theirs = [one for one in given if one.engagement == engagement]
        people = len({one.name for one in theirs})
        lines.append(
            Line(frame="E", code=engagement, people=people, minutes=sum(one.minutes for one in theirs))
        )
    people, minutes = sum(line.people for line in lines), sum(line.minutes for line in lines)
    return [*lines, Line(frame="E", code="total", people=people, minutes=minutes)]
