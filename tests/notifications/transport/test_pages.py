"""The mailbox page and the link that stops reminders."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.core.mail import EmailMultiAlternatives, get_connection

from notifications.mail.kinds import KINDS
from notifications.mail.parts import unsubscribe
from notifications.models import NewsStop
from notifications.transport import mailbox
from tests import make

if TYPE_CHECKING:
    from pathlib import Path

    from django.test import Client
    from pytest_django import Settings

    from cycles.models import Cycle
    from registrations.models import Participant

pytestmark = pytest.mark.django_db


def unsubscribe_address(person: Participant, *, kind: str = "reminder", cycle: Cycle | None = None) -> str:
    return unsubscribe.url(KINDS[kind], person, cycle or make.cycle())


@pytest.fixture
def kept(settings: Settings, tmp_path: Path) -> mailbox.KeptMail:
    """One mail in an otherwise empty mailbox."""
    settings.ESCALE_MAILBOX_DIR = tmp_path
    message = EmailMultiAlternatives(
        subject="Demain 13\u202fh\u202f: à bientôt",
        body="Bonjour Amina",
        to=["amina@example.org"],
        headers={"Message-ID": "<one@example.org>", "Content-Language": "fr"},
    )
    message.attach_alternative("<p style='color: red'>Bonjour</p>", "text/html")
    backend = get_connection("notifications.transport.mailbox.MailboxBackend")
    backend.send_messages([message])
    backend.send_messages([message])
    (mail,) = mailbox.newest()
    return mail


def test_the_same_mail_twice_is_kept_once(kept: mailbox.KeptMail) -> None:
    assert (kept.subject, kept.to, kept.text.strip()) == (
        "Demain 13\u202fh\u202f: à bientôt",
        "amina@example.org",
        "Bonjour Amina",
    )


def test_the_mailbox_lists_its_mails(client: Client, kept: mailbox.KeptMail) -> None:
    content = client.get("/mailbox/").content.decode()
    assert f'<a href="/mailbox/{kept.name}/" lang="fr">Demain 13\u202fh\u202f: à bientôt</a>' in content


def test_a_mail_is_shown_in_a_frame_of_its_own(client: Client, kept: mailbox.KeptMail) -> None:
    page = client.get(f"/mailbox/{kept.name}/").content.decode()
    assert f'<iframe src="/mailbox/{kept.name}/body.html"' in page
    assert "Bonjour Amina" in page
    frame = client.get(f"/mailbox/{kept.name}/body.html")
    assert frame.content.decode().strip() == "<p style='color: red'>Bonjour</p>"
    assert "sandbox" in frame.headers["Content-Security-Policy"]
    assert frame.headers["X-Frame-Options"] == "SAMEORIGIN"


@pytest.mark.parametrize(
    ("inside", "attached", "shown"),
    [
        ("", [], []),
        ("BEGIN:A\nÉ\nEND:A", ["BEGIN:A\r\nÉ\r\nEND:A\r\n"], ["BEGIN:A\nÉ\nEND:A"]),
        ("", ["BEGIN:A\r\n", "BEGIN:B\r\n"], ["BEGIN:A", "BEGIN:B"]),
    ],
)
def test_each_calendar_file_is_shown_once(
    client: Client, kept: mailbox.KeptMail, inside: str, attached: list[str], shown: list[str]
) -> None:
    assert kept.calendars == []
    message = EmailMultiAlternatives(subject="Deux dates", body="Bonjour", to=["amina@example.org"])
    if inside:
        message.attach_alternative(inside, "text/calendar; method=REQUEST")
    for number, content in enumerate(attached):
        message.attach(f"{number}.ics", content.encode(), "application/ics")
    get_connection("notifications.transport.mailbox.MailboxBackend").send_messages([message])
    mail = mailbox.newest()[0]
    assert mail.calendars == shown
    page = client.get(f"/mailbox/{mail.name}/").content.decode()
    assert page.count("BEGIN:") == len(shown)


@pytest.mark.parametrize("name", ["nothing", "..%2F..%2Fetc", "20260101T000000000000-0123456789ab"])
def test_a_mail_that_is_not_there(client: Client, kept: mailbox.KeptMail, name: str) -> None:
    assert kept.name != name
    assert client.get(f"/mailbox/{name}/").status_code == 404


def test_a_site_that_sends_has_no_mailbox(client: Client, kept: mailbox.KeptMail, settings: Settings) -> None:
    settings.ESCALE_MAILBOX = False
    addresses = ["/mailbox/", f"/mailbox/{kept.name}/", f"/mailbox/{kept.name}/body.html"]
    assert [client.get(address).status_code for address in addresses] == [404, 404, 404]


def test_opening_the_link_stops_nothing_and_posting_does(client: Client) -> None:
    person = make.participant()
    address = unsubscribe_address(person).removeprefix("http://testserver")
    assert client.get(address).status_code == 200
    person.refresh_from_db()
    assert person.reminders_stopped_at is None
    response = client.post(address, {"List-Unsubscribe": "One-Click"})
    assert response.status_code == 200
    person.refresh_from_db()
    assert person.reminders_stopped_at is not None


def test_a_link_that_was_altered_opens_nothing(client: Client) -> None:
    address = unsubscribe_address(make.participant()).removeprefix("http://testserver")
    assert client.get(address[:-3] + "xx/").status_code == 404


@pytest.mark.parametrize(("language", "heading"), [("fr", "Arrêter les rappels"), ("en", "Stop reminders")])
def test_the_page_speaks_its_readers_language(client: Client, language: str, heading: str) -> None:
    address = unsubscribe_address(make.participant(language=language))
    content = client.get(address.removeprefix("http://testserver")).content.decode()
    assert f"<h1>{heading}</h1>" in content
    assert f'<html lang="{language}">' in content


@pytest.mark.parametrize("kind", ["reminder", "follow_up", "note", "recap", "themes_announced"])
def test_one_click_stops_what_the_mail_is_and_nothing_else(client: Client, kind: str) -> None:
    person, cycle, other = make.participant(), make.cycle(), make.cycle()
    row = make.registration(participant=person, session=make.session(cycle=cycle))
    address = unsubscribe_address(person, kind=kind, cycle=cycle).removeprefix("http://testserver")
    for ask in (client.get, client.head):
        assert ask(address).status_code == 200
    assert (person.reminders_stopped_at, NewsStop.objects.count()) == (None, 0)
    # RFC 8058, 3.1: the mail program posts this very body, without a cookie.
    for _twice in range(2):
        assert client.post(address, {"List-Unsubscribe": "One-Click"}).status_code == 200
    person.refresh_from_db()
    row.refresh_from_db()
    stops_news = kind in ("recap", "themes_announced")
    assert (person.reminders_stopped_at is None) is stops_news
    assert NewsStop.objects.filter(participant=person, cycle=cycle).exists() is stops_news
    assert not NewsStop.objects.filter(cycle=other).exists()
    assert row.state == "confirmed"
    client.post(address, {"choice": "resume"})
    person.refresh_from_db()
    assert (person.reminders_stopped_at, NewsStop.objects.count()) == (None, 0)


@pytest.mark.parametrize("kind", ["confirm_address", "registration_confirmed", "session_cancelled"])
def test_what_must_be_told_cannot_be_stopped(kind: str) -> None:
    assert unsubscribe_address(make.participant(), kind=kind) == ""


def test_a_link_about_a_cycle_or_a_person_that_is_gone_opens_nothing(client: Client) -> None:
    person, cycle = make.participant(), make.cycle()
    addresses = [unsubscribe_address(person, kind=kind, cycle=cycle) for kind in ("recap", "reminder")]
    person.delete()
    for address in addresses:
        assert client.post(address.removeprefix("http://testserver")).status_code == 404
