"""What Celery wakes. No argument is worth losing: a lost or doubled task changes nothing."""

from __future__ import annotations

from typing import Any

from celery import shared_task
from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.utils import timezone

from .delivery import clocks
from .delivery import retention as rules
from .delivery.run import sending
from .organisers import owing

# After an outage of the database the site is whole at once, not half a minute later. As long as until the next tick.
AGAIN: dict[str, Any] = {
    "autoretry_for": (OperationalError, InterfaceError),
    "default_retry_delay": 1,
    "max_retries": 24,
}


@shared_task(name="notifications.tick", **AGAIN)  # type: ignore[untyped-decorator]  # Celery ships no types
def tick(**_: Any) -> None:
    """Every thirty seconds, from any number of beats."""
    clocks.warn(at=timezone.now())
    due = sending.tick()
    # As many workers as there are batches to send; who comes too late finds nothing.
    for _sender in range(min(settings.ESCALE_SENDERS, -(-due // sending.BATCH))):
        sending.publish()


@shared_task(name="notifications.drain")  # type: ignore[untyped-decorator]  # Celery ships no types
def drain(**_: Any) -> None:
    """Send for a while; while work remains, ask for another turn."""
    sending.tick_if_nobody_does()
    if sending.drain() and sending.has_due():
        sending.publish()


@shared_task(name="notifications.organisers")  # type: ignore[untyped-decorator]  # Celery ships no types
def organisers(**_: Any) -> None:
    """Every quarter of an hour: owe organisers what is to be told them today."""
    owing.owe_due(at=timezone.now())


@shared_task(name="notifications.retention")  # type: ignore[untyped-decorator]  # Celery ships no types
def retention(**_: Any) -> None:
    """Once a day: erase what is no longer needed."""
    rules.run(at=timezone.now())
