"""A room behind one address registers without a refusal, a hostile stranger is limited, and nobody shares a key."""

from __future__ import annotations

import datetime as dt
import re
from html import unescape
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import AuditEntry
from cycles.models import Membership
from registrations.links import personal_links
from registrations.models import CrowdWindow, CycleRegistration, Tally
from registrations.rate_limits import crowds, limits
from registrations.rate_limits.limits import Bucket
from tests import make
from tests.make import AT
from tests.registrations.pages.form.filling import address, cycle_of, typed
from web.requests import networks

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cycles.models import Cycle

    class Settings:
        ESCALE_PROXY_COUNT: int
        ESCALE_REGISTRATIONS_AT_ONCE: int
        ESCALE_REGISTRATIONS_A_MINUTE: int


pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with time_machine.travel(AT, tick=False):
        yield


def post(cycle: Cycle, number: int, *, at: dt.datetime = AT, **meta: Any) -> int:
    """Send the form for one more person; return the status."""
    with time_machine.travel(at, tick=False):
        return Client().post(address(cycle), typed(email=f"p{number}@example.org"), **meta).status_code


def test_forty_people_of_one_room_register_within_a_minute() -> None:
    cycle, _ = cycle_of(1)
    results = [post(cycle, n, at=AT + n * dt.timedelta(seconds=1.5)) for n in range(40)]
    assert results == [302] * 40
    assert CycleRegistration.objects.count() == 40


def test_a_hostile_stranger_is_limited_and_the_limit_does_not_grow_by_trying() -> None:
    cycle, _ = cycle_of(1)
    assert [post(cycle, n) for n in range(100)] == [302] * 60 + [429] * 40
    # Twenty more within the next minute, however often was tried meanwhile; other networks are not touched.
    assert [post(cycle, 100 + n, at=AT + MINUTE) for n in range(30)] == [302] * 20 + [429] * 10
    assert post(cycle, 200, REMOTE_ADDR="192.0.2.7") == 302


@pytest.mark.parametrize("a_minute", [1, 20, 60_000, 60_001, 10_000_000])
def test_however_many_may_come_a_minute_those_of_one_moment_come_in(a_minute: int) -> None:
    bucket = Bucket(name="request", who="a", at_once=3, a_minute=a_minute)
    # The second of them began first, and is counted after the other.
    assert [bucket.take(at=at) for at in (AT + dt.timedelta(milliseconds=1), AT)] == [True, True]


def test_who_proves_the_address_is_no_longer_counted(settings: Settings) -> None:
    settings.ESCALE_REGISTRATIONS_AT_ONCE = 1
    cycle, _ = cycle_of(1)
    assert [post(cycle, 1), post(cycle, 2)] == [302, 429]
    link = personal_links.confirm(CycleRegistration.objects.get(), language="fr")
    assert Client().post(link.removeprefix("http://testserver")).status_code == 302
    assert [post(cycle, 2), post(cycle, 3)] == [302, 429]


def test_mistakes_do_not_count(settings: Settings) -> None:
    settings.ESCALE_REGISTRATIONS_AT_ONCE = 1
    cycle, _ = cycle_of(1)
    wrong = [Client().post(address(cycle), typed(email="no-address")).status_code for _ in range(9)]
    assert [*wrong, post(cycle, 1)] == [200] * 9 + [302]


def test_what_is_sent_without_end_is_not_even_looked_at(settings: Settings) -> None:
    settings.ESCALE_REGISTRATIONS_AT_ONCE = 1
    cycle, _ = cycle_of(1)
    wrong = [Client().post(address(cycle), typed(email="no-address")).status_code for _ in range(12)]
    assert wrong == [200] * 10 + [429] * 2


def test_too_many_keeps_everything_and_one_button_sends_it_again(settings: Settings) -> None:
    settings.ESCALE_REGISTRATIONS_AT_ONCE = 1
    cycle, sessions = cycle_of(2)
    assert post(cycle, 1) == 302
    client = Client(enforce_csrf_checks=True)
    client.get(address(cycle))
    fields = typed(
        email="zoe@example.org",
        given_name='Zoë "la" <Grande>',
        scope="chosen",
        sessions=[str(sessions[0].pk), str(sessions[1].pk)],
        accessibility_need="Une ligne\r\n\r\net une autre",
        newsletter="on",
    )
    token = client.cookies["csrftoken"].value
    refused = client.post(address(cycle), fields | {"csrfmiddlewaretoken": token})
    assert (refused.status_code, refused["Retry-After"]) == (429, "60")
    page = refused.content.decode()
    kept = [
        (unescape(name), unescape(value))
        for name, value in re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', page)
    ]
    with time_machine.travel(AT + MINUTE, tick=False):
        again: dict[str, Any] = {}
        for name, value in kept:
            again.setdefault(name, []).append(value)
        assert client.post(address(cycle), again).status_code == 302
    row = CycleRegistration.objects.get(participant__email="zoe@example.org")
    assert (row.participant.given_name, row.requested_session_ids, row.wants_newsletter) == (
        'Zoë "la" <Grande>',
        [session.pk for session in sessions],
        True,
    )
    assert row.accessibility_need.split() == ["Une", "ligne", "et", "une", "autre"]


def test_organisers_announce_a_crowd_for_two_hours(client: Client) -> None:
    cycle, _ = cycle_of(1)
    cycle.programme = make.programme()
    cycle.save(update_fields=["programme"])
    user = make.membership(programme=cycle.programme, role=Membership.Role.ORGANISER).user
    client.force_login(user)
    page = reverse("desk:registration", args=[cycle.slug])
    with translation.override("en"):
        english = reverse("desk:registration", args=[cycle.slug])
    assert "Expect many people for 2 hours" in client.get(english).content.decode()
    assert client.post(f"{page}crowd/").status_code == 302
    assert CrowdWindow.objects.get().ends_at == AT + dt.timedelta(hours=2)
    assert "Many people can register from one place until 11:00." in client.get(english).content.decode()
    assert [post(cycle, n) for n in range(120)] == [302] * 120
    # Another cycle keeps to its own limit, and so does this one once the time is over.
    other, _ = cycle_of(1)
    assert post(other, 200) == 429
    late = AT + dt.timedelta(hours=2)
    assert [post(cycle, 300 + n, at=late) for n in range(61)] == [302] * 60 + [429]
    assert client.post(f"{page}crowd/end/").status_code == 302
    assert crowds.announced_until(cycle, at=AT) is None
    assert list(
        AuditEntry.objects.exclude(verb="account.enter")
        .order_by("pk")
        .values_list("verb", "by", "programme_id")
    ) == [
        ("registration.crowd", user.pk, cycle.programme.pk),
        ("registration.crowd_over", user.pk, cycle.programme.pk),
    ]


# What proxies write for one visitor (RFC 7239, 6; Azure and some load balancers add the port; Go prints ::ffff:).
WRITINGS = {
    "203.0.113.7": "203.0.113.0/24",
    " 203.0.113.7 ": "203.0.113.0/24",
    "203.0.113.7:51234": "203.0.113.0/24",
    '"203.0.113.7:51234"': "203.0.113.0/24",
    "::ffff:203.0.113.7": "203.0.113.0/24",
    "[::ffff:203.0.113.7]:51234": "203.0.113.0/24",
    "::FFFF:CB00:7107": "203.0.113.0/24",
    "64:ff9b::cb00:7107": "203.0.113.0/24",
    "2002:cb00:7107::1": "203.0.113.0/24",
    "2001:db8::1": "2001:db8::/64",
    "[2001:db8::1]": "2001:db8::/64",
    "[2001:db8::1]:443": "2001:db8::/64",
    '"[2001:db8::1]:_obf"': "2001:db8::/64",
    "2001:0DB8:0:0:0:0:0:1": "2001:db8::/64",
    "fe80::1%eth0": "fe80::/64",
    "[fe80::1%25eth0]:80": "fe80::/64",
    "unknown": "",
    "_hidden": "",
    "": "",
    "-": "",
    "0.0.0.0": "",  # noqa: S104 - written, not bound
    "::": "",
    "203.0.113": "",
    "203.0.113.007": "",
    "999.0.113.7:1": "",
    "localhost": "",
    "x" * 5000: "",
}


@pytest.mark.parametrize(("written", "network"), WRITINGS.items())
def test_each_writing_of_an_address_is_one_network(settings: Settings, written: str, network: str) -> None:
    settings.ESCALE_PROXY_COUNT = 1
    for before in ("", "198.51.100.1, ", "unknown, "):
        request = RequestFactory().get("/", REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR=before + written)
        assert networks.network(request) == network


@given(st.ip_addresses(v=4), st.integers(0, 65535))
def test_an_address_in_disguise_is_the_same_visitor(address: Any, port: int) -> None:
    disguises = [
        f"{address}",
        f"{address}:{port}",
        f"::ffff:{address}",
        f"[::ffff:{address}]:{port}",
        f'"{address}"',
    ]
    assert {networks.read(text) for text in disguises} == {None if address.is_unspecified else address}


@pytest.mark.thorough
@given(st.text(max_size=200))
def test_whatever_is_written_there_is_an_address_or_nobody(text: str) -> None:
    networks.read(text)


@pytest.mark.parametrize(
    "writing",
    [
        "203.0.{n}.7:51234",
        "[2001:db8:0:{n}::1]:443",
        "[2001:db8:0:{n}::1]",
        "::ffff:203.0.{n}.7",
        "unknown",
        "_p{n}",
        "",
    ],
)
def test_twenty_five_visitors_behind_a_proxy_are_all_served(settings: Settings, writing: str) -> None:
    settings.ESCALE_PROXY_COUNT = 1
    settings.ESCALE_REGISTRATIONS_AT_ONCE = 1
    cycle, _ = cycle_of(1)
    # A header that is missing is none at all.
    results = []
    for number in range(25):
        header: dict[str, Any] = {"HTTP_X_FORWARDED_FOR": writing.format(n=number)} if writing else {}
        results.append(post(cycle, number, REMOTE_ADDR="127.0.0.1", **header))
    assert results == [302] * 25


def test_whoever_comes_past_the_proxy_is_counted_by_the_connection(settings: Settings) -> None:
    settings.ESCALE_PROXY_COUNT = 1
    settings.ESCALE_REGISTRATIONS_AT_ONCE = 1
    cycle, _ = cycle_of(1)
    assert [post(cycle, n, REMOTE_ADDR="8.8.8.8") for n in range(2)] == [302, 429]


def test_signing_in_is_counted_by_the_same_reading(settings: Settings) -> None:
    settings.ESCALE_PROXY_COUNT = 2
    login = reverse("accounts:login")
    for forwarded in ("unknown", "198.51.100.1", "203.0.113.7:51234, [2001:db8::1]:443", ""):
        answer = Client().post(login, {"email": "nobody@example.org"}, HTTP_X_FORWARDED_FOR=forwarded)
        assert answer.status_code < 500


def test_an_address_is_asked_five_times_an_hour_whatever_the_network() -> None:
    cycle, _ = cycle_of(1)
    results = [
        Client().post(address(cycle), typed(), REMOTE_ADDR=f"192.0.{n}.7").status_code for n in range(6)
    ]
    assert results == [302] * 5 + [429]


def test_counts_hold_no_network_in_clear() -> None:
    cycle, _ = cycle_of(1)
    post(cycle, 1, REMOTE_ADDR="192.0.2.7")
    # Of the network, of the address that was typed, of the cycle.
    assert [len(key) for key in Tally.objects.values_list("key", flat=True)] == [32, 32, 32]


def test_colleagues_are_counted_with_whoever_names_them(settings: Settings) -> None:
    settings.ESCALE_REGISTRATIONS_AT_ONCE = 3
    cycle, _ = cycle_of(1)
    lines = [f"Ada Lovelace <c{n}@example.org>" for n in range(4)]

    def send(*names: str) -> int:
        fields = typed(email="p@example.org", colleagues="\n".join(names))
        return Client().post(address(cycle), fields).status_code

    # Four are more than ever come at once; two and one fit, and then nobody.
    assert [send(*lines[:3]), send(lines[0]), post(cycle, 1), post(cycle, 2)] == [429, 302, 302, 429]
    assert CycleRegistration.objects.count() == 3


def test_who_is_refused_for_the_crowd_may_ask_as_often_as_before(settings: Settings) -> None:
    settings.ESCALE_REGISTRATIONS_AT_ONCE = 1
    settings.ESCALE_REGISTRATIONS_A_MINUTE = 1
    cycle, _ = cycle_of(1)
    results = [post(cycle, 0), *(post(cycle, 1) for _ in range(8))]
    assert results == [302] + [429] * 8
    # Nothing was sent to that address: its five mails an hour are still there.
    assert [post(cycle, 1, at=AT + n * MINUTE) for n in range(1, 7)] == [302] * 5 + [429]


@given(
    st.lists(st.tuples(st.integers(0, 90_000), st.integers(1, 4)), max_size=12),
    st.integers(1, 5),
    st.sampled_from([1, 20, 600]),
)
def test_a_bucket_in_memory_counts_as_one_in_the_database(
    acts: list[tuple[int, int]], at_once: int, a_minute: int
) -> None:
    Tally.objects.all().delete()
    limits.attempts.clear()
    bucket = Bucket(name="request", who="a", at_once=at_once, a_minute=a_minute)
    at = AT
    for pause, count in acts:
        at += dt.timedelta(milliseconds=pause)
        for _one in range(count):
            assert limits.attempts.take(bucket, at=at) == bucket.take(at=at)


def test_a_process_remembers_the_networks_that_came_last(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "NETWORKS", 3)
    buckets = [Bucket(name="attempt", who=f"n{n}", at_once=1, a_minute=1) for n in range(4)]
    assert [limits.attempts.take(bucket, at=AT) for bucket in buckets] == [True] * 4
    assert [limits.attempts.take(bucket, at=AT) for bucket in reversed(buckets)] == [False] * 3 + [True]
