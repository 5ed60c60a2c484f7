"""What would leave if a session took place at another time: it is moved, and moved back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from accounts.dry_run import dry_run
from cycles.language import wording
from cycles.schedule import planning
from desk.reminders import line
from desk.reminders.mailings import mailings
from desk.schedule.consequences import language
from notifications.models import Occurrence
from notifications.plan import audiences

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
    """Return what a session would send if it were moved now, in the order in which it leaves.

    Raises PlanningError when it cannot move there.
    """

    def looked_at() -> list[Mailing]:
        planning.move(session, to=starts_at, until=ends_at, by=None, at=at)
        after = mailings(session__in=[session.pk])
        rows = sorted(
            (row for rows in (after.planned, after.missed) for row in rows.values()),
            key=lambda row: (row.due_at, row.step.code if row.step else ""),
        )
        return [_mailing(row, row.step) for row in rows if row.step is not None]

    return dry_run(looked_at).result


def _mailing(row: Occurrence, step: ReminderStep) -> Mailing:
    is_late = row.state == Occurrence.State.MISSED
    step.cycle = row.session.cycle
    return Mailing(
        step=step,
        label=line.name(step),
        when=wording.short_when(row.due_at, zone=row.session.cycle.timezone, language=language()),
        due_at=row.due_at,
        is_late=is_late,
        people=0 if is_late else audiences.count(step, row.session, due_at=row.due_at),
    )
