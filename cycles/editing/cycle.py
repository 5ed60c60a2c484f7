"""A cycle: its words, its rhythm, and the sessions that are made from it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import journal
from cycles import planning
from cycles.models import Cycle
from cycles.revising import PlanningError, next_revised_at

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection, Mapping

    from accounts.models import User
    from cycles.models import Session

RULE = (
    "frequency",
    "nth",
    "weekday",
    "month_day",
    "interval",
    "first_date",
    "last_date",
    "local_start",
    "minutes",
    "timezone",
    "planned_count",
)


@journal.verb(
    "cycle.rule",
    gettext_lazy("changed a rhythm"),
    changed=lambda before, after: before.revised_at != after.revised_at,
)
def set_rule(
    cycle: Cycle,
    *,
    values: Mapping[str, object],
    by: User | None,  # noqa: ARG001 - for the journal
    at: dt.datetime,
) -> Cycle:
    """Write the rhythm of a cycle (the fields of RULE). Existing sessions stay: the rows are the truth.

    Raises PlanningError for a new time zone under existing sessions.
    """
    row = Cycle.objects.select_for_update().get(pk=cycle.pk)
    changed = [name for name in RULE if name in values and getattr(row, name) != values[name]]
    if not changed:
        return row
    if "timezone" in changed and row.sessions.exists():
        raise PlanningError(
            _("The time zone of a cycle that has sessions cannot change: their hours would be told wrongly.")
        )
    for name in changed:
        setattr(row, name, values[name])
    row.revised_at = next_revised_at(row.revised_at, at=at)
    row.save(update_fields=[*changed, "revised_at"])
    return row


@journal.verb("cycle.propose", gettext_lazy("saved a plan"))
def plan(
    cycle: Cycle,
    *,
    rule: Mapping[str, object],
    skips: Mapping[dt.date, Mapping[str, str]],
    moves: Mapping[dt.date, planning.Placement],
    dates: Collection[dt.date],
    by: User | None,
    at: dt.datetime,
) -> list[Session]:
    """Save a rhythm, leave some of its dates out and create the sessions of the others: all of it or nothing.

    `dates` are the planned dates that the organiser saw, skipped ones included. Raises PlanningError.
    """
    row = set_rule(cycle, values=rule, by=by, at=at)
    for date, reason in skips.items():
        planning.skip(row, date=date, reason=reason, by=by, at=at)
    return planning.confirm(row, dates=set(dates) - set(skips), moves=moves, by=by, at=at)
