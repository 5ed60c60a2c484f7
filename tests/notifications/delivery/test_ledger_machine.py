"""Any order of moves, cancellations, registrations, ticks, jumps of the clock and deaths of a worker.

Against what the design promises rather than against a second implementation: nothing lost, nothing twice but for a
doubt, nothing too late, nothing to who left, nothing about a date that is no longer true.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
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

from cycles.models import Session
from cycles.schedule import planning
from notifications.delivery import ledger
from notifications.delivery.run import leases, sending
from notifications.models import Batch, Delivery, Occurrence, ReminderStep
from notifications.plan import defaults, planner
from registrations import booking
from registrations.models import Registration, State
from tests import make
from tests.make import paris

from . import memory_server
from .memory_server import Killed, server

if TYPE_CHECKING:
    from pytest_django import Settings

BEGIN = paris(2026, 11, 9, 9)
MINUTE, HOUR, DAY = (dt.timedelta(minutes=1), dt.timedelta(hours=1), dt.timedelta(days=1))
PICK = st.integers(0, 99)
OPEN = (Delivery.State.PENDING, Delivery.State.CLAIMED, Delivery.State.SENDING)
MOST_PLACES = 10
KILL_AFTER = st.integers(0, 2)


class Ledger(RuleBasedStateMachine):
    """Two sessions, a few people; between the acts a worker ticks and drains, or dies."""

    def __init__(self) -> None:
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.now = BEGIN
        self.sessions: list[Session] = []
        # The numbers of the mails that the server has taken.
        self.seen: list[str] = []
        server.accepted, server.kills_after = self.seen, None

    def teardown(self) -> None:
        try:
            if self.sessions:
                self._run_to_the_end()
        finally:
            transaction.set_rollback(True)
            self.atomic.__exit__(None, None, None)

    @initialize()
    def two_sessions(self) -> None:
        cycle = make.cycle()
        self.sessions = [
            make.session(cycle=cycle, number=n, starts_at=paris(2026, 11, 19 + n)) for n in (1, 2)
        ]
        defaults.default_steps(cycle)
        for session in self.sessions:
            planner.replan(session)
        for _ in range(2):
            self.register(0)
            self.register(1)

    def _session(self, pick: int) -> Session:
        return Session.objects.get(pk=self.sessions[pick % len(self.sessions)].pk)

    def _places(self) -> list[Registration]:
        return list(Registration.objects.filter(state=State.CONFIRMED).order_by("pk"))

    @rule(pick=PICK)
    def register(self, pick: int) -> None:
        if Registration.objects.count() >= MOST_PLACES:
            return
        session = self._session(pick)
        make.registration(session=session, confirmed_at=self.now, queued_at=self.now)

    @precondition(lambda self: self._places())
    @rule(pick=PICK)
    def leave(self, pick: int) -> None:
        places = self._places()
        booking.cancel(places[pick % len(places)], at=self.now)

    @rule(pick=PICK, days=st.integers(1, 20), hour=st.integers(8, 18))
    def move(self, pick: int, days: int, hour: int) -> None:
        day = (self.now + days * DAY).date()
        self._plan(planning.move, pick, to=paris(day.year, day.month, day.day, hour), reason={"fr": "Grève"})

    @rule(pick=PICK)
    def cancel(self, pick: int) -> None:
        self._plan(planning.cancel, pick, reason={"fr": "Malade"})

    @rule(pick=PICK)
    def restore(self, pick: int) -> None:
        self._plan(planning.restore, pick)

    def _plan(self, verb: Any, pick: int, **more: Any) -> None:
        try:
            with transaction.atomic():
                verb(self._session(pick), by=None, at=self.now, **more)
        except planning.PlanningError:
            return  # It is over, or already so: the refusal is the answer.

    @rule(minutes=st.sampled_from([1, 5, 11, 59, 180, 1440, 4000]))
    def let_time_pass(self, minutes: int) -> None:
        self.now += minutes * MINUTE

    @rule(is_late=st.booleans())
    def work_when_something_is_due(self, *, is_late: bool) -> None:
        self._wait_for_something_due()
        self.now += 10 * MINUTE if is_late else 0 * MINUTE
        self._tick_and_drain()

    def _wait_for_something_due(self) -> None:
        sending.tick(clock=self.now)
        mailings = Occurrence.objects.filter(state="planned", due_at__gt=self.now).order_by("due_at")
        mails = Delivery.objects.filter(state=Delivery.State.PENDING).order_by("next_at")
        moments = [
            *mailings.values_list("due_at", flat=True)[:1],
            *mails.values_list("next_at", flat=True)[:1],
        ]
        self.now = max(self.now, min(moments, default=self.now))

    @rule(after=KILL_AFTER, is_taken=st.booleans())
    def die(self, *, after: int, is_taken: bool) -> None:
        """Die in the middle of a hand-over; a lease later another worker finds what is left."""
        self._wait_for_something_due()
        server.kills_after, server.takes_the_last = after, is_taken
        try:
            self._tick_and_drain()
        except Killed:
            self.now += leases.LEASE
        server.kills_after = None

    def _tick_and_drain(self) -> None:
        before = len(self.seen)
        sending.tick(clock=self.now)
        try:
            while sending.drain(clock=self.now):
                pass
        finally:
            self._look_at(self.seen[before:])

    def _look_at(self, numbers: list[str]) -> None:
        """Hold each mail that has just been taken against what is true now."""
        rows = {ledger.message_id(row.key): row for row in Delivery.objects.select_related("session")}
        for number in numbers:
            row = rows[number]
            assert row.not_after is None or row.not_after > self.now
            assert row.next_at <= self.now or row.doubts
            if row.kind != "reminder":
                continue
            assert row.session is not None
            assert row.revision == row.session.revision
            assert row.session.is_held
            assert row.registration is not None
            assert row.registration.state == State.CONFIRMED

    def _run_to_the_end(self) -> None:
        last = max((s.starts_at for s in Session.objects.all() if s.starts_at), default=self.now)
        ends = max(last, self.now) + 3 * DAY
        while self.now < ends:
            self._tick_and_drain()
            self._every_open_mailing_reached_everyone()
            self.now += self._until_something_happens()
        self._tick_and_drain()
        assert not Delivery.objects.filter(state__in=OPEN).exists()
        assert not Batch.objects.exists()

    def _until_something_happens(self) -> dt.timedelta:
        """Return a small step while something is due or under way, else one to shortly before the next mailing."""
        if Delivery.objects.filter(state__in=OPEN).exists():
            return 20 * MINUTE
        # One that has just been opened counts, too: its second pass follows a quarter of an hour later.
        mailings = Occurrence.objects.filter(state__in=("planned", "open"), due_at__gt=self.now - HOUR)
        moments = [max(due - 30 * MINUTE, self.now) for due in mailings.values_list("due_at", flat=True)]
        return min(max(min(moments, default=self.now + DAY) - self.now, 20 * MINUTE), DAY)

    def _every_open_mailing_reached_everyone(self) -> None:
        """Who had a place before a reminder was due has it, once its hour has come and a worker has worked."""
        steps = ReminderStep.objects.filter(is_enabled=True, audience=ReminderStep.Audience.CONFIRMED)
        due = Occurrence.objects.filter(
            step__in=steps, state="open", due_at__lte=self.now, not_after__gt=self.now
        ).select_related("session")
        for mailing in due:
            if not mailing.session.is_held or mailing.revision != mailing.session.revision:
                continue
            # In the very instant at which it was opened: the second pass brings it, a quarter of an hour later.
            owed = Registration.objects.filter(
                session=mailing.session, state=State.CONFIRMED, confirmed_at__lt=mailing.due_at
            )
            reached = Delivery.objects.filter(occurrence=mailing, state__in=("sent", "uncertain"))
            assert set(owed.values_list("pk", flat=True)) <= set(
                reached.values_list("registration_id", flat=True)
            )

    @invariant()
    def nothing_leaves_twice_but_for_a_doubt(self) -> None:
        copies = Counter(self.seen)
        for row in Delivery.objects.all():
            taken = copies.get(ledger.message_id(row.key), 0)
            assert taken <= 1 + row.doubts <= 1 + ledger.DOUBTS_AT_MOST
            if row.state == Delivery.State.SENT:
                assert taken >= 1
            if row.state in (Delivery.State.SKIPPED, Delivery.State.FAILED):
                assert taken == 0


@pytest.mark.thorough
@pytest.mark.django_db
@pytest.mark.slow
def test_any_order_of_acts(settings: Settings) -> None:
    settings.EMAIL_BACKEND = f"{memory_server.__name__}.Backend"
    run_state_machine_as_test(Ledger, settings=CHOSEN)


CHOSEN = settings(
    max_examples=8, stateful_step_count=15, deadline=None, suppress_health_check=list(HealthCheck)
)
