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
from typing import TYPE_CHECKING, Any, NoReturn

from django.db import connection, transaction

from notifications.kinds import KINDS
from notifications.models import Batch, Delivery, NewsStop
from notifications.notices import digests
from notifications.transport import throttle
from registrations import speaking
from registrations.models import State as Seat

from . import breaker, failpoints
from .ledger import (
    DOUBTS_AT_MOST,
    LONGEST_ERROR,
    address_hash,
    doubt,
    is_suppressed,
    message_id,
    prove,
    read,
    scope_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from .ledger import Clock

LEASE = dt.timedelta(minutes=3)
Reason = Delivery.Reason
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
# only, or every other one in the transaction would be planned without sorting too.
IN_INDEX_ORDER = {"postgresql": ("SET LOCAL enable_sort = off", "SET LOCAL enable_sort TO DEFAULT")}

# {now} and {later} are the database's clock, or a parameter where a test sets it.
SETTLE = f"""UPDATE notifications_delivery SET
    state = CASE WHEN CAST(%(state)s AS text) <> 'uncertain' THEN CAST(%(state)s AS text)
        WHEN on_uncertain = 'retry' AND doubts < {DOUBTS_AT_MOST - 1} THEN 'pending' ELSE 'uncertain' END,
    sent_at = CASE WHEN CAST(%(state)s AS text) = 'sent' THEN {{now}} END,
    next_at = CASE WHEN CAST(%(state)s AS text) IN ('pending', 'uncertain') THEN {{later}} ELSE next_at END,
    doubts = doubts + CASE WHEN CAST(%(state)s AS text) = 'uncertain' THEN 1 ELSE 0 END,
    attempts = attempts - %(unused)s, last_code = CAST(%(code)s AS smallint),
    last_error = CAST(%(error)s AS text), refusal = CAST(%(refusal)s AS text), batch_id = NULL
WHERE id = CAST(%(settled)s AS bigint) AND batch_id = %(batch)s AND state = 'sending'"""  # noqa: S608 - our own number
# The last instant looks at everything again: too late, erased, moved, called off, cancelled, stopped, refused.
RESERVE = """UPDATE notifications_delivery SET state = 'sending', attempts = attempts + 1, sending_at = {now},
    message_id = CASE WHEN message_id = '' THEN CAST(%(message_id)s AS text) ELSE message_id END
WHERE id = CAST(%(reserve)s AS bigint) AND batch_id = %(batch)s AND state = 'claimed'
  AND (not_after IS NULL OR not_after > {now})
  AND CASE WHEN %(is_to_speaker)s THEN EXISTS (SELECT 1 FROM cycles_speakerslot slot
      JOIN cycles_segment segment ON segment.id = slot.segment_id
      WHERE segment.session_id = notifications_delivery.session_id
        AND slot.contact_email = notifications_delivery.to_address
        AND slot.state NOT IN ('proposed', 'declined', 'replaced'))
    ELSE participant_id IS NOT NULL END
  AND (NOT %(needs_seat)s OR COALESCE(
    (SELECT state FROM registrations_registration WHERE id = notifications_delivery.registration_id),
    (SELECT state FROM registrations_cycleregistration WHERE id = notifications_delivery.cycle_registration_id),
    'refused') NOT IN ('cancelled', 'refused'))
  AND (revision IS NULL OR EXISTS (SELECT 1 FROM cycles_session session
    WHERE session.id = session_id AND session.revision = notifications_delivery.revision
      AND (%(is_farewell)s OR session.status IN ('tentative', 'confirmed'))))
  AND (NOT %(is_digest)s OR EXISTS (SELECT 1 FROM notifications_occurrence notice
      JOIN cycles_session session ON session.id = notice.session_id AND session.revision = notice.revision
      JOIN registrations_registration seat ON seat.session_id = session.id
        AND seat.cycle_registration_id = notifications_delivery.cycle_registration_id
      JOIN cycles_sessionchange change ON change.session_id = session.id AND change.revision = notice.revision
        AND change.at >= COALESCE(seat.confirmed_at, seat.queued_at)
      WHERE notice.told_by_id = occurrence_id AND notice.not_after > {now}
        AND seat.state IN ('confirmed', 'waitlisted', 'offered')))
  AND (NOT %(follows_plan)s OR EXISTS (SELECT 1 FROM notifications_occurrence mailing
      JOIN notifications_reminderstep step ON step.id = mailing.step_id
      WHERE mailing.id = occurrence_id AND step.is_enabled))
  AND (NOT %(stops_with_reminders)s OR EXISTS (SELECT 1 FROM registrations_participant person
      WHERE person.id = participant_id AND person.reminders_stopped_at IS NULL))
  AND (NOT %(stops_with_news)s OR NOT EXISTS (SELECT 1 FROM notifications_newsstop stop
    JOIN registrations_cycleregistration place ON place.id = cycle_registration_id
    WHERE stop.participant_id = notifications_delivery.participant_id AND stop.cycle_id = place.cycle_id))
  AND NOT EXISTS (SELECT 1 FROM notifications_refusedmailing held
    WHERE held.mailing = CAST(%(mailing)s AS text) AND held.held_at IS NOT NULL)
  AND NOT EXISTS (SELECT 1 FROM notifications_suppression
    WHERE scope IN ('all', CAST(%(scope)s AS text)) AND address_hash = CAST(%(address_hash)s AS text))"""
HELD = "SELECT id FROM notifications_batch WHERE id = %(batch)s"
# One statement, so one round trip and one commit. `reserved` reads `settled`, which therefore runs first.
ADVANCE = f"""WITH held AS ({HELD} FOR UPDATE),
settled AS ({SETTLE} AND EXISTS (SELECT 1 FROM held) RETURNING id),
reserved AS ({RESERVE} AND EXISTS (SELECT 1 FROM held)
    AND (CAST(%(settled)s AS bigint) IS NULL OR EXISTS (SELECT 1 FROM settled)) RETURNING id)
SELECT (SELECT count(*) FROM held), (SELECT count(*) FROM settled), (SELECT count(*) FROM reserved)"""  # noqa: S608 - our own text


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


class Busy(Exception):  # noqa: N818 - a state of the connection
    """Raised by any query that is made while the ledger is being written: ask again afterwards."""


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
        "session__cycle__programme",
        "cycle_registration__cycle__programme",
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
    meanwhile: Callable[[], object] | None = None,
) -> Turn:
    """Settle the previous mail and reserve the next in one transaction.

    `meanwhile` is run once, while the database works where it works beside us. Its queries may raise Busy; it must
    not raise anything itself.
    """
    held, was_settled, was_reserved = _write(batch, settled, reserve, clock=clock, meanwhile=meanwhile)
    if not held or (settled is not None and not was_settled):
        if settled is not None and settled[1].state == State.SENT:
            # Taken from us meanwhile and in doubt; but the server's answer came, and it says "accepted".
            prove(settled[0].pk, clock=clock)
        return Turn.LOST
    if reserve is None:
        return Turn.PASS
    return Turn.GO if was_reserved else _turn_away(batch, reserve, clock=clock)


def _write(
    batch: Batch,
    settled: tuple[Delivery, Outcome] | None,
    reserve: Delivery | None,
    *,
    clock: Clock,
    meanwhile: Callable[[], object] | None,
) -> tuple[bool, bool, bool]:
    """Return whether the batch is ours, the first mail was settled, and the second reserved."""
    parameters = _parameters(batch, settled, reserve)
    now, later = _times(settled, parameters, clock=clock)
    if connection.vendor == "postgresql":
        return _write_at_once(ADVANCE.format(now=now, later=later), parameters, meanwhile)
    if meanwhile is not None:
        meanwhile()
    with transaction.atomic(), connection.cursor() as cursor:
        if cursor.execute(HELD, parameters).fetchone() is None:
            return False, False, False
        was_settled = bool(
            settled and cursor.execute(SETTLE.format(now=now, later=later), parameters).rowcount
        )
        if settled is not None and not was_settled:
            return True, False, False
        if reserve is None:
            return True, was_settled, False
        return True, was_settled, bool(cursor.execute(RESERVE.format(now=now), parameters).rowcount)


def _write_at_once(
    statement: str, parameters: dict[str, Any], meanwhile: Callable[[], object] | None
) -> tuple[bool, bool, bool]:
    """Run ADVANCE as a prepared statement: planning it takes longer than running it.

    Django's own cursors put the values into the text, which is then another statement for each mail, and wait for
    the answer. In a pipeline the statement is on its way when `meanwhile` runs; leaving it commits. Until then
    nothing else may be asked: a query that fails would take the statement back with it.
    """
    import psycopg  # noqa: PLC0415 - not installed where SQLite is enough

    connection.ensure_connection()
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        with connection.connection.pipeline():
            cursor.execute(statement, parameters, prepare=True)
            if meanwhile is not None:
                with connection.execute_wrapper(_ask_nothing):
                    meanwhile()
        row = cursor.fetchone()
    held, was_settled, was_reserved = row or (0, 0, 0)
    return bool(held), bool(was_settled), bool(was_reserved)


def _ask_nothing(*_query: object) -> NoReturn:
    raise Busy


def _parameters(
    batch: Batch, settled: tuple[Delivery, Outcome] | None, reserve: Delivery | None
) -> dict[str, Any]:
    delivery, outcome = settled or (None, SENT)
    kind = KINDS[reserve.kind] if reserve else None
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
        "needs_seat": bool(kind and kind.needs_seat),
        "is_farewell": bool(kind and kind.is_farewell),
        "follows_plan": bool(kind and kind.follows_plan),
        "is_to_speaker": bool(kind and kind.is_to_speaker),
        "is_digest": bool(kind and kind.is_digest),
        "stops_with_reminders": bool(kind and kind.stops_with_reminders),
        "stops_with_news": bool(kind and kind.stops_with_news),
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


def _turn_away(batch: Batch, reserve: Delivery, *, clock: Clock) -> Turn:
    """Write down why a row that could not be reserved is not sent."""
    with transaction.atomic():
        if not Batch.objects.select_for_update().filter(pk=batch.pk).exists():
            return Turn.LOST
        mine = Delivery.objects.filter(pk=reserve.pk, batch=batch, state=State.CLAIMED)
        row = mine.select_related(
            "session__cycle", "registration", "cycle_registration__cycle", "participant", "occurrence__step"
        ).first()
        if row is None:
            # Somebody proved meanwhile that it had arrived.
            return Turn.PASS
        at = read(clock)
        state, reason = _why_not(row, at=at)
        if row.doubts and state in (State.SKIPPED, State.SUPPRESSED):
            # It may have arrived the first time: "not sent" would be a lie.
            error = f"in doubt, and not tried again: {reason or state}"
            mine.update(state=State.UNCERTAIN, last_error=error, batch=None)
        elif state == State.PENDING:
            # The reason went away between two looks, or its mailing waits for a person.
            mine.update(state=state, next_at=breaker.look_again(row, at=at), batch=None)
        else:
            mine.update(state=state, reason=reason, batch=None)
    return Turn.PASS


def _why_not(row: Delivery, *, at: dt.datetime) -> tuple[Delivery.State, str]:
    """Say in the words of the ledger what RESERVE found wrong."""
    kind = KINDS[row.kind]
    step = row.occurrence.step if row.occurrence else None
    session, person = row.session, row.participant
    is_current = row.revision is None or (session is not None and session.revision == row.revision)
    is_held = session is None or session.is_held or kind.is_farewell
    place = row.registration or row.cycle_registration
    has_ended = kind.needs_seat and (place is None or place.state in (Seat.CANCELLED, Seat.REFUSED))
    has_stopped = kind.stops_with_reminders and person is not None and person.reminders_stopped_at is not None
    left = (
        kind.stops_with_news
        and row.cycle_registration is not None
        and NewsStop.objects.filter(participant=person, cycle=row.cycle_registration.cycle_id).exists()
    )
    reasons = {
        Reason.ERASED: person is None and not kind.is_to_speaker,
        Reason.NOT_SPEAKING: kind.is_to_speaker and _speaks_no_more(row),
        Reason.SUPERSEDED: not is_current or (kind.is_digest and digests.is_overtaken(row.occurrence)),
        Reason.SESSION_GONE: row.revision is not None and not is_held,
        Reason.REGISTRATION_GONE: has_ended or (kind.is_digest and not digests.concerns(row)),
        Reason.REMINDERS_STOPPED: has_stopped,
        Reason.NEWS_STOPPED: left,
        Reason.STEP_OFF: kind.follows_plan and (step is None or not step.is_enabled),
        Reason.TOO_LATE: (row.not_after is not None and row.not_after <= at)
        or (kind.is_digest and not digests.concerns(row, at=at)),
    }
    for reason, applies in reasons.items():
        if applies:
            return State.SKIPPED, reason
    if is_suppressed(row.to_address, scope=scope_of(row)):
        return State.SUPPRESSED, ""
    return State.PENDING, ""


def _speaks_no_more(row: Delivery) -> bool:
    return row.session is None or speaking.find(row.session, email=row.to_address) is None


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
