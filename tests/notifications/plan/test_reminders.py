"""The arithmetic of reminders: rules R1, R5 and R6, and both clock changes."""

from __future__ import annotations

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from notifications.plan.reminders import Step, Window, is_owed, leaves_at, window
from tests.make import paris

J7 = Step(moment="local_time", day_delta=-7)
J1 = Step(moment="local_time", day_delta=-1)
H1 = Step(moment="before_start", offset=dt.timedelta(hours=1))
M10 = Step(moment="before_start", offset=dt.timedelta(minutes=10))
AFTER = Step(moment="after_end", offset=dt.timedelta(hours=2))
J_PLUS_7 = Step(moment="local_time", day_delta=7)
DAY = dt.timedelta(days=1)

instants = st.datetimes(
    min_value=dt.datetime(2026, 1, 1),
    max_value=dt.datetime(2027, 12, 31),
    timezones=st.just(dt.UTC),
)
zones = st.sampled_from(["Europe/Paris", "Indian/Reunion", "America/Martinique", "Pacific/Noumea"])


def of(step: Step, starts_at: dt.datetime, *, zone: str = "Europe/Paris") -> Window:
    return window(step, starts_at=starts_at, ends_at=starts_at + dt.timedelta(minutes=90), zone=zone)


def test_seven_days_before_keeps_the_local_hour_over_the_autumn_change() -> None:
    # The session is at 13:00 winter time; a week before, Paris is still in summer time.
    assert of(J7, paris(2026, 10, 29)).due_at == dt.datetime(2026, 10, 22, 11, 0, tzinfo=dt.UTC)


def test_seven_days_before_keeps_the_local_hour_over_the_spring_change() -> None:
    assert of(J7, paris(2027, 4, 1)).due_at == dt.datetime(2027, 3, 25, 12, 0, tzinfo=dt.UTC)


def test_seven_days_after_keeps_the_local_hour() -> None:
    assert of(J_PLUS_7, paris(2026, 10, 22)).due_at == dt.datetime(2026, 10, 29, 12, 0, tzinfo=dt.UTC)


def test_one_hour_before_is_sixty_real_minutes_over_the_change() -> None:
    start = dt.datetime(2026, 10, 25, 1, 30, tzinfo=dt.UTC)  # 02:30 for the second time that night
    assert of(H1, start).due_at == start - dt.timedelta(minutes=60)


def test_r5_catch_up_windows() -> None:
    start = paris(2026, 11, 19)
    assert of(J7, start).not_after == of(J7, start).due_at + DAY
    assert of(J1, start).not_after == of(J1, start).due_at + dt.timedelta(hours=12)
    assert of(H1, start).not_after == start + dt.timedelta(minutes=10)
    assert of(M10, start).not_after == start + dt.timedelta(minutes=5)
    assert of(AFTER, start).not_after == start + dt.timedelta(minutes=90, hours=74)


def test_r5_the_day_before_never_leaves_in_the_last_two_hours() -> None:
    early = paris(2026, 11, 19, 7)
    afternoon = Step(moment="local_time", day_delta=-1, local_time=dt.time(19, 0))
    assert of(afternoon, early).not_after == paris(2026, 11, 19, 5)


def test_r6_a_day_step_is_brought_inside_the_hours() -> None:
    assert of(J7, paris(2026, 11, 19, 6)).due_at == paris(2026, 11, 12, 8)
    assert of(J7, paris(2026, 11, 19, 21)).due_at == paris(2026, 11, 12, 20)


def test_r6_an_hour_step_is_not() -> None:
    assert of(H1, paris(2026, 11, 19, 6)).due_at == paris(2026, 11, 19, 5)


def test_r6_a_catch_up_waits_for_the_morning() -> None:
    due = paris(2026, 11, 12, 20)
    night, dawn = paris(2026, 11, 12, 23), paris(2026, 11, 13, 3)
    morning = paris(2026, 11, 13, 8)
    assert leaves_at(J7, due_at=due, at=night, zone="Europe/Paris") == morning
    assert leaves_at(J7, due_at=due, at=dawn, zone="Europe/Paris") == morning
    assert leaves_at(H1, due_at=due, at=night, zone="Europe/Paris") == night


def test_r1_who_registers_after_the_due_time_is_not_owed_it() -> None:
    day_before = of(J1, paris(2026, 11, 19))
    assert is_owed(day_before, known_from=day_before.due_at)
    assert not is_owed(day_before, known_from=day_before.due_at + dt.timedelta(microseconds=1))


@given(start=instants, zone=zones)
def test_a_day_step_always_falls_inside_the_hours_of_its_zone(start: dt.datetime, zone: str) -> None:
    due = leaves_at(J7, due_at=of(J7, start, zone=zone).due_at, at=start - 30 * DAY, zone=zone)
    assert due == of(J7, start, zone=zone).due_at


@given(start=instants, late=st.timedeltas(min_value=dt.timedelta(0), max_value=3 * DAY), zone=zones)
def test_a_catch_up_never_goes_back_and_waits_half_a_day_at_most(
    start: dt.datetime, late: dt.timedelta, zone: str
) -> None:
    due = of(J7, start, zone=zone).due_at
    waits = leaves_at(J7, due_at=due, at=due + late, zone=zone) - (due + late)
    # Thirteen hours: a quiet night on which the clocks go back.
    assert dt.timedelta(0) <= waits <= dt.timedelta(hours=13)


@given(start=instants, zone=zones)
def test_the_plan_comes_in_its_order(start: dt.datetime, zone: str) -> None:
    dues = [of(step, start, zone=zone).due_at for step in (J7, J1, H1, M10, AFTER)]
    assert dues[0] < dues[1]
    assert dues[2:] == sorted(dues[2:])
