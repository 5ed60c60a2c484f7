"""The mailbox page and the link that stops reminders."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.core.mail import EmailMultiAlternatives, get_connection

from notifications import compose, mailbox
from tests import make

if TYPE_CHECKING:
    from pathlib import Path

    from django.test import Client
    from pytest_django import Settings

pytestmark = pytest.mark.django_db


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
    backend = get_connection("notifications.mailbox.MailboxBackend")
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
    address = compose.unsubscribe_url(person).removeprefix("http://testserver")
    assert client.get(address).status_code == 200
    person.refresh_from_db()
    assert person.reminders_stopped_at is None
    response = client.post(address, {"List-Unsubscribe": "One-Click"})
    assert response.status_code == 200
    person.refresh_from_db()
    assert person.reminders_stopped_at is not None


def test_a_link_that_was_altered_opens_nothing(client: Client) -> None:
    address = compose.unsubscribe_url(make.participant()).removeprefix("http://testserver")
    assert client.get(address[:-3] + "xx/").status_code == 404


@pytest.mark.parametrize(("language", "heading"), [("fr", "Arrêter les rappels"), ("en", "Stop reminders")])
def test_the_page_speaks_its_readers_language(client: Client, language: str, heading: str) -> None:
    address = compose.unsubscribe_url(make.participant(language=language))
    content = client.get(address.removeprefix("http://testserver")).content.decode()
    assert f"<h1>{heading}</h1>" in content
    assert f'<html lang="{language}">' in content
