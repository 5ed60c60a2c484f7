"""The waiting room: what it says, when it opens, where it leads, and that it notes a person once."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.urls import reverse

from cycles.models import News, NewsLink, Session
from registrations.links import personal_links
from registrations.models import Registration, State
from registrations.pages.own import my_pages
from registrations.pages.own.my_pages import Door
from tests import make

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db
START = make.paris(2026, 10, 22)
MINUTE = dt.timedelta(minutes=1)
ROOM = "https://visio.example.org/salle?id=7"


def place(*, state: str = State.CONFIRMED, **session: Any) -> Registration:
    session.setdefault("room_url", ROOM)
    fields: dict[str, Any] = {"cancelled_at": make.AT} if state == State.CANCELLED else {}
    if state == State.OFFERED:
        fields["offer_ends_at"] = START
    return make.registration(session=make.session(starts_at=START, **session), state=state, **fields)


def path(row: Registration) -> str:
    return reverse("registrations:join", args=[personal_links.join_token(row)])


@pytest.mark.parametrize(
    ("minutes", "door"),
    [
        (-60, Door.EARLY),
        (-15.1, Door.EARLY),
        (-15, Door.OPEN),
        (0, Door.OPEN),
        (89, Door.OPEN),
        (149, Door.OPEN),
        (150, Door.OVER),
    ],
)
def test_when_the_door_opens_and_closes(minutes: float, door: Door) -> None:
    assert my_pages.door(place(), at=START + minutes * MINUTE) == door


@pytest.mark.parametrize(
    ("given", "door"),
    [
        ({"room_url": ""}, Door.NO_ROOM),
        ({"room_url": "http://visio.example.org/"}, Door.NO_ROOM),
        ({"room_url": "javascript:alert(1)"}, Door.NO_ROOM),
        ({"status": Session.Status.CANCELLED}, Door.CANCELLED),
        ({"status": Session.Status.POSTPONED}, Door.POSTPONED),
        ({"state": State.WAITLISTED}, Door.WAITING_LIST),
        ({"state": State.CANCELLED}, Door.NO_PLACE),
        ({"room_opens_minutes": 0}, Door.EARLY),
    ],
)
def test_why_it_is_shut(given: dict[str, Any], door: Door) -> None:
    assert my_pages.door(place(**given), at=START - MINUTE) == door


@pytest.mark.parametrize("state", [State.WAITLISTED, State.OFFERED, State.CANCELLED])
def test_once_it_is_over_nobody_is_told_to_wait_or_to_register(state: State) -> None:
    row = place(state=state)
    end = row.session.ends_at
    assert end is not None
    doors = [my_pages.door(row, at=moment) for moment in (end - MINUTE, end)]
    assert [door == Door.OVER for door in doors] == [False, True]


def test_the_button_leads_to_the_room_and_counts_once(client: Client) -> None:
    row = place()
    with time_machine.travel(START - 15 * MINUTE, tick=False):
        response = client.post(path(row))
    assert (response.status_code, response["Location"]) == (302, ROOM)
    with time_machine.travel(START, tick=False):
        assert client.post(path(row))["Location"] == ROOM
    row.refresh_from_db()
    assert row.joined_at == START - 15 * MINUTE


def test_looking_is_not_joining(client: Client) -> None:
    row = place()
    with time_machine.travel(START, tick=False):
        pages_seen = [client.get(path(row)), client.head(path(row))]
    assert [page.status_code for page in pages_seen] == [200, 200]
    row.refresh_from_db()
    assert row.joined_at is None
    assert ROOM.encode() not in pages_seen[0].content


def test_pressing_too_early_says_when_and_keeps_the_button(client: Client) -> None:
    row = place()
    with time_machine.travel(START - 60 * MINUTE, tick=False):
        page = client.post(path(row))
    text = " ".join(page.content.decode().replace("\u202f", " ").split())
    assert page.status_code == 200
    assert "La salle n’est pas encore ouverte : elle ouvre à 12 h 45 (heure de Paris)." in text
    assert "Rejoindre : ouvre à 12 h 45 (heure de Paris)" in text
    row.refresh_from_db()
    assert row.joined_at is None


def test_the_policy_lets_the_form_lead_out_on_this_page_only(client: Client) -> None:
    row = place()
    with time_machine.travel(START, tick=False):
        policy = client.get(path(row))["Content-Security-Policy"]
    assert "form-action 'self' https:;" in policy
    assert "default-src 'none'" in policy
    with time_machine.travel(START + 600 * MINUTE, tick=False):
        assert "form-action 'self';" in client.get(path(row))["Content-Security-Policy"]


def test_the_room_may_change_at_the_last_minute(client: Client) -> None:
    row = place()
    Session.objects.filter(pk=row.session_id).update(room_url="https://autre.example.org/")
    with time_machine.travel(START - 5 * MINUTE, tick=False):
        assert client.post(path(row))["Location"] == "https://autre.example.org/"


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"room_url": ""}, "L’adresse de la salle n’est pas encore connue."),
        ({"status": Session.Status.CANCELLED}, "Cette séance est annulée."),
        ({"status": Session.Status.POSTPONED}, "Cette séance est reportée"),
        ({"state": State.WAITLISTED}, "Vous êtes sur la liste d’attente"),
        ({"state": State.CANCELLED}, "Vous n’avez pas de place à cette séance"),
    ],
)
def test_what_it_says_when_there_is_no_way_in(client: Client, given: dict[str, Any], words: str) -> None:
    row = place(**given)
    with time_machine.travel(START, tick=False):
        page = client.post(path(row))
    assert (page.status_code, words in page.content.decode()) == (200, True)
    row.refresh_from_db()
    assert row.joined_at is None


def test_afterwards_it_leads_to_the_replay(client: Client) -> None:
    row = place(replay_url="https://video.example.org/1")
    with time_machine.travel(START + 600 * MINUTE, tick=False):
        assert b'href="https://video.example.org/1"' in client.post(path(row)).content


def test_after_the_planned_end_the_room_stays_open_and_the_page_says_why(client: Client) -> None:
    row = place(replay_url="https://video.example.org/1", title={"fr": "Lire une rivière"})
    cycle = row.session.cycle
    following = make.session(cycle=cycle, starts_at=make.paris(2026, 11, 19), title={"fr": "Passer le gué"})
    recap = News.objects.create(slug="retour", kind=News.Kind.RECAP, title={"fr": "Retour"})
    NewsLink.objects.create(news=recap, session=row.session, relation=NewsLink.Relation.ABOUT)
    invites = ("<title>Rejoindre", "Rejoindre maintenant")
    runs_over = "Cette séance devait se terminer à 14\u202fh\u202f30"
    texts = {}
    for minutes in (89, 90, 149, 150):
        with time_machine.travel(START + minutes * MINUTE, tick=False):
            texts[minutes] = client.get(path(row)).content.decode().replace("\u00a0", "\u202f")
    assert all(words in texts[89] for words in invites)
    assert runs_over not in texts[89]
    for minutes in (90, 149):
        assert not any(words in texts[minutes] for words in invites)
        assert runs_over in texts[minutes]
        assert "jusqu’à 15\u202fh\u202f30" in texts[minutes]
        assert "Rejoindre quand même" in texts[minutes]
    assert "Rejoindre quand même" not in texts[150]
    assert "Cette séance est passée" in texts[150]
    for minutes in (90, 150):
        assert 'href="https://video.example.org/1"' in texts[minutes]
        assert f'href="/fr/news/{recap.slug}/"' in texts[minutes]
        assert f'href="/fr/cycles/{cycle.slug}/{following.slug}/"' in texts[minutes]
    with time_machine.travel(START + 149 * MINUTE, tick=False):
        assert client.post(path(row))["Location"] == ROOM


def test_after_the_end_nobody_waits_for_an_address_or_is_sent_to_a_place() -> None:
    for given in ({"room_url": ""}, {"modality": "on_site"}):
        row = place(**given)
        end = row.session.ends_at
        assert end is not None
        assert my_pages.door(row, at=end - MINUTE) != Door.OVER
        assert my_pages.door(row, at=end) == Door.OVER


@pytest.mark.parametrize(("minutes", "seconds"), [(-60, 2700), (-15.001, 1), (-15, 0)])
def test_the_page_counts_the_seconds_to_the_opening(client: Client, minutes: float, seconds: int) -> None:
    row = place()
    with time_machine.travel(START + minutes * MINUTE, tick=False):
        page = client.get(path(row)).content.decode()
    assert (f'data-opens-in="{seconds}"' in page) is (seconds > 0)
    assert ("join.js" in page) is (seconds > 0)


def test_without_a_script_a_link_checks_again_and_nothing_reloads_by_itself(client: Client) -> None:
    row = place()
    with time_machine.travel(START - 60 * MINUTE, tick=False):
        page = client.get(path(row))
    assert f'<a href="{path(row)}">Vérifier à nouveau</a>' in page.content.decode()
    assert "http-equiv" not in page.content.decode()
    assert not page.has_header("Refresh")


@pytest.mark.parametrize("token", ["x", "a:b", "é" * 50, "z" * 10_000])
def test_a_link_that_is_none_of_ours_says_one_thing(client: Client, token: str) -> None:
    assert client.get(reverse("registrations:join", args=[token])).status_code == 404


def test_days_before_the_page_names_the_day_of_the_opening(client: Client) -> None:
    row = place()
    with time_machine.travel(START - 22 * 24 * 60 * MINUTE, tick=False):
        page = client.get(path(row)).content.decode()
    (far,) = re.findall(r'data-far="([^"]*)"', page)
    assert " ".join(far.split()) == "La salle ouvre le jeudi 22 octobre 2026, 12 h 45 (heure de Paris)."
