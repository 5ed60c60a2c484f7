"""The loop that empties the ledger, and the tick that fills it. Celery and cron call the same two functions."""

from __future__ import annotations

import contextlib
import datetime as dt
import logging
import os
import socket
import threading
import time
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.db.models.functions import Now

from notifications import wake_file
from notifications.delivery import ledger, nudge, restored, sent_texts
from notifications.joining import owing
from notifications.mail import compose
from notifications.mail.own_texts.texts import Texts
from notifications.models import Delivery, Heartbeat, Suppression
from notifications.plan import healing, planner
from notifications.transport import refusals, throttle, transports, trouble
from web.counters import counters

from . import breaker, failpoints, leases
from .leases import Outcome, Turn

if TYPE_CHECKING:
    from collections.abc import Iterator

    from notifications.delivery.ledger import Clock
    from notifications.models import Batch
    from notifications.transport.transports import Letter, Transport

logger = logging.getLogger(__name__)

BATCH = 100
# How long one turn of a worker lasts at most, but for the mail in hand: seconds.
TURN = 60.0
RENEW_EVERY = 30.0
LONGEST_NAP = 5.0
PAUSE = transports.REST
NO_TEXTS = ("", "")
DOMAIN_PAUSE = dt.timedelta(minutes=1)
BEAT_IS_LOST = dt.timedelta(minutes=2)
TICK, TRANSPORT = "tick", "transport"
# An administrator paused all mail, or a backup was restored: until a person ends it.
PAUSED = restored.PAUSED


def tick(*, clock: Clock | None = None) -> int:
    """Replan what changed, owe what is due, take back what dead workers held. Return how many mails are due.

    Harmless twice, or by two beats at once.
    """
    clock = clock or Now()
    at = ledger.read(clock)
    restored.look(at=at)
    healing.heal_some(at=at)
    failpoints.reach("before-fan-out")
    planner.open_due(at=at)
    owing.owe_due(at=at)
    leases.reap(clock=at)
    beat(TICK, at=at)
    counters.add("escale_ticks_total")
    return ledger.due_count(at=at)


def beat(name: str, *, at: dt.datetime, detail: str = "") -> None:
    Heartbeat.objects.update_or_create(name=name, defaults={"at": at, "detail": detail})


def paused_until(*, at: dt.datetime) -> dt.datetime | None:
    """Return until when no mail leaves: the server is given a rest, or all mail is paused; None otherwise."""
    row = Heartbeat.objects.filter(name__in=(TRANSPORT, PAUSED), at__gt=at).order_by("-at").first()
    return row.at if row else None


def drain(
    *, clock: Clock | None = None, limit: int = BATCH, batches: int | None = None, seconds: float = TURN
) -> int:
    """Send what is due for `seconds` at most (and so many batches); return how many mails were dealt with."""
    clock = clock or Now()
    ends = time.monotonic() + seconds
    restored.look(at=ledger.read(clock))
    done = turns = 0
    while time.monotonic() < ends and (batches is None or turns < batches):
        if paused_until(at=ledger.read(clock)):
            break
        batch, deliveries = leases.claim(worker=_worker(), limit=limit, clock=clock)
        if batch is None:
            if _waited_for_a_turn(clock=clock, ends=ends):
                continue
            break
        failpoints.reach("after-claim")
        done += _send_batch(batch, deliveries, clock=clock, ends=ends)
        turns += 1
    return done


def _waited_for_a_turn(*, clock: Clock, ends: float) -> bool:
    """Wait for the next mail that a rate holds back, if it may go before the worker's turn ends."""
    if isinstance(clock, dt.datetime):
        return False  # A clock that stands still brings no turn.
    at = ledger.read(clock)
    turn = throttle.next_turn(at=at)
    seconds = (turn - at).total_seconds() if turn else 0.0
    if turn is None or time.monotonic() + seconds >= ends:
        return False
    # Others may take it meanwhile, and what is new may be due sooner.
    time.sleep(min(seconds, LONGEST_NAP))
    return True


def _worker() -> str:
    return f"{socket.gethostname()[:60]}:{os.getpid()}"


def _send_batch(batch: Batch, deliveries: list[Delivery], *, clock: Clock, ends: float) -> int:
    """Send one batch over one connection, until `ends`; return how many were dealt with."""
    if not deliveries:
        leases.release(batch)
        return 0
    transport = transports.chosen()
    try:
        transport.open()
    except transports.TransportDown as error:
        leases.release(batch)
        at = ledger.read(clock)
        _pause(str(error), at=at, rest=trouble.note(error, at=at))
        return 0
    said: dict[int, tuple[str, str]] = {}
    try:
        with _renewed(batch):
            done, is_mine = _send_each(transport, batch, deliveries, said=said, clock=clock, ends=ends)
    finally:
        # Whatever went wrong, a mail that is `sending` stays so: only the reaper may judge it.
        transport.close()
    if is_mine:
        leases.release(batch)
    # What left is written down already; a worker that ends before this has lost a text to read, and no mail.
    sent_texts.keep(said, at=ledger.read(clock))
    return done


def _send_each(
    transport: Transport,
    batch: Batch,
    deliveries: list[Delivery],
    *,
    said: dict[int, tuple[str, str]],
    clock: Clock,
    ends: float,
) -> tuple[int, bool]:
    """Hand over mail by mail; return how many were dealt with, and whether the batch is still ours.

    `said` is given what the mails that left say.

    A failing database ends it with an exception: what cannot be written down is not begun.
    """
    settled: tuple[Delivery, Outcome] | None = None
    done, is_taken = 0, False
    # Read anew for each batch: what an organiser has just written is in the next one.
    texts = Texts()
    # A batch lasts a minute at most: near enough for "tomorrow" and "it has just begun".
    at = ledger.read(clock)
    for delivery in deliveries:
        if time.monotonic() >= ends:
            break
        turn = leases.advance(batch, settled=settled, reserve=delivery, clock=clock)
        if turn is Turn.LOST:
            return done, False
        done += 1
        settled = None
        if turn is Turn.PASS:
            continue
        failpoints.reach("after-reserve")
        # Only now: a mail whose writing ends the process is the one in doubt, not the one before it, which has left.
        written, marked = _write(transport, delivery, texts, at=at)
        outcome, is_open = _hand_over(transport, delivery, written, clock=clock)
        failpoints.reach("after-hand-over")
        settled = (delivery, outcome)
        if outcome.state == Delivery.State.SENT and delivery.cycle_id is not None and marked[1]:
            said[delivery.pk] = marked
        if outcome.state == Delivery.State.SENT and not is_taken:
            is_taken = True
            trouble.accepted(at=ledger.read(clock))
        _follow_up(delivery, outcome, clock=clock)
        if not is_open:
            break
    if settled is not None:
        if leases.advance(batch, settled=settled, reserve=None, clock=clock) is Turn.LOST:
            return done, False
        failpoints.reach("after-settle")
    return done, True


def _write(
    transport: Transport, delivery: Delivery, texts: Texts, *, at: dt.datetime
) -> tuple[Letter | Outcome, tuple[str, str]]:
    """Return the mail, or what becomes of a delivery that has none; and its texts without what is the reader's own."""
    try:
        message = compose.message(delivery, at=at, texts=texts)
        return transport.prepare(message, delivery), message.marked
    except DatabaseError as error:
        # Nobody's fault but the moment's; nothing has left.
        waiting = Delivery.State.PENDING
        return Outcome(state=waiting, error=_said(error), retry_in=PAUSE, keeps_attempt=True), NO_TEXTS
    except Exception as error:
        # One mail that cannot be written must not stop the others. It is listed as failed.
        logger.exception("could not compose delivery %s", delivery.pk)
        return Outcome(state=Delivery.State.FAILED, error=_said(error)), NO_TEXTS


def _hand_over(
    transport: Transport, delivery: Delivery, written: Letter | Outcome, *, clock: Clock
) -> tuple[Outcome, bool]:
    """Send one mail; return its outcome, and whether the connection is still of use."""
    if isinstance(written, Outcome):
        return written, True
    try:
        return transport.send(written, attempt=delivery.attempts + 1), True
    except transports.Closed as closed:
        return closed.outcome, False
    except transports.TransportDown as error:
        at = ledger.read(clock)
        waiting, rest = trouble.outcome(delivery, error, at=at)
        if rest:
            _pause(str(error), at=at, rest=rest)
        return waiting, False


def _said(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"


def _follow_up(delivery: Delivery, outcome: Outcome, *, clock: Clock) -> None:
    reply = f"{outcome.code // 100}xx" if outcome.code else "none"
    counters.add("escale_mails_total", outcome=str(outcome.state), reply=reply)
    if outcome.state == Delivery.State.SUPPRESSED:
        ledger.suppress(
            delivery.to_address,
            reason=Suppression.Reason.BOUNCE,
            at=ledger.read(clock),
            mailing=breaker.mailing_of(delivery),
        )
    if outcome.refusal:
        breaker.note(delivery, outcome, at=ledger.read(clock))
    if outcome.code == transports.CLOSING:
        throttle.slow_domain(delivery.domain, until=ledger.read(clock) + DOMAIN_PAUSE)


def _pause(reason: str, *, at: dt.datetime, rest: dt.timedelta) -> None:
    result = refusals.without_addresses(reason)
    logger.warning("mail is paused for %s: %s", rest, result)
    beat(TRANSPORT, at=at + rest, detail=result[:500])


@contextlib.contextmanager
def _renewed(batch: Batch) -> Iterator[None]:
    """Keep the lease alive from a thread of its own while a slow server makes us wait."""
    done = threading.Event()

    def renew() -> None:
        while not done.wait(RENEW_EVERY):
            try:
                if not leases.renew(batch, clock=Now()):
                    return
            except DatabaseError:
                logger.exception("could not renew the lease of %s", batch.pk)
            finally:
                connection.close()

    thread = threading.Thread(target=renew, name=f"lease-{batch.pk}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def tick_if_nobody_does() -> None:
    """Tick from a worker when no beat has done so for two minutes."""
    at = ledger.database_time()
    if not Heartbeat.objects.filter(name=TICK, at__gt=at - BEAT_IS_LOST).exists():
        tick()


def has_due() -> bool:
    """Tell whether mail waits that may be sent now."""
    at = ledger.database_time()
    return ledger.oldest_due(at=at) is not None and paused_until(at=at) is None


def wake() -> None:
    """Ask a worker, after the commit, to send at once. A lost request costs half a minute: the tick sends.

    Asked once for all the mails of a transaction; what a rolled back savepoint asked is forgotten with it.
    """
    if not any(publish in asked for asked in connection.run_on_commit):
        transaction.on_commit(publish)


def publish() -> None:
    """Ask one worker to send. Asked again by each tick: one that nobody took by then is worth nothing."""
    if settings.REDIS_URL:
        nudge.nudge.ask("notifications.drain")
        return
    try:
        wake_file.touch()
    except OSError:
        logger.info("no worker could be told: the next tick sends")
