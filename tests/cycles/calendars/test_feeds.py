"""Feeds over HTTP: what is in them, who may see it, and how clients revalidate (docs/calendars.md)."""

from __future__ import annotations

import datetime as dt
import gzip
from typing import TYPE_CHECKING

import django.test
import icalendar
import pytest
import time_machine
from django.conf import settings

from cycles.calendars.rfc5545 import colors
from cycles.models import Cycle, Session
from cycles.schedule import planning
from cycles.site.page_cache import snapshots
from cycles.site.page_cache.snapshots import store
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
    results = []
    for days in (0, 29, 31):
        store.clear()
        with time_machine.travel(ends_at + dt.timedelta(days=days), tick=False):
            results.append(
                [(str(e["SUMMARY"]), str(e["STATUS"])) for e in events(client, "/fr/cycles/voyage.ics")]
            )
    kept = [("Annulé\u202f: Escale 2\u202f: Titre", "CANCELLED")]
    assert results == [kept, kept, []]


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
    client: Client,
    cycle: Cycle,
    django_assert_num_queries: DjangoAssertNumQueries,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # The site's version is read five times a second at most; not during this test, however slow the machine.
    monkeypatch.setattr(snapshots, "VERSION_SECONDS", 3600)
    with time_machine.travel(dt.datetime.now(dt.UTC) - dt.timedelta(minutes=1)):
        make.session(cycle=cycle)
    store.clear()
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
    # A number of its own has each request that is not answered from the store.
    headers = [dict(answer.headers) for answer in (got, headed)]
    for one in headers:
        one.pop("X-Request-ID", None)
    assert headers[0] == headers[1]


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


@pytest.mark.django_db(transaction=True)
def test_two_edits_within_a_second_are_never_the_same_by_date(client: Client) -> None:
    """Last-Modified has whole seconds: who asked between the two must not be told that nothing changed."""
    session = make.session(cycle=make.cycle(slug="voyage"), number=2, title={"fr": "Avant"})
    address, asked = "/fr/cycles/voyage.ics", []
    with time_machine.travel(make.AT, tick=False) as clock:
        for part in (0.1, 0.4, 0.8):
            clock.move_to(make.AT + dt.timedelta(seconds=part))
            session.title = {"fr": f"À {part}"}
            session.save(update_fields=["title"])
            store.recheck()
            answer = client.get(address)
            assert answer.status_code == 200
            asked.append(
                (answer.headers["Last-Modified"], answer.headers["Date"] if "Date" in answer else "")
            )
        for seconds, status in ((0.9, 200), (1.0, 200), (5.0, 200)):
            clock.move_to(make.AT + dt.timedelta(seconds=seconds))
            result = {
                client.get(address, headers={"if-modified-since": modified}).status_code
                for modified, _ in asked
            }
            assert result == {status}
        settled = client.get(address).headers["Last-Modified"]
        assert client.get(address, headers={"if-modified-since": settled}).status_code == 304
        # A date of the future says nothing.
        assert settled == "Thu, 01 Oct 2026 07:00:01 GMT"


def test_whatever_is_sent_to_a_feed_is_refused_plainly(cycle: Cycle) -> None:
    """Calendar programs try PROPFIND and POST; a page about cookies would tell them nothing."""
    make.session(cycle=cycle)
    strict = django.test.Client(enforce_csrf_checks=True)
    for method in ("POST", "PUT", "PROPFIND", "DELETE"):
        answer = strict.generic(method, "/fr/cycles/voyage.ics")
        assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, HEAD")


POSTPONED_AT = make.AT + dt.timedelta(hours=1)


class TestPostponed:
    """A postponed session has no date, but calendars hold the one it had."""

    @pytest.fixture
    def session(self, cycle: Cycle) -> Session:
        session = make.session(cycle=cycle, slug="escale-02", number=2, title={"fr": "Titre"})
        with time_machine.travel(POSTPONED_AT, tick=False):
            planning.postpone(session, by=None, at=POSTPONED_AT, reason={"fr": "Grève, hélas"})
        return Session.objects.get(pk=session.pk)

    @pytest.mark.parametrize(
        "address", ["/fr/cycles/voyage.ics", "/fr/calendar.ics", "/fr/cycles/voyage/escale-02.ics"]
    )
    def test_it_is_cancelled_at_the_date_it_had(self, client: Client, session: Session, address: str) -> None:
        with time_machine.travel(POSTPONED_AT, tick=False):
            (event,) = events(client, address)
        assert str(event["SUMMARY"]).startswith("Reporté\u202f: Escale 2\u202f: Titre")
        assert (str(event["STATUS"]), event.sequence, event.start) == (
            "CANCELLED",
            1,
            make.paris(2026, 11, 19),
        )
        assert str(event["UID"]) == f"{session.uid}@escale.test"
        assert "Reporté\u202f: Grève, hélas" in str(event["DESCRIPTION"])

    def test_its_last_modified_rose(self, session: Session) -> None:
        assert session.shown_at == POSTPONED_AT

    def test_it_is_gone_thirty_days_after_that_date(self, client: Client, session: Session) -> None:
        ends_at = make.paris(2026, 11, 19, 14, 30)
        results = []
        for days in (29, 31):
            store.clear()
            with time_machine.travel(ends_at + dt.timedelta(days=days), tick=False):
                results.append(len(events(client, "/fr/cycles/voyage.ics")))
        assert (results, session.starts_at) == ([1, 0], None)

    @pytest.mark.parametrize("status", [Session.Status.TENTATIVE, Session.Status.CONFIRMED])
    @pytest.mark.parametrize("way", ["straight", "cancelled and restored between"])
    def test_dated_again_it_is_as_sure_as_it_was(
        self, client: Client, cycle: Cycle, status: Session.Status, way: str
    ) -> None:
        session = make.session(cycle=cycle, status=status)
        planning.postpone(session, by=None, at=POSTPONED_AT)
        if way != "straight":
            planning.cancel(session, reason={"fr": "Malade"}, by=None, at=POSTPONED_AT)
            planning.restore(session, by=None, at=POSTPONED_AT)
        to = make.paris(2026, 12, 3)
        planning.move(
            session,
            to=to,
            until=to + dt.timedelta(minutes=90),
            by=None,
            at=POSTPONED_AT,
            reason={"fr": "Trouvée"},
        )
        (event,) = events(client, "/fr/cycles/voyage.ics")
        assert (str(event["STATUS"]), event.start) == (status.upper(), to)
        assert Session.objects.get(pk=session.pk).status == status

    def test_one_that_never_had_a_date_is_in_no_calendar(self, client: Client, cycle: Cycle) -> None:
        make.session(cycle=cycle, status=Session.Status.POSTPONED, starts_at=None)
        assert events(client, "/fr/cycles/voyage.ics") == []


def colours(body: bytes) -> list[str]:
    return [line for line in body.decode().split("\r\n") if "COLOR" in line]


def test_a_cycle_has_its_own_colour(client: Client) -> None:
    for slug, color in (("voyage", "firebrick"), ("plain", "")):
        make.session(cycle=make.cycle(slug=slug, color=color), starts_at=make.paris(2100, 1, 1))
    own = ["COLOR:firebrick", "X-APPLE-CALENDAR-COLOR:#B22222"]
    site = ["COLOR:teal", "X-APPLE-CALENDAR-COLOR:#008080"]
    assert colours(client.get("/fr/cycles/voyage.ics").content) == own
    assert colours(client.get("/fr/cycles/plain.ics").content) == site
    # Among others its events say it.
    assert colours(client.get("/fr/calendar.ics").content) == [*site, "COLOR:firebrick"]


def test_every_colour_to_choose_is_known_to_apple_too() -> None:
    assert list(colors.HEX) == [value for value, _words in Cycle.Color.choices]


def described(client: Client) -> str:
    (event,) = events(client, "/fr/cycles/voyage.ics")
    return str(event["DESCRIPTION"])


def test_a_description_promises_no_registration_that_time_or_places_may_end(
    client: Client, cycle: Cycle
) -> None:
    session = make.session(cycle=cycle, slug="escale-02", capacity=1)
    last = "Détails\u202f: http://testserver/fr/cycles/voyage/escale-02/"
    make.registration(session=session)
    for moment in (make.AT, make.paris(2026, 11, 20)):
        store.clear()
        with time_machine.travel(moment, tick=False):
            text = described(client)
        assert text.splitlines()[-1] == last.replace("http://testserver", settings.ESCALE_BASE_URL)
        assert "inscription" not in text


def test_a_moved_session_says_from_which_date_as_its_page_does(client: Client, cycle: Cycle) -> None:
    session = make.session(cycle=cycle, slug="escale-02", planned_date=dt.date(2026, 11, 19))
    with time_machine.travel(make.AT, tick=False):
        assert "Déplacée" not in described(client)
        planning.move(session, to=make.paris(2026, 11, 26), by=None, at=make.AT)
        store.clear()
        assert "Déplacée\u202f: était prévue le jeudi 19 novembre 2026." in described(client)
        planning.cancel(session, reason={"fr": "Malade"}, by=None, at=make.AT)
        store.clear()
        text = described(client)
    assert "Annulé\u202f: Malade" in text
    assert "Déplacée" not in text


def test_a_session_beside_the_rule_says_from_which_date_it_was_moved(client: Client, cycle: Cycle) -> None:
    session = make.session(cycle=cycle, slug="escale-02", starts_at=make.paris(2026, 11, 24))
    with time_machine.travel(make.AT, tick=False):
        for day in (26, 27):
            planning.move(session, to=make.paris(2026, 11, day), by=None, at=make.AT)
        store.clear()
        assert "Déplacée\u202f: était prévue le mardi 24 novembre 2026." in described(client)
        planning.move(session, to=make.paris(2026, 11, 24, 18), by=None, at=make.AT)
        store.clear()
        assert "Déplacée" not in described(client)


def test_a_cancelled_session_says_so_without_a_reason(client: Client, cycle: Cycle) -> None:
    make.session(cycle=cycle, slug="escale-02", status=Session.Status.CANCELLED)
    with time_machine.travel(make.AT, tick=False):
        assert described(client).startswith("Cette séance est annulée.")
