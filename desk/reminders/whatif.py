"""What would leave if a session took place at another time. Nothing is written: the plan is only asked."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cycles.language import wording
from desk.schedule.consequences import language
from notifications.models import Occurrence
from notifications.plan import audiences, planner

from . import line

if TYPE_CHECKING:
    import datetime as dt

    from cycles.models import Session
    from notifications.models import ReminderStep


@dataclass(frozen=True, kw_only=True)
class Mailing:
    """One line of the plan at another date: its hour there and how many it reaches; late ones do not leave."""

    step: ReminderStep
    label: str
    when: str
    due_at: dt.datetime
    is_late: bool
    people: int


def moved(
    session: Session, *, starts_at: dt.datetime, ends_at: dt.datetime, at: dt.datetime
) -> list[Mailing]:
    """Return what a session would send if it were moved now, in the order in which it leaves."""
    there = copy.copy(session)
    there.starts_at, there.ends_at = starts_at, ends_at
    found = []
    for step in planner.steps_of(session):
        if step.is_enabled:
            mailing = planner.mailing(there, step, known_from=at)
            is_late = mailing["state"] == Occurrence.State.MISSED
            found.append(
                Mailing(
                    step=step,
                    label=line.name(step),
                    when=wording.short_when(
                        mailing["due_at"], zone=session.cycle.timezone, language=language()
                    ),
                    due_at=mailing["due_at"],
                    is_late=is_late,
                    people=0 if is_late else audiences.count(step, there, due_at=mailing["due_at"]),
                )
            )
    return sorted(found, key=lambda each: (each.due_at, each.step.code))
