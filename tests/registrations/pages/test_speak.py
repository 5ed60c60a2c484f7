"""The page of someone who speaks: theirs alone, the host's way in, and nothing after the session or without a part."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
import time_machine
from django.core import signing
from django.urls import reverse

from cycles.models import Session, SpeakerSlot
from registrations import speaking
from registrations.links import personal_links, sealed_tokens
from tests import make

if TYPE_CHECKING:
    from django.test import Client
    from pytest_django import Settings

pytestmark = pytest.mark.django_db
START = make.paris(2026, 10, 22)
ROOM, HOSTS = "https://visio.example.org/salle", "https://visio.example.org/animation"


def speaks(**fields: object) -> SpeakerSlot:
    return make.slot(make.session(starts_at=START, **{"room_url": ROOM} | fields))


def signed(value: object) -> str:
    """Return a token as it was made before docs/decisions/0085."""
    return signing.Signer(salt="escale.registrations.speak").sign_object(value)


def path(slot: SpeakerSlot, *, email: str = "") -> str:
    session = slot.segment.session
    absolute = personal_links.speak(session, email=email or slot.contact_email, language="en")
    return absolute[absolute.index("/en/") :]


def test_the_page_shows_the_session_and_their_part(client: Client) -> None:
    slot = speaks()
    make.slot(slot.segment.session, contact_email="zoe@example.org")
    with time_machine.travel(START - dt.timedelta(days=3), tick=False):
        response = client.get(path(slot))
    page = response.content.decode()
    assert response.status_code == 200
    assert "You speak at this session, Nadia. Thank you." in page
    assert page.count("your part") == 1
    assert "no-store" in response["Cache-Control"]
    assert '<meta name="robots" content="noindex">' in page
    assert "zoe@example.org" not in page
    assert ROOM not in page


@pytest.mark.parametrize(("own", "expected"), [("", ROOM), (HOSTS, HOSTS)])
@pytest.mark.parametrize("days", [-3, 0])
def test_the_button_leads_to_the_hosts_room_at_any_hour(
    client: Client, own: str, expected: str, days: int
) -> None:
    slot = speaks(room_host_url=own)
    with time_machine.travel(START + dt.timedelta(days=days), tick=False):
        response = client.post(path(slot))
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
        response = client.post(path(slot))
    assert response["Location"].startswith("https://jitsi.example.org/escale-")


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"status": Session.Status.CANCELLED}, "This session is cancelled."),
        ({"status": Session.Status.POSTPONED}, "This session is postponed"),
        ({"room_url": ""}, "The room has not been given yet"),
    ],
)
def test_without_a_room_to_enter_the_button_does_nothing(
    client: Client, fields: dict[str, object], words: str
) -> None:
    slot = speaks(**fields)
    with time_machine.travel(START, tick=False):
        response = client.post(path(slot))
    assert response.status_code == 200
    assert words in response.content.decode()
    assert "Enter the room as a host" not in response.content.decode()


def test_after_the_session_the_link_opens_no_room(client: Client) -> None:
    slot = speaks()
    with time_machine.travel(START + dt.timedelta(hours=3), tick=False):
        response = client.post(path(slot))
    assert response.status_code == 200
    assert "This session is over." in response.content.decode()


@pytest.mark.parametrize("state", SpeakerSlot.SILENT)
def test_reading_changes_nothing_and_who_does_not_come_is_out(client: Client, state: str) -> None:
    slot = speaks()
    address = path(slot)
    SpeakerSlot.objects.filter(pk=slot.pk).update(state=state)
    assert client.get(address).status_code == 404
    assert client.post(address).status_code == 404


@pytest.mark.parametrize(
    "token",
    [
        "x",
        "x" * 10_000,
        sealed_tokens.make("join", 1, secret="1:" + speaking.mark("nadia@example.org")),
        sealed_tokens.make("speak", 1, secret="1:" + speaking.mark("other@example.org")),
        sealed_tokens.make("speak", 999_999, secret="999999:" + speaking.mark("nadia@example.org")),
        signed([1, speaking.mark("other@example.org")]),
        signed([999_999, speaking.mark("nadia@example.org")]),
        signed(1),
    ],
)
def test_no_other_link_opens_it(client: Client, token: str) -> None:
    speaks()
    assert client.get(reverse("registrations:speak", args=[token])).status_code == 404


def test_the_link_says_nothing_of_the_address() -> None:
    slot = speaks()
    token = path(slot).split("/")[-2]
    assert sealed_tokens.read("speak", token) == sealed_tokens.Token(
        "speak", (slot.segment.session_id,), token[: -sealed_tokens.SEAL], token[-sealed_tokens.SEAL :]
    )
    assert speaking.mark("NADIA@example.org") == speaking.mark("nadia@example.org")
    assert speaking.mark("zoe@example.org") != speaking.mark("nadia@example.org")


def test_a_link_of_before_still_opens_it(client: Client) -> None:
    slot = speaks()
    for email, status in ((slot.contact_email, 200), ("other@example.org", 404)):
        token = signed([slot.segment.session_id, speaking.mark(email)])
        assert client.get(reverse("registrations:speak", args=[token])).status_code == status
