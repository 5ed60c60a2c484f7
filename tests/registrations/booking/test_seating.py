"""Seats: first come, first served; nobody who sits is made to stand."""

from __future__ import annotations

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from registrations.booking.seating import Request, Seating, allocate
from tests.make import AT


def asked(number: int, *, minutes: int = 0, holds: bool = False) -> Request:
    return Request(id=number, queued_at=AT + dt.timedelta(minutes=minutes), holds=holds)


def test_without_a_limit_everyone_sits() -> None:
    assert allocate(None, [asked(1), asked(2)]) == Seating(seated=(1, 2), waiting=())


def test_first_come_first_served() -> None:
    queue = [asked(1, minutes=2), asked(2, minutes=0), asked(3, minutes=1)]
    assert allocate(2, queue) == Seating(seated=(2, 3), waiting=(1,))


def test_the_row_number_decides_between_equals() -> None:
    assert allocate(1, [asked(9), asked(4)]) == Seating(seated=(4,), waiting=(9,))


def test_a_lowered_capacity_takes_no_seat_away() -> None:
    queue = [asked(1, holds=True), asked(2, holds=True), asked(3)]
    assert allocate(1, queue) == Seating(seated=(1, 2), waiting=(3,))


def test_a_holder_further_back_keeps_a_seat_before_a_newcomer_in_front() -> None:
    queue = [asked(1), asked(2, minutes=5, holds=True)]
    assert allocate(1, queue) == Seating(seated=(2,), waiting=(1,))


requests = st.lists(
    st.builds(asked, st.integers(1, 999), minutes=st.integers(0, 5), holds=st.booleans()),
    unique_by=lambda request: request.id,
    max_size=30,
)


@given(capacity=st.integers(0, 30), queue=requests)
def test_rules_of_the_house(capacity: int, queue: list[Request]) -> None:
    seating = allocate(capacity, queue)
    holders = {request.id for request in queue if request.holds}
    assert sorted(seating.seated + seating.waiting) == sorted(request.id for request in queue)
    assert holders <= set(seating.seated)
    assert len(seating.seated) == min(len(queue), max(capacity, len(holders)))
    # Among those who held nothing, nobody sits behind one who waits.
    order = {
        request.id: place
        for place, request in enumerate(sorted(queue, key=lambda request: (request.queued_at, request.id)))
    }
    newly = [order[number] for number in seating.seated if number not in holders]
    assert not seating.waiting or not newly or max(newly) < min(order[number] for number in seating.waiting)
