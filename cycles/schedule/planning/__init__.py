"""Changing a plan: propose, confirm, skip, move, postpone, cancel, restore, undo, delete. Only this writes a schedule.

Every verb is one transaction, says who (`by`) and when (`at`, aware UTC), raises `revision` when the schedule
changed, makes `revised_at` rise strictly, keeps a SessionChange, and sends `ScheduleChanged` inside the
transaction, so that what depends on the schedule is written with it or not at all.

asking      what may be done with a session now: the verbs refuse with the same words
proposing   a rule's dates, the sessions made from them, dates left out and added
moving      another date, or none for now
ending      cancelled, restored, undone
deleting    made by mistake, and gone
schedule    what all of these have in common
"""

from cycles.schedule.revision import PlanningError, StaleError, next_revised_at

from .asking import Act, allowed, check, grace, never_dated, refusal
from .deleting import deletable, delete, delete_several
from .ending import can_undo, cancel, cancel_all, cancellable, last_span, restore, undo, undo_all, undoable
from .moving import Move, move, move_several, postpone
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
    "Act",
    "Move",
    "Placement",
    "PlanningError",
    "StaleError",
    "add",
    "allowed",
    "can_undo",
    "cancel",
    "cancel_all",
    "cancellable",
    "check",
    "confirm",
    "deletable",
    "delete",
    "delete_several",
    "free_slug",
    "grace",
    "last_span",
    "left_out",
    "move",
    "move_several",
    "never_dated",
    "next_revised_at",
    "postpone",
    "propose",
    "refusal",
    "restore",
    "skip",
    "undo",
    "undo_all",
    "undoable",
    "unskip",
    "without_session",
]
