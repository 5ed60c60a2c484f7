"""A copy of everything, erasure that keeps counts and proofs, and registrations that become nobody's."""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.urls import reverse

from cycles.models import Session
from notifications.models import Delivery
from registrations.attendance import noting
from registrations.attendance.models import Attendance
from registrations.calendar import feed_tokens
from registrations.links import personal_links
from registrations.models import CycleRegistration, Participant, Registration, State
from registrations.people import participants
from registrations.people.data import anonymity, rights
from tests import make

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db
START = make.paris(2026, 10, 22)
LATER = START + dt.timedelta(days=3)


def page(name: str, person: Participant, language: str = "en") -> str:
    token = personal_links.manage_token(person)
    return reverse(f"registrations:{name}", args=[token]).replace("/fr/", f"/{language}/", 1)


def history(**session: Any) -> tuple[Participant, Registration, Registration]:
    """Return somebody with a past place (present 88 minutes) and one that is ahead."""
    person = make.participant(email="amina@example.org")
    cycle = make.cycle()
    past = make.registration(
        participant=person, session=make.session(cycle=cycle, starts_at=START, **session), joined_at=START
    )
    ahead = make.registration(participant=person, session=make.session(cycle=cycle, capacity=1))
    make.attendance(registration=past, minutes=88)
    return person, past, ahead


def test_the_copy_holds_everything_in_both_forms(client: Client) -> None:
    person, past, _ahead = history()
    participants.join_newsletter(person, form="registration", at=make.AT)
    feed_tokens.reset(person, at=make.AT)
    make.delivery(past, kind="reminder", state="sent")
    CycleRegistration.objects.update(accessibility_need="Captions", answers={"1": "Vegan"})
    copy = json.loads(client.get(page("my-export", person)).content)
    assert set(copy) == {
        "person",
        "registrations",
        "consents",
        "private_calendars",
        "mails",
        "signatures",
        "documents",
        "trainee_files",
    }
    assert copy["person"]["email"] == "amina@example.org"
    registration = copy["registrations"][0]
    assert (registration["accessibility_need"], registration["answers"]) == ("Captions", {"1": "Vegan"})
    assert [s["attendance"] for s in registration["sessions"]] == [
        [
            {
                "state": "present",
                "source": "report",
                "minutes": 88,
                "spans": None,
                "noted_at": "2026-10-01T07:00:00Z",
            }
        ],
        [],
    ]
    assert [(mail["kind"], mail["to_address"], mail["state"]) for mail in copy["mails"]] == [
        ("reminder", "amina@example.org", "sent")
    ]
    content = client.get(page("my-copy", person)).content.decode()
    for word in (
        "amina@example.org",
        "Captions",
        "Vegan",
        "88",
        "I would also like",
        "Everything held about me",
    ):
        assert word in content


def test_an_erasure_frees_the_place_ahead_and_keeps_the_counts() -> None:
    person, past, ahead = history()
    waiting = make.registration(session=ahead.session, state=State.WAITLISTED)
    session = past.session
    before = (Registration.objects.confirmed().filter(session=session).count(), noting.tallies([session.pk]))
    assert rights.erase(person, at=LATER) == []
    after = (Registration.objects.confirmed().filter(session=session).count(), noting.tallies([session.pk]))
    assert after == before
    waiting.refresh_from_db()
    assert waiting.state == State.CONFIRMED
    assert not Registration.objects.filter(pk=ahead.pk).exists()
    nobody = Registration.objects.get(pk=past.pk).participant
    assert not Participant.objects.filter(pk=person.pk).exists()
    assert (str(nobody), nobody.email, nobody.anonymised_at) == ("", "", LATER)
    assert not Participant.objects.filter(email_key="amina@example.org").exists()


def test_a_proof_of_training_keeps_the_name_until_its_term(client: Client) -> None:
    person, past, _ahead = history(legal_frame=Session.LegalFrame.TRAINING)
    make.delivery(past, kind="reminder", state="sent")
    with time_machine.travel(LATER, tick=False):
        asked = client.get(page("my-erase", person)).content.decode()
        assert "The law makes us keep the proof of a training" in asked
        assert "until Friday 22 October 2032" in asked
        done = client.post(page("my-erase", person)).content.decode()
        assert "Kept, because the law asks for it:" in done
        assert client.get(page("my-registrations", person)).status_code == 404
    person.refresh_from_db()
    assert (person.given_name, person.family_name, person.email, person.erased_at) == (
        "Amina",
        "Diallo-Lefèvre",
        "",
        LATER,
    )
    assert Attendance.objects.get(registration=past).minutes == 88
    assert list(Delivery.objects.values_list("to_address", flat=True)) == [""]


def test_the_erased_may_come_back(client: Client) -> None:
    person, *_ = history()
    before, pk = page("my-registrations", person), person.pk
    rights.erase(person, at=LATER)
    assert make.participant(email="amina@example.org").pk != pk
    assert client.get(before).status_code == 404


def test_erasing_somebody_without_a_past_leaves_nothing() -> None:
    row = make.registration()
    rights.erase(row.participant, at=make.AT)
    assert (Participant.objects.count(), CycleRegistration.objects.count()) == (0, 0)


def test_looking_at_the_page_erases_nothing(client: Client) -> None:
    person, *_ = history()
    with time_machine.travel(LATER, tick=False):
        assert client.get(page("my-erase", person)).status_code == 200
        assert client.head(page("my-erase", person)).status_code == 200
    assert Participant.objects.filter(pk=person.pk).exists()


def test_two_cycles_of_one_person_are_no_longer_known_to_be_of_one() -> None:
    person = make.participant()
    rows = [make.registration(participant=person, session=make.session()) for _ in range(2)]
    CycleRegistration.objects.update(accessibility_need="x", answers={"1": "x"}, decision_message="x")
    owners = [row.cycle_registration_id for row in rows]
    assert anonymity.anonymise(owners, at=LATER) == 2
    after = [Registration.objects.get(pk=row.pk) for row in rows]
    assert len({row.participant_id for row in after} | {person.pk}) == 3
    assert [row.participant_id for row in after] == [
        CycleRegistration.objects.get(pk=pk).participant_id for pk in owners
    ]
    assert set(CycleRegistration.objects.values_list("accessibility_need", "decision_message")) == {("", "")}
    assert [row.answers for row in CycleRegistration.objects.all()] == [{}, {}]


@pytest.mark.parametrize(
    "fields", [{"email": "x@example.org"}, {"given_name": "X"}, {"organisation_name": "X"}]
)
def test_the_database_lets_nobody_have_a_name(fields: dict[str, str]) -> None:
    empty = {"email": "", "given_name": "", "family_name": "", "organisation_name": ""}
    person = make.participant(email_key="nobody:1", anonymised_at=LATER, **empty)
    with pytest.raises(IntegrityError), transaction.atomic():
        Participant.objects.filter(pk=person.pk).update(**fields)


def test_the_database_lets_the_erased_have_no_address() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        make.participant(erased_at=LATER)
