"""The sums of the yearly report, by the check values that were computed by hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.yearly import frames
from training.yearly.frames import Attendance, Taught

# Journey J8: twelve trainees of whom one came late and one missed the afternoon; 7 employees, 1 job seeker,
# 1 individual, 3 volunteers.
J8 = [
    Attendance(minutes=minutes, kind=kind, goal="d", speciality="413")
    for minutes, kind in zip([420] * 10 + [400, 210], "aaaaaaacdeee", strict=True)
]


def lines(found: frames.Frames, frame: str) -> dict[str, tuple[int, int]]:
    return {line.code: (line.people, line.hours) for line in found.of(frame)}


def test_the_run_of_the_journey() -> None:
    found = frames.frames(J8, [Taught(name="Marc", minutes=210, engagement="internal")] * 2)
    assert lines(found, "F-1") == {
        "a": (7, 49),
        "b": (0, 0),
        "c": (1, 7),
        "d": (1, 7),
        "e": (3, 17),
        "total": (12, 80),
    }
    assert lines(found, "F-3") == {
        code: (12, 80) if code in ("d", "total") else (0, 0) for code in (*frames.GOALS, "total")
    }
    assert lines(found, "F-4") == {"413": (12, 80), "others": (0, 0), "total": (12, 80)}
    assert lines(found, "E") == {"internal": (1, 7), "external": (0, 0), "total": (1, 7)}
    assert (lines(found, "F-2"), lines(found, "G")) == ({"total": (0, 0)}, {"total": (0, 0)})
    assert (found.without_kind, found.without_goal, found.without_speciality, found.without_engagement) == (
        0,
        0,
        0,
        0,
    )


def test_minutes_are_summed_before_they_are_rounded() -> None:
    # Each rounded first would give 81.
    assert frames.whole_hours(4810) == 80
    assert sum(frames.whole_hours(minutes) for minutes in [420] * 10 + [400, 210]) == 81
    assert [frames.whole_hours(minutes) for minutes in (29, 30, 89, 90)] == [0, 1, 1, 2]


def test_who_has_no_status_is_told_and_stands_in_no_line() -> None:
    found = frames.frames([*J8[:-1], Attendance(minutes=210)], [Taught(name="Marc", minutes=210)])
    assert (found.without_kind, found.without_goal, found.without_speciality, found.without_engagement) == (
        1,
        1,
        1,
        1,
    )
    assert lines(found, "F-1")["total"] == (11, 77)
    assert lines(found, "E")["total"] == (0, 0)


def test_who_came_to_nothing_counts_nowhere() -> None:
    found = frames.frames([Attendance(minutes=0)], [])
    assert {(line.people, line.minutes) for line in found.lines} == {(0, 0)}
    assert found.without_kind == 0


def test_what_is_subcontracted_is_counted_twice_and_what_is_entrusted_apart() -> None:
    ours = Attendance(minutes=60, kind="a", goal="d", speciality="413", is_subcontracted=True)
    theirs = Attendance(minutes=120, is_entrusted=True)
    found = frames.frames([ours, theirs], [])
    assert [lines(found, frame)["total"] for frame in ("F-1", "F-2", "G")] == [(1, 1), (1, 1), (1, 2)]
    assert found.without_kind == 0


def test_five_specialities_and_the_others() -> None:
    found = frames.frames(
        [
            Attendance(minutes=60 * hours, kind="a", goal="d", speciality=f"41{hours}")
            for hours in range(1, 8)
        ],
        [],
    )
    assert list(lines(found, "F-4")) == ["417", "416", "415", "414", "413", "others", "total"]
    assert (lines(found, "F-4")["others"], lines(found, "F-4")["total"]) == ((2, 3), (7, 28))


@pytest.mark.parametrize(
    ("year", "form"),
    [
        (2018, "10443*14"),
        (2019, "10443*15"),
        (2020, "10443*16"),
        (2022, "10443*16"),
        (2023, "10443*17"),
        (2026, "10443*17"),
    ],
)
def test_the_version_of_the_form(year: int, form: str) -> None:
    assert frames.form_version(year) == form


ATTENDANCES = st.lists(
    st.builds(
        Attendance,
        minutes=st.integers(0, 2000),
        kind=st.sampled_from(frames.KINDS),
        goal=st.sampled_from(frames.GOALS),
        speciality=st.sampled_from([f"{n}" for n in range(300, 312)]),
        is_entrusted=st.booleans(),
    ),
    max_size=40,
)


@given(ATTENDANCES)
def test_with_nothing_missing_the_totals_are_equal(attendances: list[Attendance]) -> None:
    found = frames.frames(attendances, [])
    totals = [(found.total(frame).people, found.total(frame).minutes) for frame in ("F-1", "F-3", "F-4")]
    assert totals[0] == totals[1] == totals[2]
    for frame in ("F-1", "F-3", "F-4"):
        *each, total = found.of(frame)
        assert (sum(line.people for line in each), sum(line.minutes for line in each)) == (
            total.people,
            total.minutes,
        )
    everybody = totals[0][1] + found.total("G").minutes
    assert everybody == sum(one.minutes for one in attendances)
