"""Addresses that get no mail any more: found among the people of a cycle, stopped by hand, let back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import time_machine
from django.core import mail

from accounts.models import AuditEntry
from cycles.models import Cycle, Membership
from desk.mail.deliveries import stopped
from notifications.delivery import ledger
from notifications.delivery.run import sending
from notifications.models import Delivery, Suppression
from tests import make

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test import Client
    from pytest_django import DjangoAssertNumQueries

    from registrations.models import Registration

pytestmark = pytest.mark.django_db
NOW = make.paris(2026, 11, 12, 9)
PAGE = "/en/desk/cycles/tour/stopped/"
MAILS = "/en/desk/cycles/tour/deliveries/"
Reason = Suppression.Reason


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def cycle() -> Cycle:
    return make.cycle(slug="tour", programme=make.programme())


@pytest.fixture
def row(cycle: Cycle) -> Registration:
    session = make.session(cycle=cycle, slug="escale-02", number=2)
    return make.registration(session=session, participant=make.participant(email="amina@example.org"))


@pytest.fixture
def claire(client: Client, cycle: Cycle) -> Client:
    client.force_login(make.membership(programme=cycle.programme, role=Membership.Role.ORGANISER).user)
    AuditEntry.objects.all().delete()
    return client


def listed(client: Client, query: str = "") -> list[str]:
    return [item.participant.email for item in client.get(PAGE + query).context["page"].people]


@pytest.mark.parametrize("count", [1, 3])
def test_those_of_the_cycle_are_listed_in_a_fixed_number_of_queries(
    claire: Client, row: Registration, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    ledger.suppress("elsewhere@example.org", reason=Reason.BOUNCE, at=NOW)
    for number in range(count):
        person = make.participant(email=f"p{number}@example.org")
        make.registration(session=row.session, participant=person)
        ledger.suppress(f"P{number}@Example.org", reason=Reason.COMPLAINT, at=NOW)
    with django_assert_num_queries(7):
        page = claire.get(PAGE)
    assert [
        (item.participant.email, item.suppression.reason, item.when) for item in page.context["page"].people
    ] == [(f"p{number}@example.org", "complaint", "Thu 12 Nov 2026, 09:00") for number in range(count)]
    assert "Look further" not in page.content.decode()


def test_nobody_is_tried_where_no_address_is_stopped(
    claire: Client, row: Registration, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    assert row.pk
    with django_assert_num_queries(5):
        page = claire.get(PAGE)
    assert "No address of this cycle is stopped." in page.content.decode()


def test_the_list_of_mails_tries_no_address(
    claire: Client, row: Registration, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    ledger.suppress("amina@example.org", reason=Reason.BOUNCE, at=NOW)
    make.delivery(row)
    with django_assert_num_queries(13):
        page = claire.get(MAILS)
    assert f'href="{PAGE}"' in page.content.decode()


@pytest.mark.parametrize(("tried", "shown"), [(20_000, 2), (3, 50)])
def test_a_page_ends_and_the_next_goes_on(
    claire: Client, row: Registration, monkeypatch: pytest.MonkeyPatch, tried: int, shown: int
) -> None:
    monkeypatch.setattr(stopped, "MOST_TRIED", tried)
    monkeypatch.setattr(stopped, "PER_PAGE", shown)
    emails = [f"p{number}@example.org" for number in range(5)]
    for email in emails:
        make.registration(session=row.session, participant=make.participant(email=email))
        ledger.suppress(email, reason=Reason.BOUNCE, at=NOW)
    results: list[list[str]] = []
    after: int | None = 0
    while after is not None and len(results) < 9:
        page = claire.get(PAGE, {"after": after}).context["page"]
        results.append([item.participant.email for item in page.people])
        after = page.after
    assert ([email for part in results for email in part], len(results)) == (emails, 3)
    assert listed(claire, f"?after={'9' * 40}") == listed(claire, "?after=x") == listed(claire)


def test_an_address_is_stopped_by_hand_and_let_back(claire: Client, row: Registration) -> None:
    person = f"{MAILS}people/{row.participant_id}/"
    assert "Stop all email to this address" in claire.get(person).content.decode()
    for _again in range(2):
        answer = claire.post(f"{PAGE}{row.participant_id}/stop/", {"reason": "asked", "next": person})
        assert (answer.status_code, answer["Location"]) == (302, person)
    page = claire.get(person).content.decode()
    assert "Nothing is sent to this address any more, from this programme." in page
    assert "the person asked for it" in page
    assert listed(claire) == ["amina@example.org"]
    owed = make.delivery(row, kind="session_moved")
    sending.drain(clock=NOW)
    owed.refresh_from_db()
    assert (owed.state, mail.outbox) == (Delivery.State.SUPPRESSED, [])
    for _again in range(2):
        claire.post(f"{PAGE}{row.participant_id}/allow/", {"next": PAGE})
    assert (listed(claire), Suppression.objects.count()) == ([], 0)
    # Whose it is by number alone, in the journal of their programme.
    notes = AuditEntry.objects.order_by("pk").values_list("verb", "target_id", "detail", "programme_id")
    programme = row.session.cycle.programme_id
    number = row.cycle_registration_id
    assert list(notes) == [
        ("address.stop", number, "asked", programme),
        ("address.allow", number, "", programme),
    ]


def test_who_is_not_of_the_cycle_or_nobody_is_neither_stopped_nor_let_back(
    claire: Client, row: Registration
) -> None:
    stranger = make.registration().participant
    ledger.suppress(stranger.email, reason=Reason.BOUNCE, at=NOW)
    for verb in ("stop", "allow"):
        assert claire.post(f"{PAGE}{stranger.pk}/{verb}/", {"reason": "asked"}).status_code == 404
    for reason in ("", "complaint"):
        answer = claire.post(f"{PAGE}{row.participant_id}/stop/", {"reason": reason})
        assert answer.status_code == 404
    assert Suppression.objects.count() == 1


def test_whoever_only_reads_has_no_buttons(claire: Client, row: Registration) -> None:
    claire.force_login(
        make.membership(programme=row.session.cycle.programme, role=Membership.Role.TRAINER).user
    )
    person = f"{MAILS}people/{row.participant_id}/"
    assert "Stop all mail" not in claire.get(person).content.decode()
    ledger.suppress("amina@example.org", reason=Reason.BOUNCE, at=NOW)
    for page in (person, PAGE):
        assert "Let it back" not in claire.get(page).content.decode()
