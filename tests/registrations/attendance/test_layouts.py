"""The same attendance in every layout gives the same minutes."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registrations.attendance import matching, reports
from registrations.attendance.matching import Expected
from registrations.attendance.presence import Window

from .layouts import LAYOUTS, Came, Layout, webex

PEOPLE = (
    ("Amina Diallo-Lefèvre", "amina@example.org"),
    ("Zoë O'Brien", "zoe@example.org"),
    ("Łukasz Żółć", "lukasz@example.org"),
)
WINDOW = Window(start=dt.datetime(2026, 11, 19, 13), end=dt.datetime(2026, 11, 19, 14, 30))
EXPECTED = [Expected(id=number, email=email, name=name) for number, (name, email) in enumerate(PEOPLE)]
# Minutes of the day at which somebody came or went: from half an hour before the session to half an hour after it.
MOMENTS = st.lists(st.integers(12 * 60 + 40, 15 * 60), min_size=2, max_size=6, unique=True).map(sorted)


def stays(moments: list[int]) -> tuple[tuple[int, int], ...]:
    return tuple(zip(moments[::2], moments[1::2], strict=False))


def inside(one: Came) -> int:
    """The minutes between 13:00 and 14:30, counted one by one."""
    return sum(1 for minute in range(13 * 60, 14 * 60 + 30) if any(a <= minute < b for a, b in one.stays))


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.__name__)
@settings(max_examples=25, deadline=None)
@given(moments=st.tuples(MOMENTS, MOMENTS, MOMENTS))
def test_the_minutes_are_the_same(layout: Layout, moments: tuple[list[int], ...]) -> None:
    people = [
        # Windows-1252 has no Ł.
        Came(name.replace("Ł", "L").replace("Żółć", "Zolc"), email, stays(own))
        for (name, email), own in zip(PEOPLE, moments, strict=True)
    ]
    report = reports.read(layout(people), day=WINDOW.start.date(), zone=ZoneInfo("Europe/Paris"))
    match = matching.match(report.lines, EXPECTED, window=WINDOW)
    assert {pk: round(one.stay.minutes or 0) for pk, one in match.found.items()} == {
        number: inside(one) for number, one in enumerate(people)
    }
    assert [one.why for one in match.strangers if one.email == "host@example.org"] in ([], ["holder"])


def test_a_column_of_the_meeting_s_name_is_nobody_s() -> None:
    report = reports.read(webex([Came(*PEOPLE[0], ((780, 800),))]), day=None)
    assert [(line.name, line.email, line.minutes) for line in report.lines] == [
        ("Amina Diallo-Lefèvre", "amina@example.org", 20.0)
    ]
