"""What Celery wakes for speakers. A lost or doubled task changes nothing."""

from __future__ import annotations

from typing import Any

from celery import shared_task
from django.utils import timezone

from . import keeping


@shared_task(name="speakers.settle")  # type: ignore[untyped-decorator]  # Celery ships no types
def settle(**_: Any) -> None:
    """Publish the slides of sessions that are over, hold what nobody agrees to any more; every ten minutes."""
    keeping.settle(at=timezone.now())


@shared_task(name="speakers.purge")  # type: ignore[untyped-decorator]  # Celery ships no types
def purge(**_: Any) -> None:
    """Forget the contacts of cycles long over, and delete the files that nothing names; once a day."""
    keeping.purge(at=timezone.now())
