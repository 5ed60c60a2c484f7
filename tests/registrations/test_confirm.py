"""The link of the first mail: looking changes nothing, the button confirms, an old link is renewed."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
import time_machine
from django.urls import reverse

from registrations import booking, links, seals
from registrations.models import CycleRegistration, Registration, State
from tests import make
from tests.make import AT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test import Client

    from cycles.models import Cycle

pytestmark = pytest.mark.django_db
ALL = CycleRegistration.Scope.ALL
DAY = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def cycle() -> Cycle:
    session = make.session(number=1)
    make.session(cycle=session.cycle, number=2, starts_at=make.paris(2026, 12, 17))
    return session.cycle


def request(cycle: Cycle, email: str = "amina@example.org") -> CycleRegistration:
    applicant = booking.Applicant(email=email, given_name="Amina", family_name="Diallo-Lefèvre")
    return booking.register(cycle, applicant=applicant, scope=ALL, at=AT)


def path(registration: CycleRegistration) -> str:
    return links.confirm(registration, language="fr").removeprefix("http://testserver")


def test_looking_changes_nothing(client: Client, cycle: Cycle) -> None:
    registration = request(cycle)
    before = CycleRegistration.objects.values().get()
    assert client.get(path(registration)).status_code == 200
    assert client.head(path(registration)).status_code == 200
    assert CycleRegistration.objects.values().get() == before
    assert not Registration.objects.exists()


def test_the_button_confirms_and_leads_to_the_own_page(client: Client, cycle: Cycle) -> None:
    registration = request(cycle)
    response = client.post(path(registration))
    own = reverse("registrations:my-registrations", args=[links.manage_token(registration.participant)])
    assert (response.status_code, response["Location"]) == (302, f"{own}?done=confirmed")
    page = client.get(response["Location"]).content.decode()
    assert "Votre inscription est confirmée." in page
    assert page.count("Vous avez une place") == 2
    for again in (client.post(path(registration)), client.get(path(registration))):
        text = again.content.decode()
        assert (again.status_code, "Déjà confirmée" in text, "/my/" in text) == (200, True, False)
    assert Registration.objects.count() == 2


def test_an_old_link_offers_a_new_one(client: Client, cycle: Cycle) -> None:
    registration = request(cycle)
    old = path(registration)
    with time_machine.travel(AT + 8 * DAY, tick=False):
        page = client.get(old)
        assert (page.status_code, "Ce lien a expiré" in page.content.decode()) == (200, True)
        assert client.post(old)["Location"] == f"/fr/register/{cycle.slug}/sent/"
        registration.refresh_from_db()
        assert (registration.state, registration.request_number) == (State.PENDING, 2)
        assert client.post(path(registration)).status_code == 302
    registration.refresh_from_db()
    assert registration.state == State.CONFIRMED


def test_an_old_link_of_a_confirmed_person_opens_nothing_of_theirs(client: Client, cycle: Cycle) -> None:
    registration = booking.confirm(request(cycle), at=AT)
    old = path(registration)
    with time_machine.travel(AT + 8 * DAY, tick=False):
        page = client.get(old)
    assert (page.status_code, "Déjà confirmée" in page.content.decode()) == (200, True)
    assert "/my/" not in page.content.decode()


def test_the_link_of_a_cancelled_registration_does_not_bring_it_back(client: Client, cycle: Cycle) -> None:
    registration = booking.cancel_all(booking.confirm(request(cycle), at=AT), at=AT)
    assert client.post(path(registration)).status_code == 200
    registration.refresh_from_db()
    assert registration.state == State.CANCELLED


def test_a_link_whose_request_was_erased(client: Client, cycle: Cycle) -> None:
    registration = request(cycle)
    old = path(registration)
    with time_machine.travel(AT + 8 * DAY, tick=False):
        booking.purge_unconfirmed(at=AT + 8 * DAY)
        assert client.get(old).status_code == 404


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("name", ["confirm", "my-registrations", "join"])
def test_every_bad_link_gets_the_same_answer(client: Client, cycle: Cycle, language: str, name: str) -> None:
    registration = booking.confirm(request(cycle), at=AT)
    person, seat = registration.participant, Registration.objects.order_by("pk")[0]
    tokens = {
        "confirm": links.confirm_token(registration),
        "my-registrations": links.manage_token(person),
        "join": links.join_token(seat),
    }
    purposes: dict[str, seals.Purpose] = {"confirm": "confirm", "my-registrations": "manage", "join": "join"}
    good = tokens.pop(name)
    bad = [
        good[:-1] + ("A" if good[-1] != "A" else "B"),
        good[:-1],
        "x" * 10_000,
        "%00",
        seals.make(purposes[name], 999_999, secret=person.link_secret, at=AT),
        seals.make(purposes[name], person.pk, secret="another", at=AT),
        *tokens.values(),
    ]
    place = {"confirm": "confirm", "my-registrations": "my", "join": "join"}[name]
    answers = [client.get(f"/{language}/{place}/{token}/") for token in bad]
    answers += [client.post(f"/{language}/{place}/{token}/") for token in bad if name != "my-registrations"]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
    assert f'<html lang="{language}">' in answers[0].content.decode()
