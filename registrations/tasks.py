"""What Celery wakes for registrations. No argument is worth losing: a lost or doubled task changes nothing."""

from __future__ import annotations

from typing import Any

from celery import shared_task
from django.utils import timezone

from accounts import journal
from cycles import team

from . import booking
from .links import finding
from .people import participants
from .rate_limits import limits


@shared_task(name="registrations.purge")  # type: ignore[untyped-decorator]  # Celery ships no types
def purge(**_: Any) -> None:
    """Erase what nobody confirmed in time, old journal lines, invitations and counters; any number of times a day."""
    at = timezone.now()
    booking.purge_unconfirmed(at=at)
    participants.forget_asked_addresses(at=at)
    journal.purge(at=at)
    team.purge(at=at)
    limits.forget_past(at=at)


@shared_task(name="registrations.settle")  # type: ignore[untyped-decorator]  # Celery ships no types
def settle(**_: Any) -> None:
    """Pass on the places whose offer ran out, and those that nobody passed on; every minute."""
    booking.settle_due(at=timezone.now())


@shared_task(name="registrations.answer_link_requests")  # type: ignore[untyped-decorator]  # Celery ships no types
def answer_link_requests(**_: Any) -> None:
    """Mail the links that people asked for; every ten seconds."""
    finding.answer_all(at=timezone.now())
