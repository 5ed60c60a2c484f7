"""What registrations do when a cycle changes: rows in the same transaction, or a refusal, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.dispatch import receiver
from django.utils.translation import gettext as _

from cycles.schedule.planning import PlanningError
from cycles.signals import cycle_leaving, places_changed, sessions_added

from . import booking

if TYPE_CHECKING:
    import datetime as dt

    from cycles.models import Cycle


@receiver(sessions_added, dispatch_uid="registrations.join_added_sessions")
def join_added_sessions(*, cycle: Cycle, session_ids: list[int], at: dt.datetime, **_more: Any) -> None:
    booking.join_added_sessions(cycle, session_ids=session_ids, at=at)


@receiver(places_changed, dispatch_uid="registrations.settle")
def settle(*, cycle_id: int, at: dt.datetime, **_more: Any) -> None:
    booking.settle(cycle_id, at=at)


@receiver(cycle_leaving, dispatch_uid="registrations.keep_cycle")
def keep_cycle(*, cycle: Cycle, **_more: Any) -> None:
    """Refuse to hide a cycle with dates ahead from those who are in it, or have asked to be."""
    if booking.has_people(cycle):
        raise PlanningError(
            _("This cycle has sessions ahead and people who registered: cancel these sessions first.")
        )
