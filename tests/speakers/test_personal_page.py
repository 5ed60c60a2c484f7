"""The page of somebody who speaks: theirs alone, the host's way in, and which links open it."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
import time_machine
from django.core import signing
from django.urls import reverse

from cycles.models import Session, SpeakerSlot
from registrations.links import personal_links, sealed_tokens
from speakers.answers import board
from speakers.people import contacts, links, speaking
from tests import make

if TYPE_CHECKING:
    from pathlib import Path

    from django.test import Client
    from pytest_django import DjangoAssertNumQueries, Settings

    from speakers.models import Contact

pytestmark = pytest.mark.django_db
START = make.paris(2026, 10, 22)
ROOM, HOSTS = "https://visio.example.org/salle", "https://visio.example.org/animation"
DAYS = dt.timedelta(days=1)


def speaks(**fields: object) -> SpeakerSlot:
    return make.slot(make.session(starts_at=START, **{"room_url": ROOM} | fields))


def contact(slot: SpeakerSlot) -> Contact:
    return contacts.ensure([slot.contact_email], at=make.AT)[slot.contact_email]


def path(slot: SpeakerSlot) -> str:
    return reverse("speakers:page", args=[links.token(contact(slot))])


def room(slot: SpeakerSlot) -> str:
    return reverse("speakers:room", args=[links.token(contact(slot)), slot.segment.session_id])


def signed(value: object) -> str:
    """Return a token as it was made before docs/decisions/0085."""
    return signing.Signer(salt="escale.registrations.speak").sign_object(value)


def sealed(session_id: int, email: str) -> str:
    """Return a token as it was made before the app of speakers: for one session."""
    secret = links.before_secret(session_id, speaking.mark(email))
    return sealed_tokens.make("speak", session_id, secret=secret)


def test_the_page_shows_the_session_and_their_part(client: Client) -> None:
    slot = speaks()
    make.slot(slot.segment.session, contact_email="zoe@example.org")
    with time_machine.travel(START - 3 * DAYS, tick=False):
        response = client.get(path(slot))
    page = response.content.decode()
    assert response.status_code == 200
    assert "You said yes. Thank you." in page or "Vous avez dit oui. Merci." in page
    assert page.count('class="tag"') == 1
    assert "no-store" in response["Cache-Control"]
    assert response["Referrer-Policy"] == "no-referrer"
    assert '<meta name="robots" content="noindex">' in page
    assert "zoe@example.org" not in page
    assert ROOM not in page


@pytest.mark.parametrize(("own", "expected"), [("", ROOM), (HOSTS, HOSTS)])
@pytest.mark.parametrize("days", [-3, 0])
def test_the_button_leads_to_the_hosts_room_at_any_hour(
    client: Client, own: str, expected: str, days: int
) -> None:
    slot = speaks(room_host_url=own)
    with time_machine.travel(START + days * DAYS, tick=False):
        response = client.post(room(slot))
    assert (response.status_code, response["Location"]) == (302, expected)


def test_participants_never_get_the_hosts_address(client: Client) -> None:
    slot = speaks(room_host_url=HOSTS)
    row = make.registration(session=slot.segment.session)
    with time_machine.travel(START, tick=False):
        response = client.post(reverse("registrations:join", args=[personal_links.join_token(row)]))
    assert response["Location"] == ROOM


def test_a_jitsi_room_knows_who_hosts(client: Client, settings: Settings) -> None:
    settings.ESCALE_JITSI_URL = "https://jitsi.example.org"
    slot = speaks(room_kind=Session.RoomKind.JITSI)
    with time_machine.travel(START, tick=False):
        response = client.post(room(slot))
    assert response["Location"].startswith("https://jitsi.example.org/escale-")


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"status": Session.Status.CANCELLED}, "Cette séance est annulée."),
        ({"status": Session.Status.POSTPONED}, "Cette séance est reportée"),
        ({"room_url": ""}, "La salle n’est pas encore connue"),
    ],
)
def test_without_a_room_to_enter_there_is_no_button_and_the_address_opens_nothing(
    client: Client, fields: dict[str, object], words: str
) -> None:
    slot = speaks(**fields)
    with time_machine.travel(START, tick=False):
        page = client.get(path(slot)).content.decode()
        response = client.post(room(slot))
    assert words in page
    assert "/room/" not in page
    assert response.status_code == 409


def test_after_the_session_the_link_opens_no_room(client: Client) -> None:
    slot = speaks()
    with time_machine.travel(START + dt.timedelta(hours=3), tick=False):
        response = client.post(room(slot))
        page = client.get(path(slot)).content.decode()
    assert response.status_code == 409
    assert "Cette séance est terminée." in page


@pytest.mark.parametrize(
    ("state", "status"),
    [
        ("proposed", 404),
        ("replaced", 404),
        ("invited", 200),
        ("accepted", 200),
        ("declined", 200),
        ("withdrawn", 200),
    ],
)
def test_who_was_never_asked_or_was_replaced_has_no_page(client: Client, state: str, status: int) -> None:
    slot = speaks()
    address = path(slot)
    SpeakerSlot.objects.update(state=state)
    assert client.get(address).status_code == status


@pytest.mark.parametrize(
    "token",
    [
        "x",
        "x" * 10_000,
        sealed_tokens.make("join", 1, secret="1:" + speaking.mark("nadia@example.org")),
        sealed_tokens.make("speaker", 1, secret="no secret of theirs"),
        sealed(1, "other@example.org"),
        sealed(999_999, "nadia@example.org"),
        signed([1, speaking.mark("other@example.org")]),
        signed([999_999, speaking.mark("nadia@example.org")]),
        signed(1),
    ],
)
def test_no_other_link_opens_it(client: Client, token: str) -> None:
    contact(speaks())
    assert client.get(reverse("speakers:page", args=[token])).status_code == 404
    assert client.get(reverse("speakers:calendar", args=[token[:99]])).status_code == 404


def test_each_link_opens_its_own_purpose_only(client: Client) -> None:
    who = contact(speaks())
    page, calendar = links.token(who), links.calendar_token(who)
    assert client.get(reverse("speakers:calendar", args=[calendar])).status_code == 200
    assert client.get(reverse("speakers:calendar", args=[page])).status_code == 404
    assert client.get(reverse("speakers:page", args=[calendar])).status_code == 404


def test_links_of_before_open_the_same_page_as_long_as_the_address_stands(client: Client) -> None:
    slot = speaks()
    who = contact(slot)
    session = slot.segment.session_id
    for token in (sealed(session, who.email), signed([session, speaking.mark(who.email)])):
        assert client.get(reverse("speakers:page", args=[token])).status_code == 200
    SpeakerSlot.objects.update(contact_email="corrected@example.org")
    for token in (links.token(who), sealed(session, who.email)):
        assert client.get(reverse("speakers:page", args=[token])).status_code == 404


def test_somebody_else_cannot_answer_for_a_session_that_is_not_theirs(client: Client) -> None:
    slot = speaks()
    other = make.slot(make.session(starts_at=START), contact_email="zoe@example.org", state="invited")
    address = reverse("speakers:yes", args=[links.token(contact(slot)), other.segment.session_id])
    with time_machine.travel(START - DAYS, tick=False):
        assert client.post(address).status_code == 404
    other.refresh_from_db()
    assert other.state == "invited"


def test_a_link_with_something_glued_to_it_is_mended(client: Client) -> None:
    slot = speaks()
    right = path(slot)
    assert client.get(right[:-1] + ").").headers["Location"] == right


@pytest.mark.parametrize("count", [1, 3])
def test_as_many_queries_for_one_session_as_for_several(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    for number in range(count):
        make.slot(make.session(starts_at=START + number * DAYS))
    who = contacts.ensure(["nadia@example.org"], at=make.AT)["nadia@example.org"]
    with time_machine.travel(START - DAYS, tick=False), django_assert_num_queries(8):
        page = client.get(reverse("speakers:page", args=[links.token(who)])).content.decode()
    assert page.count('<section class="card stack"') == count


@pytest.mark.parametrize("count", [1, 3])
def test_the_board_of_a_cycle_asks_five_questions(
    django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    cycle = make.cycle()
    for number in range(count):
        make.slot(make.session(cycle=cycle, starts_at=START + number * DAYS))
        contacts.ensure(["nadia@example.org"], at=make.AT)
    sessions = list(cycle.sessions.select_related("cycle").order_by("starts_at"))
    with django_assert_num_queries(5):
        result = board.boards(sessions, at=make.AT)
    assert [(len(one.seats), str(one.seats[0].standing)) for one in result] == [(1, "confirmed")] * count


def test_the_page_has_the_look_of_the_programme_while_it_is_of_one(
    client: Client, settings: Settings, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path
    programme = make.programme(accent="navy")
    make.logo(programme)
    slot = speaks(cycle=make.cycle(programme=programme))
    with time_machine.travel(make.AT, tick=False):
        pages = [path(slot)] + [
            reverse(f"speakers:{name}", args=[links.token(contact(slot)), slot.segment.session_id])
            for name in ("card", "consents")
        ]
        shown = [client.get(page).content.decode() for page in pages]
        assert [("Trois vagues bleues" in text, 'data-accent="navy"' in text) for text in shown] == [
            (True, True)
        ] * 3
        make.slot(make.session(starts_at=START), contact_email=slot.contact_email)
        text = client.get(path(slot)).content.decode()
        assert ("Trois vagues bleues" in text, "data-accent" in text) == (False, False)
