"""Where the button leads: BigBlueButton checked by a server that checks, Jitsi by its own rules, any address."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import logging
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
import time_machine
from django.urls import reverse
from django.utils import translation

from cycles.models import Session
from registrations import rooms
from registrations.links import personal_links
from registrations.rooms import bigbluebutton, jitsi
from tests import make

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test import Client
    from pytest_django import Settings

    from registrations.models import Registration

pytestmark = pytest.mark.django_db
START = make.paris(2026, 10, 22)
SECRET = "639259d4-9dd8-4b25-bf01-95f9567eaf4b"


def signature_is_right(path: str, secret: str = SECRET) -> bool:
    """Check a call as BigBlueButton does: SHA-256 of its name, its query without the checksum, the secret."""
    parts = urlsplit(path)
    call = parts.path.rsplit("/", 1)[-1]
    query, _, checksum = parts.query.rpartition("&checksum=")
    return hashlib.sha256(f"{call}{query}{secret}".encode()).hexdigest() == checksum


class FakeBigBlueButton(BaseHTTPRequestHandler):
    """Creates meetings for who knows the secret; answers as the class says otherwise."""

    meetings: dict[str, dict[str, str]]
    answer: bytes | None

    def do_GET(self) -> None:
        if not signature_is_right(self.path):
            body = (
                b"<response><returncode>FAILED</returncode><messageKey>checksumError</messageKey></response>"
            )
        elif type(self).answer is not None:
            body = type(self).answer or b""
        else:
            asked = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
            self.meetings[asked["meetingID"]] = asked
            body = b"<response><returncode>SUCCESS</returncode><meetingID>x</meetingID></response>"
        self.send_response(200)
        self.send_header("Content-Type", "text/xml")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: object) -> None:
        """Keep the test's output clean."""


@pytest.fixture
def server(settings: Settings) -> Iterator[type[FakeBigBlueButton]]:
    handler = type("Handler", (FakeBigBlueButton,), {"meetings": {}, "answer": None})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as running:
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        settings.ESCALE_BIGBLUEBUTTON_URL = f"http://127.0.0.1:{running.server_port}/bigbluebutton/api"
        settings.ESCALE_BIGBLUEBUTTON_SECRET = SECRET
        yield handler
        running.shutdown()
        thread.join()


@pytest.fixture
def jitsi_settings(settings: Settings) -> None:
    settings.ESCALE_JITSI_URL = "https://meet.example.org/"
    settings.ESCALE_JITSI_APP_ID = "escale"
    settings.ESCALE_JITSI_SECRET = SECRET


def place(**session: Any) -> Registration:
    person = make.participant(given_name="Zoë", family_name="O'Brien & fils", email="zoe@example.org")
    session.setdefault("title", {"fr": "Été & liens", "en": ""})
    return make.registration(session=make.session(starts_at=START, **session), participant=person)


def press(client: Client, row: Registration) -> Any:
    with time_machine.travel(START, tick=False):
        return client.post(reverse("registrations:join", args=[personal_links.join_token(row)]))


def test_bigbluebutton_creates_the_room_and_signs_the_way_in(
    client: Client, server: type[FakeBigBlueButton]
) -> None:
    row = place(room_kind="bigbluebutton", is_recorded=True)
    response = press(client, row)
    meeting = f"escale-{row.session.uid.hex}"
    assert server.meetings[meeting]["name"] == "Escale\u202f: Été & liens"
    assert server.meetings[meeting]["record"] == "true"
    address = response["Location"]
    assert (response.status_code, signature_is_right(address)) == (302, True)
    asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    del asked["checksum"]
    assert asked == {
        "fullName": "Zoë O'Brien & fils",
        "meetingID": meeting,
        "role": "VIEWER",
        "userID": f"registration-{row.pk}",
        "redirect": "true",
    }
    row.refresh_from_db()
    assert row.joined_at == START
    press(client, row)
    assert list(server.meetings) == [meeting]


def test_a_chosen_name_and_a_host(server: type[FakeBigBlueButton]) -> None:
    session = place(room_kind="bigbluebutton", room_name="escale-1").session
    address = rooms.host_address(session, name="Claire", person="7", at=START)
    asked = parse_qs(urlsplit(address).query)
    assert (asked["role"], asked["meetingID"], asked["userID"]) == (["MODERATOR"], ["escale-1"], ["host-7"])
    assert (signature_is_right(address), list(server.meetings)) == (True, ["escale-1"])


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"<html>Bad gateway</html>",
        b"<response><returncode>FAILED</returncode><messageKey>maxConcurrent</messageKey></response>",
        b"x" * (bigbluebutton.LONGEST_ANSWER * 2),
    ],
)
def test_a_server_that_refuses_gives_words_and_no_join(
    client: Client,
    server: type[FakeBigBlueButton],
    caplog: pytest.LogCaptureFixture,
    answer: bytes,
) -> None:
    server.answer = answer
    row = place(room_kind="bigbluebutton")
    with caplog.at_level(logging.ERROR):
        page = press(client, row)
    assert page.status_code == 200
    assert "La salle ne répond pas à l’instant." in page.content.decode()
    row.refresh_from_db()
    assert row.joined_at is None
    assert len(caplog.records) == 1
    assert SECRET not in caplog.text + page.content.decode()


@pytest.mark.parametrize("blank", [b"", b"\n  "])
def test_a_meeting_that_is_open_already_is_joined(
    client: Client, server: type[FakeBigBlueButton], blank: bytes
) -> None:
    # An older server says so to whoever creates it with another name or recording, or at the same moment.
    server.answer = (
        b"<response>%b<returncode>FAILED</returncode>%b<messageKey>idNotUnique</messageKey></response>"
        % (
            blank,
            blank,
        )
    )
    row = place(room_kind="bigbluebutton")
    response = press(client, row)
    assert (response.status_code, urlsplit(response["Location"]).path) == (302, "/bigbluebutton/api/join")
    row.refresh_from_db()
    assert row.joined_at == START


def test_a_meeting_has_one_name_whatever_its_guests_read(server: type[FakeBigBlueButton]) -> None:
    session = place(room_kind="bigbluebutton", room_name="one").session
    session.title = {"fr": "Été", "en": "Summer"}
    session.save(update_fields=["title"])
    names = []
    for language in ("en", "fr"):
        with translation.override(language):
            rooms.host_address(Session.objects.get(pk=session.pk), name="Claire", person="7", at=START)
        names.append(server.meetings["one"]["name"])
    assert names == ["Escale\u202f: Été", "Escale\u202f: Été"]


def test_a_wrong_secret_and_a_dead_server_are_told_the_same(
    client: Client, server: type[FakeBigBlueButton], settings: Settings
) -> None:
    row = place(room_kind="bigbluebutton")
    settings.ESCALE_BIGBLUEBUTTON_SECRET = "another"
    wrong = press(client, row)
    settings.ESCALE_BIGBLUEBUTTON_URL = "http://127.0.0.1:9/bigbluebutton/api"
    dead = press(client, row)
    for page in (wrong, dead):
        assert "La salle ne répond pas à l’instant." in page.content.decode()
    assert server.meetings == {}


def test_the_secret_shows_in_no_repr() -> None:
    assert SECRET not in repr(bigbluebutton.Server(url="https://x", secret=SECRET))
    assert SECRET not in repr(jitsi.Server(url="https://x", secret=SECRET))


def decoded(part: str) -> Any:
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


@pytest.mark.usefixtures("jitsi_settings")
def test_jitsi_gets_a_token_until_after_the_end_for_one_person_in_one_room(client: Client) -> None:
    row = place(room_kind="jitsi", room_name="escale-1")
    address = urlsplit(press(client, row)["Location"])
    assert (address.scheme, address.netloc, address.path) == ("https", "meet.example.org", "/escale-1")
    assert unquote(address.fragment) == (
        'userInfo.displayName="Zoë O\'Brien & fils"&config.defaultLanguage="fr"'
    )
    head, claims, signature = parse_qs(address.query)["jwt"][0].split(".")
    expected = hmac.digest(SECRET.encode(), f"{head}.{claims}".encode(), "sha256")
    assert base64.urlsafe_b64encode(expected).decode().rstrip("=") == signature
    assert decoded(head) == {"alg": "HS256", "typ": "JWT"}
    now = int(START.timestamp())
    assert decoded(claims) == {
        "iss": "escale",
        "aud": "jitsi",
        "sub": "meet.example.org",
        "room": "escale-1",
        "nbf": now - 60,
        "exp": now + 90 * 60 + 3600,
        "context": {
            "user": {"id": f"registration-{row.pk}", "name": "Zoë O'Brien & fils", "moderator": False}
        },
    }


def test_jitsi_without_tokens_is_an_address_that_nobody_guesses(settings: Settings) -> None:
    settings.ESCALE_JITSI_URL = "https://meet.example.org"
    row = place(room_kind="jitsi")
    address = rooms.address(row, at=START)
    assert address.startswith(f"https://meet.example.org/escale-{row.session.uid.hex}#userInfo")
    assert "jwt" not in address


def test_kinds_without_a_server_are_not_offered_and_not_ready(settings: Settings) -> None:
    assert rooms.available() == ["link"]
    session = place(room_kind="jitsi").session
    assert not rooms.is_ready(session)
    with pytest.raises(rooms.RoomError):
        rooms.host_address(session, name="Claire", person="1", at=START)
    settings.ESCALE_BIGBLUEBUTTON_URL = "https://bbb.example.org/bigbluebutton/api"
    assert rooms.available() == ["link"]
    settings.ESCALE_BIGBLUEBUTTON_SECRET = SECRET
    settings.ESCALE_JITSI_URL = "https://meet.example.org"
    assert rooms.available() == ["link", "bigbluebutton", "jitsi"]
    assert rooms.is_ready(session)


@pytest.mark.usefixtures("jitsi_settings")
def test_the_kind_may_change_at_the_last_minute_under_the_same_link(client: Client) -> None:
    row = place(room_url="https://visio.example.org/1")
    assert press(client, row)["Location"] == "https://visio.example.org/1"
    Session.objects.filter(pk=row.session_id).update(room_kind="jitsi", room_name="autre")
    assert press(client, row)["Location"].startswith("https://meet.example.org/autre?jwt=")
    row.refresh_from_db()
    assert row.joined_at == START
