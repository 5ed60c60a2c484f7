"""Asking for a code tells nobody whether an address has an account, and nobody can be kept from asking."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.sign_in import known_browsers
from tests import make
from tests.accounts.sign_in.test_sign_in import answer, ask, code, is_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pytest_django import Settings

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    """Limits are counted by a clock that stands still, and moves where a test moves it."""
    with time_machine.travel(make.AT, tick=False) as traveller:
        yield traveller


KNOWN, UNKNOWN, AWAY = "claire@example.org", "nobody@example.org", "karima@example.org"
ATTACKER, OFFICE = "203.0.113.7", "198.51.100.20"


def work(act: Callable[[], object]) -> int:
    """Return how many functions a call enters: what takes time, without a clock."""
    count = 0

    def enter(_frame: object, event: str, _argument: object) -> None:
        nonlocal count
        count += event in {"call", "c_call"}

    sys.setprofile(enter)
    try:
        act()
    finally:
        sys.setprofile(None)
    return count


def steps(client: Client, email: str) -> list[Callable[[], Any]]:
    """Return what somebody does who tries an address: asks for a code, reads the page, types a wrong one."""
    page = reverse("account_confirm_login_code")
    return [
        lambda: client.post(reverse("accounts:login"), {"email": email}),
        lambda: client.get(page),
        lambda: client.post(page, {"code": "WRONG-WRONG"}),
        lambda: client.post(page, {"action": "resend"}),
    ]


def test_an_address_with_an_account_costs_the_same_work_as_one_without(settings: Settings) -> None:
    settings.ACCOUNT_RATE_LIMITS = False
    make.user(email=KNOWN)
    make.user(email=AWAY, is_active=False)
    queries: dict[str, list[int]] = {}
    calls: dict[str, list[int]] = {}
    for email in (KNOWN, UNKNOWN, AWAY):
        for act in steps(Client(), email):
            # The first time fills what is kept between requests.
            act()
        queries[email], calls[email] = [], []
        for act in steps(Client(), email):
            with CaptureQueriesContext(connection) as made:
                act()
            queries[email].append(len(made))
        for act in steps(Client(), email):
            calls[email].append(work(act))
    assert queries == {email: [5, 2, 5, 5] for email in (KNOWN, UNKNOWN, AWAY)}
    for email in (UNKNOWN, AWAY):
        ratios = [one / other for one, other in zip(calls[email], calls[KNOWN], strict=True)]
        assert [round(ratio, 1) for ratio in ratios] == [1.0] * 4, (email, calls)


def from_(network: str) -> Client:
    return Client(REMOTE_ADDR=network)


def flood(email: str, *, clock: time_machine.Traveller, network: str = ATTACKER, times: int = 12) -> int:
    """Ask for codes and type wrong ones, as fast as one network can; return how many mails left."""
    before = len(mail.outbox)
    for _ in range(times):
        client = from_(network)
        ask(client, email)
        for _guess in range(3):
            answer(client, "WRONG-WRONG")
        clock.shift(21)
    clock.move_to(make.AT)
    return len(mail.outbox) - before


def test_a_flood_from_elsewhere_keeps_nobody_out(clock: time_machine.Traveller) -> None:
    claire = make.user(email=KNOWN)
    assert flood(KNOWN, clock=clock) == 10
    visitor = from_(OFFICE)
    ask(visitor, KNOWN)
    assert len(mail.outbox) == 11
    assert answer(visitor, code()) == 302
    assert visitor.session["_auth_user_id"] == str(claire.pk)


def test_one_network_cannot_fill_somebodys_mailbox(clock: time_machine.Traveller) -> None:
    make.user(email=KNOWN)
    assert flood(KNOWN, clock=clock, times=20) == 10
    # Nor may many networks: thirty an hour, whoever asks.
    assert [flood(KNOWN, clock=clock, network=f"203.0.113.{n}") for n in (8, 9, 10)] == [10, 10, 0]


def test_a_browser_that_was_in_before_is_not_counted_with_the_flood(clock: time_machine.Traveller) -> None:
    make.user(email=KNOWN)
    own = from_(ATTACKER)
    ask(own, KNOWN)
    assert answer(own, code()) == 302
    own.post(reverse("accounts:logout"))
    assert not is_in(own)
    for n in range(4):
        flood(KNOWN, clock=clock, network=f"203.0.113.{n + 7}")
    before = len(mail.outbox)
    # A stranger in the same network waits, its owner does not.
    assert "Trop d’essais." in ask(from_(ATTACKER), KNOWN)
    ask(own, KNOWN)
    assert len(mail.outbox) == before + 1
    assert answer(own, code()) == 302
    assert is_in(own)


def test_the_cookie_of_a_known_browser_opens_nothing_and_names_nobody(client: Client) -> None:
    claire, karim = make.user(email=KNOWN), make.user(email="karim@example.org")
    ask(client, KNOWN)
    answer(client, code())
    cookie = client.cookies[known_browsers.COOKIE]
    assert (cookie["httponly"], cookie["samesite"], cookie["max-age"]) == (True, "Lax", 180 * 24 * 3600)
    assert "claire" not in cookie.value
    request = client.get(reverse("accounts:profile")).wsgi_request
    assert known_browsers.accounts(request) == [claire.pk]
    stranger = Client()
    stranger.cookies[known_browsers.COOKIE] = cookie.value
    assert stranger.get(reverse("accounts:profile")).status_code == 302
    # It counts for the account that it names only, and a forged one for none.
    for _ in range(3):
        ask(stranger, karim.email)
        stranger.post(reverse("accounts:logout"))
    assert "Trop d’essais." in ask(stranger, karim.email)
    stranger.cookies[known_browsers.COOKIE] = f"x{cookie.value}"
    assert known_browsers.accounts(stranger.get(reverse("accounts:login")).wsgi_request) == []


def test_a_known_browser_has_a_limit_too(client: Client) -> None:
    make.user(email=KNOWN)
    ask(client, KNOWN)
    answer(client, code())
    client.post(reverse("accounts:logout"))
    for _ in range(3):
        ask(client, KNOWN)
        client.post(reverse("accounts:logout"))
    assert "Trop d’essais." in ask(client, KNOWN)


def test_an_address_is_one_network_however_it_is_written() -> None:
    make.user(email=KNOWN)
    for network in ("203.0.113.7", "::ffff:203.0.113.7", "::FFFF:cb00:7107"):
        ask(from_(network), KNOWN)
    assert "Trop d’essais." in ask(from_("203.0.113.7"), KNOWN)
    # And two are two: all of IPv4 lies in one /64 of IPv6.
    ask(from_("::ffff:198.51.100.20"), KNOWN)
    assert len(mail.outbox) == 4
