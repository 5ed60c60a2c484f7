"""The way into the room for those who run a session, and who is told when there is none."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
import time_machine

from cycles.models import Cycle, Membership, Session
from desk.home import needs as wanted
from tests import make

if TYPE_CHECKING:
    from django.test import Client
    from pytest_django import Settings

pytestmark = pytest.mark.django_db
START = make.paris(2026, 10, 22)
URL = "/en/desk/cycles/tour/sessions/escale-01/host/"


@pytest.fixture
def session() -> Session:
    cycle = make.cycle(slug="tour", programme=make.programme())
    return make.session(
        cycle=cycle, slug="escale-01", starts_at=START, room_url="https://visio.example.org/1"
    )


@pytest.fixture
def marc(client: Client, session: Session) -> Client:
    user = make.user(name="Marc")
    make.membership(programme=session.cycle.programme, role=Membership.Role.TRAINER, user=user)
    client.force_login(user)
    return client


def test_looking_opens_nothing_and_the_button_opens_the_room(marc: Client, session: Session) -> None:
    page = marc.get(URL)
    assert (page.status_code, session.room_url in page.content.decode()) == (200, False)
    assert "form-action 'self' https:;" in page["Content-Security-Policy"]
    assert marc.post(URL)["Location"] == session.room_url


def test_in_a_jitsi_room_they_are_the_host(marc: Client, session: Session, settings: Settings) -> None:
    settings.ESCALE_JITSI_URL = "https://meet.example.org"
    Session.objects.filter(pk=session.pk).update(room_kind="jitsi", room_name="tour")
    assert "Open the Jitsi room as its host" in marc.get(URL).content.decode()
    assert marc.post(URL)["Location"].startswith(
        "https://meet.example.org/tour#userInfo.displayName=%22Marc%22"
    )


def test_a_silent_server_and_no_room_are_told_apart(
    marc: Client, session: Session, settings: Settings
) -> None:
    settings.ESCALE_BIGBLUEBUTTON_URL = "http://127.0.0.1:9/bigbluebutton/api"
    settings.ESCALE_BIGBLUEBUTTON_SECRET = "x"
    Session.objects.filter(pk=session.pk).update(room_kind="bigbluebutton")
    assert "The server of the room does not answer." in marc.post(URL).content.decode()
    Session.objects.filter(pk=session.pk).update(room_kind="link", room_url="")
    assert "There is no room yet" in marc.post(URL).content.decode()


@pytest.mark.parametrize(
    ("fields", "is_told"),
    [
        ({}, False),
        ({"room_url": ""}, True),
        ({"room_url": "http://visio.example.org/"}, True),
        ({"room_kind": "jitsi"}, True),
    ],
)
def test_the_desk_says_when_a_session_has_no_room_that_opens(
    session: Session, fields: dict[str, str], *, is_told: bool
) -> None:
    Session.objects.filter(pk=session.pk).update(**fields)
    needs = wanted.needs(
        planned=Cycle.objects.all(), written_to=Cycle.objects.none(), at=START - dt.timedelta(days=1)
    )
    assert any("salle" in lack.text and lack.is_urgent for need in needs for lack in need.lacks) is is_told


@pytest.mark.parametrize(
    ("kind", "url", "wrong"),
    [
        ("jitsi", "", {"room_kind"}),
        ("bigbluebutton", "", {"room_kind"}),
        ("skype", "", {"room_kind"}),
        ("link", "http://visio.example.org/", {"room_url"}),
        ("link", "https://visio.example.org/2", set()),
    ],
)
def test_the_editor_takes_only_a_room_that_can_open(
    client: Client, session: Session, kind: str, url: str, wrong: set[str]
) -> None:
    client.force_login(
        make.membership(programme=session.cycle.programme, role=Membership.Role.ORGANISER).user
    )
    form = {
        "title_fr": "Thème",
        "has_theme": "on",
        "modality": "online",
        "legal_frame": "information",
        "room_kind": kind,
        "room_url": url,
        "room_opens_minutes": "30",
        "seen": session.revised_at.isoformat(),
    }
    with time_machine.travel(START - dt.timedelta(days=2), tick=False):
        response = client.post(URL.replace("/host/", "/"), form)
    assert response.status_code == (422 if wrong else 302)
    assert (set(response.context["form"].errors) if wrong else set()) == wrong
    session.refresh_from_db()
    assert session.room_opens_minutes == (15 if wrong else 30)


@pytest.mark.parametrize(
    ("fields", "has_room"),
    [({}, True), ({"modality": "on_site", "place": {"en": "Quay"}, "room_url": ""}, False)],
)
def test_only_a_session_with_a_room_leads_into_it(
    marc: Client, session: Session, fields: dict[str, object], *, has_room: bool
) -> None:
    Session.objects.filter(pk=session.pk).update(**fields)
    with time_machine.travel(START + dt.timedelta(minutes=5), tick=False):
        pages = [marc.get(URL.replace("/host/", "/")), marc.get("/en/desk/cycles/tour/")]
    assert [URL in page.content.decode() for page in pages] == [has_room] * 2
