"""The hour for the reader: the check values of the source, zones that do not exist, stored pages untouched."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import time_machine

from cycles.schedule import time_zones
from cycles.site.page_cache.snapshots import store
from tests import make

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from django.test import Client
    from pytest_django import DjangoAssertNumQueries

    from cycles.models import Session

pytestmark = pytest.mark.django_db
URL = "/en/cycles/tour/escale-01/times/"


@pytest.fixture
def session() -> Session:
    return make.session(cycle=make.cycle(slug="tour"), slug="escale-01", starts_at=make.paris(2026, 10, 22))


def text(client: Client, url: str = URL, **query: str) -> str:
    response = client.get(url, query)
    assert response.status_code == 200
    assert not response.cookies
    return " ".join(response.content.decode().replace("\u202f", " ").split())


@pytest.mark.usefixtures("session")
@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        ("Indian/Reunion", "Thursday 22 October 2026, 15:00–16:30 (Réunion time)"),
        ("America/Toronto", "Thursday 22 October 2026, 07:00–08:30"),
        ("Pacific/Tahiti", "Thursday 22 October 2026, 01:00–02:30"),
        ("Pacific/Kiritimati", "Friday 23 October 2026, 01:00–02:30"),
    ],
)
def test_the_hour_in_the_readers_zone_beside_that_of_paris(client: Client, zone: str, expected: str) -> None:
    page = text(client, tz=zone)
    assert f"For you: {expected}" in page
    assert "Thursday 22 October 2026, 13:00–14:30 (Paris time)" in page
    assert f'<option value="{zone}" selected>' in page


@pytest.mark.parametrize(
    ("moment", "fields", "is_offered"),
    [
        (make.AT, {}, True),
        (make.paris(2026, 10, 22, 15), {}, False),
        (make.AT, {"status": "cancelled"}, False),
    ],
)
def test_registration_is_offered_as_long_as_it_is_open(
    client: Client, session: Session, moment: dt.datetime, fields: dict[str, str], *, is_offered: bool
) -> None:
    for name, value in fields.items():
        setattr(session, name, value)
    session.save()
    with time_machine.travel(moment, tick=False):
        page = text(client, tz="Indian/Reunion")
    assert ("/en/register/tour/" in page) == is_offered
    session.cycle.registration_mode = "closed"
    session.cycle.save()
    with time_machine.travel(moment, tick=False):
        assert "/en/register/tour/" not in text(client, tz="Indian/Reunion")


@pytest.mark.usefixtures("session")
@pytest.mark.parametrize(
    "zone", ["Mars/Phobos", "../../etc/passwd", "\x00", "é" * 5000, "<script>", "Europe/paris "]
)
def test_an_unknown_zone_is_said_and_ignored(client: Client, zone: str) -> None:
    page = text(client, tz=zone)
    assert "No time zone has this name." in page
    assert "For you:" not in page
    assert "<script>" not in page


@pytest.mark.parametrize(
    ("month", "day", "hours"),
    [
        (
            10,
            22,
            {
                "Réunion": "15:00",
                "Mayotte": "14:00",
                "Martinique": "07:00",
                "Nouméa": "22:00",
                "Tahiti": "01:00",
            },
        ),
        (
            11,
            19,
            {
                "Réunion": "16:00",
                "Mayotte": "15:00",
                "Martinique": "08:00",
                "Nouméa": "23:00",
                "Tahiti": "02:00",
            },
        ),
    ],
)
def test_overseas_as_the_source_computes_it(
    client: Client, month: int, day: int, hours: dict[str, str]
) -> None:
    make.session(cycle=make.cycle(slug="tour"), slug="escale-01", starts_at=make.paris(2026, month, day))
    page = text(client)
    for place, hour in hours.items():
        assert f"<dt>{place}</dt><dd>Thu {day} {'Oct' if month == 10 else 'Nov'} 2026, {hour}</dd>" in page


@pytest.fixture
def _before() -> Iterator[None]:
    """Three days before the session: of one that is over the page says no hour of elsewhere."""
    with time_machine.travel(make.paris(2026, 10, 19), tick=False):
        yield


@pytest.mark.usefixtures("_before")
def test_the_stored_pages_never_see_it(client: Client, session: Session) -> None:
    address = "/en/cycles/tour/escale-01/"
    before = client.get(address).content
    kept = set(store._kept.keys())
    text(client, tz="Indian/Reunion")
    assert client.get(address, {"tz": "Indian/Reunion"}).content == before
    assert set(store._kept.keys()) == kept
    assert f'href="{URL}"'.encode() in before
    assert session.starts_at is not None


def test_without_an_hour_there_is_no_such_page(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    cycle = make.cycle(slug="tour")
    make.session(cycle=cycle, slug="jour", is_all_day=True)
    make.session(cycle=cycle, slug="sans-date", status="postponed", starts_at=None, ends_at=None)
    for slug in ("jour", "sans-date", "inconnue"):
        with django_assert_num_queries(1):
            assert client.get(URL.replace("escale-01", slug)).status_code == 404


def test_every_zone_that_is_offered_exists() -> None:
    assert [zone for zone in time_zones.PLACES if time_zones.read(zone) != zone] == []
