"""Whose line is it, for how long, and is that present."""

from __future__ import annotations

import datetime as dt

import pytest

from registrations.attendance import matching
from registrations.attendance.matching import Expected, Presence, Stranger
from registrations.attendance.reports import Line

AMINA = Expected(id=1, email="amina@example.org", name="Amina Diallo-Lefèvre")
ZOE = Expected(id=2, email="zoe@example.org", name="Zoë O'Brien-Nguyễn")
TWIN = Expected(id=3, email="other@example.org", name="AMINA DIALLO LEFEVRE")


def line(name: str = "", email: str = "", **fields: object) -> Line:
    return Line(number=7, name=name, email=email, **fields)  # type: ignore[arg-type]  # by name


def clock(hour: int, minute: int) -> dt.datetime:
    return dt.datetime(2026, 10, 22, hour, minute)


@pytest.mark.parametrize(
    ("given", "found"),
    [
        (line("Somebody else", "amina@example.org"), {1: "email"}),
        (line("diallo lefevre AMINA"), {1: "name"}),
        (line("Amina (Amina Diallo-Lefèvre)"), {1: "name"}),
        (line("Zoe O’Brien Nguyen [Association]"), {2: "name"}),
        (line("Amina Diallo-Lefèvre", "home@example.org"), {1: "name"}),
        (line("Amina"), {}),
        (line("=1+1"), {}),
    ],
)
def test_by_address_first_then_by_name(given: Line, found: dict[int, str]) -> None:
    match = matching.match([given], [AMINA, ZOE])
    assert {pk: presence.how for pk, presence in match.found.items()} == found
    assert len(match.strangers) == 1 - len(found)


def test_two_people_of_one_name_are_never_guessed_between() -> None:
    match = matching.match([line("Amina Diallo Lefèvre", minutes=5.0)], [AMINA, TWIN])
    assert (match.found, match.strangers) == (
        {},
        (Stranger(number=7, name="Amina Diallo Lefèvre", email="", minutes=5.0, why="ambiguous"),),
    )
    assert matching.match([line("Amina", "other@example.org")], [AMINA, TWIN]).found.keys() == {3}


def test_two_devices_at_once_count_once_and_a_return_counts() -> None:
    lines = [
        line(email=AMINA.email, joined_at=clock(13, 0), left_at=clock(13, 40), minutes=40.0),
        line(email=AMINA.email, joined_at=clock(13, 30), left_at=clock(14, 0), minutes=30.0),
        line("Amina Diallo-Lefèvre", joined_at=clock(14, 10), left_at=clock(14, 20), minutes=10.0),
    ]
    assert matching.match(lines, [AMINA]).found == {1: Presence(how="email", minutes=70.0, is_absent=False)}


def test_lines_without_hours_add_up_and_a_stranger_is_one() -> None:
    lines = [line("Nobody", minutes=10.0), line("nobody", minutes=15.0)]
    assert matching.match(lines, [AMINA]).strangers == (
        Stranger(number=7, name="Nobody", email="", minutes=25.0, why="unknown"),
    )


@pytest.mark.parametrize(
    ("minutes", "is_absent", "expected"),
    [
        (88.0, False, ("present", 88)),
        (45.0, False, ("present", 45)),
        (44.9, False, ("partial", 45)),
        (20.0, False, ("partial", 20)),
        (0.5, False, ("partial", 1)),
        (0.4, False, ("absent", None)),
        (None, False, ("present", None)),
        (None, True, ("absent", None)),
        (1e9, False, ("present", matching.LONGEST_MINUTES)),
    ],
)
def test_present_from_half_the_session_on(
    minutes: float | None,
    is_absent: bool,  # noqa: FBT001 - a case
    expected: tuple[str, int | None],
) -> None:
    presence = Presence(how="email", minutes=minutes, is_absent=is_absent)
    assert matching.verdict(presence, length=90, threshold=50) == expected
