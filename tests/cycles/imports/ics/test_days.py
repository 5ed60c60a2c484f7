"""Whole days, and hours that touch midnight, as calendars write them."""

from __future__ import annotations

import datetime as dt

import pytest

from .files import calendar
from .test_reading import read


def test_a_day_is_a_day_with_a_t_before_it() -> None:
    (event,), _report = read(calendar("DTSTART:20261119\nDURATION:PT1D\nSUMMARY:A"))
    assert (event.is_all_day, event.ends_at - event.starts_at) == (True, dt.timedelta(days=1))


def test_the_end_of_a_day_is_the_beginning_of_the_next() -> None:
    (event,), report = read(
        calendar("DTSTART:20261119T220000\nDTEND:20261119T240000\nSUMMARY:A", head="X-WR-TIMEZONE:UTC")
    )
    assert (event.ends_at, report.errors) == (dt.datetime(2026, 11, 20, tzinfo=dt.UTC), [])


WHOLE = "X-MICROSOFT-CDO-ALLDAYEVENT:TRUE"


@pytest.mark.parametrize(
    ("days", "written"),
    [
        (1, "DTSTART;VALUE=DATE:20261119\nDTEND;VALUE=DATE:20261120"),
        (1, "DTSTART;VALUE=DATE:20261119T000000"),
        (2, "DTSTART;VALUE=DATE:20261119T000000\nDTEND;VALUE=DATE:20261121T000000"),
        (1, "DTSTART;TZID=Europe/Paris:20261119T000000\nDTEND;TZID=Europe/Paris:20261120T000000"),
        (2, "DTSTART;TZID=Europe/Paris:20261119T000000\nDTEND;TZID=Europe/Paris:20261121T000000"),
        (2, "DTSTART;TZID=Romance Standard Time:20261119T000000\nDURATION:P2D\n" + WHOLE),
        (1, "DTSTART:20261118T230000Z\nDTEND:20261119T230000Z"),
        (2, "DTSTART:20261118T230000Z\nDTEND:20261120T230000Z\n" + WHOLE),
        (1, "DTSTART:20261119T000000Z\nDTEND:20261120T000000Z"),
        (1, "DTSTART;TZID=Europe/Paris:20261119T000000\nDTEND;TZID=Europe/Paris:20261119T235900\n" + WHOLE),
        (1, "DTSTART;TZID=Europe/Paris:20261119T000000\nDTEND;TZID=Europe/Paris:20261119T240000"),
        (1, "DTSTART;TZID=Europe/Paris:20261119T000000\nX-FUNAMBOL-ALLDAY:1"),
    ],
)
def test_whole_days_in_every_way_of_writing_them(days: int, written: str) -> None:
    (event,), report = read(calendar(f"{written}\nSUMMARY:A"))
    first = dt.datetime(2026, 11, 18, 23, tzinfo=dt.UTC)
    assert report.errors == []
    assert (event.is_all_day, event.starts_at, event.ends_at) == (
        True,
        first,
        first + dt.timedelta(days=days),
    )


@pytest.mark.parametrize(
    "written",
    [
        "DTSTART;TZID=Europe/Paris:20261119T000000\nDTEND;TZID=Europe/Paris:20261119T013000",
        "DTSTART;TZID=Europe/Paris:20261119T130000\nDTEND;TZID=Europe/Paris:20261120T000000",
        "DTSTART:20261118T230000Z\nDTEND:20261119T000000Z",
        "DTSTART;TZID=Europe/Paris:20261119T130000\nDURATION:PT1H\n" + WHOLE,
    ],
)
def test_hours_that_touch_midnight_are_no_whole_day(written: str) -> None:
    (event,), _report = read(calendar(f"{written}\nSUMMARY:A"))
    assert not event.is_all_day


def test_a_rule_of_whole_days_written_as_hours_keeps_its_exclusions() -> None:
    rule = "RRULE:FREQ=WEEKLY;COUNT=3\nEXDATE;TZID=Europe/Paris:20261022T000000"
    hours = "DTSTART;TZID=Europe/Paris:20261015T000000\nDTEND;TZID=Europe/Paris:20261016T000000"
    found, report = read(calendar(f"{hours}\n{rule}\nSUMMARY:A"))
    days = [event.starts_at.strftime("%d%m%yT%H%M") for event in found]
    assert (days, report.warnings) == (["141026T2200", "281026T2300"], [])
