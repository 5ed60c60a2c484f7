"""What Celery wakes for cycles."""

from __future__ import annotations

from typing import Any

from celery import shared_task
from django.utils import timezone

from . import audience


@shared_task(name="cycles.forget")  # type: ignore[untyped-decorator]  # Celery ships no types
def forget(**_: Any) -> None:
    """Throw away what only counted the readers of a day that is over; any number of times a day."""
    audience.forget(at=timezone.now())
