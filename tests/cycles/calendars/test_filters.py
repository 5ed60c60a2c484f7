"""Calendars of one's own choice: topics, territories and tracks together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import icalendar
import pytest
import time_machine

from cycles.models import Segment, Territory, Track
from cycles.site.page_cache import snapshots
from tests import make

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _at() -> Iterator[None]:
    snapshots.store.clear()
    with time_machine.travel(make.AT, tick=False):
        yield
    snapshots.store.clear()


@pytest.fixture(autouse=True)
def _sessions() -> None:
    """Four sessions: a-west, a-east on a track, b-west by its agenda, and one that is a draft."""
    cycle = make.cycle(slug="voyage", title={"fr": "Le voyage"})
    a, b, hidden = (make.topic(slug=slug, name={"fr": slug.upper()}) for slug in ("a", "b", "hidden"))
    west, east = (Territory.objects.create(slug=slug, name={"fr": slug.title()}) for slug in ("west", "east"))
    track = Track.objects.create(cycle=cycle, slug="nuits", name={"fr": "Nuits"})
    make.session(cycle=cycle, slug="a-west", number=1, territory=west).topics.add(a)
    make.session(cycle=cycle, slug="a-east", number=2, territory=east, track=track).topics.add(a)
    third = make.session(cycle=cycle, slug="b-west", number=3, territory=west)
    Segment.objects.create(session=third, order=1, topic=b)
    Segment.objects.create(session=third, order=2, topic=b)
    make.session(cycle=cycle, slug="draft", number=4, status="draft", territory=west).topics.add(hidden)


def numbers(client: Client, choice: str) -> list[int]:
    response = client.get(f"/fr/filter/{choice}.ics")
    assert (response.status_code, response["Content-Type"]) == (200, "text/calendar; charset=utf-8")
    events = icalendar.Calendar.from_ical(response.content).events
    return sorted(int(str(event["SUMMARY"]).split()[1].strip("\u202f:")) for event in events)


@pytest.mark.parametrize(
    ("choice", "found"),
    [
        ("topic.a", [1, 2]),
        ("topic.b", [3]),
        ("topic.a/topic.b", [1, 2, 3]),
        ("territory.west", [1, 3]),
        ("topic.a/territory.west", [1]),
        ("topic.a/topic.b/territory.west", [1, 3]),
        ("topic.a/territory.east/territory.west", [1, 2]),
        ("topic.a/territory.east/track.voyage.nuits", [2]),
        ("topic.b/track.voyage.nuits", []),
    ],
)
def test_kinds_narrow_and_alternatives_widen(client: Client, choice: str, found: list[int]) -> None:
    assert numbers(client, choice) == found


@pytest.mark.parametrize(
    "choice",
    [
        "topic.none",
        "topic.hidden",
        "topic.b/topic.a",
        "topic.a/topic.a",
        "territory.west/topic.a",
        "topic.a/",
        "topic",
        "cycle.voyage",
        "track.nuits",
        "../topic.a",
        "topic.a/" + "/".join(f"topic.x{n}" for n in range(50)),
    ],
)
def test_one_choice_has_one_address(client: Client, choice: str) -> None:
    for address in (f"/fr/filter/{choice}.ics", f"/fr/filter/{choice}/"):
        assert client.get(address).status_code == 404


def test_the_boxes_of_the_page_lead_to_the_calendar(client: Client) -> None:
    page = client.get("/fr/subscribe/").content.decode()
    assert [f'value="{value}"' in page for value in ("a", "b", "west", "voyage.nuits", "hidden")] == [
        True,
        True,
        True,
        True,
        False,
    ]
    asked = {"topic": ["b", "a", "unknown"], "territory": ["west"]}
    answer = client.get("/fr/filter/", asked)
    assert (answer.status_code, answer["Location"]) == (302, "/fr/filter/topic.a/topic.b/territory.west/")
    page = client.get(answer["Location"]).content.decode()
    assert "http://testserver/fr/filter/topic.a/topic.b/territory.west.ics" in page
    assert "2 séances correspondent à votre choix" in page
    assert "A, B, West" in page


def test_no_box_leads_back_and_too_many_are_said(client: Client) -> None:
    assert client.get("/fr/filter/")["Location"] == "/fr/subscribe/#choose"
    session = make.session(cycle=make.cycle())
    many = [make.topic(slug=f"{'long-' * 8}{n}") for n in range(5)]
    session.topics.set(many)
    answer = client.get("/fr/filter/", {"topic": [topic.slug for topic in many]})
    assert answer.status_code == 422
    assert "Trop de choix pour une seule adresse" in answer.content.decode()
