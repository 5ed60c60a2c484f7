"""Rules written out here give what dateutil gives, and stop where dateutil does not."""

from __future__ import annotations

import datetime as dt
import itertools

import pytest
from dateutil.rrule import rrulestr
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from cycles.imports.ics.syntax import rules

# Wall time, as rules are.
UNTIL = dt.datetime(2031, 12, 31)
DAYS = st.sampled_from(rules.DAYS)


@st.composite
def written(draw: st.DrawFn) -> tuple[dt.datetime, str]:
    """Return a start and a rule, with the parts that go with its frequency."""
    start = draw(st.datetimes(dt.datetime(2019, 1, 1), dt.datetime(2028, 12, 31)))
    start = start.replace(microsecond=0)
    frequency = draw(st.sampled_from(rules.FREQUENCIES))
    parts = [f"FREQ={frequency}"]
    optional = {
        "INTERVAL": st.integers(1, 5).map(str),
        "COUNT": st.integers(1, 30).map(str),
        "BYMONTH": st.lists(st.integers(1, 12), min_size=1, max_size=3).map(lambda n: ",".join(map(str, n))),
        "WKST": DAYS,
    }
    if frequency != "WEEKLY":
        optional["BYMONTHDAY"] = st.lists(st.integers(-28, 28).filter(bool), min_size=1, max_size=3).map(
            lambda n: ",".join(map(str, n))
        )
    # With both "Mondays" and "the first Monday" dateutil gives what is both, RFC 5545 what is either.
    nth = st.sampled_from(("1", "2", "3", "4", "-1", "-2"))
    with_nth = frequency in ("MONTHLY", "YEARLY") and draw(st.booleans())
    weekday = st.tuples(nth, DAYS).map("".join) if with_nth else DAYS
    optional["BYDAY"] = st.lists(weekday, min_size=1, max_size=3).map(",".join)
    if with_nth:
        # The first Monday is never the 20th: dateutil would look for one until the year 9999.
        optional.pop("BYMONTHDAY", None)
    # Of the week in which a series begins, dateutil counts the days from its beginning only: see the next test.
    if frequency not in ("DAILY", "WEEKLY"):
        optional["BYSETPOS"] = st.sampled_from(("1", "-1", "2,-1"))
    parts += [f"{name}={draw(value)}" for name, value in optional.items() if draw(st.booleans())]
    if "BYSETPOS" in str(parts) and not any(f"{name}=" in str(parts) for name in ("BYDAY", "BYMONTHDAY")):
        parts = [part for part in parts if not part.startswith("BYSETPOS")]
    return start, ";".join(parts)


@settings(deadline=None, max_examples=150)
@given(written())
def test_it_gives_what_dateutil_gives(case: tuple[dt.datetime, str]) -> None:
    start, text = case
    expected = list(itertools.takewhile(lambda moment: moment <= UNTIL, rrulestr(text, dtstart=start)))
    assert list(rules.dates(rules.parse(text), start, until=UNTIL, budget=rules.Budget())) == expected


def test_positions_count_all_days_of_the_week_in_which_a_series_begins() -> None:
    # A Tuesday: the first of "Monday, Tuesday" of that week was the day before, so that the series begins a week later.
    start = dt.datetime(2019, 1, 1, 13)
    rule = rules.parse("FREQ=WEEKLY;BYDAY=MO,TU;BYSETPOS=1;COUNT=2")
    dates = list(rules.dates(rule, start, until=UNTIL, budget=rules.Budget()))
    assert dates == [dt.datetime(2019, 1, 7, 13), dt.datetime(2019, 1, 14, 13)]


def test_weeks_and_days_of_the_year_as_dateutil_counts_them() -> None:
    start = dt.datetime(2020, 1, 1, 13)
    for text in (
        "FREQ=YEARLY;BYWEEKNO=1;BYDAY=MO",
        "FREQ=YEARLY;BYWEEKNO=20,-1;BYDAY=TU,SU",
        "FREQ=YEARLY;BYYEARDAY=1,100,-1,366",
    ):
        expected = list(itertools.takewhile(lambda moment: moment <= UNTIL, rrulestr(text, dtstart=start)))
        assert list(rules.dates(rules.parse(text), start, until=UNTIL, budget=rules.Budget())) == expected


def test_a_rule_that_never_matches_ends() -> None:
    start, far = dt.datetime(2027, 1, 1), dt.datetime(2200, 1, 1)
    budget = rules.Budget()
    rule = rules.parse("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30")
    assert list(rules.dates(rule, start, until=far, budget=budget)) == []
    # Two for each day of 173 years.
    assert budget.left == rules.BUDGET - 2 * 63188
    with translation.override("en"), pytest.raises(rules.RuleError, match="too long to be written out"):
        list(rules.dates(rule, start, until=far, budget=rules.Budget(1000)))


@pytest.mark.parametrize("frequency", rules.WITHIN_A_DAY)
def test_no_rule_within_a_day(frequency: str) -> None:
    with translation.override("en"), pytest.raises(rules.RuleError, match="within a day"):
        rules.parse(f"FREQ={frequency};COUNT=3")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "FREQ=FORTNIGHTLY",
        "FREQ=DAILY;UNTIL=20279999",
        "FREQ=DAILY;UNTIL=2027",
        "FREQ=DAILY;INTERVAL=0",
        "FREQ=DAILY;INTERVAL=99999999999999999999",
        "FREQ=DAILY;COUNT=-1",
        "FREQ=DAILY;COUNT=two",
        "FREQ=MONTHLY;BYDAY=XX",
        "FREQ=MONTHLY;BYMONTHDAY=32",
        "FREQ=MONTHLY;BYMONTHDAY=0",
        "FREQ=YEARLY;BYMONTH=13",
        "FREQ=WEEKLY;WKST=ZZ",
        "FREQ=MONTHLY;RSCALE=CHINESE",
        "FREQ=DAILY;BYMONTHDAY=" + ",".join(["1"] * 61),
    ],
)
def test_a_wrong_rule_is_refused(text: str) -> None:
    with translation.override("en"), pytest.raises(rules.RuleError, match="cannot be read"):
        rules.parse(text)


def test_for_ever_and_until() -> None:
    assert rules.parse("FREQ=DAILY").is_endless
    assert rules.parse("FREQ=DAILY;UNTIL=99991231T235959Z").until == dt.datetime(
        2200, 12, 28, 23, 59, 59, tzinfo=dt.UTC
    )
    assert rules.parse("FREQ=DAILY;UNTIL=20270101").until_is_day
