"""Nobody's data where it need not be: an erased person leaves no address in the ledger (journey J12)."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.management import call_command

from notifications.models import Delivery
from registrations import booking
from registrations.booking import Applicant
from registrations.models import CycleRegistration, Participant
from registrations.people import participants
from registrations.people.data import rights
from tests import make

pytestmark = pytest.mark.django_db


def requested(*, at: dt.datetime) -> CycleRegistration:
    session = make.session()
    return booking.register(
        session.cycle,
        applicant=Applicant(email="amina@example.org", given_name="Amina", family_name="D."),
        scope=CycleRegistration.Scope.ALL,
        at=at,
    )


def ledger() -> list[tuple[str, str, str, str]]:
    return list(Delivery.objects.order_by("pk").values_list("kind", "state", "reason", "to_address"))


def test_an_erasure_blanks_what_was_sent_and_withdraws_what_waits() -> None:
    registration = requested(at=make.AT)
    Delivery.objects.update(state=Delivery.State.SENT, sent_at=make.AT)
    booking.confirm(registration, at=make.AT)
    rights.erase(registration.participant, at=make.AT)
    assert ledger() == [
        ("confirm_address", "sent", "", ""),
        ("registration_confirmed", "skipped", "erased", ""),
    ]
    assert not Participant.objects.exists()


@pytest.mark.parametrize(("days", "left"), [(6, 1), (8, 0)])
def test_a_request_that_nobody_confirms_goes_after_a_week(days: int, left: int) -> None:
    requested(at=make.AT)
    booking.purge_unconfirmed(at=make.AT + dt.timedelta(days=days))
    assert Participant.objects.count() == left
    assert [row[3] for row in ledger()] == (["amina@example.org"] if left else [""])


def test_the_command_counts_without_erasing(capsys: pytest.CaptureFixture[str]) -> None:
    requested(at=make.AT - dt.timedelta(days=4000))
    call_command("purge_registrations", dry_run=True)
    assert (capsys.readouterr().out, Participant.objects.count()) == (
        "1 unconfirmed registrations would be erased\n",
        1,
    )


def test_the_command_forgets_addresses_that_nobody_proved_as_the_hourly_task_does() -> None:
    person = make.participant()
    participants.ask_address(person, email="other@example.org", at=make.AT - dt.timedelta(days=4000))
    call_command("purge_registrations", dry_run=True)
    person.refresh_from_db()
    assert person.asked_email == "other@example.org"
    call_command("purge_registrations")
    person.refresh_from_db()
    assert (person.asked_email, person.asked_email_at) == ("", None)
