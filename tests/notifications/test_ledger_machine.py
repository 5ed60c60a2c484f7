"""Any order of acts, against a small model of what is owed: each mail once, in time, to those concerned.

The model knows the rules in plain words (R1 to R6) and nothing of the tables. After each turn of the workers
what left must be exactly what it names. A crash is a failpoint at which the process would have died: what was
not committed is rolled back, what had left has left, and the turn after the lease has to make it good.
"""

from __future__ import annotations

import datetime as dt
import os
from collections import Counter
from dataclasses import dataclass, field
from typing import NoReturn
from unittest import mock
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from cycles import planning
from cycles.models import Session
from notifications import failpoints, leases, ledger, plan, sending
from notifications.kinds import NOTICES
from notifications.models import Delivery, ReminderStep
from registrations import booking
from registrations.models import Registration
from tests import make
from tests.make import paris

MINUTE = dt.timedelta(minutes=1)
HOUR = 60 * MINUTE
DAY = 24 * HOUR
LENGTH = 90 * MINUTE
# One zone that changes its clock between the first reminder and the session, and one that never does.
ZONES = ("Europe/Paris", "Indian/Reunion")
STARTS = tuple(
    day.astimezone(dt.UTC) for day in (paris(2026, 10, 29), paris(2027, 3, 31), paris(2026, 11, 19))
)
NUMBERS = st.sampled_from([0, 1])
PICK = st.integers(0, 99)
LATE = st.sampled_from(
    [-MINUTE, 0 * MINUTE, 9 * MINUTE, 65 * MINUTE, 11 * HOUR, 12 * HOUR + 10 * MINUTE, 25 * HOUR]
)
# Between these hours (UTC) mail leaves in both zones: a turn three minutes later meets the same quiet hours.
DAYLIGHT = range(8, 14)
PLACES = (
    "before-fan-out",
    "in-chunk",
    "after-chunk",
    "after-claim",
    "after-reserve",
    "after-reserve:2",
    "after-hand-over",
    "after-hand-over:2",
    "after-settle",
)

# (kind or line of the plan, number of the session, revision, person)
Key = tuple[str, int, int, str]


class Killed(BaseException):
    """The process would be gone here; no handler of ours may catch it."""


def die(_code: int) -> NoReturn:
    raise Killed


@dataclass
class Stop:
    """A session as it stands, as people were last told, and what waits to be sent about it."""

    zone: str
    start: dt.datetime
    known_from: dt.datetime
    told: tuple[dt.datetime, bool]
    revision: int
    is_cancelled: bool = False
    # kind, due, not after
    notice: tuple[str, dt.datetime, dt.datetime] | None = None
    # What the notice says whose mails were owed, until all of them have left.
    saying: tuple[dt.datetime, bool] | None = None
    people: dict[str, dt.datetime] = field(default_factory=dict)

    def day_before(self, days: int) -> dt.datetime:
        """The session's hour some days before, by the clock on the wall, within the hours of mail (R6)."""
        local = self.start.astimezone(ZoneInfo(self.zone))
        hour = min(max(local.time().replace(tzinfo=None), dt.time(8)), dt.time(20))
        day = local.date() - dt.timedelta(days=days)
        return dt.datetime.combine(day, hour, ZoneInfo(self.zone)).astimezone(dt.UTC)

    def windows(self) -> dict[str, tuple[dt.datetime, dt.datetime]]:
        """When each line is due, and from when on it is too late (R5)."""
        week, day = self.day_before(7), self.day_before(1)
        before = self.start - 2 * HOUR
        return {
            "j-7": (week, min(week + DAY, before)),
            "j-1": (day, min(day + 12 * HOUR, before)),
            "h-1": (self.start - HOUR, self.start + 10 * MINUTE),
        }

    def morning_after(self, at: dt.datetime) -> dt.datetime:
        """When a mail caught up at `at` may leave: not by night (R6)."""
        local = at.astimezone(ZoneInfo(self.zone))
        hour = local.time().replace(tzinfo=None)
        if dt.time(8) <= hour <= dt.time(20):
            return at
        day = local.date() + dt.timedelta(days=hour > dt.time(20))
        return dt.datetime.combine(day, dt.time(8), ZoneInfo(self.zone)).astimezone(dt.UTC)

    def change(self, at: dt.datetime) -> None:
        """Plan one notice of the way from what people know to now; none when it leads back (R3, R4)."""
        self.revision += 1
        self.known_from = at
        start, was_cancelled = self.told
        self.notice = None
        if self.is_cancelled == was_cancelled and (self.is_cancelled or self.start == start):
            return
        kind = "session_cancelled" if self.is_cancelled else "session_moved"
        kind = "session_restored" if was_cancelled else kind
        is_near = min(start, self.start) - at < 30 * MINUTE
        ends = self.start + LENGTH if self.is_cancelled else self.start
        self.notice = (kind, at if is_near else at + 10 * MINUTE, ends)


@dataclass
class World:
    """Both sessions, what was decided about each mail, and what waits for the morning."""

    stops: list[Stop]
    decided: set[Key] = field(default_factory=set)
    waiting: dict[Key, tuple[dt.datetime, dt.datetime]] = field(default_factory=dict)

    def leaving(self, at: dt.datetime) -> dict[Key, dt.datetime]:
        """What a turn of the workers at `at` sends, and until when each may be sent."""
        self.owe(at)
        waiting = self.waiting.items()
        self.waiting = {key: value for key, value in waiting if self._is_alive(key, *value, at)}
        gone = {key: late for key, (leaves, late) in self.waiting.items() if leaves <= at}
        for key in gone:
            del self.waiting[key]
        return gone

    def owe(self, at: dt.datetime) -> None:
        """What a tick writes down."""
        for number, stop in enumerate(self.stops):
            self._notice(number, stop, at)
            for code, (due, late) in stop.windows().items():
                is_owed = stop.known_from <= due < late and not stop.is_cancelled
                for person, since in stop.people.items():
                    if is_owed and due <= at and since <= due:
                        leaves = at if code == "h-1" else stop.morning_after(at)
                        self._owe((code, number, stop.revision, person), leaves, late, at)

    def change(self, number: int, at: dt.datetime) -> None:
        """Note a change of schedule; who still waits for the last notice does not know what it says."""
        stop = self.stops[number]
        is_said = not any(key[0] in NOTICES and key[1] == number for key in self.waiting)
        if stop.saying is not None and is_said:
            stop.told = stop.saying
        stop.saying = None
        stop.change(at)
        self.waiting = {key: value for key, value in self.waiting.items() if key[1] != number}

    def _notice(self, number: int, stop: Stop, at: dt.datetime) -> None:
        if stop.notice is None or stop.notice[1] > at:
            return
        kind, _due, late = stop.notice
        for person, since in stop.people.items():
            if since <= stop.known_from:
                self._owe((kind, number, stop.revision, person), at, late, at)
        stop.notice, stop.saying = None, (stop.start, stop.is_cancelled)

    def _owe(self, key: Key, leaves: dt.datetime, late: dt.datetime, at: dt.datetime) -> None:
        if key not in self.decided:
            self.decided.add(key)
            if at < late:
                self.waiting[key] = (leaves, late)

    def _is_alive(self, key: Key, leaves: dt.datetime, late: dt.datetime, at: dt.datetime) -> bool:
        # What waits for the morning is looked at when it leaves, not before.
        return leaves > at or (key[3] in self.stops[key[1]].people and at < late)


class Owed(RuleBasedStateMachine):
    """Each rule does one act on both; every turn of the workers compares what left."""

    def __init__(self) -> None:
        super().__init__()
        self.rollback = transaction.atomic()
        self.rollback.__enter__()
        self.copies: Counter[str] = Counter()
        self.doubled = 0
        self.crashes = 0
        self.people = 0

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.rollback.__exit__(None, None, None)

    @initialize(start=st.sampled_from(STARTS), hour=st.sampled_from([0, 0, -3, -8, 9]))
    def plan(self, start: dt.datetime, hour: int) -> None:
        self.at = start - 9 * DAY
        self.rows, stops = [], []
        for zone in ZONES:
            row = make.session(
                cycle=make.cycle(timezone=zone),
                starts_at=start + hour * HOUR,
                created_at=self.at,
                revised_at=self.at,
            )
            plan.default_steps(row.cycle)
            self.rows.append(row)
            stops.append(Stop(zone, start + hour * HOUR, self.at, (start + hour * HOUR, False), row.revision))
        ReminderStep.objects.exclude(code__in=("j-7", "j-1", "h-1")).delete()
        for row in self.rows:
            plan.replan(row)
        self.world = World(stops)
        for number in (0, 1):
            self.register(number)
            self.register(number)

    def pass_time(self, length: dt.timedelta = MINUTE) -> dt.datetime:
        self.at += length
        return self.at

    def row(self, number: int) -> Session:
        return Session.objects.select_related("cycle").get(pk=self.rows[number].pk)

    @rule(number=NUMBERS)
    def register(self, number: int) -> None:
        at = self.pass_time()
        self.people += 1
        person = make.participant(email=f"p{self.people}@example.org", created_at=at, confirmed_at=at)
        make.registration(session=self.row(number), participant=person, queued_at=at, confirmed_at=at)
        self.world.stops[number].people[person.email] = at

    @rule(number=NUMBERS, pick=PICK)
    def cancel_registration(self, number: int, pick: int) -> None:
        people = self.world.stops[number].people
        if people:
            email = sorted(people)[pick % len(people)]
            seat = Registration.objects.get(session=self.rows[number], participant__email=email)
            booking.cancel(seat, at=self.pass_time())
            del people[email]

    @rule(
        number=NUMBERS,
        by=st.sampled_from([-2 * DAY, -DAY, -HOUR, 20 * MINUTE, 3 * HOUR, DAY, 7 * DAY, 8 * DAY]),
        is_killed=st.sampled_from([False, False, False, True]),
    )
    def move(self, number: int, by: dt.timedelta, is_killed: bool) -> None:  # noqa: FBT001 - drawn
        at, stop = self.pass_time(), self.world.stops[number]
        if stop.is_cancelled or stop.start <= at or stop.start + by <= at:
            return
        if is_killed:
            with self.killed_at("in-replan"), pytest.raises(Killed), transaction.atomic():
                planning.move(self.row(number), to=stop.start + by, by=None, at=at)
            return
        planning.move(self.row(number), to=stop.start + by, by=None, at=at)
        stop.start += by
        self.world.change(number, at)

    @rule(number=NUMBERS)
    def move_back(self, number: int) -> None:
        stop = self.world.stops[number]
        if stop.told[0] != stop.start:
            self.move(number, stop.told[0] - stop.start, is_killed=False)

    @rule(number=NUMBERS)
    def cancel(self, number: int) -> None:
        at, stop = self.pass_time(), self.world.stops[number]
        if not stop.is_cancelled and at < stop.start + LENGTH:
            planning.cancel(self.row(number), reason="L’oratrice est malade", by=None, at=at)
            stop.is_cancelled = True
            self.world.change(number, at)

    @rule(number=NUMBERS)
    def restore(self, number: int) -> None:
        at, stop = self.pass_time(), self.world.stops[number]
        if stop.is_cancelled and at < stop.start:
            planning.restore(self.row(number), by=None, at=at)
            stop.is_cancelled = False
            self.world.change(number, at)

    @rule(length=st.sampled_from([11 * MINUTE, 45 * MINUTE, 3 * HOUR, 11 * HOUR, DAY, 2 * DAY]))
    def clock_jumps(self, length: dt.timedelta) -> None:
        self.pass_time(length)

    def go_to_the_next_reminder(self, late: dt.timedelta) -> None:
        dues = [due for stop in self.world.stops for due, _late in stop.windows().values() if due > self.at]
        if dues:
            self.at = max(self.at, min(dues) + late)

    @rule(late=LATE)
    def work_about_the_next_reminder(self, late: dt.timedelta) -> None:
        self.go_to_the_next_reminder(late)
        self.work()

    @rule(
        late=LATE,
        act=st.sampled_from(["leave", "leave", "move", "cancel", "wait"]),
        number=NUMBERS,
        pick=PICK,
    )
    def something_happens_between_owing_and_sending(
        self, late: dt.timedelta, act: str, number: int, pick: int
    ) -> None:
        self.go_to_the_next_reminder(late)
        sending.tick(clock=self.at)
        self.world.owe(self.at)
        if act == "leave":
            self.cancel_registration(number, pick)
        elif act == "move":
            self.move(number, DAY, is_killed=False)
        elif act == "cancel":
            self.cancel(number)
        if self.world.waiting and pick % 2:
            self.at = max(self.at, *(leaves for leaves, _late in self.world.waiting.values()))
        self.work()

    @rule()
    def work(self) -> None:
        assert self.turn(self.at) == Counter(dict.fromkeys(self.world.leaving(self.at), 1))

    @rule(behind=st.sampled_from([MINUTE, 30 * MINUTE, 2 * HOUR]))
    def work_by_a_clock_that_is_behind(self, behind: dt.timedelta) -> None:
        at = self.at - behind
        assert self.turn(at) == Counter(dict.fromkeys(self.world.leaving(at), 1))

    @rule(place=st.sampled_from(PLACES), late=st.sampled_from([0 * MINUTE, 0 * MINUTE, 9 * MINUTE]))
    def crash(self, place: str, late: dt.timedelta) -> None:
        """Die on the way; a lease later all is made good, at the price of one copy of one mail at most."""
        self.go_to_the_next_reminder(late)
        if self.at.hour not in DAYLIGHT:
            self.at = self.at.replace(hour=9) + DAY
        with self.killed_at(place):
            try:
                left = self.turn(self.at)
            except Killed:
                left = self.sent()
                self.crashes += 1
        owed = self.world.leaving(self.at)
        again = self.pass_time(leases.LEASE)
        left += self.turn(again)
        owed |= self.world.leaving(again)
        extra = left - Counter(dict.fromkeys(owed, 1))
        assert extra.total() <= place.startswith("after-hand-over")
        assert set(left) <= set(owed)
        assert {key for key, late in owed.items() if again < late} <= set(left)
        self.doubled += extra.total()

    def killed_at(self, place: str) -> mock._patch_dict:
        failpoints._passages.clear()
        return mock.patch.dict(os.environ, {"ESCALE_FAILPOINT": place})

    def turn(self, at: dt.datetime) -> Counter[Key]:
        """Let beat and worker do their part at an instant; return what left."""
        mail.outbox.clear()
        sending.tick(clock=at)
        sending.drain(clock=at)
        return self.sent()

    def sent(self) -> Counter[Key]:
        """Return which reminders and notices left, how often each; every copy bears the number of its row."""
        numbers = [str(message.extra_headers["Message-ID"]) for message in mail.outbox]
        rows = Delivery.objects.select_related("occurrence__step", "participant")
        by_number = {ledger.message_id(row.key): row for row in rows}
        mail.outbox.clear()
        self.copies.update(numbers)
        found: Counter[Key] = Counter()
        for number in numbers:
            row = by_number[number]
            if row.kind not in (*NOTICES, "reminder"):
                continue
            assert row.occurrence is not None
            assert row.session_id is not None
            name = row.occurrence.step.code if row.occurrence.step else row.kind
            place = [session.pk for session in self.rows].index(row.session_id)
            found[name, place, row.revision or 0, row.to_address] += 1
        return found

    @rule()
    def nothing_left_twice_but_in_doubt(self) -> None:
        again = {number: copies for number, copies in self.copies.items() if copies > 1}
        assert set(again.values()) <= {2}
        assert len(again) <= self.crashes


@pytest.mark.django_db
def test_any_order_of_acts_sends_what_is_owed_and_nothing_else() -> None:
    with mock.patch.object(os, "_exit", die):
        run_state_machine_as_test(
            Owed,
            settings=settings(
                max_examples=15,
                # The same walks for everybody: a failure here is one that a change has made.
                derandomize=True,
                stateful_step_count=30,
                deadline=None,
                suppress_health_check=list(HealthCheck),
            ),
        )
