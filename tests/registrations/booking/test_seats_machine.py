"""Any order of acts, against a small model: places never exceeded, order respected, opt-outs kept."""

from __future__ import annotations

import datetime as dt
import functools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from cycles.content import editing
from cycles.schedule import planning
from registrations import booking
from registrations.models import CycleRegistration, Registration, State
from registrations.pages.own import my_pages
from tests import make

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cycles.models import Session

HOUR = dt.timedelta(hours=1)
DAY = 24 * HOUR
PEOPLE = st.integers(0, 5)
SESSIONS = st.integers(0, 3)
PICK = st.integers(0, 99)
WISHES = st.none() | st.sets(SESSIONS, min_size=1)
CAPACITIES = st.sampled_from([1, 2, 3, None])
WORDS = {State.CONFIRMED: "in", State.WAITLISTED: "waits", State.OFFERED: "offered", State.PENDING: "asked"}


def one_of(choices: list[Any], pick: int) -> Any:
    return choices[pick % len(choices)]


@dataclass
class World:
    """What should be true, in the plainest words. People and sessions are small numbers."""

    hours: int | None
    places: int | None
    capacity: list[int | None]
    # (person, session) -> "in" | "waits" | "offered" | "out" | "declined"
    rows: dict[tuple[int, int], str] = field(default_factory=dict)
    queues: dict[int, list[int]] = field(default_factory=dict)
    # person -> "asked" | "in" | "waits" | "offered" | "out", and since when
    people: dict[int, str] = field(default_factory=dict)
    since: dict[int, dt.datetime] = field(default_factory=dict)
    queue: list[int] = field(default_factory=list)
    wishes: dict[int, set[int] | None] = field(default_factory=dict)
    ends: dict[int | tuple[int, int], dt.datetime] = field(default_factory=dict)

    def taken(self, session: int) -> int:
        return sum(state in ("in", "offered") for (_, s), state in self.rows.items() if s == session)

    def members(self) -> int:
        return sum(state in ("in", "offered") for state in self.people.values())

    def pass_on(self, at: dt.datetime, *, own: Iterable[int] = (), is_offered: bool = True) -> None:
        for session, queue in self.queues.items():
            capacity = self.capacity[session]
            while queue and (capacity is None or self.taken(session) < capacity):
                person = queue.pop(0)
                if person in own or self.hours is None or not is_offered:
                    self.rows[person, session] = "in"
                else:
                    self.rows[person, session] = "offered"
                    self.ends[person, session] = at + self.hours * HOUR

    def join(self, person: int, session: int) -> None:
        if self.capacity[session] is None:
            self.rows[person, session] = "in"
        else:
            self.rows[person, session] = "waits"
            self.queues.setdefault(session, []).append(person)

    def leave(self, person: int, session: int, state: str) -> None:
        self.rows[person, session] = state
        if person in self.queues.get(session, ()):
            self.queues[session].remove(person)

    def let_in(self, people: list[int], at: dt.datetime) -> None:
        for person in people:
            self.people[person], self.since[person] = "in", at
        for person in people:
            wish = self.wishes[person]
            for session in range(len(self.capacity)):
                state = self.rows.get((person, session))
                by_name = wish is not None and session in wish
                if (by_name and state in (None, "out", "declined")) or (
                    wish is None and state in (None, "out")
                ):
                    self.join(person, session)
        self.pass_on(at, own=people)

    def enter(self, person: int, at: dt.datetime) -> None:
        if self.places is not None and self.members() + len(self.queue) >= self.places:
            self.people[person] = "waits"
            self.queue.append(person)
        else:
            self.let_in([person], at)

    def pass_cycle_places(self, at: dt.datetime) -> None:
        got = []
        while self.queue and (self.places is None or self.members() < self.places):
            person = self.queue.pop(0)
            self.people[person] = "offered" if self.hours else "in"
            got.append(person)
        if self.hours:
            self.ends |= dict.fromkeys(got, at + self.hours * HOUR)
        else:
            self.let_in(got, at)

    def settle(self, at: dt.datetime) -> None:
        for who, ends_at in self.ends.items():
            if ends_at > at:
                continue
            if isinstance(who, tuple) and self.rows[who] == "offered":
                self.rows[who] = "out"
            elif isinstance(who, int) and self.people[who] == "offered":
                self.people[who] = "out"
        self.pass_cycle_places(at)
        self.pass_on(at)


class Seats(RuleBasedStateMachine):
    """Each rule does one act on both; the invariant compares everything after each."""

    def __init__(self) -> None:
        super().__init__()
        self.rollback = transaction.atomic()
        self.rollback.__enter__()
        self.at = make.AT
        self.ids: dict[int, CycleRegistration] = {}
        self.sessions: list[Session] = []

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.rollback.__exit__(None, None, None)

    @initialize(
        hours=st.sampled_from([None, 48]),
        places=st.sampled_from([None, None, 2, 3]),
        capacity=st.lists(CAPACITIES, min_size=1, max_size=2),
        crowd=st.integers(0, 5),
    )
    def begin(self, hours: int | None, places: int | None, capacity: list[int | None], crowd: int) -> None:
        self.cycle = make.cycle(offer_hours=hours, capacity=places)
        self.world = World(hours=hours, places=places, capacity=[])
        for one in capacity:
            self._session(one)
        for person in range(crowd):
            self.register_and_confirm(person, None)

    def _session(self, capacity: int | None) -> None:
        number = len(self.sessions)
        starts_at = make.AT + (200 + 10 * number) * DAY
        self.sessions.append(
            make.session(cycle=self.cycle, number=number + 1, starts_at=starts_at, capacity=capacity)
        )
        self.world.capacity.append(capacity)

    def _pass_time(self) -> dt.datetime:
        self.at += HOUR
        return self.at

    def _session_of(self, number: int) -> int:
        return number % len(self.sessions)

    @rule(person=PEOPLE, wish=WISHES)
    def register_and_confirm(self, person: int, wish: set[int] | None) -> None:
        self.register(person, wish)
        if self.world.people[person] == "asked":
            self._confirm(person)

    @rule(person=PEOPLE, wish=WISHES)
    def register_only(self, person: int, wish: set[int] | None) -> None:
        self.register(person, wish)

    def register(self, person: int, wish: set[int] | None) -> None:
        at = self._pass_time()
        chosen = None if wish is None else {self._session_of(n) for n in wish}
        self.ids[person] = booking.register(
            self.cycle,
            applicant=booking.Applicant(email=f"p{person}@example.org", given_name="P", family_name="P"),
            scope=CycleRegistration.Scope.ALL if chosen is None else CycleRegistration.Scope.CHOSEN,
            session_ids=[self.sessions[n].pk for n in chosen or ()],
            at=at,
        )
        if self.world.people.get(person, "out") in ("out", "asked"):
            self.world.people[person], self.world.wishes[person] = "asked", chosen

    def _people(self, *states: str) -> list[int]:
        return sorted(p for p, state in self.world.people.items() if state in states)

    @precondition(lambda self: self._people("asked"))
    @rule(pick=PICK)
    def confirm(self, pick: int) -> None:
        self._confirm(one_of(self._people("asked"), pick))

    def _confirm(self, person: int) -> None:
        at = self._pass_time()
        booking.confirm(self.ids[person], at=at)
        self.world.enter(person, at)

    @precondition(lambda self: self.ids)
    @rule(pick=PICK)
    def confirm_again(self, pick: int) -> None:
        person = one_of(sorted(self.ids), pick)
        if self.world.people[person] != "asked":
            booking.confirm(self.ids[person], at=self._pass_time())

    def _row(self, person: int, session: int) -> Registration:
        return Registration.objects.get(cycle_registration=self.ids[person], session=self.sessions[session])

    @precondition(lambda self: self.world.rows)
    @rule(pick=PICK)
    def cancel(self, pick: int) -> None:
        person, session = one_of(sorted(self.world.rows), pick)
        at = self._pass_time()
        booking.cancel(self._row(person, session), at=at)
        if self.world.rows[person, session] in ("in", "waits", "offered"):
            self.world.leave(person, session, "declined")
            self.world.pass_on(at)

    @precondition(lambda self: self.ids)
    @rule(pick=PICK)
    def cancel_all(self, pick: int) -> None:
        person = one_of(sorted(self.ids), pick)
        at = self._pass_time()
        booking.cancel_all(self.ids[person], at=at)
        if self.world.people[person] not in ("in", "waits", "offered"):
            return
        if person in self.world.queue:
            self.world.queue.remove(person)
        self.world.people[person] = "out"
        for (who, session), state in list(self.world.rows.items()):
            if who == person and state in ("in", "waits", "offered"):
                self.world.leave(person, session, "out")
        self.world.pass_cycle_places(at)
        self.world.pass_on(at)

    @precondition(lambda self: self.ids)
    @rule(pick=PICK, session=SESSIONS)
    def take_or_undo(self, pick: int, session: int) -> None:
        person, number = one_of(sorted(self.ids), pick), self._session_of(session)
        at = self._pass_time()
        state = self.world.people[person]
        if state not in ("in", "out"):
            # The refusal is the act: they wait, or have not confirmed.
            self._refused(functools.partial(booking.take, session=self.sessions[number]), person, at)
            return
        booking.take(self.ids[person], session=self.sessions[number], at=at)
        if state == "out":
            self.world.wishes[person] = {number}
            self.world.enter(person, at)
        elif self.world.rows.get((person, number)) in (None, "out", "declined"):
            self.world.join(person, number)
            self.world.pass_on(at, own=[person])

    @precondition(lambda self: self.ids)
    @rule(pick=PICK)
    def take_all(self, pick: int) -> None:
        person = one_of(sorted(self.ids), pick)
        at = self._pass_time()
        state = self.world.people[person]
        if state not in ("in", "out"):
            self._refused(booking.take_all, person, at)
            return
        booking.take_all(self.ids[person], at=at)
        was_whole = self.world.wishes[person] is None
        self.world.wishes[person] = None
        if state == "out":
            self.world.enter(person, at)
        elif not was_whole:
            self.world.let_in([person], at)

    def _refused(self, act: Any, person: int, at: dt.datetime) -> None:
        with pytest.raises(booking.BookingError):
            act(self.ids[person], at=at)

    @precondition(lambda self: "offered" in self.world.rows.values())
    @rule(pick=PICK)
    def accept_offer(self, pick: int) -> None:
        offered = sorted(row for row, state in self.world.rows.items() if state == "offered")
        person, session = one_of(offered, pick)
        at = self._pass_time()
        if at < self.world.ends[person, session]:
            booking.accept_offer(self._row(person, session), at=at)
            self.world.rows[person, session] = "in"
        else:
            with pytest.raises(booking.BookingError):
                booking.accept_offer(self._row(person, session), at=at)

    @precondition(lambda self: self._people("waits", "offered", "out"))
    @rule(pick=PICK)
    def accept_place_in_cycle(self, pick: int) -> None:
        person = one_of(self._people("offered") or self._people("waits", "out"), pick)
        at = self._pass_time()
        if self.world.people[person] == "offered" and at < self.world.ends[person]:
            booking.accept_offer(self.ids[person], at=at)
            self.world.let_in([person], at)
        else:
            self._refused(booking.accept_offer, person, at)

    @rule(session=SESSIONS, capacity=CAPACITIES)
    def change_capacity(self, session: int, capacity: int | None) -> None:
        at = self._pass_time()
        number = self._session_of(session)
        row = self.sessions[number]
        row.refresh_from_db()
        editing.edit(row, values={"capacity": capacity}, by=None, at=at)
        if self.world.capacity[number] != capacity:
            self.world.capacity[number] = capacity
            self.world.settle(at)

    @rule(places=CAPACITIES)
    def change_places_in_cycle(self, places: int | None) -> None:
        at = self._pass_time()
        self.cycle.capacity = self.world.places = places
        self.cycle.save(update_fields=["capacity"])
        booking.settle(self.cycle.pk, at=at)
        self.world.settle(at)

    @precondition(lambda self: len(self.sessions) < 4)
    @rule(capacity=CAPACITIES)
    def add_session(self, capacity: int | None) -> None:
        at = self._pass_time()
        self._session(capacity)
        number = len(self.sessions) - 1
        booking.join_added_sessions(self.cycle, session_ids=[self.sessions[number].pk], at=at)
        whole = [
            p for p, state in self.world.people.items() if state == "in" and self.world.wishes[p] is None
        ]
        for person in sorted(whole, key=lambda p: (self.world.since[p], self.ids[p].pk)):
            self.world.join(person, number)
        self.world.pass_on(at, is_offered=False)

    @rule(session=SESSIONS, days=st.integers(1, 5))
    def move(self, session: int, days: int) -> None:
        row = self.sessions[self._session_of(session)]
        row.refresh_from_db()
        assert row.starts_at is not None
        planning.move(row, to=row.starts_at + days * DAY, by=None, at=self._pass_time())

    @rule(hours=st.sampled_from([1, 24, 50]))
    def time_passes(self, hours: int) -> None:
        self.at += hours * HOUR
        booking.settle_due(at=self.at)
        self.world.settle(self.at)

    @rule()
    def settle_again(self) -> None:
        booking.settle(self.cycle.pk, at=self.at)
        self.world.settle(self.at)

    @invariant()
    def both_agree(self) -> None:
        if not self.sessions:
            return
        rows = Registration.objects.select_related("cycle_registration")
        numbers = {row.pk: number for number, row in enumerate(self.sessions)}
        people = {registration.pk: person for person, registration in self.ids.items()}
        cancelled = {True: "declined", False: "out"}
        assert {
            (people[row.cycle_registration_id], numbers[row.session_id]): WORDS.get(State(row.state))
            or cancelled[row.is_opt_out]
            for row in rows
        } == self.world.rows
        assert {
            people[row.pk]: WORDS.get(State(row.state)) or "out" for row in CycleRegistration.objects.all()
        } == self.world.people
        positions = my_pages.waiting_positions([row.pk for row in self.sessions])
        queues: dict[int, list[tuple[int, int]]] = {}
        for row in rows.filter(state=State.WAITLISTED):
            place = (positions[row.pk], people[row.cycle_registration_id])
            queues.setdefault(numbers[row.session_id], []).append(place)
        assert {n: [p for _, p in sorted(queue)] for n, queue in queues.items()} == {
            n: queue for n, queue in self.world.queues.items() if queue
        }

    @invariant()
    def nobody_waits_beside_a_free_place(self) -> None:
        for number, capacity in enumerate(self.world.capacity if self.sessions else ()):
            if self.world.queues.get(number):
                assert capacity is not None
                assert self.world.taken(number) >= capacity


@pytest.mark.thorough
@pytest.mark.django_db
def test_any_order_of_acts() -> None:
    run_state_machine_as_test(
        Seats,
        settings=settings(
            max_examples=25,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
