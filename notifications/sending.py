"""The loop that empties the ledger, and the tick that fills it. Celery and cron call the same two functions."""

from __future__ import annotations

import contextlib
import datetime as dt
import logging
import os
import socket
import threading
from typing import TYPE_CHECKING

from celery import current_app
from django.db import DatabaseError, connection, transaction
from django.db.models.functions import Now
from kombu.exceptions import OperationalError

from . import compose, failpoints, ledger, plan, transports
from .ledger import Outcome
from .models import Delivery, Heartbeat, Suppression

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .ledger import Clock
    from .models import Batch
    from .transports import Transport

logger = logging.getLogger(__name__)

BATCH = 50
RENEW_EVERY = 30.0
PAUSE = dt.timedelta(minutes=2)
DOMAIN_PAUSE = dt.timedelta(minutes=1)
BEAT_IS_LOST = dt.timedelta(minutes=2)
TICK, TRANSPORT = "tick", "transport"
# An administrator paused all mail, until they end it.
PAUSED = "paused"


def tick(*, clock: Clock | None = None) -> int:
    """Replan what changed, owe what is due, take back what dead workers held. Return how many mails are due.

    Harmless twice, or by two beats at once.
    """
    clock = clock or Now()
    at = ledger.read(clock)
    plan.heal(at=at)
    failpoints.reach("before-fan-out")
    plan.open_due(at=at)
    ledger.reap(clock=at)
    beat(TICK, at=at)
    return ledger.due_count(at=at)


def beat(name: str, *, at: dt.datetime, detail: str = "") -> None:
    Heartbeat.objects.update_or_create(name=name, defaults={"at": at, "detail": detail})


def paused_until(*, at: dt.datetime) -> dt.datetime | None:
    """Return until when no mail leaves: the server is given a rest, or all mail is paused; None otherwise."""
    row = Heartbeat.objects.filter(name__in=(TRANSPORT, PAUSED), at__gt=at).order_by("-at").first()
    return row.at if row else None


def drain(*, clock: Clock | None = None, limit: int = BATCH, batches: int = 20) -> int:
    """Send what is due, at most `batches` batches; return how many mails were handed over or settled."""
    clock = clock or Now()
    done = 0
    for _ in range(batches):
        if paused_until(at=ledger.read(clock)):
            break
        batch, deliveries = ledger.claim(worker=_worker(), limit=limit, clock=clock)
        if batch is None:
            break
        failpoints.reach("after-claim")
        done += _send_batch(batch, deliveries, clock=clock)
    return done


def _worker() -> str:
    return f"{socket.gethostname()[:60]}:{os.getpid()}"


def _send_batch(batch: Batch, deliveries: list[Delivery], *, clock: Clock) -> int:
    """Send one batch over one connection; return how many were settled."""
    transport = transports.chosen()
    try:
        transport.open()
    except transports.TransportDown as error:
        ledger.release(batch)
        _pause(str(error), clock=clock)
        return 0
    settled: tuple[Delivery, Outcome] | None = None
    slowed: str | None = None
    done = 0
    try:
        with _renewed(batch):
            for delivery in deliveries:
                is_mine = ledger.advance(batch, settled=settled, reserve=delivery, clock=clock)
                if is_mine is None:
                    settled = None
                    return done
                done += 1
                settled = None
                if not is_mine:
                    continue
                failpoints.reach("after-reserve")
                outcome, is_open = _hand_over(transport, delivery, clock=clock)
                failpoints.reach("after-hand-over")
                settled = (delivery, outcome)
                _follow_up(delivery, outcome, clock=clock)
                if outcome.code == transports.CLOSING:
                    slowed = delivery.domain
                if not is_open:
                    break
    finally:
        if settled is not None:
            ledger.advance(batch, settled=settled, reserve=None, clock=clock)
            failpoints.reach("after-settle")
        ledger.release(batch)
        if slowed is not None:
            # Once the rest of the batch waits again, so that it waits as well.
            ledger.slow_domain(slowed, until=ledger.read(clock) + DOMAIN_PAUSE)
        transport.close()
    return done


def _hand_over(transport: Transport, delivery: Delivery, *, clock: Clock) -> tuple[Outcome, bool]:
    """Compose and send one mail; return its outcome, and whether the connection is still of use."""
    attempt = delivery.attempts + 1
    try:
        message = compose.message(delivery, at=ledger.read(clock))
    except Exception as error:
        # One mail that cannot be written must not stop the others. It is listed as failed.
        logger.exception("could not compose delivery %s", delivery.pk)
        return Outcome(state=Delivery.State.FAILED, error=f"{type(error).__name__}: {error}"), True
    try:
        return transport.send(message, attempt=attempt), True
    except transports.Closed as closed:
        return closed.outcome, False
    except transports.TransportDown as error:
        _pause(str(error), clock=clock)
        retry = Outcome(state=Delivery.State.PENDING, error=str(error), retry_in=PAUSE)
        return retry, False


def _follow_up(delivery: Delivery, outcome: Outcome, *, clock: Clock) -> None:
    if outcome.state == Delivery.State.SUPPRESSED:
        ledger.suppress(delivery.to_address, reason=Suppression.Reason.BOUNCE, at=ledger.read(clock))


def _pause(reason: str, *, clock: Clock) -> None:
    logger.warning("mail is paused for two minutes: %s", reason)
    beat(TRANSPORT, at=ledger.read(clock) + PAUSE, detail=reason[:500])


@contextlib.contextmanager
def _renewed(batch: Batch) -> Iterator[None]:
    """Keep the lease alive from a thread of its own while a slow server makes us wait."""
    done = threading.Event()

    def renew() -> None:
        while not done.wait(RENEW_EVERY):
            try:
                if not ledger.renew(batch, clock=Now()):
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
    return bool(ledger.due_count(at=at)) and paused_until(at=at) is None


def wake() -> None:
    """Ask a worker, after the commit, to send at once. A lost request costs half a minute: the tick sends."""
    transaction.on_commit(_publish)


def _publish() -> None:
    try:
        current_app.send_task("notifications.drain", retry=False)
    except (OSError, OperationalError):
        logger.info("no broker at hand: the next tick sends")
