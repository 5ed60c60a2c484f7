"""The rule: dates, local hours, clock changes. Check values from the calendar of 2020-2021."""

from __future__ import annotations

import calendar
import datetime as dt
import itertools
from typing import Any
from zoneinfo import ZoneInfo

import holidays
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cycles.schedule.recurrence import (
    MOST_OCCURRENCES,
    Occurrence,
    Rule,
    RuleError,
    local_span,
    months_without,
    nth_weekday,
    occurrences,
)

ZONES = (
    "Europe/Paris",
    "Indian/Reunion",
    "America/Cayenne",
    "Pacific/Noumea",
    "Pacific/Tahiti",
    "America/Toronto",
    "Pacific/Kiritimati",
    "Africa/Cairo",
    "Australia/Lord_Howe",
)


def rule(**parts: Any) -> Rule:
    """Every third Thursday, 13:00-14:30 in Paris, October 2020 to October 2021, unless told otherwise."""
    values: dict[str, Any] = {
        "frequency": "monthly_weekday",
        "nth": 3,
        "weekday": 3,
        "first_date": dt.date(2020, 10, 1),
        "last_date": dt.date(2021, 10, 31),
        "local_start": dt.time(13),
        "minutes": 90,
        "zone": "Europe/Paris",
    }
    return Rule(**(values | parts))


def dates(some_rule: Rule) -> list[str]:
    return [occurrence.planned_date.isoformat() for occurrence in occurrences(some_rule)]


def utc(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


THIRD_THURSDAYS = (
    ("2020-10-15", "11:00"),
    ("2020-11-19", "12:00"),
    ("2020-12-17", "12:00"),
    ("2021-01-21", "12:00"),
    ("2021-02-18", "12:00"),
    ("2021-03-18", "12:00"),
    ("2021-04-15", "11:00"),
    ("2021-05-20", "11:00"),
    ("2021-06-17", "11:00"),
    ("2021-07-15", "11:00"),
    ("2021-08-19", "11:00"),
    ("2021-09-16", "11:00"),
    ("2021-10-21", "11:00"),
)


def test_third_thursdays_of_the_journey() -> None:
    """Thirteen dates for twelve planned; the hour in Paris stays, the UTC hour changes twice."""
    assert [
        (o.planned_date.isoformat(), f"{o.starts_at:%H:%M}", f"{o.ends_at - o.starts_at}", o.clock_change)
        for o in occurrences(rule())
    ] == [(date, hour, "1:30:00", None) for date, hour in THIRD_THURSDAYS]


def test_six_years_later_the_same_days() -> None:
    shifted = rule(first_date=dt.date(2026, 10, 1), last_date=dt.date(2027, 10, 31))
    assert [(o.planned_date, o.starts_at) for o in occurrences(shifted)] == [
        (o.planned_date.replace(year=o.planned_date.year + 6), o.starts_at.replace(year=o.starts_at.year + 6))
        for o in occurrences(rule())
    ]


def test_third_thursdays_that_are_public_holidays_in_france() -> None:
    """Assumption on a 15 August, Ascension on an 18, 19 or 21 May: seven times from 2018 to 2039."""
    closed = holidays.country_holidays("FR", years=range(2018, 2040))
    every = rule(first_date=dt.date(2018, 1, 1), last_date=dt.date(2039, 12, 31))
    assert [date for date in dates(every) if dt.date.fromisoformat(date) in closed] == [
        "2019-08-15",
        "2020-05-21",
        "2023-05-18",
        "2024-08-15",
        "2030-08-15",
        "2034-05-18",
        "2039-05-19",
    ]


@pytest.mark.parametrize(
    ("zone", "first", "second"),
    [
        ("Indian/Reunion", "15:00", "16:00"),
        ("Indian/Mayotte", "14:00", "15:00"),
        ("America/Martinique", "07:00", "08:00"),
        ("America/Cayenne", "08:00", "09:00"),
        ("Pacific/Noumea", "22:00", "23:00"),
        ("Pacific/Tahiti", "01:00", "02:00"),
        ("America/Toronto", "07:00", "07:00"),
    ],
)
def test_the_hour_overseas(zone: str, first: str, second: str) -> None:
    stops = [
        local_span(day, local_start=dt.time(13), minutes=90, zone="Europe/Paris")
        for day in (dt.date(2020, 10, 22), dt.date(2020, 11, 19))
    ]
    assert [f"{stop.starts_at.astimezone(ZoneInfo(zone)):%H:%M}" for stop in stops] == [first, second]


def test_montreal_is_an_hour_late_while_only_america_has_changed() -> None:
    stop = local_span(dt.date(2021, 3, 18), local_start=dt.time(13), minutes=90, zone="Europe/Paris")
    assert stop.starts_at.astimezone(ZoneInfo("America/Toronto")).hour == 8


def test_an_hour_that_does_not_exist_is_read_with_the_offset_before() -> None:
    """29 March 2020, 02:30 in Paris: the clocks go from 02:00 to 03:00 (RFC 5545, 3.3.5)."""
    spring = local_span(dt.date(2020, 3, 29), local_start=dt.time(2, 30), minutes=60, zone="Europe/Paris")
    assert spring == Occurrence(
        planned_date=dt.date(2020, 3, 29),
        starts_at=utc("2020-03-29T01:30"),
        ends_at=utc("2020-03-29T02:30"),
        is_all_day=False,
        clock_change="nonexistent",
    )
    assert f"{spring.starts_at.astimezone(ZoneInfo('Europe/Paris')):%H:%M}" == "03:30"


def test_an_hour_that_happens_twice_is_the_first_one() -> None:
    """25 October 2020, 02:30 in Paris: the clocks go back from 03:00 to 02:00."""
    autumn = local_span(dt.date(2020, 10, 25), local_start=dt.time(2, 30), minutes=60, zone="Europe/Paris")
    assert autumn == Occurrence(
        planned_date=dt.date(2020, 10, 25),
        starts_at=utc("2020-10-25T00:30"),
        ends_at=utc("2020-10-25T01:30"),
        is_all_day=False,
        clock_change="ambiguous",
    )


@pytest.mark.parametrize(
    ("day", "hours"), [(dt.date(2020, 3, 29), 23), (dt.date(2020, 7, 1), 24), (dt.date(2020, 10, 25), 25)]
)
def test_whole_days_last_as_long_as_the_day(day: dt.date, hours: int) -> None:
    span = local_span(day, local_start=None, minutes=None, zone="Europe/Paris")
    assert (span.is_all_day, span.ends_at - span.starts_at) == (True, dt.timedelta(hours=hours))


def test_a_whole_day_without_midnight_begins_at_its_first_instant() -> None:
    """Cairo goes from 00:00 to 01:00 on Friday 26 April 2024."""
    span = local_span(dt.date(2024, 4, 26), local_start=None, minutes=None, zone="Africa/Cairo")
    assert (span.starts_at, span.ends_at, span.clock_change) == (
        utc("2024-04-25T22:00"),
        utc("2024-04-26T21:00"),
        None,
    )


def test_twenty_one_days() -> None:
    daily = rule(
        frequency="daily",
        nth=None,
        weekday=None,
        first_date=dt.date(2019, 9, 5),
        last_date=dt.date(2019, 9, 25),
        local_start=None,
        minutes=None,
    )
    steps = occurrences(daily)
    assert len(steps) == 21
    assert (steps[0].planned_date, steps[-1].planned_date) == (dt.date(2019, 9, 5), dt.date(2019, 9, 25))
    assert {(step.is_all_day, step.ends_at - step.starts_at) for step in steps} == {
        (True, dt.timedelta(days=1))
    }
    assert [before.ends_at for before in steps[:-1]] == [after.starts_at for after in steps[1:]]


def test_months_without_a_fifth_thursday_give_no_date() -> None:
    assert dates(rule(nth=5)) == ["2020-10-29", "2020-12-31", "2021-04-29", "2021-07-29", "2021-09-30"]


def test_last_thursday() -> None:
    assert dates(rule(nth=-1, last_date=dt.date(2021, 2, 28))) == [
        "2020-10-29",
        "2020-11-26",
        "2020-12-31",
        "2021-01-28",
        "2021-02-25",
    ]


def test_a_month_without_a_31st_gives_no_date() -> None:
    fixed = rule(frequency="monthly_day", nth=None, weekday=None, day=31, last_date=dt.date(2021, 3, 31))
    assert dates(fixed) == ["2020-10-31", "2020-12-31", "2021-01-31", "2021-03-31"]


def test_every_other_month_counts_from_the_first() -> None:
    assert dates(rule(interval=2, last_date=dt.date(2021, 4, 30))) == [
        "2020-10-15",
        "2020-12-17",
        "2021-02-18",
        "2021-04-15",
    ]


def test_every_other_week_counts_from_the_first_such_day() -> None:
    weekly = rule(frequency="weekly", nth=None, weekday=1, interval=2, last_date=dt.date(2020, 11, 3))
    assert dates(weekly) == ["2020-10-06", "2020-10-20", "2020-11-03"]


def test_days_before_the_first_and_after_the_last_are_left_out() -> None:
    assert dates(rule(first_date=dt.date(2020, 10, 16), last_date=dt.date(2020, 12, 16))) == ["2020-11-19"]


def test_the_end_of_the_calendar() -> None:
    last = rule(
        frequency="daily",
        nth=None,
        weekday=None,
        interval=3,
        first_date=dt.date(9999, 12, 24),
        last_date=dt.date(9999, 12, 30),
        zone="UTC",
    )
    assert dates(last) == ["9999-12-24", "9999-12-27", "9999-12-30"]


@pytest.mark.parametrize(
    ("parts", "field"),
    [
        ({"frequency": "yearly"}, "frequency"),
        ({"nth": 0}, "nth"),
        ({"nth": 6}, "nth"),
        ({"nth": None}, "nth"),
        ({"weekday": 7}, "weekday"),
        ({"weekday": None}, "weekday"),
        ({"day": 15}, "day"),
        ({"frequency": "monthly_day", "nth": None, "weekday": None, "day": 32}, "day"),
        ({"frequency": "monthly_day", "nth": None, "weekday": None}, "day"),
        ({"frequency": "weekly"}, "nth"),
        ({"frequency": "daily", "nth": None}, "weekday"),
        ({"interval": 0}, "interval"),
        ({"last_date": dt.date(2020, 9, 30)}, "last_date"),
        ({"minutes": 0}, "minutes"),
        ({"minutes": 26 * 60}, "minutes"),
        ({"minutes": None}, "minutes"),
        ({"local_start": None}, "minutes"),
        ({"zone": "Mars/Phobos"}, "zone"),
        ({"zone": "../etc/passwd"}, "zone"),
        ({"zone": ""}, "zone"),
    ],
)
def test_what_is_not_a_rule_names_the_part(parts: dict[str, Any], field: str) -> None:
    with pytest.raises(RuleError) as caught:
        rule(**parts)
    assert caught.value.field == field


def test_a_period_typed_wrong_does_not_give_thousands_of_dates() -> None:
    daily = {"frequency": "daily", "nth": None, "weekday": None}
    most = rule(**daily, last_date=dt.date(2020, 10, 1) + dt.timedelta(days=MOST_OCCURRENCES - 1))
    assert len(occurrences(most)) == MOST_OCCURRENCES
    with pytest.raises(RuleError) as caught:
        occurrences(rule(**daily, last_date=dt.date(2062, 10, 31)))
    assert caught.value.field == "last_date"


DATES = st.dates(min_value=dt.date(1990, 1, 1), max_value=dt.date(2060, 12, 31))
TIMES = st.times().map(lambda t: t.replace(second=0, microsecond=0))


def same_weekdays(date: dt.date) -> list[int]:
    """Return the days of a printed month that stand in one column with a date."""
    weeks = calendar.Calendar().monthdayscalendar(date.year, date.month)
    return [week[date.weekday()] for week in weeks if week[date.weekday()]]


def is_last_weekday(date: dt.date) -> bool:
    return same_weekdays(date)[-1] == date.day


@given(date=DATES)
def test_the_rank_of_a_weekday_agrees_with_a_printed_month(date: dt.date) -> None:
    assert same_weekdays(date)[nth_weekday(date) - 1] == date.day


@given(
    first=DATES,
    months=st.integers(0, 60),
    nth=st.sampled_from([-1, 1, 2, 3, 4, 5]),
    weekday=st.integers(0, 6),
    interval=st.integers(1, 6),
)
def test_monthly_dates_are_exactly_those_that_say_so(
    first: dt.date, months: int, nth: int, weekday: int, interval: int
) -> None:
    last = first + dt.timedelta(days=months * 30)
    result = occurrences(
        rule(
            first_date=first, last_date=last, nth=nth, weekday=weekday, interval=interval, zone="Europe/Paris"
        )
    )
    every_day = (first + dt.timedelta(days=n) for n in range((last - first).days + 1))
    assert [o.planned_date for o in result] == [
        day
        for day in every_day
        if day.weekday() == weekday
        and (is_last_weekday(day) if nth == -1 else nth_weekday(day) == nth)
        and ((day.year - first.year) * 12 + day.month - first.month) % interval == 0
    ]


@given(first=DATES, days=st.integers(0, 400), interval=st.integers(1, 9), weekday=st.integers(0, 6))
def test_weekly_dates_keep_their_step(first: dt.date, days: int, interval: int, weekday: int) -> None:
    last = first + dt.timedelta(days=days)
    results = [
        o.planned_date
        for o in occurrences(
            rule(
                frequency="weekly",
                nth=None,
                weekday=weekday,
                interval=interval,
                first_date=first,
                last_date=last,
            )
        )
    ]
    assert all(day.weekday() == weekday and first <= day <= last for day in results)
    assert {after - before for before, after in itertools.pairwise(results)} <= {dt.timedelta(weeks=interval)}
    if results:
        assert results[0] - first < dt.timedelta(days=7)
        assert last - results[-1] < dt.timedelta(weeks=interval)
    else:
        assert last - first < dt.timedelta(days=6)


@given(date=DATES, time=TIMES, minutes=st.integers(1, 24 * 60), zone=st.sampled_from(ZONES))
def test_the_local_hour_is_kept_wherever_it_exists(
    date: dt.date, time: dt.time, minutes: int, zone: str
) -> None:
    span = local_span(date, local_start=time, minutes=minutes, zone=zone)
    local = span.starts_at.astimezone(ZoneInfo(zone))
    wanted = dt.datetime.combine(date, time)
    assert span.starts_at.tzinfo is dt.UTC
    assert span.ends_at - span.starts_at == dt.timedelta(minutes=minutes)
    if span.clock_change == "nonexistent":
        assert dt.timedelta(0) < local.replace(tzinfo=None) - wanted <= dt.timedelta(hours=1)
    else:
        assert local.replace(tzinfo=None) == wanted
        assert local.fold == 0


@given(date=DATES, zone=st.sampled_from(ZONES))
def test_whole_days_follow_each_other_without_a_gap(date: dt.date, zone: str) -> None:
    today = local_span(date, local_start=None, minutes=None, zone=zone)
    tomorrow = local_span(date + dt.timedelta(days=1), local_start=None, minutes=None, zone=zone)
    assert today.ends_at == tomorrow.starts_at
    assert today.starts_at.astimezone(ZoneInfo(zone)).date() == date


@pytest.mark.parametrize(
    ("fields", "months"),
    [
        ({"nth": 5}, [11, 1]),
        ({"nth": -1}, []),
        ({"frequency": "monthly_day", "nth": None, "weekday": None, "day": 31}, [11]),
        ({"frequency": "weekly", "nth": None}, []),
    ],
)
def test_months_without_such_a_day(fields: dict[str, Any], months: list[int]) -> None:
    values: dict[str, Any] = {
        "frequency": "monthly_weekday",
        "nth": 3,
        "weekday": 3,
        "day": None,
        "interval": 1,
        "first_date": dt.date(2026, 10, 1),
        "last_date": dt.date(2027, 1, 31),
        "local_start": None,
        "minutes": None,
        "zone": "Europe/Paris",
    }
    result = months_without(Rule(**values | fields))
    assert [month.month for month in result] == months
