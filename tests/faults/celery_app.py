"""The site's Celery application with every wait shortened, so that a chaos run takes minutes and not hours."""

from __future__ import annotations

import datetime as dt

from celery.signals import worker_init

from config.celery import app

__all__ = ["app"]
LEASE = 6.0
REPLY_SECONDS = 3.0


@worker_init.connect  # type: ignore[untyped-decorator]  # Celery ships no types
def shorten(**_: object) -> None:
    """Shorten what takes minutes in earnest; which wait is longer than which stays."""
    from notifications.delivery.run import leases, sending  # noqa: PLC0415 - Django is set up now
    from notifications.transport import transports  # noqa: PLC0415 - Django is set up now

    leases.LEASE = dt.timedelta(seconds=LEASE)
    sending.RENEW_EVERY = 1.5
    sending.DOMAIN_PAUSE = sending.PAUSE = dt.timedelta(seconds=0.5)
    sending.BATCH = 25
    transports.REPLY_TIMEOUT = REPLY_SECONDS
    transports.BACK_OFF = tuple(dt.timedelta(seconds=seconds) for seconds in (0.5, 1, 2, 3, 4))
