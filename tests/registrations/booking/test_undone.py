"""A mistake that is undone at once keeps the rank; later one goes to the end of the queue."""

from __future__ import annotations

import datetime as dt

import pytest

from registrations import booking
from registrations.models import CycleRegistration, Registration, State
from registrations.pages.own import my_pages
from tests import make
from tests.make import AT

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)


def queue(*, cycle_places: int | None = None, places: int | None = None) -> list[CycleRegistration]:
    """Three people, a minute apart, for one session: the first has the only place, the others wait."""
    session = make.session(cycle=make.cycle(capacity=cycle_places), capacity=places)
    people = []
    for number in range(3):
        at = AT + number * MINUTE
        applicant = booking.Applicant(email=f"p{number}@example.org", given_name="P", family_name="P")
        asked = booking.register(session.cycle, applicant=applicant, scope=CycleRegistration.Scope.ALL, at=at)
        people.append(booking.confirm(asked, at=at))
    return people


def positions(people: list[CycleRegistration]) -> list[int | None]:
    rows = [one.registrations.get() for one in people]
    known = my_pages.waiting_positions(row.session_id for row in rows)
    return [known.get(row.pk) for row in rows]


@pytest.mark.parametrize(("minutes", "rank"), [(0, 1), (10, 1), (11, 2)])
def test_a_date_taken_back(minutes: int, rank: int) -> None:
    people = queue(places=1)
    at = AT + 5 * MINUTE
    row = people[1].registrations.select_related("session").get()
    booking.cancel(row, at=at)
    assert positions(people) == [None, None, 1]
    booking.take(people[1], session=row.session, at=at + minutes * MINUTE)
    assert positions(people)[1] == rank


@pytest.mark.parametrize(("minutes", "rank"), [(0, 1), (10, 1), (11, 2)])
def test_everything_taken_back(minutes: int, rank: int) -> None:
    people = queue(places=1)
    at = AT + 5 * MINUTE
    booking.cancel_all(people[1], at=at)
    booking.undo_cancel_all(people[1], at=at + minutes * MINUTE)
    assert positions(people)[1] == rank


@pytest.mark.parametrize(("minutes", "ranks"), [(0, [1, 2]), (10, [1, 2]), (11, [2, 1])])
def test_a_place_on_the_list_of_the_cycle(minutes: int, ranks: list[int]) -> None:
    people = queue(cycle_places=1)
    at = AT + 5 * MINUTE
    booking.cancel_all(people[1], at=at)
    booking.undo_cancel_all(people[1], at=at + minutes * MINUTE)
    for one in people:
        one.refresh_from_db()
    assert [my_pages.cycle_position(one) for one in people[1:]] == ranks


def test_a_place_that_went_to_somebody_else_stays_theirs_and_one_waits_first() -> None:
    people = queue(places=1)
    at = AT + 5 * MINUTE
    row = people[0].registrations.select_related("session").get()
    booking.cancel(row, at=at)
    booking.take(people[0], session=row.session, at=at + MINUTE)
    states = Registration.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == [State.WAITLISTED, State.CONFIRMED, State.WAITLISTED]
    assert positions(people) == [1, None, 2]
