"""Journey J10: a calendar subscriber. Steps 1, 4 and 6, on the real programme shifted by six years."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING

import icalendar
import pytest
import time_machine
import vobject
from django.core.management import call_command

from cycles.models import Session
from cycles.schedule import planning
from cycles.site.page_cache.snapshots import store
from tests import make

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test import Client

pytestmark = pytest.mark.django_db

PROGRAMME = Path(__file__).parents[2] / "cycles" / "data" / "programme.yaml"
FEED = "/fr/cycles/reconnaissance-2020-2021.ics"
# Monday 23 November 2026: two stops are past, ten lie ahead.
NOW = dt.datetime(2026, 11, 23, 9, 0, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def _programme() -> Iterator[None]:
    store.clear()
    with time_machine.travel(NOW, tick=False):
        call_command("import_programme", str(PROGRAMME), shift_years=6, verbosity=0)
        yield
    store.clear()


def read(client: Client) -> list[icalendar.Event]:
    store.clear()
    return list(icalendar.Calendar.from_ical(client.get(FEED).content).events)


def test_step_1_twelve_events_and_nothing_private(client: Client) -> None:
    Session.objects.filter(slug="escale-03").update(room_url="https://room.example.org/secret-3")
    make.registration(session=Session.objects.get(slug="escale-03"))
    events = read(client)
    assert [str(event["STATUS"]) for event in events] == ["CONFIRMED"] * 2 + ["TENTATIVE"] * 10
    assert len({str(event["UID"]) for event in events}) == 12
    body = client.get(FEED).content.decode()
    assert [
        word
        for word in ("secret", "@example.org", "ATTENDEE", "ORGANIZER", "VALARM", "METHOD")
        if word in body
    ] == []
    page = client.get("/fr/cycles/reconnaissance-2020-2021/subscribe/").content.decode()
    assert ("webcal://testserver" + FEED in page, "http://testserver" + FEED in page) == (True, True)


def test_step_4_a_moved_stop_is_the_same_event(client: Client) -> None:
    before = read(client)[2]
    third = Session.objects.get(slug="escale-03")
    planning.move(
        third, to=make.paris(2027, 1, 7), by=None, at=NOW + dt.timedelta(minutes=1), reason={"fr": "Salle"}
    )
    after = next(event for event in read(client) if event["UID"] == before["UID"])
    assert (before.sequence, after.sequence) == (0, 1)
    assert after.start == make.paris(2027, 1, 7)
    assert (after.last_modified > before.last_modified, len(read(client))) == (True, 12)
    page = client.get("/en/cycles/reconnaissance-2020-2021/subscribe/").content.decode()
    assert "every 4 to 24 hours" in page


def test_step_6_two_libraries_read_the_same_hours(client: Client) -> None:
    body = client.get(FEED).content.decode()
    expected = ["2026-10-22T13:00:00+02:00", "2026-11-19T13:00:00+01:00"]
    first = [event.start.isoformat() for event in read(client)[:2]]
    second = [event.dtstart.value.isoformat() for event in vobject.readOne(body).vevent_list[:2]]
    assert (first, second) == (expected, expected)
    assert body.count("RRULE:FREQ=YEARLY") == 2


def test_a_daily_cycle_is_whole_days(client: Client) -> None:
    body = client.get("/fr/cycles/21-jours-pour-convaincre-2019.ics").content
    events = list(icalendar.Calendar.from_ical(body).events)
    assert len(events) == 21
    assert {event.end - event.start for event in events} == {dt.timedelta(days=1)}
    assert {type(event.start) for event in events} == {dt.date}
