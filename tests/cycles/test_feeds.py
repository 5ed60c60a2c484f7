"""Feeds over HTTP: what is in them, who may see it, and how clients revalidate (docs/calendars.md)."""

from __future__ import annotations

import datetime as dt
import gzip
from typing import TYPE_CHECKING

import icalendar
import pytest
import time_machine

from cycles import planning
from cycles.models import Cycle, Session
from cycles.snapshots import store
from tests import make

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test import Client
    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _empty_store() -> Iterator[None]:
    store.clear()
    yield
    store.clear()


@pytest.fixture
def cycle() -> Cycle:
    return make.cycle(slug="voyage", title={"fr": "Le voyage", "en": "The journey"})


def events(client: Client, address: str) -> list[icalendar.Event]:
    response = client.get(address)
    assert response.status_code == 200
    return list(icalendar.Calendar.from_ical(response.content).events)


def summaries(client: Client, address: str) -> list[str]:
    return [str(event["SUMMARY"]) for event in events(client, address)]


def test_a_cycle_feed_in_both_languages(client: Client, cycle: Cycle) -> None:
    make.session(cycle=cycle, number=2, title={"fr": "De la connaissance", "en": "From knowledge"})
    assert summaries(client, "/fr/cycles/voyage.ics") == ["Escale 2\u202f: De la connaissance"]
    assert summaries(client, "/en/cycles/voyage.ics") == ["Stop 2: From knowledge"]


def test_the_catalogue_names_the_cycle(client: Client, cycle: Cycle) -> None:
    with time_machine.travel(make.AT, tick=False):
        make.session(cycle=cycle, number=2, title={"fr": "De la connaissance"})
        assert summaries(client, "/fr/calendar.ics") == ["Escale 2\u202f: De la connaissance · Le voyage"]


def test_what_is_not_public_is_in_no_feed(client: Client, cycle: Cycle) -> None:
    make.session(cycle=cycle, status=Session.Status.DRAFT)
    hidden = make.session(cycle=make.cycle(slug="secret", status=Cycle.Status.DRAFT))
    assert summaries(client, "/fr/cycles/voyage.ics") == []
    assert summaries(client, "/fr/calendar.ics") == []
    for address in ("/fr/cycles/secret.ics", f"/fr/cycles/secret/{hidden.slug}.ics", "/fr/cycles/none.ics"):
        assert client.get(address).status_code == 404


def test_no_room_address_in_any_feed(client: Client, cycle: Cycle) -> None:
    session = make.session(cycle=cycle, room_url="https://room.example.org/secret-room")
    for address in ("/fr/cycles/voyage.ics", "/fr/calendar.ics", f"/fr/cycles/voyage/{session.slug}.ics"):
        assert b"secret-room" not in client.get(address).content


def test_a_move_keeps_the_uid_and_raises_the_sequence(client: Client, cycle: Cycle) -> None:
    session = make.session(cycle=cycle)
    with time_machine.travel(make.AT, tick=False) as clock:
        before = events(client, "/fr/cycles/voyage.ics")[0]
        clock.shift(dt.timedelta(hours=1))
        at = make.AT + dt.timedelta(hours=1)
        planning.move(session, to=make.paris(2026, 11, 26), by=None, at=at, reason={"fr": "Salle prise"})
        store.clear()
        after = events(client, "/fr/cycles/voyage.ics")[0]
    assert after["UID"] == before["UID"]
    assert (before.sequence, after.sequence) == (0, 1)
    assert after.start == make.paris(2026, 11, 26)
    assert after.last_modified > before.last_modified


def test_a_cancelled_session_stays_for_thirty_days(client: Client, cycle: Cycle) -> None:
    session = make.session(cycle=cycle, number=2, title={"fr": "Titre"})
    planning.cancel(session, reason={"fr": "Malade"}, by=None, at=make.AT)
    ends_at = make.paris(2026, 11, 19, 14, 30)
    found = []
    for days in (0, 29, 31):
        store.clear()
        with time_machine.travel(ends_at + dt.timedelta(days=days), tick=False):
            found.append(
                [(str(e["SUMMARY"]), str(e["STATUS"])) for e in events(client, "/fr/cycles/voyage.ics")]
            )
    kept = [("Annulé\u202f: Escale 2\u202f: Titre", "CANCELLED")]
    assert found == [kept, kept, []]


def test_a_download_is_a_file_of_one_event(client: Client, cycle: Cycle) -> None:
    session = make.session(cycle=cycle, slug="escale-02")
    response = client.get("/fr/cycles/voyage/escale-02.ics")
    assert response.headers["Content-Disposition"] == 'attachment; filename="escale-02.ics"'
    assert b"X-WR-CALNAME" not in response.content
    assert [str(e["UID"]) for e in icalendar.Calendar.from_ical(response.content).events] == [
        f"{session.uid}@escale.test"
    ]


def test_the_headers_of_a_feed(client: Client, cycle: Cycle) -> None:
    make.session(cycle=cycle)
    response = client.get("/fr/cycles/voyage.ics")
    wanted = ("Content-Type", "Cache-Control", "Vary", "X-Robots-Tag", "X-Content-Type-Options")
    assert {name: response.headers[name] for name in wanted} == {
        "Content-Type": "text/calendar; charset=utf-8",
        "Cache-Control": "public, max-age=300",
        "Vary": "Accept-Encoding",
        "X-Robots-Tag": "noindex",
        "X-Content-Type-Options": "nosniff",
    }
    assert response.cookies == {}
    assert client.post("/fr/cycles/voyage.ics").status_code == 405


def test_revalidation(
    client: Client, cycle: Cycle, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    make.session(cycle=cycle)
    first = client.get("/fr/cycles/voyage.ics")
    etag, modified = first.headers["ETag"], first.headers["Last-Modified"]
    assert etag.startswith('W/"')
    with django_assert_num_queries(0):
        for asked in (etag, etag.removeprefix("W/"), f'"x", {etag}', "*"):
            answer = client.get("/fr/cycles/voyage.ics", headers={"if-none-match": asked})
            assert (answer.status_code, answer.content, answer.headers["ETag"]) == (304, b"", etag)
    assert client.get("/fr/cycles/voyage.ics", headers={"if-modified-since": modified}).status_code == 304
    stale = client.get(
        "/fr/cycles/voyage.ics", headers={"if-none-match": '"x"', "if-modified-since": modified}
    )
    assert stale.status_code == 200
    for odd in ("yesterday", "Mon, 01 Jan 2001 00:00:00 GMT"):
        assert client.get("/fr/cycles/voyage.ics", headers={"if-modified-since": odd}).status_code == 200


def test_head_has_the_headers_of_get(client: Client, cycle: Cycle) -> None:
    make.session(cycle=cycle)
    got, headed = client.get("/fr/cycles/voyage.ics"), client.head("/fr/cycles/voyage.ics")
    assert (headed.status_code, headed.content) == (200, b"")
    assert dict(headed.headers) == dict(got.headers)


def test_compressed_bytes_are_the_same_calendar(client: Client, cycle: Cycle) -> None:
    make.session(cycle=cycle)
    plain = client.get("/fr/cycles/voyage.ics")
    packed = client.get("/fr/cycles/voyage.ics", headers={"accept-encoding": "br, gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.content) == plain.content
    assert packed.headers["ETag"] == plain.headers["ETag"]
    refused = client.get("/fr/cycles/voyage.ics", headers={"accept-encoding": "gzip;q=0"})
    assert "Content-Encoding" not in refused.headers


@pytest.mark.parametrize("count", [1, 3, 60])
def test_queries_do_not_grow_with_sessions(
    client: Client, cycle: Cycle, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(count):
        make.session(
            cycle=cycle, number=number + 1, starts_at=make.paris(2026, 11, 19) + dt.timedelta(days=number)
        )
    store.clear()
    with django_assert_num_queries(6):
        assert len(events(client, "/fr/cycles/voyage.ics")) == count
    # Rendered once: a rebuild asks for the version, the cycle, and which events there are.
    store.clear()
    with django_assert_num_queries(3):
        assert len(events(client, "/fr/cycles/voyage.ics")) == count


@pytest.mark.django_db(transaction=True)
def test_a_saved_change_shows_at_once_in_this_process(client: Client) -> None:
    session = make.session(cycle=make.cycle(slug="voyage"), number=2, title={"fr": "Avant"})
    assert summaries(client, "/fr/cycles/voyage.ics") == ["Escale 2\u202f: Avant"]
    session.title = {"fr": "Après"}
    session.save(update_fields=["title"])
    assert summaries(client, "/fr/cycles/voyage.ics") == ["Escale 2\u202f: Après"]
