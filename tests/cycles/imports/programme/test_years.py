"""The programme that comes with the project in other years, and imported twice."""

from __future__ import annotations

import datetime as dt

import pytest

from cycles.models import ContentVersion, Session
from tests.cycles.imports.programme.files import journey, real, schedule
from tests.cycles.schedule.test_recurrence import THIRD_THURSDAYS
from tests.make import AT

pytestmark = pytest.mark.django_db
CREATED = {
    "cycles": 3,
    "events": 7,
    "exceptions": 2,
    "external_databases": 1,
    "modules": 2,
    "runs": 1,
    "news": 13,
    "organisations": 28,
    "people": 3,
    "programmes": 1,
    "resource_series": 1,
    "resources": 17,
    "sessions": 33,
    "territories": 1,
    "topics": 11,
    "workshops": 1,
}


def test_everything_of_the_file_is_there_without_a_warning() -> None:
    report = real(years=0)
    assert (dict(report.created), dict(report.changed), report.warnings) == (CREATED, {}, [])


def test_importing_twice_changes_nothing() -> None:
    real()
    version = ContentVersion.objects.get().number
    revised = list(Session.objects.order_by("pk").values_list("pk", "revised_at", "revision"))
    again = real(at=AT + dt.timedelta(hours=1))
    assert (dict(again.created), dict(again.changed), again.warnings) == ({}, {}, [])
    assert list(Session.objects.order_by("pk").values_list("pk", "revised_at", "revision")) == revised
    assert ContentVersion.objects.get().number == version


def test_twelve_stops_where_the_source_has_them() -> None:
    real(years=0)
    months = [date for date, _hour in THIRD_THURSDAYS if date != "2021-08-19"]
    rows = schedule(journey())
    assert [(row[1], row[2][:10]) for row in rows] == [("2020-10-15", "2020-10-22")] + [
        (date, date) for date in months[1:]
    ]
    assert rows[0] == ("escale-01", "2020-10-15", "2020-10-22 13:00+0200", "confirmed")
    assert rows[1] == ("escale-02", "2020-11-19", "2020-11-19 13:00+0100", "confirmed")
    assert rows[6] == ("escale-07", "2021-04-15", "2021-04-15 13:00+0200", "tentative")
    assert {row[2][11:16] for row in rows} == {"13:00"}


def test_shifted_by_five_years_thursdays_stay_thursdays() -> None:
    """The exact shift is six years; for any other, the rule gives the dates: never weeks added."""
    real(years=5)
    rows = schedule(journey())
    assert [row[1:3] for row in rows[:3]] == [
        ("2025-10-16", "2025-10-23 13:00+0200"),
        ("2025-11-20", "2025-11-20 13:00+0100"),
        ("2025-12-18", "2025-12-18 13:00+0100"),
    ]
    assert {dt.datetime.fromisoformat(row[2]).weekday() for row in rows} == {3}
    assert journey().banner.data == {
        "fr": "Données de démonstration\u202f: dates décalées de 5 ans.",
        "en": "Demo data: dates shifted by 5 years.",
    }
