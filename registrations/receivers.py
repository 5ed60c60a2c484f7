"""What registrations do when a cycle changes, in the same transaction, and what they hold against hiding one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from accounts.events import receives
from cycles.events import PlacesChanged, SessionsAdded
from cycles.questions import against_deleting_cycle, against_hiding

from . import booking
from .attendance.models import AttendanceReport
from .models import CycleRegistration

if TYPE_CHECKING:
    from cycles.models import Cycle


@receives(SessionsAdded)
def join_added_sessions(event: SessionsAdded) -> None:
    booking.join_added_sessions(event.cycle, session_ids=event.session_ids, at=event.at)


@receives(PlacesChanged)
def settle(event: PlacesChanged) -> None:
    booking.settle(event.cycle_id, at=event.at)


@against_hiding.answer
def has_people(cycle: Cycle) -> str:
    """A cycle with dates ahead is not hidden from those who are in it, or have asked to be."""
    if booking.has_people(cycle):
        return _("This cycle has sessions ahead and people who registered: cancel these sessions first.")
    return ""


@against_deleting_cycle.answer
def somebody_registered(cycle: Cycle) -> str:
    """Whoever ever asked, cancelled or was refused has a page and a right to a copy of what is known."""
    if CycleRegistration.objects.filter(cycle=cycle).exists():
        return _("People have registered for it, or have asked to.")
    if AttendanceReport.objects.filter(session__cycle=cycle).exists():
        return _("The attendance of one of its sessions was noted.")
    return ""
