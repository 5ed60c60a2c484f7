"""Who reads the calendars: families and numbers, and nothing that leads back to anyone."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
import time_machine

from cycles import tasks
from cycles.calendars.readers import audience
from cycles.content import content_version
from cycles.models import FeedDay, FeedFetch
from registrations.calendar import feed_tokens
from tests import make

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test import Client
    from pytest_django import DjangoAssertNumQueries, Settings

FEED = "/fr/cycles/voyage.ics"
THUNDERBIRD = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Thunderbird/128.4.0"

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_readers_apart")]


@pytest.fixture(autouse=True)
def _nothing_gathered() -> Iterator[None]:
    audience._gathered.take()
    yield
    audience._gathered.take()


def poll(
    client: Client,
    *,
    agent: str = THUNDERBIRD,
    network: str = "192.0.2.1",
    path: str = FEED,
    answer: int = 200,
) -> None:
    assert client.get(path, headers={"user-agent": agent}, REMOTE_ADDR=network).status_code == answer


def counted() -> list[tuple[str, str, int, int]]:
    rows = FeedFetch.objects.order_by("address", "family", "day")
    return list(rows.values_list("address", "family", "fetches", "readers"))


def test_polls_are_counted_by_family_and_reader(client: Client) -> None:
    make.session(cycle=make.cycle(slug="voyage"))
    for network in ("192.0.2.1", "192.0.2.1", "192.0.2.2"):
        poll(client, network=network)
    etag = client.get(FEED, headers={"user-agent": "Evolution/3.52.1"}).headers["ETag"]
    answer = client.get(FEED, headers={"user-agent": "Evolution/3.52.1", "if-none-match": etag})
    assert answer.status_code == 304
    assert counted() == []
    assert audience.tell(at=make.AT) == 2
    assert counted() == [(FEED, "evolution", 2, 1), (FEED, "thunderbird", 3, 2)]
    assert audience.tell(at=make.AT) == 0


def test_a_day_adds_up_over_minutes_and_processes(client: Client) -> None:
    make.session(cycle=make.cycle(slug="voyage"))
    for networks in (("192.0.2.1", "192.0.2.2"), ("192.0.2.2", "192.0.2.3")):
        for network in networks:
            poll(client, network=network)
        audience.tell(at=make.AT)
    assert counted() == [(FEED, "thunderbird", 4, 3)]
    poll(client)
    audience.tell(at=make.AT + dt.timedelta(days=1))
    assert counted() == [(FEED, "thunderbird", 4, 3), (FEED, "thunderbird", 1, 1)]


def test_only_calendars_that_one_subscribes_to_are_counted(client: Client) -> None:
    session = make.session(cycle=make.cycle(slug="voyage"), slug="escale-02")
    for path in ("/fr/cycles/voyage/", f"/fr/cycles/voyage/{session.slug}.ics"):
        poll(client, path=path)
    poll(client, path="/fr/cycles/none.ics", answer=404)
    assert audience.tell(at=make.AT) == 0


def test_a_poll_of_a_stored_feed_asks_the_database_nothing(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    make.session(cycle=make.cycle(slug="voyage"))
    poll(client)
    with django_assert_num_queries(0):
        poll(client, network="192.0.2.9")


def test_counting_changes_no_page(client: Client) -> None:
    make.session(cycle=make.cycle(slug="voyage"))
    poll(client)
    before = content_version.version()
    audience.tell(at=make.AT)
    audience.forget(at=make.AT + dt.timedelta(days=200))
    assert content_version.version() == before


def test_private_calendars_count_together_and_keep_no_address(client: Client) -> None:
    tokens = [feed_tokens.reset(make.participant(), at=make.AT) for _person in range(2)]
    for token in (*tokens, tokens[0]):
        poll(client, path=f"/fr/calendar/{token}.ics")
    audience.tell(at=make.AT)
    assert counted() == [("private", "thunderbird", 3, 2)]


def test_nothing_that_is_kept_names_anyone(client: Client) -> None:
    make.session(cycle=make.cycle(slug="voyage"))
    token = feed_tokens.reset(make.participant(), at=make.AT)
    poll(client, network="203.0.113.77")
    poll(client, path=f"/fr/calendar/{token}.ics", network="203.0.113.77")
    audience.tell(at=make.AT)
    kept = repr([*FeedFetch.objects.values(), *FeedDay.objects.values()])
    for secret in ("203.0.113.77", token, feed_tokens.hash_of(token), "Gecko"):
        assert secret not in kept


def test_keys_and_marks_go_with_their_day_and_counts_after_ninety(client: Client) -> None:
    make.session(cycle=make.cycle(slug="voyage"))
    poll(client)
    audience.tell(at=make.AT)
    with time_machine.travel(make.AT, tick=False):
        tasks.forget()
    assert FeedDay.objects.count() == 1
    assert FeedFetch.objects.exclude(marks=b"").count() == 1
    audience.forget(at=make.AT + dt.timedelta(days=1))
    assert FeedDay.objects.count() == 0
    assert FeedFetch.objects.exclude(marks=b"").count() == 0
    assert counted() == [(FEED, "thunderbird", 1, 1)]
    audience.forget(at=make.AT + dt.timedelta(days=91))
    assert counted() == []


def test_behind_our_proxy_the_visitor_counts(client: Client, settings: Settings) -> None:
    make.session(cycle=make.cycle(slug="voyage"))
    settings.ESCALE_PROXY_COUNT = 1
    for visitor in ("198.51.100.1", "198.51.100.2"):
        client.get(FEED, headers={"user-agent": THUNDERBIRD, "x-forwarded-for": f"10.9.9.9, {visitor}"})
    audience.tell(at=make.AT)
    assert counted() == [(FEED, "thunderbird", 2, 2)]


def test_a_flood_of_names_is_counted_as_fetches_only(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audience, "MOST_GATHERED", 3)
    make.session(cycle=make.cycle(slug="voyage"))
    for number in range(10):
        poll(client, network=f"192.0.2.{number}")
    audience.tell(at=make.AT)
    assert counted() == [(FEED, "thunderbird", 10, 3)]


def test_what_was_gathered_survives_trouble(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    make.session(cycle=make.cycle(slug="voyage"))
    poll(client)
    with monkeypatch.context() as patch:
        # A row that the database refuses.
        patch.setattr(audience, "_key", lambda day: FeedDay.objects.get(day=day).key)
        with pytest.raises(FeedDay.DoesNotExist):
            audience.tell(at=make.AT)
    audience.tell(at=make.AT)
    assert counted() == [(FEED, "thunderbird", 1, 1)]


def test_readings_are_of_the_fullest_of_seven_days(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    make.session(cycle=make.cycle(slug="voyage"))
    for days, readers in ((0, 5), (2, 3), (4, 1)):
        for number in range(readers):
            poll(client, network=f"192.0.2.{number}")
        audience.tell(at=make.AT + dt.timedelta(days=days))
    with django_assert_num_queries(1):
        result = audience.readings([FEED, "/en/cycles/voyage.ics"], at=make.AT + dt.timedelta(days=8))
    assert [(r.family, r.readers, r.fetches) for r in result] == [("thunderbird", 3, 4)]
