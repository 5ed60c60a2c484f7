"""A place beyond the capacity, given on purpose, and a seat freed with its reason: asked first, told once, noted."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
import time_machine

from accounts.models import AuditEntry
from cycles.models import Cycle, Membership, Session
from desk.people import beyond
from notifications.mail import compose
from notifications.models import Delivery
from registrations import booking
from registrations.models import CycleRegistration, Registration, State
from registrations.people.data import anonymity, copies, rights
from tests import make

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test import Client

pytestmark = pytest.mark.django_db
AT = make.AT
PEOPLE = "/en/desk/cycles/tour/registrants/"
ALL = CycleRegistration.Scope.ALL


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def cycle() -> Cycle:
    cycle = make.cycle(slug="tour", programme=make.programme())
    make.session(cycle=cycle, number=1, starts_at=make.paris(2026, 10, 22), capacity=1)
    make.session(cycle=cycle, number=2, starts_at=make.paris(2026, 11, 19))
    return cycle


@pytest.fixture
def claire(client: Client, cycle: Cycle) -> Client:
    client.force_login(make.membership(programme=cycle.programme, role=Membership.Role.ORGANISER).user)
    AuditEntry.objects.all().delete()
    return client


def enter(cycle: Cycle, *names: str) -> list[CycleRegistration]:
    """Register people one after the other; their mails have left."""
    rows = []
    for number, name in enumerate(names):
        applicant = booking.Applicant(
            email=f"{name}@example.org", given_name=name, family_name="", language="en"
        )
        at = AT - dt.timedelta(minutes=10 - number)
        rows.append(booking.add(cycle, applicant=applicant, scope=ALL, by=None, at=at))
    Delivery.objects.update(state=Delivery.State.SENT, sent_at=AT)
    return rows


def states(session: Session) -> list[str]:
    return list(session.registrations.order_by("queued_at", "pk").values_list("state", flat=True))


def owed() -> list[tuple[str, str]]:
    rows = Delivery.objects.filter(state=Delivery.State.PENDING).order_by("pk")
    return list(rows.values_list("kind", "to_address"))


def test_what_a_place_beyond_the_capacity_does_is_said_before_it_is_given(
    claire: Client, cycle: Cycle
) -> None:
    _amina, _bruno, chloe, _dan = enter(cycle, "amina", "bruno", "chloe", "dan")
    session = cycle.sessions.get(number=1)
    assert states(session) == ["confirmed", "waitlisted", "waitlisted", "waitlisted"]
    url = f"{PEOPLE}{chloe.pk}/stops/{session.pk}/give/"
    page = claire.get(url)
    assert page.context["looked"] == beyond.Beyond(capacity=1, taken=1, before=1, behind=1, waits=0, mails=1)
    text = " ".join(page.content.decode().split())
    for sentence in (
        "There is 1 place, and 1 taken. With this one it is 2: 1 beyond the limit.",
        "1 person asked before and goes on waiting, with the same number. 1 person behind moves up by one.",
        "The next place that becomes free goes to nobody; then the waiting list moves again.",
        "chloe is told at once, in one email.",
    ):
        assert sentence in text
    assert (states(session)[2], owed(), AuditEntry.objects.count()) == ("waitlisted", [], 0)


def test_it_is_given_once_told_once_and_noted(claire: Client, cycle: Cycle) -> None:
    amina, bruno, chloe, _dan = enter(cycle, "amina", "bruno", "chloe", "dan")
    session = cycle.sessions.get(number=1)
    url = f"{PEOPLE}{chloe.pk}/stops/{session.pk}/give/"
    for _again in range(2):
        response = claire.post(url, follow=True)
    assert [str(message) for message in response.context["messages"]] == [
        "The place is given, beyond the capacity. The person is told by email."
    ]
    assert states(session) == ["confirmed", "waitlisted", "confirmed", "waitlisted"]
    assert owed() == [("place_given", "chloe@example.org")]
    entry = AuditEntry.objects.get()
    assert (entry.verb, entry.target_id) == ("registration.beyond", chloe.pk)
    assert "does not wait for a place any more" in claire.get(url).content.decode()
    # A place that becomes free goes to nobody while more are taken than there are; then the list moves again.
    booking.cancel(amina.registrations.get(session=session), at=AT)
    assert states(session) == ["cancelled", "waitlisted", "confirmed", "waitlisted"]
    booking.cancel(chloe.registrations.get(session=session), at=AT)
    assert bruno.registrations.get(session=session).state == State.CONFIRMED


def test_a_place_in_a_full_cycle_brings_its_dates(claire: Client, cycle: Cycle) -> None:
    Cycle.objects.update(capacity=1)
    _amina, bruno = enter(cycle, "amina", "bruno")
    assert bruno.state == State.WAITLISTED
    page = claire.get(f"{PEOPLE}{bruno.pk}/give/")
    assert page.context["looked"] == beyond.Beyond(capacity=1, taken=1, before=0, behind=0, waits=1, mails=1)
    assert "At 1 session that is full this person still waits" in page.content.decode()
    claire.post(f"{PEOPLE}{bruno.pk}/give/")
    bruno.refresh_from_db()
    assert bruno.state == State.CONFIRMED
    assert list(bruno.registrations.order_by("session__number").values_list("state", flat=True)) == [
        "waitlisted",
        "confirmed",
    ]
    assert owed() == [("place_given", "bruno@example.org")]


def test_an_offered_place_is_counted_as_taken_already(cycle: Cycle) -> None:
    row, _other = enter(cycle, "amina", "bruno")
    session = cycle.sessions.get(number=1)
    ends = AT + dt.timedelta(days=2)
    Registration.objects.filter(session=session, cycle_registration=row).update(
        state=State.OFFERED, offer_ends_at=ends
    )
    looked = beyond.look(row, session=session, at=AT)
    assert looked is not None
    assert (looked.taken, looked.taken_after, looked.over) == (0, 1, 0)


def test_nobody_gets_a_place_at_a_date_that_is_over_or_never_asked_for(claire: Client, cycle: Cycle) -> None:
    _amina, bruno = enter(cycle, "amina", "bruno")
    session = cycle.sessions.get(number=1)
    after = make.paris(2026, 10, 23)
    assert beyond.look(bruno, session=session, at=after) is None
    with pytest.raises(booking.BookingError):
        booking.give_place(bruno, session=session, by=None, at=after)
    stranger = make.cycle_registration(cycle=cycle)
    assert claire.post(f"{PEOPLE}{stranger.pk}/stops/{session.pk}/give/").status_code == 302
    assert states(session) == ["confirmed", "waitlisted"]


def test_a_seat_is_freed_with_the_reason_and_a_file_for_the_calendar(claire: Client, cycle: Cycle) -> None:
    amina, _bruno = enter(cycle, "amina", "bruno")
    session = cycle.sessions.get(number=1)
    url = f"{PEOPLE}{amina.pk}/stops/{session.pk}/cancel/"
    text = " ".join(claire.get(url).content.decode().split())
    assert "1 person waits: the place is theirs at once, and an email tells them." in text
    assert "A file in it takes the date off their calendar." in text
    assert (states(session), owed()) == (["confirmed", "waitlisted"], [])
    claire.post(url, {"who": "organisers", "reason": "The boat is too small."})
    assert states(session) == ["cancelled", "confirmed"]
    assert owed() == [("registration_removed", "amina@example.org"), ("place_given", "bruno@example.org")]
    mail = compose.message(Delivery.objects.get(kind="registration_removed"), at=AT)
    assert "The boat is too small." in str(mail.body)
    files = [str(content) for content, kind in mail.alternatives if "calendar" in kind]
    assert len(files) == 1
    assert "METHOD:CANCEL" in files[0]
    assert "already" in claire.get(url).content.decode()


def test_who_asked_for_it_themselves_is_not_told_that_the_organisers_did_it(
    claire: Client, cycle: Cycle
) -> None:
    (amina,) = enter(cycle, "amina")
    session = cycle.sessions.get(number=2)
    claire.post(f"{PEOPLE}{amina.pk}/stops/{session.pk}/cancel/", {"who": "person", "reason": "x"})
    assert owed() == [("registration_cancelled", "amina@example.org")]


# notes


def test_a_note_is_kept_for_the_organisers_alone(claire: Client, cycle: Cycle) -> None:
    (amina,) = enter(cycle, "amina")
    page = f"{PEOPLE}{amina.pk}/"
    claire.post(f"{page}notes/", {"note": "Calls back on Thursday."})
    assert "Calls back on Thursday." in claire.get(page).content.decode()
    assert [(e.verb, e.target_id, e.detail) for e in AuditEntry.objects.all()] == [
        ("registration.note", amina.pk, "")
    ]
    for role in (Membership.Role.TRAINER, Membership.Role.PRIVACY):
        claire.force_login(make.membership(programme=cycle.programme, role=role).user)
        assert "Calls back" not in claire.get(page).content.decode()
        assert claire.post(f"{page}notes/", {"note": "x"}).status_code == 403


def test_an_empty_note_is_refused_and_a_long_one_is_not_lost(claire: Client, cycle: Cycle) -> None:
    (amina,) = enter(cycle, "amina")
    response = claire.post(f"{PEOPLE}{amina.pk}/notes/", {"note": " "})
    assert response.status_code == 422
    assert "Write something, or leave." in response.content.decode()
    response = claire.post(f"{PEOPLE}{amina.pk}/notes/", {"note": "a" * 2001})
    assert (response.status_code, "a" * 2001 in response.content.decode()) == (422, True)


def test_notes_of_other_cycles_are_shown_as_far_as_they_are_planned(claire: Client, cycle: Cycle) -> None:
    (amina,) = enter(cycle, "amina")
    ours = make.cycle_registration(cycle=make.cycle(programme=cycle.programme), participant=amina.participant)
    theirs = make.cycle_registration(
        cycle=make.cycle(programme=make.programme()), participant=amina.participant
    )
    ours.notes.create(text="Ours.", written_at=AT)
    theirs.notes.create(text="Theirs.", written_at=AT)
    page = claire.get(f"{PEOPLE}{amina.pk}/").content.decode()
    assert ("Ours." in page, "Theirs." in page) == (True, False)
    other = ours.notes.get()
    assert claire.post(f"{PEOPLE}{amina.pk}/notes/{other.pk}/delete/").status_code == 404
    mine = amina.notes.create(text="Mine.", written_at=AT)
    assert claire.post(f"{PEOPLE}{amina.pk}/notes/{mine.pk}/delete/").status_code == 302
    assert amina.notes.count() == 0


def test_notes_are_in_the_copy_and_go_with_the_person(cycle: Cycle) -> None:
    amina, bruno = enter(cycle, "amina", "bruno")
    amina.notes.create(text="Comes by boat.", written_at=AT)
    bruno.notes.create(text="Comes by bike.", written_at=AT)
    copy = rights.export(amina.participant)
    assert copy["registrations"][0]["notes"] == [{"note": "Comes by boat.", "written_at": AT}]
    shown = copies.parts(copy, zone="Europe/Paris")[1].items[0].items[0].facts
    assert shown[0][1] == "Comes by boat."
    rights.erase(amina.participant, at=AT)
    anonymity.anonymise([bruno.pk], at=AT)
    assert [row.notes.count() for row in CycleRegistration.objects.all()] == [0]
