"""J3: a person manages their choices; robots that open every link of every mail change nothing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.apps import apps
from django.core import mail

from notifications.delivery.run import sending
from registrations import booking
from registrations.models import CycleRegistration, Participant, Registration, State
from tests import make
from tests.make import AT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.core.mail import EmailMessage
    from django.test import Client

    from cycles.models import Cycle

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def cycle() -> Cycle:
    cycle = make.cycle()
    for number, month in enumerate((10, 11, 12), start=1):
        make.session(
            cycle=cycle,
            number=number,
            starts_at=make.paris(2026, month, 22),
            capacity=1 if number == 2 else None,
        )
    return cycle


def everything() -> dict[str, list[dict[str, Any]]]:
    """Every row of every table of ours, as it stands."""
    labels = ("cycles", "registrations", "notifications")
    return {
        model.__name__: list(model._default_manager.order_by("pk").values())
        for label in labels
        for model in apps.get_app_config(label).get_models()
    }


def ask(cycle: Cycle, name: str) -> CycleRegistration:
    applicant = booking.Applicant(email=f"{name}@example.org", given_name=name, family_name="Essai")
    return booking.register(cycle, applicant=applicant, scope=CycleRegistration.Scope.ALL, at=AT)


def sent() -> list[EmailMessage]:
    mail.outbox.clear()
    sending.drain(clock=AT)
    return list(mail.outbox)


def links(message: EmailMessage) -> set[str]:
    bodies = [str(message.body), *(str(part[0]) for part in getattr(message, "alternatives", []))]
    result = {link for body in bodies for link in re.findall(r"http://testserver(/[^\s\"'<>)]+)", body)}
    return result | set(
        re.findall(r"http://testserver(/[^>]+)", message.extra_headers.get("List-Unsubscribe", ""))
    )


def test_a_robot_that_opens_every_link_changes_nothing(client: Client, cycle: Cycle) -> None:
    pending = ask(cycle, "zoe")
    booking.confirm(ask(cycle, "amina"), at=AT)
    booking.cancel(Registration.objects.earliest("pk"), at=AT)
    messages = sent()
    before = everything()
    followed: set[str] = set()
    waiting = {link for message in messages for link in links(message)}
    assert {"confirm", "my"} <= {link.split("/")[2] for link in waiting}
    while waiting - followed:
        link = min(waiting - followed)
        followed.add(link)
        for ask_for in (client.head, client.get):
            assert ask_for(link).status_code in (200, 301, 302, 404, 405)
        # A thorough robot follows what it finds on a personal page too.
        page = client.get(link).content.decode(errors="replace")
        waiting |= set(re.findall(r'(?:href|action)="(/(?:fr|en)/(?:my|join|confirm)/[^"]+)"', page))
    assert len(followed) > 10
    assert everything() == before
    pending.refresh_from_db()
    assert pending.state == State.PENDING


def test_cancelling_one_date_passes_the_place_on_once(client: Client, cycle: Cycle) -> None:
    amina = booking.confirm(ask(cycle, "amina"), at=AT)
    zoe = booking.confirm(ask(cycle, "zoe"), at=AT)
    assert zoe.registrations.get(session__number=2).state == State.WAITLISTED
    sent()
    row = amina.registrations.get(session__number=2)
    [own] = {
        link for message in _again(cycle, "amina") for link in links(message) if link.startswith("/fr/my/")
    }
    for _ in range(2):
        assert client.post(f"{own}cancel/{row.pk}/").status_code == 302
    assert sorted(message.to[0] for message in sent()) == ["amina@example.org", "zoe@example.org"]
    assert zoe.registrations.get(session__number=2).state == State.CONFIRMED
    assert [r.state for r in amina.registrations.order_by("session__number")] == [
        State.CONFIRMED,
        State.CANCELLED,
        State.CONFIRMED,
    ]


def _again(cycle: Cycle, name: str) -> list[EmailMessage]:
    ask(cycle, name)
    return sent()


def test_stopping_reminders_cancels_nothing_and_says_so(client: Client, cycle: Cycle) -> None:
    amina = booking.confirm(ask(cycle, "amina"), at=AT)
    sent()
    [own] = {
        link for message in _again(cycle, "amina") for link in links(message) if link.startswith("/fr/my/")
    }
    page = client.post(f"{own}reminders/stop/", follow=True).content.decode()
    assert "Les rappels sont arrêtés" in page
    assert Participant.objects.get().reminders_stopped_at == AT
    assert [r.state for r in amina.registrations.all()] == [State.CONFIRMED] * 3
