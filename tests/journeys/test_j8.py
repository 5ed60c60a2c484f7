"""J8, step 3: twelve places, fourteen people; one gives up, the first who waits is told once and has 48 hours."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import translation

from notifications.mail import compose
from notifications.models import Delivery
from registrations import booking
from registrations.links import personal_links
from registrations.models import CycleRegistration, Registration, State
from tests import make
from tests.make import AT

if TYPE_CHECKING:
    from cycles.models import Cycle

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)
PLACES, PEOPLE = 12, 14


def press(page: str, button: str) -> None:
    """Press a button of a page: send the form whose address ends so, as a browser that keeps no cookie does."""
    browser = Client(enforce_csrf_checks=True)
    text = browser.get(page).content.decode()
    action = re.search(rf'action="([^"]*{button})"', text)
    assert action is not None
    assert browser.post(action[1]).status_code == 302


def path(url: str) -> str:
    return "/" + url.split("/", 3)[3]


@pytest.fixture
def crowd() -> tuple[Cycle, list[CycleRegistration]]:
    cycle = make.cycle(offer_hours=48)
    make.session(cycle=cycle, number=1, capacity=PLACES)
    people = []
    for number in range(PEOPLE):
        at = AT + dt.timedelta(minutes=number)
        applicant = booking.Applicant(email=f"p{number}@example.org", given_name="P", family_name=str(number))
        asked = booking.register(cycle, applicant=applicant, scope=CycleRegistration.Scope.ALL, at=at)
        people.append(booking.confirm(asked, at=at))
    return cycle, people


def states() -> list[str]:
    return list(Registration.objects.order_by("pk").values_list("state", flat=True))


def told(kind: str) -> list[str]:
    return list(Delivery.objects.filter(kind=kind).order_by("pk").values_list("to_address", flat=True))


def my_page(person: CycleRegistration) -> str:
    with translation.override("en"):
        return reverse(
            "registrations:my-registrations", args=[personal_links.manage_token(person.participant)]
        )


def test_a_place_given_back_is_offered_then_passed_on(crowd: tuple[Cycle, list[CycleRegistration]]) -> None:
    _, people = crowd
    assert states() == [State.CONFIRMED] * PLACES + [State.WAITLISTED] * 2
    with time_machine.travel(AT + HOUR, tick=False):
        assert "Waiting list: number 2" in Client().get(my_page(people[13])).content.decode()
        mail = compose.message(
            Delivery.objects.filter(kind="registration_confirmed").latest("pk"), at=AT + HOUR
        )
        assert "numéro 2" in mail.body
        press(my_page(people[3]), rf"cancel/{people[3].registrations.get().pk}/")
        assert states()[PLACES:] == [State.OFFERED, State.WAITLISTED]
        assert "Waiting list: number 1" in Client().get(my_page(people[13])).content.decode()
    # Two days of silence: the place goes on, and who let it go is told so.
    booking.settle_due(at=AT + 49 * HOUR)
    assert states()[PLACES:] == [State.CANCELLED, State.OFFERED]
    assert [told("place_offered"), told("offer_ended")] == [
        ["p12@example.org", "p13@example.org"],
        ["p12@example.org"],
    ]
    offer = path(personal_links.offer(people[13], language="en"))
    with time_machine.travel(AT + 50 * HOUR, tick=False):
        press(offer, rf"accept/{people[13].registrations.get().pk}/")
        assert "No offer is waiting for your answer" in Client().get(offer).content.decode()
        answered = Client().get(f"{offer}?answer=accepted").content.decode()
        assert ["The place is yours." in answered, "No offer is waiting" in answered] == [True, False]
    assert states()[PLACES:] == [State.CANCELLED, State.CONFIRMED]
    # Whoever gave up is never promoted again, however many places become free.
    with time_machine.travel(AT + 51 * HOUR, tick=False):
        press(my_page(people[5]), rf"cancel/{people[5].registrations.get().pk}/")
    booking.settle_due(at=AT + 52 * HOUR)
    assert states().count(State.CANCELLED) == 3
    assert told("place_given") == ["p13@example.org"]
