"""«Find my registrations»: one answer to every address, one mail at most, to the address on record."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING

import pytest
import time_machine
from django.conf import settings
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.views.defaults import server_error

from cycles.models import SpeakerSlot
from notifications.delivery.run import sending
from notifications.mail import compose
from notifications.models import Delivery
from registrations import booking, tasks
from registrations.links import finding, personal_links
from registrations.models import CycleRegistration, LinkRequest
from speakers.models import Contact
from speakers.people import links
from tests import make

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cycles.models import Session

pytestmark = pytest.mark.django_db
NOW = make.AT
FIND, SENT = "/fr/link/", "/fr/link/sent/"


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def ask(email: str, *, client: Client | None = None) -> tuple[int, str, bytes]:
    response = (client or Client()).post(FIND, {"email": email})
    return response.status_code, response.headers.get("Location", ""), response.content


def mails() -> list[tuple[str, str]]:
    return list(Delivery.objects.order_by("pk").values_list("kind", "to_address"))


def pending(email: str) -> CycleRegistration:
    applicant = booking.Applicant(email=email, given_name="A", family_name="B")
    before = NOW - dt.timedelta(hours=1)
    return booking.register(
        make.session().cycle, applicant=applicant, scope=CycleRegistration.Scope.ALL, at=before
    )


def test_the_link_comes_to_the_address_on_record() -> None:
    person = make.participant(email="Amina@example.org", email_key="amina@example.org")
    assert ask(" AMINA@Example.org ")[:2] == (302, SENT)
    assert (mails(), LinkRequest.objects.count()) == ([], 1)
    tasks.answer_link_requests()
    assert (mails(), LinkRequest.objects.count()) == ([("own_link", "Amina@example.org")], 0)
    message = compose.message(Delivery.objects.get(), at=NOW)
    assert (message.subject, message.to) == ("Le lien de vos inscriptions", ["Amina@example.org"])
    lines = str(message.body).splitlines()
    # Alone on its line.
    assert personal_links.manage(person) in lines


def test_a_known_and_an_unknown_address_get_the_same_answer_for_the_same_work() -> None:
    make.participant(email="known@example.org")
    pending("pending@example.org")
    speaks("nadia@example.org")
    before = Delivery.objects.count()
    results = []
    for email in ("known@example.org", "pending@example.org", "nadia@example.org", "nobody@example.org"):
        client = Client()
        with CaptureQueriesContext(connection) as queries:
            answer = ask(email, client=client)
        statements = [query["sql"].split(" ")[0] for query in queries]
        results.append((answer, statements, client.get(SENT).content))
    assert results[0] == results[1] == results[2] == results[3]
    assert Delivery.objects.count() == before


def test_who_never_confirmed_gets_that_mail_again() -> None:
    row = pending("amina@example.org")
    Delivery.objects.all().delete()
    finding.ask(email="amina@example.org", at=NOW)
    assert finding.answer_all(at=NOW) == 1
    assert mails() == [("confirm_address", "amina@example.org")]
    row.refresh_from_db()
    assert row.request_number == 2


@pytest.mark.parametrize(("asked", "mailed"), [(1, 1), (3, 2)])
def test_however_much_was_asked_for_in_a_name_two_mails_come(asked: int, mailed: int) -> None:
    for _ in range(asked):
        pending("amina@example.org")
    Delivery.objects.all().delete()
    finding.ask(email="amina@example.org", at=NOW)
    finding.answer_all(at=NOW)
    assert mails() == [("confirm_address", "amina@example.org")] * mailed


@pytest.mark.parametrize("gone", ["erased_at", "anonymised_at"])
def test_nobody_who_is_gone_is_written_to(gone: str) -> None:
    names = {"given_name": "", "family_name": "", "organisation_name": ""}
    make.participant(email="", email_key="amina@example.org", **{gone: NOW}, **names)
    finding.ask(email="amina@example.org", at=NOW)
    assert finding.answer_all(at=NOW) == 1
    assert mails() == []


def test_asking_often_is_one_mail_while_it_waits_and_three_an_hour() -> None:
    make.participant(email="amina@example.org")
    for minute in range(8):
        with time_machine.travel(NOW + dt.timedelta(minutes=minute), tick=False):
            assert ask("amina@example.org")[:2] == (302, SENT)
            assert ask("amina@example.org")[:2] == (302, SENT)
            tasks.answer_link_requests()
    assert len(mails()) == 1
    Delivery.objects.update(state=Delivery.State.SENT, sent_at=NOW)
    with time_machine.travel(NOW + dt.timedelta(minutes=61), tick=False):
        ask("amina@example.org")
        finding.answer_all(at=NOW + dt.timedelta(minutes=61))
    assert len(mails()) == 2


def test_a_room_behind_one_network_asks_together_and_no_more() -> None:
    with time_machine.travel(NOW, tick=False):
        answers = [ask(f"n{number}@example.org")[0] for number in range(61)]
    assert answers == [302] * 60 + [429]
    assert LinkRequest.objects.count() == 60


@pytest.mark.parametrize(
    "email", ["", "amina", "a@b", "x" * 300 + "@example.org", "a@example.org\nBcc: b@c.org"]
)
def test_what_is_no_address_is_said_and_kept(email: str) -> None:
    status, _location, content = ask(email)
    assert (status, LinkRequest.objects.count()) == (422, 0)
    assert b'aria-invalid="true"' in content
    if email == "amina":
        assert b'value="amina"' in content


def test_many_are_answered_in_turn() -> None:
    for number in range(3):
        make.participant(email=f"p{number}@example.org")
        finding.ask(email=f"p{number}@example.org", at=NOW + dt.timedelta(seconds=number))
    assert finding.answer_all(at=NOW + dt.timedelta(minutes=1)) == 3
    assert mails() == [("own_link", f"p{number}@example.org") for number in range(3)]
    assert finding.answer_all(at=NOW + dt.timedelta(minutes=1)) == 0


@pytest.mark.parametrize("path", ["/fr/", "/en/", "/fr/nowhere/", "/fr/account/login/", "/fr/link/sent/"])
def test_the_way_to_it_is_in_the_foot_of_every_page(path: str) -> None:
    page = Client().get(path).content.decode()
    language = path[1:3]
    words = {"fr": "Retrouver mes inscriptions", "en": "Find my registrations"}[language]
    foot = page[page.index('<footer class="foot">') :]
    assert f'<a href="/{language}/link/">{words}</a>' in foot


def test_no_cookie_is_needed() -> None:
    client = Client(enforce_csrf_checks=True)
    assert not client.get(FIND).cookies
    assert ask("a@example.org", client=client)[:2] == (302, SENT)


def test_the_page_of_an_error_leads_to_it_too() -> None:
    page = server_error(RequestFactory().get("/")).content.decode()
    assert ('href="/fr/link/"' in page, 'href="/en/link/"' in page) == (True, True)


def speaks(email: str, **fields: object) -> Session:
    """A session at which somebody speaks under an address, registered nowhere."""
    session = make.session(starts_at=NOW + dt.timedelta(days=9), **fields)
    make.slot(session, state="accepted", contact_email=email, contact_name="Nadia")
    return session


def test_who_speaks_without_a_registration_gets_the_link_of_their_page() -> None:
    speaks("nadia@example.org")
    assert ask(" NADIA@Example.org ")[:2] == (302, SENT)
    tasks.answer_link_requests()
    assert mails() == [("speaker_links", "nadia@example.org")]
    message = compose.message(Delivery.objects.get(), at=NOW)
    (contact,) = Contact.objects.all()
    page = links.page(contact, language="fr")
    assert page in str(message.body).splitlines()
    assert "/my/" not in str(message.body)
    assert message.attachments == []
    assert Client().get(page.removeprefix(settings.ESCALE_BASE_URL)).status_code == 200


@pytest.mark.parametrize("number", [1, 3])
def test_who_trains_gets_the_sheets_that_wait_for_them(number: int) -> None:
    """Of half-days to come, and of past ones that nobody countersigned; not those of others."""
    for day in range(number):
        session = make.session(
            starts_at=NOW - dt.timedelta(days=day), legal_frame="training_action", status="confirmed"
        )
        make.slot(session, state="accepted", contact_email="nadia@example.org")
    other = make.session(starts_at=NOW, legal_frame="training_action", status="confirmed")
    make.slot(other, state="accepted", contact_email="zoe@example.org")
    finding.ask(email="nadia@example.org", at=NOW)
    finding.answer_all(at=NOW)
    body = str(compose.message(Delivery.objects.get(), at=NOW).body)
    sheets = re.findall(r"^https?://\S+/teach/\S+$", body, re.MULTILINE)
    assert len(sheets) == number
    for url in sheets:
        assert Client().get(url.removeprefix(settings.ESCALE_BASE_URL)).status_code == 200


def test_who_speaks_and_is_registered_gets_both_ways_once() -> None:
    make.participant(email="nadia@example.org")
    speaks("nadia@example.org")
    speaks("nadia@example.org")
    for _ in range(2):
        finding.ask(email="nadia@example.org", at=NOW)
        finding.answer_all(at=NOW)
    assert sorted(mails()) == [("own_link", "nadia@example.org"), ("speaker_links", "nadia@example.org")]


def test_who_said_no_or_is_no_longer_named_gets_nothing() -> None:
    session = speaks("nadia@example.org")
    finding.ask(email="nadia@example.org", at=NOW)
    finding.answer_all(at=NOW)
    SpeakerSlot.objects.update(state="declined")
    sending.drain(clock=NOW)
    assert list(Delivery.objects.values_list("state", "reason")) == [("skipped", "not_speaking")]
    finding.ask(email="nadia@example.org", at=NOW)
    finding.answer_all(at=NOW)
    assert Delivery.objects.filter(session=session).count() == 1
