"""What cycles ask the apps above before something goes on which people may count (see accounts/questions.py)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accounts.questions import Question
from cycles.schedule.revision import PlanningError

if TYPE_CHECKING:
    from cycles.models import Cycle, Session

# Why must this session not be deleted? A sentence for the organiser, "" when nothing speaks against it.
against_deleting: Question[[Session], str] = Question()
# Why must this cycle not be deleted with all its sessions? Likewise.
against_deleting_cycle: Question[[Cycle], str] = Question()
# Why must this cycle, which has sessions ahead, not become a draft? Likewise.
against_hiding: Question[[Cycle], str] = Question()


def refuse_if(reasons: list[str]) -> None:
    """Raise PlanningError with the first reason there is."""
    for reason in filter(None, reasons):
        raise PlanningError(reason)
