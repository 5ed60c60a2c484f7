"""What an organiser may not correct, whichever page asks; and a registration taken up again."""

from __future__ import annotations

import datetime as dt

import pytest

from cycles.models import Cycle
from registrations import booking
from registrations.models import CycleRegistration, Participant, State
from registrations.people import correcting
from tests import make
from tests.make import AT

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def confirmed(cycle: Cycle, email: str) -> CycleRegistration:
    applicant = booking.Applicant(email=email, given_name="Amina", family_name="Diallo")
    asked = booking.register(cycle, applicant=applicant, scope=CycleRegistration.Scope.ALL, at=AT)
    return booking.confirm(asked, at=AT)


def test_who_was_erased_has_no_name_and_no_address_to_correct() -> None:
    row = make.registration().cycle_registration
    Participant.objects.update(erased_at=AT, email="")
    with pytest.raises(correcting.CorrectionError):
        correcting.correct_address(
            row, email="new@example.org", within=Cycle.objects.all(), by=make.user(), at=AT
        )
    assert not correcting.correct_names(
        row,
        given_name="A",
        family_name="B",
        organisation_name="",
        within=Cycle.objects.all(),
        by=make.user(),
        at=AT,
    )
    assert Participant.objects.get().given_name == "Amina"


def test_nothing_is_within_the_reach_of_who_plans_nothing() -> None:
    row = make.registration().cycle_registration
    with pytest.raises(correcting.CorrectionError):
        correcting.correct_address(
            row, email="new@example.org", within=Cycle.objects.none(), by=make.user(), at=AT
        )
    assert Participant.objects.get().email == row.participant.email


def test_who_comes_back_to_a_full_cycle_waits_behind_the_others() -> None:
    cycle = make.cycle(capacity=1)
    make.session(cycle=cycle)
    first, second = confirmed(cycle, "first@example.org"), confirmed(cycle, "second@example.org")
    assert (first.state, second.state) == (State.CONFIRMED, State.WAITLISTED)
    booking.cancel_all(first, at=AT + DAY)
    back = booking.undo_cancel_all(first, at=AT + 2 * DAY)
    second.refresh_from_db()
    assert (back.state, second.state) == (State.WAITLISTED, State.CONFIRMED)
    # A wish for a place is given up and taken up again likewise.
    booking.cancel_all(back, at=AT + 3 * DAY)
    again = booking.undo_cancel_all(back, at=AT + 4 * DAY)
    assert (again.state, again.queued_at) == (State.WAITLISTED, AT + 4 * DAY)
    assert booking.undo_cancel_all(again, at=AT + 5 * DAY).queued_at == AT + 4 * DAY


def test_chosen_dates_that_waited_for_a_place_in_the_cycle_are_still_the_chosen_ones() -> None:
    cycle = make.cycle(capacity=1)
    wanted, _other = make.session(cycle=cycle), make.session(cycle=cycle)
    confirmed(cycle, "first@example.org")
    asked = booking.register(
        cycle,
        applicant=booking.Applicant(email="second@example.org", given_name="B", family_name="C"),
        scope=CycleRegistration.Scope.CHOSEN,
        session_ids=[wanted.pk],
        at=AT,
    )
    row = booking.cancel_all(booking.confirm(asked, at=AT), at=AT + DAY)
    back = booking.undo_cancel_all(row, at=AT + 2 * DAY)
    assert (back.state, back.requested_session_ids) == (State.WAITLISTED, [wanted.pk])


def test_who_came_back_for_one_date_of_a_full_cycle_waits_for_it_again() -> None:
    """The date had a row before: it went with the whole registration, and not with the wish that was withdrawn."""
    cycle = make.cycle(capacity=1)
    wanted, other = make.session(cycle=cycle), make.session(cycle=cycle)
    row = booking.cancel_all(confirmed(cycle, "first@example.org"), at=AT)
    other_person = confirmed(cycle, "second@example.org")
    assert booking.take(row, session=wanted, at=AT + DAY) is None
    row.refresh_from_db()
    row = booking.cancel_all(row, at=AT + 2 * DAY)
    back = booking.undo_cancel_all(row, at=AT + 3 * DAY)
    assert (back.state, back.requested_session_ids) == (State.WAITLISTED, [wanted.pk])
    booking.cancel_all(other_person, at=AT + 4 * DAY)
    states = dict(row.registrations.values_list("session", "state"))
    assert states == {wanted.pk: State.CONFIRMED, other.pk: State.CANCELLED}


def test_an_address_that_nobody_proved_is_not_taken_up_again() -> None:
    row = make.cycle_registration(state=State.CANCELLED, cancelled_at=AT)
    with pytest.raises(booking.BookingError):
        booking.undo_cancel_all(row, at=AT + DAY)
