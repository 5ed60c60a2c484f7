"""What Celery wakes for cycles."""

from __future__ import annotations

import datetime as dt
from typing import Any

from celery import shared_task
from django.utils import timezone

from cycles.calendars.readers import audience

from .content import documents, pictures

A_DAY = dt.timedelta(days=1)


@shared_task(name="cycles.forget")  # type: ignore[untyped-decorator]  # Celery ships no types
def forget(**_: Any) -> None:
    """Throw away what only counted the readers of a day that is over; any number of times a day."""
    audience.forget(at=timezone.now())


@shared_task(name="cycles.sweep_pictures")  # type: ignore[untyped-decorator]  # likewise
def sweep_pictures(**_: Any) -> None:
    """Delete files of pictures and documents that nothing shows any more; a day old at least, for pages still open."""
    at = timezone.now()
    pictures.sweep(at=at, older_than=A_DAY)
    documents.sweep(at=at, older_than=A_DAY)
