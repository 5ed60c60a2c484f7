"""What every change of a schedule has in common: its record, what spans are allowed, the reason kept beside."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from accounts import periods
from cycles.calendars import calendar_revision
from cycles.events import ScheduleChanged
from cycles.models import CycleException, Session, SessionChange
from cycles.schedule.revision import PlanningError, next_revised_at

if TYPE_CHECKING:
    from i18nfield.strings import LazyI18nString

    from accounts.models import User

LONGEST_SESSION = dt.timedelta(hours=24)


def record(
    session: Session,
    *,
    kind: SessionChange.Kind,
    before: tuple[dt.datetime | None, dt.datetime | None],
    reason: LazyI18nString,
    by: User | None,
    at: dt.datetime,
    fields: tuple[str, ...],
) -> SessionChange:
    session.revision += 1
    session.revised_at = next_revised_at(session.revised_at, at=at)
    # Calendars show both: a postponed session at the date that its change keeps.
    with calendar_revision.one_change(at=at):
        session.save(update_fields=[*fields, "revision", "revised_at"])
        change = SessionChange.objects.create(
            session=session,
            revision=session.revision,
            kind=kind,
            from_starts_at=before[0],
            from_ends_at=before[1],
            to_starts_at=session.starts_at,
            to_ends_at=session.ends_at,
            reason=reason,
            by=by,
            at=at,
        )
    ScheduleChanged(change=change, at=at).send()
    return change


def check_span(starts_at: dt.datetime, ends_at: dt.datetime, *, at: dt.datetime, all_day: bool) -> None:
    if ends_at <= starts_at:
        raise PlanningError(_("A session ends after it starts: check the date and the hours."))
    if ends_at - starts_at > LONGEST_SESSION and not all_day:
        raise PlanningError(
            _("A session lasts %(length)s at most: check the date and the hours.")
            % {"length": periods.in_words(LONGEST_SESSION)}
        )
    if starts_at <= at:
        raise PlanningError(_("That moment is in the past: choose a later one."))


def keep_reason(session: Session, reason: LazyI18nString) -> None:
    """Write the exception of a session that is off its rule's date; take it away when it is back on it."""
    if session.planned_date is None:
        return
    if not session.is_off_rule:
        session.cycle.exceptions.filter(
            planned_date=session.planned_date, kind=CycleException.Kind.MOVED
        ).delete()
        return
    CycleException.objects.update_or_create(
        cycle=session.cycle,
        planned_date=session.planned_date,
        defaults={
            "kind": CycleException.Kind.MOVED,
            "reason": reason,
            "moved_to": session.local_date,
        },
    )
