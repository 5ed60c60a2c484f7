"""J1: Amina registers for the whole cycle, in French, and gets one mail for all of it."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING

import pytest
import time_machine
from django.core import mail

from cycles.models import Session
from notifications.delivery.run import sending
from registrations.models import Consent, CycleRegistration, Registration, State
from tests import make
from tests.make import AT

if TYPE_CHECKING:
    from django.core.mail import EmailMessage
    from django.test import Client

    from cycles.models import Cycle

pytestmark = pytest.mark.django_db
SECONDS = dt.timedelta(seconds=1)
MINUTE = dt.timedelta(minutes=1)
DAY = dt.timedelta(days=1)

AMINA = {
    "given_name": "Amina",
    "family_name": "Diallo-Lefèvre",
    "email": "amina@asso-test.example.org",
    "organisation_name": "<script>alert(1)</script>",
}


@pytest.fixture
def cycle() -> Cycle:
    """Twelve stops; the first two confirmed, the others without a theme yet."""
    cycle = make.cycle(title={"fr": "(Re)Connaissance, le voyage en 12 escales", "en": ""})
    dates = [make.paris(2026, 10, 22), make.paris(2026, 11, 19), make.paris(2026, 12, 17)]
    dates += [make.paris(2027, month, 18) for month in range(1, 10)]
    for number, starts_at in enumerate(dates, start=1):
        make.session(
            cycle=cycle,
            number=number,
            slug=f"escale-{number:02d}",
            starts_at=starts_at,
            has_theme=number <= 2,
            status=Session.Status.CONFIRMED if number <= 2 else Session.Status.TENTATIVE,
        )
    return cycle


def send_form(client: Client, cycle: Cycle, at: dt.datetime, **fields: str) -> str:
    """Open the form, fill it a little later, send it; return where that leads."""
    path = f"/fr/register/{cycle.slug}/"
    with time_machine.travel(at - 30 * SECONDS, tick=False):
        page = client.get(path).content.decode()
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)"(?: value="([^"]*)")?', page))
    with time_machine.travel(at, tick=False):
        response = client.post(path, AMINA | {"started": hidden["started"], "scope": "all"} | fields)
    assert response.status_code == 302
    location: str = response["Location"]
    return location


def mails(at: dt.datetime) -> list[EmailMessage]:
    """Let the worker send what is due; return the mails that left."""
    mail.outbox.clear()
    sending.drain(clock=at)
    return list(mail.outbox)


def link(message: EmailMessage, name: str) -> str:
    match = re.search(rf"http://testserver(/\w\w/{name}/\S+/)", str(message.body))
    assert match is not None
    return match[1]


def test_the_whole_cycle(client: Client, cycle: Cycle) -> None:
    with time_machine.travel(AT, tick=False):
        public = client.get(f"/fr/cycles/{cycle.slug}/").content.decode()
    assert "(Re)Connaissance, le voyage en 12 escales" in public
    assert f'href="/fr/register/{cycle.slug}/"' in public

    assert send_form(client, cycle, AT) == f"/fr/register/{cycle.slug}/sent/"
    with time_machine.travel(AT, tick=False):
        assert "vérifiez votre boîte" in client.get(f"/fr/register/{cycle.slug}/sent/").content.decode()
    [first] = mails(AT)
    assert (first.to, first.attachments) == (["amina@asso-test.example.org"], [])
    confirm = link(first, "confirm")

    with time_machine.travel(AT + MINUTE, tick=False):
        assert client.get(confirm).status_code == 200
        assert not Registration.objects.exists()
        page = client.post(confirm, follow=True).content.decode()
    assert "Votre inscription est confirmée." in page
    assert page.count("Vous avez une place") == 12
    assert "<script>" not in page

    [second] = mails(AT + MINUTE)
    assert [part[2] for part in second.attachments if isinstance(part, tuple)] != []
    manage = link(second, "my")
    with time_machine.travel(AT + 2 * MINUTE, tick=False):
        assert client.get(manage).status_code == 200
    assert mails(AT + 2 * MINUTE) == []

    registration = CycleRegistration.objects.get()
    assert (registration.state, registration.scope, registration.source, registration.wants_newsletter) == (
        State.CONFIRMED,
        "all",
        "form",
        False,
    )
    assert list(Consent.objects.values_list("text__purpose", "text__version", "given_at")) == [
        ("notice", 1, AT + MINUTE)
    ]


def test_the_same_address_again(client: Client, cycle: Cycle) -> None:
    where = send_form(client, cycle, AT)
    [first] = mails(AT)
    with time_machine.travel(AT, tick=False):
        client.post(link(first, "confirm"))
    mails(AT)
    before = list(Registration.objects.values())
    again = send_form(client, cycle, AT + DAY, email="AMINA@Asso-Test.Example.ORG", given_name="Mallory")
    assert again == where
    assert list(Registration.objects.values()) == before
    [reminder_of_link] = mails(AT + DAY)
    assert reminder_of_link.to == ["amina@asso-test.example.org"]
    with time_machine.travel(AT + DAY, tick=False):
        page = client.get(link(reminder_of_link, "my")).content.decode()
    assert "Mallory" not in page


def test_after_the_first_stop_the_remaining_ones(client: Client, cycle: Cycle) -> None:
    at = make.paris(2026, 10, 23)
    send_form(client, cycle, at)
    [first] = mails(at)
    with time_machine.travel(at, tick=False):
        client.post(link(first, "confirm"))
    numbers = Registration.objects.order_by("session__number").values_list("session__number", flat=True)
    assert list(numbers) == list(range(2, 13))


def test_a_link_of_last_week(client: Client, cycle: Cycle) -> None:
    send_form(client, cycle, AT)
    with time_machine.travel(AT, tick=False):
        [first] = mails(AT)
    old = link(first, "confirm")
    with time_machine.travel(AT + 8 * DAY, tick=False):
        assert "Ce lien a expiré" in client.get(old).content.decode()
        client.post(old)
        [renewed] = mails(AT + 8 * DAY)
        assert (
            "Votre inscription est confirmée."
            in client.post(link(renewed, "confirm"), follow=True).content.decode()
        )
