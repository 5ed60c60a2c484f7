"""Another email address: proved by its owner, told to the old one, and never telling whose it is."""

from __future__ import annotations

import base64
import datetime as dt
from typing import TYPE_CHECKING

import pytest
import time_machine
from django.core import signing
from django.urls import reverse

from notifications.mail import compose
from notifications.models import Delivery
from registrations.calendar import feed_tokens
from registrations.links import personal_links, sealed_tokens
from registrations.models import Participant
from registrations.people import participants
from tests import make

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test import Client

pytestmark = pytest.mark.django_db
NOW = make.AT


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def amina() -> Participant:
    return make.registration(participant=make.participant(email="amina@example.org")).participant


def ask(client: Client, person: Participant, email: str) -> tuple[int, str]:
    path = reverse("registrations:my-address", args=[personal_links.manage_token(person)])
    response = client.post(path, {"email": email})
    return response.status_code, response.headers.get("Location", "")


def owed() -> list[tuple[str, str]]:
    return list(Delivery.objects.order_by("pk").values_list("kind", "to_address"))


def proof(person: Participant, email: str = "new@example.org") -> str:
    """Ask for an address, and return the link that its reader gets."""
    participants.ask_address(person, email=email, at=NOW)
    return personal_links.prove_address(person, email=email, language="fr").removeprefix(
        "http://127.0.0.1:8000"
    )


def path_of(url: str) -> str:
    return "/" + url.split("/", 3)[3]


def test_the_whole_way(client: Client, amina: Participant) -> None:
    token = feed_tokens.reset(amina, at=NOW)
    before = path_of(personal_links.manage(amina))
    waiting = make.delivery(amina.registrations.get())
    status, location = ask(client, amina, " New@Example.ORG ")
    assert (status, location.endswith("?done=address-asked")) == (302, True)
    mail = Delivery.objects.get(kind="address_to_prove")
    assert mail.to_address == "New@example.org"
    message = compose.message(mail, at=NOW)
    url = next(line for line in str(message.body).splitlines() if "/address/" in line)
    assert "/my/" not in str(message.body)
    path = path_of(url)
    # Opening it, as mail scanners do, changes nothing.
    assert (client.get(path).status_code, client.head(path).status_code) == (200, 200)
    amina.refresh_from_db()
    assert amina.email == "amina@example.org"
    assert client.post(path).status_code == 302
    amina.refresh_from_db()
    assert (amina.email, amina.email_key) == ("New@example.org", "new@example.org")
    assert feed_tokens.shown(feed_tokens.live(amina)) != token
    waiting.refresh_from_db()
    assert waiting.to_address == "New@example.org"
    told = Delivery.objects.get(kind="address_changed")
    assert told.to_address == "amina@example.org"
    assert "/my/" not in str(compose.message(told, at=NOW).body)
    # The new mailbox holds the link of today.
    brought = Delivery.objects.get(kind="own_link")
    assert brought.to_address == "New@example.org"
    assert personal_links.manage(amina) in str(compose.message(brought, at=NOW).body)
    # The link is used up, and so is every link of before; today's opens the page.
    assert client.post(path).status_code == 404
    assert client.get(before).status_code == 404
    assert client.get(path_of(personal_links.manage(amina))).status_code == 200


def test_the_private_calendar_is_kept_by_choice(client: Client, amina: Participant) -> None:
    token = feed_tokens.reset(amina, at=NOW)
    assert client.post(path_of(proof(amina)), {"keep": "on"}).status_code == 302
    assert feed_tokens.shown(feed_tokens.live(amina)) == token


def test_an_address_of_somebody_else_gets_the_same_answer_and_changes_nothing(
    client: Client, amina: Participant
) -> None:
    zoe = make.participant(email="zoe@example.org", given_name="Zoë")
    free, taken = ask(client, amina, "free@example.org"), ask(client, amina, "ZOE@example.org")
    assert free == taken
    assert owed() == [("address_to_prove", "free@example.org"), ("address_in_use", "zoe@example.org")]
    text = str(compose.message(Delivery.objects.get(kind="address_in_use"), at=NOW).body)
    assert personal_links.manage(zoe) in text
    assert "amina" not in text.casefold()
    assert client.post(path_of(proof(amina, "zoe@example.org"))).status_code == 404
    amina.refresh_from_db()
    assert amina.email == "amina@example.org"


def test_an_address_that_nobody_ever_proved_is_free(client: Client, amina: Participant) -> None:
    make.participant(email="new@example.org", confirmed_at=None)
    ask(client, amina, "new@example.org")
    assert owed() == [("address_to_prove", "new@example.org")]
    assert client.post(path_of(proof(amina))).status_code == 302
    assert list(Participant.objects.values_list("email", flat=True)) == ["new@example.org"]


def test_ones_own_address_asks_for_nothing(client: Client, amina: Participant) -> None:
    assert ask(client, amina, "AMINA@example.org")[0] == 302
    assert owed() == []


@pytest.mark.parametrize(
    "email", ["", "a@b", "x@example.org\nBcc: y@example.org", "x" * 300 + "@example.org"]
)
def test_what_is_no_address_is_refused(client: Client, amina: Participant, email: str) -> None:
    assert ask(client, amina, email)[0] == 422
    assert owed() == []


def test_nobody_fills_a_mailbox_with_it(client: Client, amina: Participant) -> None:
    answers = [ask(client, amina, f"n{n}@example.org")[0] for n in range(6)]
    assert answers == [302] * 5 + [429]


def test_old_false_and_foreign_links_say_one_thing(client: Client, amina: Participant) -> None:
    good = path_of(proof(amina))
    unasked = sealed_tokens.make(
        "email", amina.pk, secret=personal_links.email_secret(amina, "y@example.org")
    )
    signed = signing.dumps([amina.pk, "x", "new@example.org"], salt="escale.registrations.email")
    false = [personal_links.manage_token(amina), unasked, signed, "z" * 10_000]
    for path in (good[:-2] + "/", *(reverse("registrations:confirm-address", args=[one]) for one in false)):
        assert client.get(path).status_code == 404
    with time_machine.travel(NOW + dt.timedelta(days=2, minutes=1), tick=False):
        assert client.post(good).status_code == 404
    amina.refresh_from_db()
    assert amina.email == "amina@example.org"


def test_the_longest_address_fits_its_link(client: Client, amina: Participant) -> None:
    email = "a" * 64 + "@" + ".".join(["b" * 60] * 3) + ".org"
    assert client.get(path_of(proof(amina, email))).status_code == 200


def test_two_who_prove_one_address_are_not_both_given_it(amina: Participant) -> None:
    zoe = make.participant(email="zoe@example.org")
    assert participants.change_address(amina, email="new@example.org", renews_feed=False, at=NOW)
    assert not participants.change_address(zoe, email="NEW@example.org", renews_feed=False, at=NOW)


def test_nothing_in_the_link_tells_the_address(amina: Participant) -> None:
    token = path_of(proof(amina, "someone@example.org")).split("/")[-2]
    assert (token.isalnum(), len(token) <= 22) == (True, True)
    raw = token.encode()
    # Four characters hold three bytes; what is left at the end, which may be a single character, holds none.
    for text in (raw, base64.urlsafe_b64decode(raw[: len(raw) // 4 * 4])):
        assert b"someone" not in text
        assert b"example" not in text


def test_the_last_address_asked_for_is_the_one_that_can_be_proved(client: Client, amina: Participant) -> None:
    first = path_of(proof(amina, "one@example.org"))
    second = path_of(proof(amina, "two@example.org"))
    assert client.post(first).status_code == 404
    assert client.post(second).status_code == 302
    amina.refresh_from_db()
    assert (amina.email, amina.asked_email, amina.asked_email_at) == ("two@example.org", "", None)


def test_an_address_that_nobody_proves_is_forgotten_after_two_days(amina: Participant) -> None:
    participants.ask_address(amina, email="one@example.org", at=NOW)
    assert participants.forget_asked_addresses(at=NOW + dt.timedelta(days=1)) == 0
    assert participants.forget_asked_addresses(at=NOW + dt.timedelta(days=2)) == 1
    amina.refresh_from_db()
    assert (amina.asked_email, amina.asked_email_at) == ("", None)


def test_a_press_that_comes_after_the_links_were_ended_changes_nothing() -> None:
    person = make.participant(email="amina@example.org")
    read_before = Participant.objects.get(pk=person.pk)
    participants.end_old_links(person, at=NOW)
    assert not participants.change_address(read_before, email="new@example.org", renews_feed=False, at=NOW)
    person.refresh_from_db()
    assert person.email == "amina@example.org"
