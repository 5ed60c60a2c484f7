"""Taking, reserving and settling mails: what a worker may do to the rows that it holds under a lease.

`claimed → sending → sent | failed | …`. `sending` is committed before a mail is handed over, and settling one
mail and reserving the next are one transaction: a crash leaves at most one mail in doubt per connection. Every
write is conditional on the batch, the fence: a worker frozen past its lease finds no batch and stops.

`clock` is `Now()`, the database's own clock read as the statement runs, or an aware instant (tests). Lock
order is always batch, then delivery. With ledger.py the only writer of `Delivery.state`.
"""

from __future__ import annotations

import datetime as dt
import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction
from django.db.models import Prefetch

from cycles.models import Programme
from notifications.delivery import eligibility
from notifications.delivery.ledger import (
    LONGEST_ERROR,
    address_hash,
    doubt,
    message_id,
    prove,
    read,
    scope_of,
)
from notifications.mail.kinds import KINDS
from notifications.models import Batch, Delivery
from notifications.transport import throttle

from . import breaker, failpoints, statements

if TYPE_CHECKING:
    from notifications.delivery.eligibility import Rule
    from notifications.delivery.ledger import Clock

LEASE = dt.timedelta(minutes=3)
# Whose name, colour and logo a mail has.
PROGRAMMES = ("session__cycle__programme", "cycle_registration__cycle__programme")
State = Delivery.State

CHOSEN = """SELECT id FROM notifications_delivery WHERE state = 'pending' AND next_at <= %(at)s
    ORDER BY next_at, id LIMIT %(limit)s"""
CLAIM = {
    # A CTE: with IN (subquery LIMIT) PostgreSQL may run the subquery again and take too many.
    "postgresql": f"""WITH chosen AS MATERIALIZED ({CHOSEN} FOR UPDATE SKIP LOCKED)
UPDATE notifications_delivery SET state = 'claimed', batch_id = %(batch)s
WHERE id = ANY (ARRAY(SELECT id FROM chosen)) RETURNING id""",  # noqa: S608 - only our own text
    # Inside BEGIN IMMEDIATE: SQLite has one writer at a time.
    "sqlite": f"""UPDATE notifications_delivery SET state = 'claimed', batch_id = %(batch)s
WHERE id IN ({CHOSEN}) RETURNING id""",  # noqa: S608 - likewise
}

# Until the table is analysed after a large mailing was owed, PostgreSQL takes it for small, and would fetch and sort
# all that waits for each claim. Without sorting, the index in the right order is the only way; for this statement
# only, or every other one in the transaction would be planned without sorting too. The plan of a turn (`advance`) may
# have been made while the table was small as well: it is made anew for each batch.
IN_INDEX_ORDER = {
    "postgresql": ("SET LOCAL enable_sort = off", "SET LOCAL enable_sort TO DEFAULT; DISCARD PLANS")
}


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """How handing over one mail ended.

    `retry_in` only for a temporary refusal, which is safe to repeat. `keeps_attempt` when the mail is not to
    blame: the server was away, so the attempt does not count. `refusal` names the ground of a refusal
    (refusals.GROUNDS), empty for any other end.
    """

    state: Delivery.State
    code: int | None = None
    error: str = ""
    retry_in: dt.timedelta | None = None
    keeps_attempt: bool = False
    refusal: str = ""


SENT = Outcome(state=State.SENT)


class Turn(enum.Enum):
    """What the ledger answers to a worker that wants to hand over a mail."""

    GO = "it is committed as `sending`: hand it over"
    PASS = "it is not to be sent, and its row says why; or there was none to reserve"  # noqa: S105 - no password
    LOST = "the lease ran out and the batch is somebody else's: stop at once"


def claim(*, worker: str, limit: int, clock: Clock) -> tuple[Batch | None, list[Delivery]]:
    """Take up to `limit` due mails under a new lease; (None, []) when nothing is due.

    Two workers never take the same row: PostgreSQL skips locked rows, SQLite has one writer at a time. A batch
    may come without rows, when all that was due is for domains that were asked to wait.
    """
    at = read(clock)
    if not Delivery.objects.filter(state=State.PENDING, next_at__lte=at).exists():
        return None, []
    with transaction.atomic():
        batch = Batch.objects.create(worker=worker, lease_until=at + LEASE)
        with connection.cursor() as cursor:
            parameters = {"batch": _key(batch), "limit": limit, "at": _moment(at)}
            before, after = IN_INDEX_ORDER.get(connection.vendor, ("", ""))
            if before:
                cursor.execute(before)
            cursor.execute(CLAIM[connection.vendor], parameters)
            taken = [row[0] for row in cursor.fetchall()]
            if after:
                cursor.execute(after)
        waiting = throttle.hold_back(taken, at=at) if taken else frozenset()
        if not taken:
            _end(batch)
            return None, []
    rows = Delivery.objects.filter(pk__in=set(taken) - waiting).select_related(
        "participant", "registration", "cycle_registration"
    )
    # The same few for all the mails of a mailing: read once and shared, not a hundred times side by side.
    rows = rows.prefetch_related(
        *(Prefetch(path, Programme.objects.select_related("picture")) for path in PROGRAMMES),
        "occurrence__step",
        "group_message",
    )
    return batch, sorted(rows, key=lambda delivery: (delivery.next_at, delivery.pk))


def advance(
    batch: Batch,
    *,
    settled: tuple[Delivery, Outcome] | None,
    reserve: Delivery | None,
    clock: Clock,
) -> Turn:
    """Settle the previous mail and reserve the next in one transaction."""
    written = _write(batch, settled, reserve, clock=clock)
    if not written.is_ours or (settled is not None and not written.is_settled):
        if settled is not None and settled[1].state == State.SENT:
            # Taken from us meanwhile and in doubt; but the server's answer came, and it says "accepted".
            prove(settled[0].pk, clock=clock)
        return Turn.LOST
    if reserve is None:
        return Turn.PASS
    if written.is_reserved:
        return Turn.GO
    if written.verdict is None:
        # Somebody proved meanwhile that it had arrived.
        return Turn.PASS
    return _turn_away(batch, reserve, eligibility.BY_NAME[written.verdict], clock=clock)


@dataclass(frozen=True)
class _Written:
    """What the ledger wrote: whether the batch is ours, the first mail was settled, and the second reserved.

    `verdict` names the rule that keeps the second back; None when it is no longer ours, or there is none.
    """

    is_ours: bool
    is_settled: bool = False
    is_reserved: bool = False
    verdict: str | None = None


def _write(
    batch: Batch,
    settled: tuple[Delivery, Outcome] | None,
    reserve: Delivery | None,
    *,
    clock: Clock,
) -> _Written:
    parameters = _parameters(batch, settled, reserve)
    now, later = _times(settled, parameters, clock=clock)
    rules = eligibility.rules_for(KINDS[reserve.kind]) if reserve else ()
    if connection.vendor == "postgresql":
        statement = statements.advance(rules, connection.vendor).format(now=now, later=later)
        return _write_at_once(statement, parameters)
    with transaction.atomic(), connection.cursor() as cursor:
        if cursor.execute(statements.HELD, parameters).fetchone() is None:
            return _Written(is_ours=False)
        settle = statements.SETTLE.format(now=now, later=later)
        was_settled = bool(settled and cursor.execute(settle, parameters).rowcount)
        if reserve is None or (settled is not None and not was_settled):
            return _Written(is_ours=True, is_settled=was_settled)
        judge = statements.judge(rules, connection.vendor).format(now=now)
        judged = cursor.execute(judge, parameters).fetchone()
        if judged is None or judged[0] != eligibility.MAY_LEAVE:
            verdict = judged[0] if judged else None
            return _Written(is_ours=True, is_settled=was_settled, verdict=verdict)
        cursor.execute(statements.RESERVE.format(now=now), parameters)
        return _Written(is_ours=True, is_settled=was_settled, is_reserved=True)


def _write_at_once(statement: str, parameters: dict[str, Any]) -> _Written:
    """Run the whole turn as one prepared statement: planning it takes twice as long as running it.

    Django's own cursors put the values into the text, which is then another statement for each mail. Where
    DATABASE_PREPARE is off it is planned for each mail.
    """
    import psycopg  # noqa: PLC0415 - not installed where SQLite is enough

    connection.ensure_connection()
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        row = cursor.execute(statement, parameters, prepare=True).fetchone()
    held, was_settled, was_reserved, verdict = row or (0, 0, 0, None)
    return _Written(bool(held), bool(was_settled), bool(was_reserved), verdict)


def _parameters(
    batch: Batch, settled: tuple[Delivery, Outcome] | None, reserve: Delivery | None
) -> dict[str, Any]:
    delivery, outcome = settled or (None, SENT)
    return {
        "batch": _key(batch),
        "settled": delivery.pk if delivery else None,
        "state": outcome.state.value,
        "unused": int(outcome.keeps_attempt),
        "code": outcome.code,
        # PostgreSQL takes no NUL in a text, and a server may answer anything.
        "error": outcome.error.replace("\0", "")[:LONGEST_ERROR],
        "refusal": outcome.refusal,
        "reserve": reserve.pk if reserve else None,
        "message_id": message_id(reserve.key) if reserve else "",
        "address_hash": address_hash(reserve.to_address) if reserve else "",
        "mailing": breaker.mailing_of(reserve) if reserve else "",
        "scope": scope_of(reserve) if reserve else "",
    }


def _times(
    settled: tuple[Delivery, Outcome] | None, parameters: dict[str, Any], *, clock: Clock
) -> tuple[str, str]:
    """Return the SQL of the present and of the next attempt's instant, adding the parameters that it names."""
    wait = (settled[1].retry_in if settled else None) or dt.timedelta(0)
    if isinstance(clock, dt.datetime):
        parameters |= {"now": _moment(clock), "later": _moment(clock + wait)}
        return "%(now)s", "%(later)s"
    if connection.vendor == "postgresql":
        parameters["wait"] = wait
        return "clock_timestamp()", "clock_timestamp() + %(wait)s"
    parameters["wait"] = f"+{wait.total_seconds():.3f} seconds"
    stamp = "strftime('%%Y-%%m-%%d %%H:%%M:%%f', 'now'"
    return f"{stamp})", f"{stamp}, %(wait)s)"


def _key(batch: Batch) -> Any:
    return batch.pk if connection.features.has_native_uuid_field else batch.pk.hex


def _moment(at: dt.datetime) -> Any:
    return connection.ops.adapt_datetimefield_value(at)


def _turn_away(batch: Batch, reserve: Delivery, rule: Rule, *, clock: Clock) -> Turn:
    """Write down which rule keeps a mail back."""
    with transaction.atomic():
        if not Batch.objects.select_for_update().filter(pk=batch.pk).exists():
            return Turn.LOST
        mine = Delivery.objects.filter(pk=reserve.pk, batch=batch, state=State.CLAIMED)
        if rule.state == State.PENDING:
            mine.update(state=rule.state, next_at=read(clock) + breaker.LOOK_AGAIN, batch=None)
        elif not mine.filter(doubts=0).update(state=rule.state, reason=rule.reason, batch=None):
            # It may have arrived the first time: "not sent" would be a lie.
            error = f"in doubt, and not tried again: {rule.name}"
            mine.update(state=State.UNCERTAIN, last_error=error, batch=None)
    return Turn.PASS


def renew(batch: Batch, *, clock: Clock) -> bool:
    """Prolong a lease that is still ours; False when it is lost."""
    return bool(Batch.objects.filter(pk=batch.pk).update(lease_until=read(clock) + LEASE))


def release(batch: Batch) -> None:
    """Give back what was claimed and not begun, and end the batch."""
    with transaction.atomic():
        if not Batch.objects.select_for_update().filter(pk=batch.pk).exists():
            return
        Delivery.objects.filter(batch=batch, state=State.CLAIMED).update(state=State.PENDING, batch=None)
        # A row still `sending` stays with the batch: the reaper will call it uncertain.
        if not Delivery.objects.filter(batch=batch).exists():
            _end(batch)


def reap(*, clock: Clock) -> int:
    """Take back what workers that died or froze were holding; return how many batches."""
    at = read(clock)
    reaped = 0
    for pk in Batch.objects.filter(lease_until__lte=at).values_list("pk", flat=True):
        with transaction.atomic():
            batch = (
                Batch.objects.select_for_update(skip_locked=True).filter(pk=pk, lease_until__lte=at).first()
            )
            if batch is None:
                continue
            Delivery.objects.filter(batch=batch, state=State.CLAIMED).update(state=State.PENDING, batch=None)
            doubt(Delivery.objects.filter(batch=batch, state=State.SENDING), at=at)
            _end(batch)
            failpoints.reach("in-reap")
            reaped += 1
    return reaped


def _end(batch: Batch) -> None:
    # Nothing refers to it: no need to let Django look for what would go with it.
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM notifications_batch WHERE id = %s", [_key(batch)])
