"""The demonstration, loaded once for all tests here: what is in it, and what is left when it goes."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import TYPE_CHECKING

import pytest
from django.db import transaction
from django.utils import translation

from accounts import addresses
from cycles.models import Cycle, CycleException, News, Organisation, Programme, Session
from desk import demo
from notifications.models import Delivery, Occurrence
from notifications.plan import planner
from registrations import booking
from registrations.models import CycleRegistration, Participant, Registration
from speakers.answers import board
from speakers.people import speaking
from tests import make
from tests.desk.demonstration import AT, counts, invented, run
from training.models import Document

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_django.fixtures import Settings
    from pytest_django.plugin import DjangoDbBlocker

pytestmark = [pytest.mark.thorough, pytest.mark.django_db, pytest.mark.usefixtures("loaded")]


@pytest.fixture(scope="module")
def loaded(
    django_db_setup: None,  # noqa: ARG001 - makes the test database
    django_db_blocker: DjangoDbBlocker,
) -> Iterator[None]:
    """Each test has its own savepoint within this transaction."""
    with django_db_blocker.unblock(), transaction.atomic():
        demo.load(at=AT)
        yield
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


def test_loading_again_changes_nothing() -> None:
    before = counts()
    assert run("load") == ["The demonstration is there already."]
    assert counts() == before
    assert sorted(Programme.objects.values_list("slug", flat=True)) == [
        "au-fil-de-la-vaubrette",
        "reconnaissance-mse",
    ]


def test_a_run_is_over_one_has_places_and_one_is_full() -> None:
    runs = Cycle.objects.filter(kind="run", sessions__legal_frame="training_action").distinct()
    found = {}
    for one in runs:
        states = Counter(CycleRegistration.objects.filter(cycle=one).values_list("state", flat=True))
        papers = Document.objects.live().filter(cycle=one).values_list("kind", flat=True)
        sheets = [bool(speaking.of(session)) for session in one.sessions.order_by("starts_at")]
        found[one.slug] = (one.capacity, dict(states), dict(Counter(papers)), sheets)
    assert found == {
        "demo-lire-sa-riviere-1": (12, {"confirmed": 5}, {"sheet": 2, "certificate": 4}, [True, True]),
        "lire-une-riviere-2": (12, {"confirmed": 5}, {}, [True, True]),
        "lire-une-riviere-3": (3, {"confirmed": 3, "waitlisted": 2}, {}, [True, True]),
    }


def test_speakers_stand_everywhere() -> None:
    sessions = Session.objects.filter(cycle=invented()).upcoming(at=AT)[:2]
    standing = {seat.standing.value for one in board.boards(sessions, at=AT) for seat in one.seats}
    assert standing == {"confirmed", "silent", "declined", "withdrawn", "proposed"}


def test_every_departure_from_the_rhythm_is_shown() -> None:
    cycle = invented()
    assert sorted(CycleException.objects.filter(cycle=cycle).values_list("kind", flat=True)) == [
        "added",
        "moved",
        "skipped",
    ]
    assert [s.slug for s in cycle.sessions.in_order() if s.is_off_rule] == ["pont-06"]
    added = Session.objects.get(slug="pont-08")
    assert (added.planned_date, str(added.cancel_reason)) == (None, "")
    cancelled = Session.objects.get(slug="pont-09")
    assert cancelled.cancel_reason.localize("en") == "the speaker is at sea that day"
    recaps = News.objects.filter(kind=News.Kind.RECAP, programme=cycle.programme)
    assert [recap.date_from for recap in recaps.order_by("date_from")] == [
        dt.date(2026, month, 20) for month in (7, 8, 9, 10)
    ]


def test_everybody_is_invented() -> None:
    domains = {person.email_key.rpartition("@")[2] for person in Participant.objects.all()}
    assert domains == {"example.org", "asso-test.example.org"}


def test_a_full_stop_has_people_waiting() -> None:
    stop = Session.objects.get(slug="pont-06")
    states = list(stop.registrations.order_by().values_list("state", flat=True))
    assert {state: states.count(state) for state in sorted(set(states))} == {
        "cancelled": 1,
        "confirmed": 8,
        "waitlisted": 5,
    }


def test_only_mails_of_today_are_sent() -> None:
    """The confirmations of people who registered long ago are on record, and not sent; papers are issued today."""
    pending = Delivery.objects.filter(state=Delivery.State.PENDING).exclude(kind="paper_issued")
    assert sorted(pending.values_list("kind", "to_address")) == [
        ("confirm_address", "camille@example.org"),
        ("confirm_address", "morgan@example.org"),
        ("place_given", "louise@example.org"),
        ("registration_confirmed", "camille@example.org"),
        ("registration_confirmed", "morgan@example.org"),
        ("speaker_invited", "contact-moulins@demo.example.org"),
    ]


def test_a_reminder_within_minutes() -> None:
    assert run(minutes_to_next=3)[1:] == [
        "A reminder leaves at 09:04 (Paris time) for 12 people: watch http://testserver/mailbox/",
        "A worker must be running: make run, or manage.py send_due --loop.",
    ]
    session = invented().sessions.get(slug="pont-12")
    assert (session.starts_at, session.status) == (make.paris(2026, 11, 23, 10, 4), "confirmed")
    mailing = Occurrence.objects.get(session=session, kind="reminder", state=Occurrence.State.PLANNED)
    assert (mailing.step and mailing.step.code, mailing.due_at) == ("h-1", make.paris(2026, 11, 23, 9, 4))
    planner.open_due(at=mailing.due_at)
    reminded = set(Delivery.objects.filter(occurrence=mailing).values_list("to_address", flat=True))
    everybody = {addresses.read(person.email) for person in demo.PEOPLE}
    # One chose a single stop, one wants no reminders.
    assert everybody - reminded == {demo.ONE_STOP_ONLY, demo.NO_REMINDERS}


def test_on_a_whole_minute_there_is_nothing_to_round(settings: Settings) -> None:
    settings.ESCALE_MAILBOX = False
    assert run(minutes_to_next=3, language="fr", at=AT.replace(second=0))[1] == (
        "Un rappel part à 9\u202fh\u202f03 (heure de Paris) pour 12\u00a0personnes\u202f: "
        "surveillez vos boîtes de réception"
    )


def test_a_second_session_to_watch() -> None:
    run(minutes_to_next=3)
    run(minutes_to_next=3)
    assert invented().sessions.filter(slug__in=["pont-12", "pont-13"]).count() == 2


def test_people_registered_elsewhere_stay() -> None:
    session = make.session(cycle=make.cycle())
    someone = Participant.objects.get(email_key="amina@asso-test.example.org")
    make.registration(session=session, participant=someone)
    visitor = booking.register(
        invented(),
        applicant=booking.Applicant(email="visitor@example.net", given_name="V", family_name="W"),
        scope=CycleRegistration.Scope.ALL,
        at=AT,
    )
    demo.remove(at=AT)
    assert list(Participant.objects.all()) == [someone]
    assert list(Registration.objects.values_list("session", flat=True)) == [session.pk]
    assert not CycleRegistration.objects.filter(pk=visitor.pk).exists()
    assert not Delivery.objects.filter(state=Delivery.State.PENDING).exists()


def test_what_another_programme_uses_stays() -> None:
    own = make.programme()
    radio = Organisation.objects.get(slug="demo-radio-confluence")
    person = make.person(organisation=radio)
    demo.remove(at=AT)
    assert list(Organisation.objects.all()) == [radio]
    assert list(Programme.objects.all()) == [own]
    person.refresh_from_db()
    assert person.organisation == radio
