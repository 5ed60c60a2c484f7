"""Changing a plan: propose, confirm, skip, move, postpone, cancel, restore, undo. The only writer of a schedule.

Every verb is one transaction, says who (`by`) and when (`at`, aware UTC), raises `revision` when the schedule
changed, makes `revised_at` rise strictly, keeps a SessionChange, and sends `session_changed` inside the
transaction, so that what depends on the schedule is written with it or not at all.

proposing   a rule's dates, the sessions made from them, dates left out and added
moving      another date, or none for now
ending      cancelled, restored, undone
schedule    what all of these have in common
"""

from cycles.revising import PlanningError, StaleError, next_revised_at

from .ending import GRACE, can_undo, cancel, cancel_all, cancellable, restore, undo, undo_all, undoable
from .moving import Move, check_move, move, move_several, postpone
from .proposing import (
    Placement,
    add,
    confirm,
    free_slug,
    left_out,
    propose,
    skip,
    unskip,
    without_session,
)

__all__ = [
    "GRACE",
    "Move",
    "Placement",
    "PlanningError",
    "StaleError",
    "add",
    "can_undo",
    "cancel",
    "cancel_all",
    "cancellable",
    "check_move",
    "confirm",
    "free_slug",
    "left_out",
    "move",
    "move_several",
    "next_revised_at",
    "postpone",
    "propose",
    "restore",
    "skip",
    "undo",
    "undo_all",
    "undoable",
    "unskip",
    "without_session",
]
