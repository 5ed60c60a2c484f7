"""The delivery ledger: the only writer of `Delivery.state`.

pending → claimed → sending → sent | failed | suppressed | skipped | uncertain. `sending` is committed before
a mail is handed over, and settling one mail and reserving the next are one transaction: a crash leaves at
most one mail in doubt per connection. Every write of a worker is conditional on its batch, so that one frozen
past its lease can write nothing more.

`clock` is `Now()`, the database's own clock read as the statement runs, or an aware instant (tests). Lock
order is always batch, then delivery.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import (
    BigIntegerField,
    Case,
    CharField,
    DateTimeField,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Q,
    Value,
    When,
)
from django.db.models.functions import Cast, Concat, Lower, Now, StrIndex, Substr

from cycles.models import Session
from registrations.models import CycleRegistration
from registrations.models import State as Seat

from .kinds import KINDS
from .models import Batch, Delivery, NewsStop, OnUncertain, Suppression

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet
    from django.db.models.expressions import Combinable

    from registrations.models import Registration

    from .models import Occurrence

Clock = dt.datetime | Now
LEASE = dt.timedelta(minutes=3)
DOUBTS_AT_MOST = 2
LONGEST_ERROR = 500
Reason = Delivery.Reason

# A CTE: with IN (subquery LIMIT) PostgreSQL may run the subquery again and take too many.
CLAIM_POSTGRESQL = """
WITH chosen AS MATERIALIZED (
    SELECT id FROM notifications_delivery WHERE state = 'pending' AND next_at <= %s
    ORDER BY next_at, id LIMIT %s FOR UPDATE SKIP LOCKED)
UPDATE notifications_delivery SET state = 'claimed', batch_id = %s
FROM chosen WHERE notifications_delivery.id = chosen.id RETURNING notifications_delivery.id
"""
# Inside BEGIN IMMEDIATE: SQLite has one writer at a time.
CLAIM_SQLITE = """
UPDATE notifications_delivery SET state = 'claimed', batch_id = %s WHERE id IN (
    SELECT id FROM notifications_delivery WHERE state = 'pending' AND next_at <= %s
    ORDER BY next_at, id LIMIT %s) RETURNING id
"""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """How handing over one mail ended. `retry_in` only for a temporary refusal, which is safe to repeat."""

    state: Delivery.State
    code: int | None = None
    error: str = ""
    retry_in: dt.timedelta | None = None


SENT = Outcome(state=Delivery.State.SENT)


def address_hash(address: str) -> str:
    """Return how a stopped address is kept: keyed, so that a list of addresses cannot be tried on it."""
    key = hashlib.sha256(b"suppression" + settings.SECRET_KEY.encode()).digest()
    return hmac.new(key, address.casefold().encode(), hashlib.sha256).hexdigest()


def owe(deliveries: Iterable[Delivery]) -> None:
    """Insert owed mails; one whose key is known already is left exactly as it is."""
    Delivery.objects.bulk_create(deliveries, ignore_conflicts=True, batch_size=200)


def owe_people(
    people: QuerySet[Registration] | QuerySet[CycleRegistration],
    *,
    occurrence: Occurrence,
    prefix: str,
    leaves_at: dt.datetime,
    at: dt.datetime,
) -> int:
    """Insert the mails that a mailing owes to these registrations, by one statement; return how many were new.

    The addresses never pass through this process: memory stays the same for ten people and a million.
    """
    step = occurrence.step
    # People registered for the cycle need have no row for the session: their own key, and none to name.
    is_whole = people.model is CycleRegistration
    columns: dict[str, Any] = {
        "key": Concat(Value(f"{prefix}c" if is_whole else prefix), Cast("pk", CharField())),
        "kind": Value(occurrence.kind),
        "occurrence_id": Value(occurrence.pk),
        "session_id": Value(occurrence.session_id),
        # News are not about a schedule: a stop that moves afterwards makes them no less true.
        "revision": Value(
            None if KINDS[occurrence.kind].stops_with_news else occurrence.revision,
            output_field=IntegerField(),
        ),
        "registration_id": Value(None, output_field=BigIntegerField()) if is_whole else F("pk"),
        "cycle_registration_id": F("pk") if is_whole else F("cycle_registration_id"),
        "on_uncertain": Value(step.on_uncertain if step else OnUncertain.RETRY.value),
        "not_after": Value(occurrence.not_after, output_field=DateTimeField()),
    }
    return insert(people, columns, at=at, leaves_at=leaves_at)


def insert(
    people: QuerySet[Registration] | QuerySet[CycleRegistration],
    columns: dict[str, Any],
    *,
    at: dt.datetime,
    leaves_at: dt.datetime,
) -> int:
    """Insert one mail a row of `people`, by one statement; return how many were new.

    `columns` are expressions over the row: `key` and `kind` at least; the rest is what every new mail is.
    """
    columns = {
        "participant_id": F("participant_id"),
        "to_address": F("participant__email"),
        "domain": Lower(Substr("participant__email", StrIndex("participant__email", Value("@")) + 1)),
        "language": F("participant__language"),
        "on_uncertain": Value(OnUncertain.RETRY.value),
        "state": Value(Delivery.State.PENDING.value),
        "reason": Value(""),
        "created_at": Value(at, output_field=DateTimeField()),
        "next_at": Value(leaves_at, output_field=DateTimeField()),
        "attempts": Value(0),
        "doubts": Value(0),
        "message_id": Value(""),
        "last_error": Value(""),
    } | columns
    select, parameters = people.order_by().values_list(*columns.values()).query.sql_with_params()
    # Only our own column names go into the text; every value is a parameter.
    statement = f"INSERT INTO notifications_delivery ({', '.join(columns)}) {select} ON CONFLICT DO NOTHING"
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return int(cursor.rowcount)


def database_time() -> dt.datetime:
    """Return the database's clock as an aware UTC datetime."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT strftime('%Y-%m-%dT%H:%M:%f', 'now')")
            return dt.datetime.fromisoformat(cursor.fetchone()[0]).replace(tzinfo=dt.UTC)
        cursor.execute("SELECT clock_timestamp()")
        moment: dt.datetime = cursor.fetchone()[0]
        return moment.astimezone(dt.UTC)


def read(clock: Clock) -> dt.datetime:
    """Return the instant that a clock stands at."""
    return clock if isinstance(clock, dt.datetime) else database_time()


def claim(*, worker: str, limit: int, clock: Clock) -> tuple[Batch | None, list[Delivery]]:
    """Take up to `limit` due mails under a new lease; (None, []) when nothing is due.

    Two workers never take the same row: PostgreSQL skips locked rows, SQLite has one writer at a time.
    """
    at = read(clock)
    with transaction.atomic():
        if not Delivery.objects.filter(state=Delivery.State.PENDING, next_at__lte=at).exists():
            return None, []
        batch = Batch.objects.create(worker=worker, lease_until=at + LEASE)
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute(CLAIM_POSTGRESQL, [at, limit, batch.pk])
            else:
                moment = connection.ops.adapt_datetimefield_value(at)
                cursor.execute(CLAIM_SQLITE, [batch.pk.hex, moment, limit])
            taken = [row[0] for row in cursor.fetchall()]
        if not taken:
            batch.delete()
            return None, []
    rows = Delivery.objects.filter(pk__in=taken).select_related(
        "session__cycle", "participant", "registration", "cycle_registration__cycle", "occurrence__step"
    )
    return batch, sorted(rows, key=lambda delivery: (delivery.next_at, delivery.pk))


def _sendable(delivery: Delivery, *, clock: Clock) -> Combinable | Q:
    """Return the last-instant conditions, which the reserving UPDATE checks in the database."""
    kind = KINDS[delivery.kind]
    condition = Q(not_after=None) | Q(not_after__gt=clock)
    condition &= Q(participant__isnull=False)
    if kind.needs_seat:
        ended = (Seat.CANCELLED, Seat.REFUSED)
        condition &= ~Q(registration__state__in=ended)
        condition &= ~Q(registration=None, cycle_registration__state__in=ended)
    if delivery.revision is not None:
        condition &= Q(session__revision=F("revision"))
        if not kind.is_farewell:
            condition &= Q(session__status__in=(Session.Status.TENTATIVE, Session.Status.CONFIRMED))
    if kind.stops_with_reminders:
        condition &= Q(participant__reminders_stopped_at=None) & Q(occurrence__step__is_enabled=True)
    if kind.stops_with_news:
        cycle = delivery.cycle_registration.cycle_id if delivery.cycle_registration else None
        left = NewsStop.objects.filter(participant=OuterRef("participant"), cycle=cycle)
        condition &= Q(~Exists(left))
    stopped = Suppression.objects.filter(scope="all", address_hash=address_hash(delivery.to_address))
    return condition & ~Exists(stopped)


def advance(
    batch: Batch,
    *,
    settled: tuple[Delivery, Outcome] | None,
    reserve: Delivery | None,
    clock: Clock,
) -> bool | None:
    """Settle the previous mail and reserve the next in one transaction.

    True: `reserve` is now `sending` and must be handed over. False: it is not to be sent, and its row says
    why. None: the batch is lost (its lease ran out): stop at once.
    """
    with transaction.atomic():
        if not Batch.objects.select_for_update().filter(pk=batch.pk).exists():
            return None
        if settled is not None and not _settle(batch, *settled, clock=clock):
            return None
        if reserve is None:
            return False
        mine = Delivery.objects.filter(pk=reserve.pk, batch=batch, state=Delivery.State.CLAIMED)
        # Conditions over joins: Django writes them as a subquery on the key, still one statement.
        sendable = mine.filter(_sendable(reserve, clock=clock))
        if sendable.update(
            state=Delivery.State.SENDING,
            attempts=F("attempts") + 1,
            sending_at=clock,
            message_id=message_id(reserve.key),
        ):
            return True
        row = mine.select_related(
            "session", "registration", "cycle_registration", "participant", "occurrence__step"
        ).first()
        if row is None:
            return None
        state, reason = _why_not(row, at=read(clock))
        mine.update(state=state, reason=reason, batch=None)
        return False


def _why_not(row: Delivery, *, at: dt.datetime) -> tuple[Delivery.State, str]:
    """Say why a row that could not be reserved is not sent."""
    kind = KINDS[row.kind]
    step = row.occurrence.step if row.occurrence else None
    session, person = row.session, row.participant
    is_current = row.revision is None or (session is not None and session.revision == row.revision)
    is_held = session is None or session.is_held or kind.is_farewell
    place = row.registration or row.cycle_registration
    has_ended = kind.needs_seat and place is not None and place.state in (Seat.CANCELLED, Seat.REFUSED)
    has_stopped = kind.stops_with_reminders and person is not None and person.reminders_stopped_at is not None
    left = (
        kind.stops_with_news
        and row.cycle_registration is not None
        and NewsStop.objects.filter(participant=person, cycle=row.cycle_registration.cycle_id).exists()
    )
    reasons = {
        Reason.ERASED: person is None,
        Reason.SUPERSEDED: not is_current,
        Reason.SESSION_GONE: not is_held,
        Reason.REGISTRATION_GONE: has_ended,
        Reason.REMINDERS_STOPPED: has_stopped,
        Reason.NEWS_STOPPED: left,
        Reason.STEP_OFF: step is not None and not step.is_enabled,
        Reason.TOO_LATE: row.not_after is not None and row.not_after <= at,
    }
    for reason, applies in reasons.items():
        if applies:
            return Delivery.State.SKIPPED, reason
    if Suppression.objects.filter(scope="all", address_hash=address_hash(row.to_address)).exists():
        return Delivery.State.SUPPRESSED, ""
    return Delivery.State.SKIPPED, Reason.REGISTRATION_GONE


def _settle(batch: Batch, delivery: Delivery, outcome: Outcome, *, clock: Clock) -> bool:
    row = Delivery.objects.filter(pk=delivery.pk, batch=batch, state=Delivery.State.SENDING)
    common = {"last_code": outcome.code, "last_error": outcome.error[:LONGEST_ERROR], "batch": None}
    match outcome.state:
        case Delivery.State.SENT:
            return bool(row.update(state=outcome.state, sent_at=clock, **common))
        case Delivery.State.UNCERTAIN:
            row.update(last_code=outcome.code, last_error=outcome.error[:LONGEST_ERROR])
            return bool(_doubt(row, clock=clock))
        case Delivery.State.PENDING:
            retry_in = outcome.retry_in or dt.timedelta(minutes=1)
            return bool(row.update(state=outcome.state, next_at=read(clock) + retry_in, **common))
        case _:
            return bool(row.update(state=outcome.state, **common))


def _doubt(rows: QuerySet[Delivery], *, clock: Clock) -> int:
    """Mark rows whose acceptance is unknown: retried with the same Message-ID, twice in all, or held."""
    may_retry = Q(on_uncertain=OnUncertain.RETRY, doubts__lt=DOUBTS_AT_MOST - 1)
    return rows.update(
        state=Case(
            When(may_retry, then=Value(Delivery.State.PENDING)), default=Value(Delivery.State.UNCERTAIN)
        ),
        doubts=F("doubts") + 1,
        next_at=clock,
        batch=None,
    )


def suppress(address: str, *, reason: Suppression.Reason, at: dt.datetime) -> None:
    """Stop all mail to an address."""
    Suppression.objects.bulk_create(
        [Suppression(scope="all", address_hash=address_hash(address), reason=reason, at=at)],
        ignore_conflicts=True,
    )


def renew(batch: Batch, *, clock: Clock) -> bool:
    """Prolong a lease that is still ours; False when it is lost."""
    return bool(Batch.objects.filter(pk=batch.pk).update(lease_until=read(clock) + LEASE))


def release(batch: Batch) -> None:
    """Give back what was claimed and not begun, and end the batch."""
    with transaction.atomic():
        if not Batch.objects.select_for_update().filter(pk=batch.pk).exists():
            return
        Delivery.objects.filter(batch=batch, state=Delivery.State.CLAIMED).update(
            state=Delivery.State.PENDING, batch=None
        )
        # A row still `sending` stays with the batch: the reaper will call it uncertain.
        if not Delivery.objects.filter(batch=batch).exists():
            batch.delete()


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
            Delivery.objects.filter(batch=batch, state=Delivery.State.CLAIMED).update(
                state=Delivery.State.PENDING, batch=None
            )
            _doubt(Delivery.objects.filter(batch=batch, state=Delivery.State.SENDING), clock=at)
            batch.delete()
            reaped += 1
    return reaped


def skip(rows: QuerySet[Delivery], *, reason: Delivery.Reason, held: bool = False) -> int:
    """Withdraw mails that wait, and with `held` those in doubt; what is sent or leaving is never touched."""
    states = [Delivery.State.PENDING, *([Delivery.State.UNCERTAIN] if held else [])]
    return rows.filter(state__in=states).update(state=Delivery.State.SKIPPED, reason=reason)


def requeue(rows: QuerySet[Delivery], *, address: str, at: dt.datetime) -> int:
    """Let mails that ended without being sent wait again, for an address that may be a corrected one."""
    ended = (
        Delivery.State.FAILED,
        Delivery.State.SUPPRESSED,
        Delivery.State.SKIPPED,
        Delivery.State.UNCERTAIN,
    )
    return rows.filter(state__in=ended).update(
        state=Delivery.State.PENDING,
        reason="",
        next_at=at,
        to_address=address,
        domain=address.rpartition("@")[2].lower(),
    )


def is_suppressed(address: str) -> bool:
    """Tell whether an address gets no mail any more."""
    return Suppression.objects.filter(scope="all", address_hash=address_hash(address)).exists()


def forget(participant_id: int) -> None:
    """Withdraw what a person was still owed and blank their address in all that was sent.

    The rows stay for the counts; who they were for is gone.
    """
    rows = Delivery.objects.filter(participant_id=participant_id)
    skip(rows, reason=Delivery.Reason.ERASED)
    rows.update(to_address="", domain="", last_error="")


def slow_domain(domain: str, *, until: dt.datetime) -> None:
    """Let a mail domain that answered "slow down" wait."""
    Delivery.objects.filter(domain=domain, state=Delivery.State.PENDING, next_at__lt=until).update(
        next_at=until
    )


def message_id(key: str) -> str:
    """Return the Message-ID of a delivery: the same at every attempt, and nothing personal in it."""
    secret = hashlib.sha256(b"message-id" + settings.SECRET_KEY.encode()).digest()
    digest = hmac.new(secret, key.encode(), hashlib.sha256).hexdigest()[:40]
    domain = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].rstrip("> ")
    return f"<{digest}@{domain}>"


def due_count(*, at: dt.datetime) -> int:
    """Return how many mails wait to be sent now."""
    return Delivery.objects.filter(state=Delivery.State.PENDING, next_at__lte=at).count()


def oldest_due(*, at: dt.datetime) -> dt.timedelta | None:
    """Return how late the oldest mail that is due is; None when none waits."""
    first = (
        Delivery.objects.filter(state=Delivery.State.PENDING, next_at__lte=at)
        .order_by("next_at")
        .values_list("next_at", flat=True)
        .first()
    )
    return None if first is None else at - first
