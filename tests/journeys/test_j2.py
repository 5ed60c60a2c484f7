"""J2: somebody overseas, in English, registers for one session (dates of the source shifted by six years)."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Any

import icalendar
import pytest
import time_machine
from django.core import mail

from notifications.delivery.run import sending
from notifications.plan import defaults, planner
from registrations.models import Participant, Registration
from tests import make

if TYPE_CHECKING:
    from django.core.mail import EmailMessage
    from django.test import Client

    from cycles.models import Cycle

pytestmark = pytest.mark.django_db
NOW = make.paris(2026, 10, 20, 9)
FRENCH = "De la connaissance à la compétence"
ROOM = "https://visio.example.org/secret"


@pytest.fixture
def cycle() -> Cycle:
    """Escale 1 on 22 October, escale 2 on 19 November: the clocks change between them. French only."""
    cycle = make.cycle(slug="tour", title={"fr": "Le tour", "en": "The tour"})
    for number, starts_at in enumerate((make.paris(2026, 10, 22), make.paris(2026, 11, 19)), start=1):
        make.session(
            cycle=cycle,
            number=number,
            slug=f"escale-0{number}",
            title={"fr": FRENCH, "en": ""},
            starts_at=starts_at,
            room_url=ROOM,
        )
    return cycle


def only_event(file: bytes | str) -> Any:
    (event,) = icalendar.Calendar.from_ical(file).walk("VEVENT")
    return event


def words(text: str) -> str:
    return " ".join(text.replace("\u202f", " ").split())


def chosen_zone(page: str) -> str:
    """Return the time zone that the form proposes."""
    (options,) = re.findall(r'<select name="tz".*?</select>', page, re.DOTALL)
    (zone,) = re.findall(r'<option value="([^"]*)"\s+selected', options)
    return str(zone)


def register(client: Client, at: dt.datetime, *, stop: str, zone: str) -> None:
    path = f"/en/register/tour/?stop={stop}&tz={zone}"
    with time_machine.travel(at, tick=False):
        page = client.get(path).content.decode()
    fields = dict(re.findall(r'name="(started|src)" value="([^"]*)"', page))
    fields["tz"] = chosen_zone(page)
    ticked = re.findall(r'name="sessions" value="(\d+)"[^>]*checked', page)
    typed = {
        "given_name": "Payet",
        "family_name": "Réunion",
        "email": "payet@example.org",
        "scope": "chosen",
        "sessions": ticked,
    }
    with time_machine.travel(at + dt.timedelta(seconds=30), tick=False):
        assert client.post(path, fields | typed).status_code == 302


def mails(at: dt.datetime) -> list[EmailMessage]:
    mail.outbox.clear()
    sending.drain(clock=at)
    return list(mail.outbox)


def confirm(client: Client, at: dt.datetime) -> EmailMessage:
    """Press the button of the first mail; return the mail that follows."""
    (asked,) = mails(at)
    link = re.search(r"http://[^/\s]+(/en/confirm/\S+)", str(asked.body))
    assert link is not None
    with time_machine.travel(at, tick=False):
        assert client.post(link[1]).status_code == 302
    (confirmed,) = mails(at)
    return confirmed


def test_the_page_is_english_and_says_which_words_are_french(client: Client, cycle: Cycle) -> None:
    with time_machine.travel(NOW, tick=False):
        page = client.get("/en/cycles/tour/escale-01/").content.decode()
        times = words(client.get("/en/cycles/tour/escale-01/times/?tz=Indian/Reunion").content.decode())
    assert '<html lang="en">' in page
    assert re.search(rf'lang="fr"[^>]*>{FRENCH}', page)
    assert "13:00–14:30 (Paris time)" in words(page)
    assert "13:00–14:30 (Paris time)" in times
    assert "For you: Thursday 22 October 2026, 15:00–16:30 (Réunion time)" in times
    assert f"/en/register/{cycle.slug}/?stop=escale-01&amp;tz=Indian/Reunion" in times


def test_one_session_confirmed_by_a_mail_with_their_hour_and_a_calendar_file(
    client: Client, cycle: Cycle
) -> None:
    at = NOW + dt.timedelta(minutes=1)
    register(client, NOW, stop="escale-01", zone="Indian/Reunion")
    message = confirm(client, at)
    person = Participant.objects.get()
    assert (person.timezone, person.language) == ("Indian/Reunion", "en")
    assert [row.session.slug for row in Registration.objects.select_related("session")] == ["escale-01"]
    body = words(str(message.body))
    assert "15:00–16:30 (Réunion time)" in body
    assert ROOM not in body
    files = [part for part in message.attachments if str(part[0]) == "invite.ics"]
    event = only_event(files[0][1])
    assert (event["DTSTART"].dt.astimezone(dt.UTC), event["DTEND"].dt.astimezone(dt.UTC)) == (
        dt.datetime(2026, 10, 22, 11, 0, tzinfo=dt.UTC),
        dt.datetime(2026, 10, 22, 12, 30, tzinfo=dt.UTC),
    )
    session = cycle.sessions.get(slug="escale-01")
    assert str(event["UID"]).startswith(str(session.uid))
    assert FRENCH in str(event["SUMMARY"])
    assert ROOM not in files[0][1].decode()


@pytest.mark.usefixtures("cycle")
@pytest.mark.parametrize(
    ("slug", "utc", "reunion"),
    [("escale-01", 11, "15:00–16:30"), ("escale-02", 12, "16:00–17:30")],
)
def test_the_fixed_hour_of_paris_moves_for_reunion(client: Client, slug: str, utc: int, reunion: str) -> None:
    with time_machine.travel(NOW, tick=False):
        file = client.get(f"/en/cycles/tour/{slug}.ics").content
        times = words(client.get(f"/en/cycles/tour/{slug}/times/?tz=Indian/Reunion").content.decode())
    event = only_event(file)
    assert event["DTSTART"].dt.astimezone(dt.UTC).hour == utc
    assert f"{reunion} (Réunion time)" in times
    assert ROOM.encode() not in file


def test_half_an_hour_before_the_mail_brings_the_link_and_during_it_leads_in(
    client: Client, cycle: Cycle
) -> None:
    defaults.default_steps(cycle)
    planner.replan(cycle.sessions.get(slug="escale-01"))
    late = make.paris(2026, 10, 22, 12, 30)
    register(client, late, stop="escale-01", zone="Indian/Reunion")
    message = confirm(client, late + dt.timedelta(minutes=1))
    link = re.search(r"http://[^/\s]+(/en/join/\S+)", str(message.body))
    assert link is not None
    with time_machine.travel(late, tick=False):
        assert "Join: opens at 12:45" in words(client.get(link[1]).content.decode())
    with time_machine.travel(make.paris(2026, 10, 22, 12, 45), tick=False):
        assert client.post(link[1])["Location"] == ROOM


@pytest.mark.usefixtures("cycle")
@pytest.mark.parametrize(
    "path",
    [
        "/en/cycles/tour/escale-99/",
        "/en/cycles/tour/escale-99/times/",
        "/en/register/tour-99/",
        "/xx/cycles/tour/",
    ],
)
def test_what_does_not_exist_is_said_with_a_way_back(client: Client, path: str) -> None:
    with time_machine.travel(NOW, tick=False):
        response = client.get(path)
    assert response.status_code == 404
    assert re.search(r'href="/(en|fr)/"', response.content.decode())


@pytest.mark.usefixtures("cycle")
@pytest.mark.parametrize("query", ["tz=Mars/Phobos", "lang=xx", "tz=", "tz=%00"])
def test_nonsense_in_the_address_gives_the_same_form(client: Client, query: str) -> None:
    with time_machine.travel(NOW, tick=False):
        response = client.get(f"/en/register/tour/?stop=escale-01&{query}")
    assert response.status_code == 200
    assert re.findall(r'name="tz"( value="[^"]*")?', response.content.decode()) == [""]
