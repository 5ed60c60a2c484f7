"""The states of a delivery: claimed once, reserved under a fence, settled truthfully, reaped."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import Value
from django.test.utils import CaptureQueriesContext

from cycles.schedule import planning
from notifications.delivery import ledger
from notifications.delivery.run import leases
from notifications.delivery.run.leases import SENT, Outcome, Turn
from notifications.models import Batch, Delivery, ReminderStep, Suppression
from notifications.plan import defaults, planner
from notifications.transport import throttle
from registrations.models import CycleRegistration, Participant, Registration
from tests import make
from tests.make import AT, paris

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.django_db
DUE = paris(2026, 11, 19, 12)
MINUTE = dt.timedelta(minutes=1)
State = Delivery.State


def owed(people: int = 1) -> list[Delivery]:
    """Owe the one-hour reminder of one session to some people."""
    session = make.session()
    defaults.default_steps(session.cycle)
    ReminderStep.objects.exclude(code="h-1").delete()
    planner.replan(session)
    for _ in range(people):
        make.registration(session=session)
    planner.open_due(at=DUE)
    return list(Delivery.objects.order_by("pk"))


def claimed(people: int = 1) -> tuple[Batch, list[Delivery]]:
    owed(people)
    batch, rows = leases.claim(worker="a", limit=10, clock=DUE)
    assert batch is not None
    return batch, rows


def facts() -> list[tuple[str, str, int]]:
    return [(row.state, row.reason, row.attempts) for row in Delivery.objects.order_by("pk")]


def test_owing_the_same_key_again_leaves_the_row_alone() -> None:
    (row,) = owed()
    Delivery.objects.update(state=State.SENT, sent_at=AT)
    ledger.owe([Delivery(key=row.key, kind=row.kind, to_address="x@example.org", created_at=AT, next_at=AT)])
    assert list(Delivery.objects.values_list("key", "to_address", "state")) == [
        (row.key, row.to_address, "sent")
    ]


def test_a_claim_takes_the_oldest_first_and_no_more_than_asked() -> None:
    rows = owed(3)
    batch, taken = leases.claim(worker="a", limit=2, clock=DUE)
    assert batch is not None
    assert [row.pk for row in taken] == [rows[0].pk, rows[1].pk]
    other, rest = leases.claim(worker="b", limit=2, clock=DUE)
    assert [row.pk for row in rest] == [rows[2].pk]
    assert other is not None
    assert leases.claim(worker="c", limit=2, clock=DUE) == (None, [])


@pytest.mark.service
def test_a_claim_goes_by_the_index_and_leaves_later_plans_alone() -> None:
    owed()
    with CaptureQueriesContext(connection) as queries:
        leases.claim(worker="a", limit=2, clock=DUE)
    told = [query["sql"] for query in queries]
    chosen = next(number for number, sql in enumerate(told) if sql.startswith("WITH chosen"))
    assert (told[chosen - 1], told[chosen + 1]) == leases.IN_INDEX_ORDER["postgresql"]
    with connection.cursor() as cursor:
        cursor.execute("SHOW enable_sort")
        assert cursor.fetchone() == ("on",)


def test_nothing_is_claimed_before_its_time() -> None:
    owed()
    assert leases.claim(worker="a", limit=2, clock=DUE - MINUTE) == (None, [])


def test_one_transaction_settles_the_previous_and_reserves_the_next() -> None:
    batch, (first, second) = claimed(2)
    assert leases.advance(batch, settled=None, reserve=first, clock=DUE) is Turn.GO
    assert facts() == [("sending", "", 1), ("claimed", "", 0)]
    assert leases.advance(batch, settled=(first, SENT), reserve=second, clock=DUE) is Turn.GO
    assert facts() == [("sent", "", 1), ("sending", "", 1)]
    assert leases.advance(batch, settled=(second, SENT), reserve=None, clock=DUE) is Turn.PASS
    leases.release(batch)
    assert facts() == [("sent", "", 1), ("sent", "", 1)]
    assert not Batch.objects.exists()


@pytest.mark.service
def test_the_statement_of_a_turn_is_planned_once_for_a_batch() -> None:
    batch, rows = claimed(12)
    settled = None
    for row in rows:
        assert leases.advance(batch, settled=settled, reserve=row, clock=DUE) is Turn.GO
        settled = (row, SENT)
    with connection.cursor() as cursor:
        cursor.execute("SELECT sum(generic_plans), sum(custom_plans) FROM pg_prepared_statements")
        generic, custom = cursor.fetchone()
    # The first turn settles nothing and is another statement; PostgreSQL plans five times before it keeps a plan.
    assert (generic > 0, custom <= 6) == (True, True)


def stop_reminders(row: Delivery) -> None:
    Participant.objects.filter(deliveries=row).update(reminders_stopped_at=AT)


def end_registration(row: Delivery) -> None:
    Registration.objects.filter(deliveries=row).update(state="cancelled", cancelled_at=AT)


def switch_step_off(row: Delivery) -> None:
    assert row.occurrence is not None
    ReminderStep.objects.filter(occurrences=row.occurrence).update(is_enabled=False)


def move_session(row: Delivery) -> None:
    assert row.session is not None
    planning.move(row.session, to=paris(2026, 11, 26), by=None, at=DUE)


def suppress(row: Delivery) -> None:
    ledger.suppress(row.to_address.upper(), reason=Suppression.Reason.BOUNCE, at=DUE)


def erase(row: Delivery) -> None:
    Delivery.objects.filter(pk=row.pk).update(participant=None)


@pytest.mark.parametrize(
    ("act", "state", "reason"),
    [
        (stop_reminders, "skipped", "reminders_stopped"),
        (end_registration, "skipped", "registration_gone"),
        (switch_step_off, "skipped", "step_off"),
        (move_session, "skipped", "superseded"),
        (suppress, "suppressed", ""),
        (erase, "skipped", "erased"),
    ],
)
def test_the_last_instant_looks_at_everything_again(
    act: Callable[[Delivery], None], state: str, reason: str
) -> None:
    batch, (row,) = claimed()
    act(row)
    assert leases.advance(batch, settled=None, reserve=row, clock=DUE) is Turn.PASS
    assert facts() == [(state, reason, 0)]


def test_r5_nothing_is_reserved_too_late() -> None:
    batch, (row,) = claimed()
    assert row.not_after == paris(2026, 11, 19, 13, 10)
    assert leases.advance(batch, settled=None, reserve=row, clock=row.not_after) is Turn.PASS
    assert facts() == [("skipped", "too_late", 0)]


def test_a_worker_frozen_past_its_lease_can_do_nothing_more() -> None:
    batch, (first, second) = claimed(2)
    leases.advance(batch, settled=None, reserve=first, clock=DUE)
    assert leases.reap(clock=DUE + leases.LEASE) == 1
    assert facts() == [("pending", "", 1), ("pending", "", 0)]
    assert leases.advance(batch, settled=(first, SENT), reserve=second, clock=DUE + leases.LEASE) is Turn.LOST
    assert leases.renew(batch, clock=DUE) is False
    # It may write nothing any more, but its word that the server accepted the mail spares a second copy.
    assert facts() == [("sent", "", 1), ("pending", "", 0)]


def test_a_late_refusal_proves_nothing() -> None:
    batch, (row,) = claimed()
    leases.advance(batch, settled=None, reserve=row, clock=DUE)
    leases.reap(clock=DUE + leases.LEASE)
    late = Outcome(state=State.FAILED, code=554)
    assert leases.advance(batch, settled=(row, late), reserve=None, clock=DUE) is Turn.LOST
    assert facts() == [("pending", "", 1)]


def test_what_is_proved_is_not_sent_again_by_who_has_taken_it() -> None:
    batch, (row,) = claimed()
    leases.advance(batch, settled=None, reserve=row, clock=DUE)
    leases.reap(clock=DUE + leases.LEASE)
    again, (same,) = leases.claim(worker="b", limit=1, clock=DUE + leases.LEASE)
    assert again is not None
    assert ledger.prove(row.pk, clock=DUE)
    assert leases.advance(again, settled=None, reserve=same, clock=DUE) is Turn.PASS
    assert facts() == [("sent", "", 1)]


def test_nothing_is_proved_of_a_mail_without_doubt() -> None:
    (row,) = owed()
    assert not ledger.prove(row.pk, clock=DUE)
    assert facts() == [("pending", "", 0)]


def test_a_mail_in_doubt_is_never_called_unsent() -> None:
    batch, (row,) = claimed()
    leases.advance(batch, settled=None, reserve=row, clock=DUE)
    leases.reap(clock=DUE + leases.LEASE)
    again, (same,) = leases.claim(worker="b", limit=1, clock=DUE + leases.LEASE)
    assert again is not None
    end_registration(row)
    assert leases.advance(again, settled=None, reserve=same, clock=DUE) is Turn.PASS
    assert facts() == [("uncertain", "", 1)]
    assert Delivery.objects.get().last_error == "in doubt, and not tried again: registration_gone"


def test_an_attempt_that_the_server_was_away_for_does_not_count() -> None:
    batch, (row,) = claimed()
    leases.advance(batch, settled=None, reserve=row, clock=DUE)
    away = Outcome(state=State.PENDING, retry_in=2 * MINUTE, keeps_attempt=True)
    leases.advance(batch, settled=(row, away), reserve=None, clock=DUE)
    assert facts() == [("pending", "", 0)]


def test_a_living_lease_is_not_reaped() -> None:
    claimed()
    assert leases.reap(clock=DUE + leases.LEASE - MINUTE) == 0


def test_doubt_is_retried_once_with_the_same_number_then_held() -> None:
    batch, (row,) = claimed()
    numbers = []
    for turn, expected in enumerate(("pending", "uncertain"), start=1):
        leases.advance(batch, settled=None, reserve=row, clock=DUE)
        numbers.append(Delivery.objects.get().message_id)
        leases.reap(clock=DUE + turn * leases.LEASE)
        assert Delivery.objects.get().state == expected
        again, rows = leases.claim(worker="b", limit=1, clock=DUE + turn * leases.LEASE)
        if again is not None:
            batch, (row,) = again, rows
    assert numbers[0] == numbers[1] == ledger.message_id(row.key)


def test_a_step_that_holds_is_not_retried() -> None:
    batch, (row,) = claimed()
    Delivery.objects.update(on_uncertain="hold")
    leases.advance(batch, settled=None, reserve=row, clock=DUE)
    leases.reap(clock=DUE + leases.LEASE)
    assert facts() == [("uncertain", "", 1)]


@pytest.mark.parametrize(
    ("outcome", "state"),
    [
        (Outcome(state=State.FAILED, code=554), "failed"),
        (Outcome(state=State.SUPPRESSED, code=550), "suppressed"),
        (Outcome(state=State.UNCERTAIN), "pending"),
        (Outcome(state=State.PENDING, code=451, retry_in=5 * MINUTE), "pending"),
    ],
)
def test_how_a_hand_over_is_settled(outcome: Outcome, state: str) -> None:
    batch, (row,) = claimed()
    leases.advance(batch, settled=None, reserve=row, clock=DUE)
    leases.advance(batch, settled=(row, outcome), reserve=None, clock=DUE)
    settled = Delivery.objects.get()
    assert (settled.state, settled.last_code, settled.batch) == (state, outcome.code, None)
    assert settled.next_at == (DUE + 5 * MINUTE if outcome.retry_in else DUE)


def test_released_rows_wait_again() -> None:
    batch, _ = claimed(2)
    leases.release(batch)
    assert facts() == [("pending", "", 0), ("pending", "", 0)]
    assert not Batch.objects.exists()


@pytest.mark.parametrize(
    "fields",
    [
        {"state": "sent"},
        {"sent_at": AT},
        {"state": "claimed"},
        {"state": "skipped"},
        {"reason": "too_late"},
        {"state": "lost"},
    ],
)
def test_the_database_refuses_a_row_that_contradicts_itself(fields: dict[str, Any]) -> None:
    owed()
    with pytest.raises(IntegrityError), transaction.atomic():
        Delivery.objects.update(**fields)


def test_a_slow_domain_waits_and_the_others_do_not() -> None:
    rows = owed(2)
    Delivery.objects.filter(pk=rows[0].pk).update(domain="slow.example")
    throttle.slow_domain("slow.example", until=DUE + MINUTE)
    batch, taken = leases.claim(worker="a", limit=2, clock=DUE)
    assert batch is not None
    assert [row.pk for row in taken] == [rows[1].pk]
    assert [row.next_at for row in Delivery.objects.order_by("pk")] == [DUE + MINUTE, DUE]
    leases.release(batch)
    _, later = leases.claim(worker="a", limit=2, clock=DUE + MINUTE)
    assert [row.pk for row in later] == [rows[1].pk, rows[0].pk]


def test_how_late_the_oldest_mail_is() -> None:
    assert ledger.oldest_due(at=DUE) is None
    owed()
    assert ledger.oldest_due(at=DUE + 3 * MINUTE) == 3 * MINUTE


def test_the_database_clock_tells_the_time() -> None:
    assert abs(ledger.database_time() - dt.datetime.now(tz=dt.UTC)) < MINUTE


def test_every_mail_names_its_cycle_however_it_is_owed() -> None:
    session = make.session()
    seat = make.registration(session=session)
    whole = seat.cycle_registration
    alike = {
        "to_address": "x@asso.test",
        "domain": "asso.test",
        "language": "fr",
        "created_at": AT,
        "next_at": AT,
    }
    ledger.owe(
        [
            Delivery(key="session", kind="reminder", session=session, **alike),
            Delivery(key="cycle", kind="registration_confirmed", cycle_registration=whole, **alike),
            Delivery(key="none", kind="address_changed", **alike),
        ]
    )
    columns = {"kind": Value("reminder")}
    ledger.insert(Registration.objects.all(), columns | {"key": Value("seats")}, at=AT, leaves_at=AT)
    ledger.insert(CycleRegistration.objects.all(), columns | {"key": Value("people")}, at=AT, leaves_at=AT)
    cycle = session.cycle_id
    assert dict(Delivery.objects.values_list("key", "cycle")) == {
        "session": cycle,
        "cycle": cycle,
        "none": None,
        "seats": cycle,
        "people": cycle,
    }
