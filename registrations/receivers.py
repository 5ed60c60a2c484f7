"""What registrations do when a cycle changes: rows, in the same transaction, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.dispatch import receiver

from cycles.signals import places_changed, sessions_added

from . import booking

if TYPE_CHECKING:
    import datetime as dt

    from cycles.models import Cycle


@receiver(sessions_added, dispatch_uid="registrations.join_added_sessions")
def join_added_sessions(*, cycle: Cycle, session_ids: list[int], at: dt.datetime, **_: Any) -> None:
    booking.join_added_sessions(cycle, session_ids=session_ids, at=at)


@receiver(places_changed, dispatch_uid="registrations.settle")
def settle(*, cycle_id: int, at: dt.datetime, **_: Any) -> None:
    booking.settle(cycle_id, at=at)
