"""Changing what a session or a cycle says, not when it is: words, room, whether its date is sure.

Every verb is one transaction, locks the row, refuses to overwrite what someone else saved meanwhile, and
makes `revised_at` rise strictly. None raises `revision`: a corrected title plans no reminder anew.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import journal

from . import planning
from .models import Cycle, Session
from .revising import PlanningError, locked, next_revised_at
from .signals import places_changed, session_announced

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection, Mapping

    from accounts.models import User

EDITABLE = frozenset(
    {
        "title",
        "has_theme",
        "summary",
        "room_url",
        "room_opens_minutes",
        "is_recorded",
        "replay_url",
        "capacity",
    }
)
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
    "session.edit",
    gettext_lazy("edited a session"),
    changed=lambda before, after: before.revised_at != after.revised_at,
)
def edit(
    session: Session,
    *,
    values: Mapping[str, object],
    by: User | None,  # noqa: ARG001 - for the journal
    at: dt.datetime,
    seen: dt.datetime | None = None,
) -> Session:
    """Write words and settings of a session; return the row, unchanged if every value was the same.

    `values` is by field name (see EDITABLE) and has been validated. Raises StaleError when the session has
    changed since its `revised_at` was `seen`, ValueError for a field that has a verb of its own.
    """
    if foreign := set(values) - EDITABLE:
        msg = f"these fields are not edited here: {', '.join(sorted(foreign))}"
        raise ValueError(msg)
    if "capacity" in values:
        # Whoever passes places on holds the cycle first, then its sessions: the same order here.
        Cycle.objects.select_for_update().get(pk=session.cycle_id)
    row = locked(session, seen=seen)
    changed = [name for name, value in values.items() if getattr(row, name) != value]
    if not changed:
        return row
    was_announced = row.is_announced
    for name in changed:
        setattr(row, name, values[name])
    row.revised_at = next_revised_at(row.revised_at, at=at)
    row.save(update_fields=[*changed, "revised_at"])
    if "capacity" in changed:
        places_changed.send(sender=Session, cycle_id=row.cycle_id, at=at)
    if row.is_announced and not was_announced:
        session_announced.send(sender=Session, session=row, at=at)
    return row


@journal.verb("session.confirm", gettext_lazy("confirmed a date"))
def confirm_date(
    session: Session,
    *,
    by: User | None,  # noqa: ARG001 - for the journal
    at: dt.datetime,
    seen: dt.datetime | None = None,
) -> Session:
    """Say that a tentative date is sure. The date does not change, so `revision` stays."""
    row = locked(session, seen=seen)
    if row.status != Session.Status.TENTATIVE:
        raise PlanningError(_("Only a date that is still to be confirmed can be confirmed."))
    row.status = Session.Status.CONFIRMED
    row.revised_at = next_revised_at(row.revised_at, at=at)
    row.save(update_fields=["status", "revised_at"])
    if row.is_announced:
        session_announced.send(sender=Session, session=row, at=at)
    return row


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
