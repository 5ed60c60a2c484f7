"""Registering somebody who asked by telephone: one mail, places counted, nobody twice, nobody's name overwritten."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.core import mail
from django.urls import reverse

from accounts.models import AuditEntry
from cycles.models import Cycle, Membership
from notifications.delivery.run import sending
from registrations import booking
from registrations.models import CycleRegistration, Participant, State
from tests import make

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test import Client
    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db
AT = make.AT
PAGE = "/en/desk/cycles/tour/registrants/add/"


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def cycle() -> Cycle:
    cycle = make.cycle(slug="tour", programme=make.programme())
    for number, month in enumerate((10, 11, 12), start=1):
        make.session(
            cycle=cycle,
            number=number,
            starts_at=make.paris(2026, month, 22),
            capacity=1 if number == 2 else None,
        )
    return cycle


@pytest.fixture
def claire(client: Client, cycle: Cycle) -> Client:
    client.force_login(make.membership(programme=cycle.programme, role=Membership.Role.ORGANISER).user)
    AuditEntry.objects.all().delete()
    return client


def typed(**fields: Any) -> dict[str, Any]:
    return {
        "given_name": "Zoë",
        "family_name": "O'Brien",
        "email": "zoe@example.org",
        "organisation_name": "=cmd()",
        "language": "en",
        "scope": "all",
        **fields,
    }


def states(row: CycleRegistration) -> list[str]:
    return list(row.registrations.order_by("session__number").values_list("state", flat=True))


def sent() -> list[Any]:
    mail.outbox.clear()
    sending.drain(clock=AT)
    return list(mail.outbox)


def test_who_telephoned_is_in_and_gets_one_mail_that_says_who_entered_it(claire: Client) -> None:
    response = claire.post(PAGE, typed())
    row = CycleRegistration.objects.select_related("participant").get()
    assert (response.status_code, response.headers["Location"]) == (
        302,
        reverse("desk:registrant", args=["tour", row.pk]).replace("/fr/", "/en/"),
    )
    assert (row.state, row.source, row.confirmed_at, row.wants_newsletter) == (
        "confirmed",
        "organiser",
        AT,
        False,
    )
    assert row.participant.confirmed_at == AT
    assert states(row) == [State.CONFIRMED] * 3
    (message,) = sent()
    assert message.to == ["zoe@example.org"]
    text = str(message.body)
    assert "An organiser registered you, as you asked." in text
    assert "/my/" in text
    assert list(AuditEntry.objects.values_list("verb", flat=True)) == ["registration.add"]
    # Nothing was agreed to: the person did not see the notice, and is told in the mail.
    assert row.participant.consents.count() == 0


def test_chosen_dates_and_a_full_one(claire: Client, cycle: Cycle) -> None:
    second = cycle.sessions.get(number=2)
    make.registration(session=second)
    third = cycle.sessions.get(number=3)
    claire.post(PAGE, typed(scope="chosen", sessions=[second.pk, third.pk]))
    row = CycleRegistration.objects.get(participant__email_key="zoe@example.org")
    assert states(row) == [State.WAITLISTED, State.CONFIRMED]


def test_a_full_cycle_lets_them_wait(claire: Client, cycle: Cycle) -> None:
    Cycle.objects.filter(pk=cycle.pk).update(capacity=1)
    make.cycle_registration(cycle=cycle)
    response = claire.post(PAGE, typed(), follow=True)
    assert [str(one) for one in response.context["messages"]] == [
        "The cycle is full: the person is on its waiting list, and is told so."
    ]
    row = CycleRegistration.objects.get(participant__email_key="zoe@example.org")
    assert (row.state, states(row)) == ("waitlisted", [])


def test_no_second_decision_is_asked_where_organisers_decide(claire: Client, cycle: Cycle) -> None:
    Cycle.objects.filter(pk=cycle.pk).update(registration_mode=Cycle.RegistrationMode.APPROVAL)
    claire.post(PAGE, typed())
    row = CycleRegistration.objects.get()
    assert (row.state, row.decided_by) == ("confirmed", AuditEntry.objects.get().by)


def test_who_is_in_already_is_shown_and_nothing_changes(claire: Client, cycle: Cycle) -> None:
    mine = make.cycle_registration(cycle=cycle, participant=make.participant(email="Zoe@example.org"))
    response = claire.post(PAGE, typed(email=" ZOE@example.org"))
    assert response.status_code == 422
    assert "registered already" in response.content.decode()
    assert reverse("desk:registrant", args=["tour", mine.pk]).removeprefix("/fr") in response.content.decode()
    assert 'value="Zoë"' in response.content.decode()
    assert (CycleRegistration.objects.count(), Participant.objects.count(), AuditEntry.objects.count()) == (
        1,
        1,
        0,
    )


@pytest.mark.parametrize("before", ["pending", "cancelled"])
def test_who_asked_without_confirming_or_had_cancelled_is_let_in(
    claire: Client, cycle: Cycle, before: str
) -> None:
    applicant = booking.Applicant(email="zoe@example.org", given_name="Z", family_name="Ö")
    row = booking.register(cycle, applicant=applicant, scope=CycleRegistration.Scope.ALL, at=AT)
    if before == "cancelled":
        booking.cancel_all(booking.confirm(row, at=AT), at=AT)
    claire.post(PAGE, typed())
    row.refresh_from_db()
    assert (row.state, row.source, states(row)) == ("confirmed", "organiser", [State.CONFIRMED] * 3)
    # A name that was never proved gives way; one that was stays.
    person = Participant.objects.get()
    assert person.given_name == {"pending": "Zoë", "cancelled": "Z"}[before]


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"given_name": "", "family_name": ""}, "given_name"),
        ({"family_name": "x" * 300}, "family_name"),
        ({"email": "zoe"}, "email"),
        ({"email": "zoe@example.org\nBcc: all@example.org"}, "email"),
        ({"language": "xx"}, "language"),
        ({"scope": "chosen"}, "sessions"),
        ({"scope": "chosen", "sessions": ["999999"]}, "sessions"),
        ({"scope": "everything"}, "scope"),
    ],
)
def test_what_is_wrong_is_named_and_nobody_is_entered(
    claire: Client, fields: dict[str, Any], field: str
) -> None:
    response = claire.post(PAGE, typed(**fields))
    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    assert CycleRegistration.objects.count() == 0


def test_a_date_that_is_over_is_not_offered(claire: Client, cycle: Cycle) -> None:
    make.session(cycle=cycle, number=4, starts_at=make.paris(2026, 9, 22))
    assert claire.get(PAGE).content.decode().count('name="sessions"') == 3


@pytest.mark.parametrize("sessions", [1, 12])
def test_queries_do_not_grow_with_the_sessions(
    claire: Client, cycle: Cycle, django_assert_num_queries: DjangoAssertNumQueries, sessions: int
) -> None:
    cycle.sessions.all().delete()
    for day in range(1, sessions + 1):
        make.session(cycle=cycle, number=day, starts_at=make.paris(2026, 11, day))
    claire.get(PAGE)
    with django_assert_num_queries(21):
        assert claire.post(PAGE, typed()).status_code == 302
