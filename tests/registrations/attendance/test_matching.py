"""Whose line is it, for how long, and is that present."""

from __future__ import annotations

import datetime as dt

import pytest

from registrations.attendance import matching
from registrations.attendance.matching import Expected
from registrations.attendance.presence import Stay, Window
from registrations.attendance.report_lines import Line

AMINA = Expected(id=1, email="amina@example.org", name="Amina Diallo-Lefèvre")
ZOE = Expected(id=2, email="zoe@example.org", name="Zoë O'Brien-Nguyễn")
TWIN = Expected(id=3, email="other@example.org", name="AMINA DIALLO LEFEVRE")


def line(name: str = "", email: str = "", **fields: object) -> Line:
    return Line(number=7, name=name, email=email, **fields)  # type: ignore[arg-type]  # by name


WINDOW = Window(start=dt.datetime(2026, 10, 22, 13), end=dt.datetime(2026, 10, 22, 14, 30))


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
    assert (match.found, [(one.number, one.name, one.why) for one in match.strangers]) == (
        {},
        [(7, "Amina Diallo Lefèvre", "ambiguous")],
    )
    assert matching.match([line("Amina", "other@example.org")], [AMINA, TWIN]).found.keys() == {3}


def test_two_devices_at_once_count_once_and_a_return_counts() -> None:
    lines = [
        line(email=AMINA.email, joined_at=clock(13, 0), left_at=clock(13, 40), minutes=40.0),
        line(email=AMINA.email, joined_at=clock(13, 30), left_at=clock(14, 0), minutes=30.0),
        line("Amina Diallo-Lefèvre", joined_at=clock(14, 10), left_at=clock(14, 20), minutes=10.0),
    ]
    result = matching.match(lines, [AMINA], window=WINDOW).found[1]
    assert (result.how, result.stay) == (
        "email",
        Stay(minutes=70.0, cut=0.0, spans=((0, 3600), (4200, 4800)), is_seen=True),
    )


def test_lines_without_hours_add_up_and_a_stranger_is_one() -> None:
    lines = [line("Nobody", minutes=10.0), line("nobody", minutes=15.0)]
    assert [one.stay.minutes for one in matching.match(lines, [AMINA]).strangers] == [25.0]


@pytest.mark.parametrize(
    "name",
    [
        "Anonymous", "Anonyme", "Invité", "Guest 4", "iPhone", "iPad de", "+33 6 12 34 56 78", "33612***678",
        "Call-in User_3", "Utilisateur anonyme", "Gast", "Participant 12", "Zoom user",
    ],
)  # fmt: skip
def test_what_platforms_write_instead_of_a_name_is_nobody(name: str) -> None:
    same = Expected(id=9, email="x@example.org", name=name)
    match = matching.match([line(name, minutes=5.0), Line(number=8, name=name, email="")], [same])
    assert (match.found, [one.why for one in match.strangers]) == ({}, ["nobody", "nobody"])


@pytest.mark.parametrize("name", ["Guestin Paul", "Mac Orlan", "Ann Onyme", "Userovič Jan", "Gast Anna"])
def test_names_that_look_like_it_are_somebody(name: str) -> None:
    assert matching.match([line(name)], [Expected(id=9, email="x@example.org", name=name)]).found.keys() == {
        9
    }


@pytest.mark.parametrize(
    ("minutes", "is_seen", "expected"),
    [
        (88.0, True, ("present", 88)),
        (45.0, True, ("present", 45)),
        (44.9, True, ("partial", 45)),
        (20.0, True, ("partial", 20)),
        (0.5, True, ("partial", 1)),
        (0.4, True, ("absent", None)),
        (None, True, ("present", None)),
        (0.0, False, ("absent", None)),
        (None, False, None),
        (1e9, True, ("present", matching.LONGEST_MINUTES)),
    ],
)
def test_present_from_half_the_session_on(
    minutes: float | None,
    is_seen: bool,  # noqa: FBT001 - a case
    expected: tuple[str, int | None] | None,
) -> None:
    stay = Stay(minutes=minutes, cut=0.0, spans=None, is_seen=is_seen)
    assert matching.verdict(stay, length=90, threshold=50) == expected
