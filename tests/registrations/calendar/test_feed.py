"""The private calendar: whose dates, which link, when it changes, and how it ends (docs/calendars.md)."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING

import django.test
import icalendar
import pytest
import time_machine
from django.db import DatabaseError
from django.urls import reverse

from cycles.models import Session
from cycles.schedule import planning
from cycles.site.page_cache import snapshots
from registrations import booking
from registrations.calendar import feed, feed_tokens
from registrations.links import personal_links
from registrations.models import FeedToken, Participant, State
from registrations.people import participants
from registrations.people.data import rights
from tests import make

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from django.test import Client
    from pytest_django import DjangoAssertNumQueries

    from registrations.models import CycleRegistration

pytestmark = pytest.mark.django_db

AT = make.AT
DAY = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(AT, tick=False) as traveller:
        yield traveller


def amina(cycle: CycleRegistration | None = None) -> Participant:
    return make.participant(email="amina@example.org") if cycle is None else cycle.participant


def registered(sessions: int = 3) -> CycleRegistration:
    cycle = make.cycle(title={"fr": "Le voyage", "en": "The journey"})
    mine = make.cycle_registration(cycle=cycle, state=State.CONFIRMED, confirmed_at=AT)
    for number in range(1, sessions + 1):
        session = make.session(
            cycle=cycle,
            number=number,
            slug=f"stop-{number}",
            title={"fr": f"Thème {number}"},
            starts_at=make.paris(2026, 10 + number - 1, 22),
            room_url="https://room.example.org/secret-room",
        )
        make.registration(
            session=session,
            participant=mine.participant,
            cycle_registration=mine,
            state=State.CONFIRMED,
            confirmed_at=AT,
        )
    return mine


def address(person: Participant) -> str:
    return reverse("registrations:private-feed", args=[feed_tokens.reset(person, at=AT)])


def events(client: Client, path: str) -> list[icalendar.Event]:
    response = client.get(path)
    assert response.status_code == 200
    return list(icalendar.Calendar.from_ical(response.content).events)


def told(client: Client, path: str) -> list[tuple[str, str, int]]:
    return [(str(e["SUMMARY"]), str(e["STATUS"]), e.sequence) for e in events(client, path)]


def test_my_dates_with_my_links(client: Client) -> None:
    mine = registered(2)
    make.session(cycle=mine.cycle, number=9)
    path = address(mine.participant)
    result = events(client, path)
    assert [str(event["SUMMARY"]) for event in result] == [
        "Escale 1\u202f: Thème 1 · Le voyage",
        "Escale 2\u202f: Thème 2 · Le voyage",
    ]
    seats = list(mine.registrations.order_by("session__starts_at"))
    for event, seat in zip(result, seats, strict=True):
        link = f"http://testserver/fr/join/{personal_links.join_token(seat)}/"
        assert str(event["LOCATION"]) == link
        assert str(event["DESCRIPTION"]).startswith(f"Rejoindre\u202f: {link}\n")
        assert (str(event["CLASS"]), str(event["TRANSP"])) == ("PRIVATE", "OPAQUE")
        assert "ATTENDEE" not in event
        assert "ORGANIZER" not in event
        assert event.walk("VALARM") == []
    assert b"secret-room" not in client.get(path).content
    assert mine.participant.email.encode() not in client.get(path).content


def test_its_headers(client: Client) -> None:
    response = client.get(
        address(registered().participant), headers={"accept-language": "en", "cookie": "a=b"}
    )
    wanted = ("Content-Type", "Cache-Control", "Vary", "X-Robots-Tag", "Referrer-Policy")
    assert {name: response.headers.get(name) for name in wanted} == {
        "Content-Type": "text/calendar; charset=utf-8",
        "Cache-Control": "private, no-cache",
        "Vary": "Accept-Encoding",
        "X-Robots-Tag": "noindex",
        "Referrer-Policy": "no-referrer",
    }
    assert response.cookies == {}


@pytest.mark.parametrize("sessions", [1, 3, 30])
def test_a_poll_that_finds_nothing_new_costs_one_query(
    client: Client,
    sessions: int,
    django_assert_num_queries: DjangoAssertNumQueries,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    mine = registered(1)
    for number in range(2, sessions + 1):
        session = make.session(cycle=mine.cycle, number=number)
        make.registration(
            session=session, participant=mine.participant, cycle_registration=mine, state="confirmed"
        )
    path = address(mine.participant)
    first = client.get(path)
    # The site's version is read five times a second at most; not during this test.
    monkeypatch.setattr(snapshots, "VERSION_SECONDS", 3600)
    with django_assert_num_queries(1):
        assert client.get(path).content == first.content
    for sent in (first["ETag"], first["ETag"].removeprefix("W/"), f'"other", {first["ETag"]}', "*"):
        with django_assert_num_queries(1):
            again = client.get(path, headers={"if-none-match": sent})
        assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    assert client.get(path, headers={"if-none-match": '"stale"'}).status_code == 200
    assert client.head(path)["ETag"] == first["ETag"]
    assert client.post(path).status_code == 405


@pytest.mark.django_db(transaction=True)
def test_a_poll_sees_a_move_and_a_cancellation(client: Client, clock: time_machine.Traveller) -> None:
    mine = registered(2)
    path = address(mine.participant)
    before = client.get(path)
    second = Session.objects.get(number=2)
    planning.move(second, to=make.paris(2026, 12, 3), by=None, at=AT + DAY, reason={"fr": "Salle prise"})
    clock.move_to(AT + DAY)
    after = client.get(path, headers={"if-none-match": before["ETag"]})
    assert after.status_code == 200
    assert events(client, path)[1].start == make.paris(2026, 12, 3)
    planning.cancel(second, by=None, at=AT + DAY, reason={"fr": "Malade"})
    assert told(client, path)[1] == ("Annulé\u202f: Escale 2\u202f: Thème 2 · Le voyage", "CANCELLED", 2)
    # Thirty days after its date it goes.
    clock.move_to(make.paris(2027, 1, 10))
    assert [row[0] for row in told(client, path)] == ["Escale 1\u202f: Thème 1 · Le voyage"]


def test_a_place_given_back_is_cancelled_in_the_calendar_and_comes_back(
    client: Client, clock: time_machine.Traveller
) -> None:
    mine = registered(1)
    path = address(mine.participant)
    first = events(client, path)[0]
    clock.shift(DAY)
    seat = booking.cancel(mine.registrations.get(), at=AT + DAY)
    gone = events(client, path)[0]
    assert (str(gone["STATUS"]), str(gone["SUMMARY"])) == (
        "CANCELLED",
        "Annulé\u202f: Escale 1\u202f: Thème 1 · Le voyage",
    )
    assert "join" not in str(gone["DESCRIPTION"]) + str(gone["LOCATION"])
    assert (gone["UID"], gone.sequence) == (first["UID"], first.sequence)
    assert gone.last_modified > first.last_modified
    clock.shift(DAY)
    booking.take(mine, session=seat.session, at=AT + 2 * DAY)
    back = events(client, path)[0]
    assert str(back["STATUS"]) == "CONFIRMED"
    assert back.last_modified > gone.last_modified


WAITS = [
    (
        State.WAITLISTED,
        "Liste d’attente",
        "Vous n’avez pas encore de place\u202f: vous êtes sur la liste d’attente.",
    ),
    (
        State.OFFERED,
        "Place proposée",
        "Une place vous est gardée quelque temps, mais vous ne l’avez pas prise",
    ),
    (State.IN_REVIEW, "En attente de réponse", "Vous n’avez pas encore de place\u202f: les organisateurs"),
]


def is_tentative_and_says_so(event: icalendar.Event, label: str, sentence: str) -> bool:
    return (
        str(event["SUMMARY"]).startswith(f"{label}\u202f: Escale ")
        and str(event["DESCRIPTION"]).startswith(sentence)
        and (str(event["STATUS"]), str(event["TRANSP"]), str(event["CLASS"]))
        == ("TENTATIVE", "TRANSPARENT", "PRIVATE")
        and b"/join/" not in event.to_ical().replace(b"\r\n ", b"")
        and "CONFERENCE" not in event
        and event.walk("VALARM") == []
    )


@pytest.mark.parametrize(("state", "label", "sentence"), WAITS)
def test_someone_who_waits_for_a_date_has_it_as_tentative(
    client: Client, state: State, label: str, sentence: str
) -> None:
    mine = registered(3)
    ends = AT + DAY if state == State.OFFERED else None
    mine.registrations.filter(session__number=2).update(state=state, confirmed_at=None, offer_ends_at=ends)
    path = address(mine.participant)
    feed_tokens.set_alarm(mine.participant, minutes=15, at=AT)
    result = events(client, path)
    assert [str(event["STATUS"]) for event in result] == ["CONFIRMED", "TENTATIVE", "CONFIRMED"]
    assert is_tentative_and_says_so(result[1], label, sentence)


@pytest.mark.parametrize("words", WAITS)
@pytest.mark.parametrize(("scope", "count"), [("all", 3), ("chosen", 1)])
def test_someone_who_waits_for_the_cycle_has_its_dates_as_tentative(
    client: Client, words: tuple[State, str, str], scope: str, count: int
) -> None:
    """They have no row at any date; what they gave back before is what they ask for again."""
    state, label, sentence = words
    mine = registered(3)
    first = mine.registrations.get(session__number=1)
    mine.registrations.exclude(pk=first.pk).delete()
    mine.registrations.filter(pk=first.pk).update(state=State.CANCELLED, cancelled_at=AT)
    mine.state, mine.scope, mine.requested_session_ids = state, scope, [first.session_id]
    mine.queued_at, mine.offer_ends_at = AT, AT + DAY if state == State.OFFERED else None
    mine.save()
    result = events(client, address(mine.participant))
    assert [is_tentative_and_says_so(event, label, sentence) for event in result] == [True] * count


def test_a_request_that_nobody_proved_is_in_no_calendar(client: Client) -> None:
    mine = registered(1)
    mine.registrations.all().delete()
    mine.state, mine.confirmed_at = State.PENDING, None
    mine.save()
    assert events(client, address(mine.participant)) == []


def test_a_postponed_date_is_cancelled_then_gone(client: Client, clock: time_machine.Traveller) -> None:
    mine = registered(2)
    path = address(mine.participant)
    planning.postpone(Session.objects.get(number=1), by=None, at=AT, reason={"fr": "Grève"})
    assert told(client, path) == [
        ("Reporté\u202f: Escale 1\u202f: Thème 1 · Le voyage", "CANCELLED", 1),
        ("Escale 2\u202f: Thème 2 · Le voyage", "CONFIRMED", 0),
    ]
    clock.move_to(make.paris(2026, 11, 23))
    assert [row[1] for row in told(client, path)] == ["CONFIRMED"]


@pytest.mark.parametrize(
    ("chosen", "trigger"), [("15", b"TRIGGER:-PT15M"), ("60", b"TRIGGER:-PT1H"), ("1440", b"TRIGGER:-P1D")]
)
def test_it_rings_as_long_before_as_asked(client: Client, chosen: str, trigger: bytes) -> None:
    mine = registered(1)
    path = address(mine.participant)
    assert b"VALARM" not in client.get(path).content
    token = personal_links.manage_token(mine.participant)
    alarm = reverse("registrations:my-feed-alarm", args=[token])
    client.post(alarm, {"alarm": chosen})
    alarms = events(client, path)[0].walk("VALARM")
    assert [(str(a["ACTION"]), a.to_ical().count(b"\r\n" + trigger + b"\r\n")) for a in alarms] == [
        ("DISPLAY", 1)
    ]
    page = client.get(reverse("registrations:my-registrations", args=[token])).content.decode()
    assert re.findall(r'<option value="(\d*)" selected>', page)[0] == chosen
    # Another address keeps the choice, and nonsense changes nothing.
    path = address(mine.participant)
    client.post(alarm, {"alarm": "7"})
    assert trigger in client.get(path).content
    client.post(alarm, {"alarm": ""})
    assert b"VALARM" not in client.get(path).content


@pytest.mark.parametrize("act", ["alarm", "language"])
def test_last_modified_rises_with_what_its_owner_changes(
    client: Client, clock: time_machine.Traveller, act: str
) -> None:
    """Twice within a second too: programs skip an event whose LAST-MODIFIED did not rise."""
    person = registered(1).participant
    path = address(person)
    seen = [events(client, path)[0].last_modified]
    tags = [client.get(path)["ETag"]]
    for part, minutes, language in ((0.3, 15, "en"), (0.6, 60, "fr"), (0.9, None, "en")):
        at = AT + DAY + dt.timedelta(seconds=part)
        clock.move_to(at)
        if act == "alarm":
            feed_tokens.set_alarm(person, minutes=minutes, at=at)
        else:
            participants.set_person(
                person,
                given_name="A",
                family_name="B",
                organisation_name="",
                language=language,
                timezone="",
                at=at,
            )
        answer = client.get(path, headers={"if-none-match": tags[-1]})
        assert answer.status_code == 200
        tags.append(answer["ETag"])
        seen.append(events(client, path)[0].last_modified)
    assert seen == [AT, *(AT + DAY + dt.timedelta(seconds=seconds) for seconds in (0, 1, 2))]


def test_its_tag_is_that_of_its_bytes(client: Client, settings: Any) -> None:
    """Whatever changes the bytes, be it the site's own name, a program with the old ones is told so."""
    path = address(registered(1).participant)
    before = client.get(path)
    settings.ESCALE_SITE_NAME = "Un autre nom"
    feed._last.clear()
    assert client.get(path, headers={"if-none-match": before["ETag"]}).status_code == 200


def test_what_else_is_sent_to_it_is_refused_plainly() -> None:
    path = address(registered(1).participant)
    strict = django.test.Client(enforce_csrf_checks=True)
    for method in ("POST", "PUT", "PROPFIND"):
        answer = strict.generic(method, path)
        assert (answer.status_code, answer["Allow"]) == (405, "GET, HEAD")


@pytest.mark.parametrize("sessions", [1, 3])
def test_all_my_dates_in_one_file(client: Client, sessions: int) -> None:
    mine = registered(sessions)
    file = reverse("registrations:my-dates", args=[personal_links.manage_token(mine.participant)])
    answer = client.get(file)
    assert answer["Content-Disposition"] == 'attachment; filename="mes-dates.ics"'
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    calendar = icalendar.Calendar.from_ical(answer.content)
    assert [str(event["SUMMARY"]) for event in calendar.events] == [
        f"Escale {number}\u202f: Thème {number} · Le voyage" for number in range(1, sessions + 1)
    ]
    assert [name for name in ("METHOD", "NAME", "X-WR-CALNAME", "REFRESH-INTERVAL") if name in calendar] == []


def test_its_language_is_the_person_s(client: Client) -> None:
    mine = registered(1)
    path = address(mine.participant)
    assert "Escale 1" in str(events(client, path)[0]["SUMMARY"])
    person = mine.participant
    participants.set_person(
        person, given_name="A", family_name="B", organisation_name="", language="en", timezone="", at=AT
    )
    assert str(events(client, path)[0]["SUMMARY"]).startswith("Stop 1: ")


class TestEnd:
    def is_empty(self, client: Client, path: str) -> bool:
        content = client.get(path).content
        return b"VEVENT" not in content and b"VTIMEZONE" in content

    def test_a_replaced_address_is_empty_then_gone(
        self, client: Client, clock: time_machine.Traveller
    ) -> None:
        person = registered(1).participant
        first = address(person)
        old = client.get(first)
        second = address(person)
        assert first != second
        assert len(events(client, second)) == 1
        assert client.get(first, headers={"if-none-match": old["ETag"]}).status_code == 200
        assert self.is_empty(client, first)
        clock.move_to(AT + 30 * DAY - dt.timedelta(seconds=1))
        assert self.is_empty(client, first)
        clock.move_to(AT + 30 * DAY)
        assert client.get(first).status_code == 410

    def test_an_erased_person_s_too(self, client: Client, clock: time_machine.Traveller) -> None:
        person = registered(1).participant
        path = address(person)
        assert len(events(client, path)) == 1
        rights.erase(person, at=AT)
        assert self.is_empty(client, path)
        # Whose it was is forgotten: it speaks the language of its address.
        names = {"fr": "Mes inscriptions", "en": "My registrations"}
        _empty, spoken, rest = path.split("/", 2)
        for language, name in names.items():
            assert spoken in names
            assert f"X-WR-CALNAME:{name}" in client.get(f"/{language}/{rest}").content.decode()
        assert list(FeedToken.objects.values_list("participant", flat=True)) == [None]
        clock.move_to(AT + 30 * DAY)
        assert client.get(path).status_code == 410

    @pytest.mark.parametrize("token", ["guessed", "x" * 10_000, "%2e%2e", "A" * 43])
    def test_a_guess_finds_nothing(self, client: Client, token: str) -> None:
        registered(1)
        assert client.get(f"/fr/calendar/{token}.ics").status_code == 404

    def test_case_matters(self, client: Client) -> None:
        path = address(registered(1).participant)
        name = path.rsplit("/", 1)[1]
        assert client.get(path.replace(name, name.swapcase())).status_code == 404


def test_the_database_keeps_no_token(client: Client) -> None:
    person = registered(1).participant
    path = address(person)
    token = path.rsplit("/", 1)[1].removesuffix(".ics")
    row = FeedToken.objects.get()
    assert len(token) == 43
    assert token not in (row.nonce, row.token_hash)
    assert client.get(f"/fr/calendar/{row.token_hash}.ics").status_code == 404


def test_last_bytes_when_the_database_is_in_trouble(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    path = address(registered(1).participant)
    before = client.get(path)

    def trouble(*_: object, **__: object) -> None:
        raise DatabaseError

    monkeypatch.setattr(feed, "_current", trouble)
    after = client.get(path)
    assert (after.status_code, after.content) == (200, before.content)


def test_my_page_shows_and_replaces_it(client: Client) -> None:
    mine = registered(1)
    token = personal_links.manage_token(mine.participant)
    page = reverse("registrations:my-registrations", args=[token])
    assert b"/fr/calendar/" not in client.get(page).content
    results = []
    for _time in range(2):
        client.post(reverse("registrations:my-feed-reset", args=[token]))
        shown = re.search(r">http://testserver(/fr/calendar/[^<]+\.ics)<", client.get(page).content.decode())
        assert shown is not None
        results.append(shown[1])
    assert results[0] != results[1]


def test_a_new_site_key_shows_no_wrong_address(settings: Any) -> None:
    person = registered(1).participant
    feed_tokens.reset(person, at=AT)
    settings.SECRET_KEY = "another"
    assert feed_tokens.shown(feed_tokens.live(person)) is None
