"""The pure rules: where somebody stands, how long a consent lasts, what holds a replay."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speakers.answers.standing import Standing, standing
from speakers.consents import terms
from speakers.consents.terms import Decision, Hold

DAY = dt.date(2026, 11, 19)
AT = dt.datetime(2026, 10, 1, tzinfo=dt.UTC)
LATER = AT + dt.timedelta(days=7)


@pytest.mark.parametrize(
    ("state", "invited", "answered_for", "starts_at", "expected"),
    [
        ("proposed", None, None, AT, Standing.PROPOSED),
        ("invited", None, None, AT, Standing.UNASKED),
        ("invited", AT, None, AT, Standing.SILENT),
        ("accepted", AT, AT, AT, Standing.CONFIRMED),
        ("accepted", None, None, AT, Standing.CONFIRMED),
        ("accepted", AT, AT, LATER, Standing.ASKED_AGAIN),
        ("accepted", AT, AT, None, Standing.CONFIRMED),
        ("declined", AT, AT, LATER, Standing.DECLINED),
        ("withdrawn", AT, AT, AT, Standing.WITHDRAWN),
        ("replaced", AT, AT, AT, Standing.REPLACED),
    ],
)
def test_where_somebody_stands(
    state: str,
    invited: dt.datetime | None,
    answered_for: dt.datetime | None,
    starts_at: dt.datetime | None,
    expected: Standing,
) -> None:
    result = standing(state, invited_at=invited, answered_starts_at=answered_for, starts_at=starts_at)
    assert result == expected


@given(
    st.dates(min_value=dt.date(2000, 1, 1), max_value=dt.date(2100, 1, 1)), st.sampled_from(terms.DURATIONS)
)
def test_a_consent_ends_on_the_same_day_or_the_last_of_a_shorter_month(day: dt.date, months: int) -> None:
    last = terms.until(day, months)
    assert (last.year * 12 + last.month) - (day.year * 12 + day.month) == months
    assert last.day in (day.day, 28)


def test_from_a_leap_day() -> None:
    assert terms.until(dt.date(2028, 2, 29), 12) == dt.date(2029, 2, 28)


YES = Decision(is_given=True, until=DAY)


@pytest.mark.parametrize(
    ("decisions", "on", "expected"),
    [
        ([], DAY, None),
        ([YES], DAY, None),
        ([YES], DAY + dt.timedelta(days=1), Hold.EXPIRED),
        ([YES, Decision(is_given=False)], DAY, Hold.REFUSED),
        ([YES, Decision(is_given=True, is_withdrawn=True, until=DAY)], DAY, Hold.WITHDRAWN),
        ([Decision(is_given=True, is_withdrawn=True), Decision(is_given=False)], DAY, Hold.REFUSED),
    ],
)
def test_one_person_is_enough_to_hold_a_replay(
    decisions: list[Decision], on: dt.date, expected: Hold | None
) -> None:
    assert terms.hold(decisions, on=on) == expected
    assert terms.hold(reversed(decisions), on=on) == expected
