"""Another date for a session, or none for now."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from accounts import journal
from cycles.models import Session, SessionChange
from cycles.schedule import recurrence
from cycles.schedule.revision import PlanningError, locked, reason_text

from .asking import Act, check
from .schedule import check_span, keep_reason, record

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from i18nfield.strings import LazyI18nString

    from accounts.models import User
    from cycles.models import Cycle


def move(
    session: Session,
    *,
    to: dt.datetime,
    by: User | None,
    at: dt.datetime,
    until: dt.datetime | None = None,
    reason: LazyI18nString | Mapping[str, str] | str | None = None,
    seen: dt.datetime | None = None,
) -> SessionChange:
    """Give a session a new start (and end: `until`, or the same length). `planned_date` stays.

    A whole-day session keeps its number of days; in a training run `until` may give it the hours that were not known.
    `seen` is the `revised_at` that the organiser looked at.
    Raises PlanningError for a move into the past, one that changes nothing, or one of a session that is
    cancelled or has begun; StaleError when the session has changed since it was `seen`.
    """
    with journal.entry("session.move", session, by=by, at=at):
        row = locked(session, seen=seen)
        text = reason_text(reason)
        until = _check_move(row, to=to, until=until, at=at)
        before = (row.starts_at, row.ends_at)
        row.starts_at, row.ends_at, row.is_all_day = to, until, _is_all_day(row, to, until)
        if row.status == Session.Status.POSTPONED:
            row.status = row.status_when_dated
            row.status_before_postponing = ""
        change = record(
            row,
            kind=SessionChange.Kind.MOVED,
            before=before,
            reason=text,
            by=by,
            at=at,
            fields=("starts_at", "ends_at", "is_all_day", "status", "status_before_postponing"),
        )
        keep_reason(row, text)
        return change


@dataclass(frozen=True, kw_only=True)
class Move:
    """One of several moves: which session, where to (aware instants), and the `revised_at` that was looked at."""

    session: Session
    to: dt.datetime
    until: dt.datetime
    seen: dt.datetime | None = None


def move_several(
    cycle: Cycle,
    *,
    moves: Sequence[Move],
    by: User | None,
    at: dt.datetime,
    reason: LazyI18nString | Mapping[str, str] | str | None = None,
) -> list[SessionChange]:
    """Move several sessions of a cycle for one reason: all of them or none. Raises what `move` raises.

    They are moved in the order of their rows, the same for everyone, so that two organisers cannot block each other.
    """
    if foreign := [each.session for each in moves if each.session.cycle_id != cycle.pk]:
        msg = f"not sessions of {cycle.slug}: {', '.join(session.slug for session in foreign)}"
        raise ValueError(msg)
    with journal.entry("cycle.move", cycle, by=by, at=at) as entry:
        if not moves:
            entry.drop()
        return [
            move(each.session, to=each.to, until=each.until, by=by, at=at, reason=reason, seen=each.seen)
            for each in sorted(moves, key=lambda each: each.session.pk)
        ]


def _check_move(
    session: Session, *, to: dt.datetime, until: dt.datetime | None, at: dt.datetime
) -> dt.datetime:
    """Return the end of a move that is allowed."""
    check(Act.MOVE, session, at=at)
    until = until or _same_length(session, to)
    check_span(to, until, at=at, all_day=_is_all_day(session, to, until))
    if (to, until) == (session.starts_at, session.ends_at):
        raise PlanningError(_("The session is already at that date and hour: nothing to change."))
    return until


def _is_all_day(session: Session, to: dt.datetime, until: dt.datetime) -> bool:
    """Tell what a session is at its new date: a half-day of a run without hours gets them, or loses them by an undo."""
    if not session.cycle.is_run:
        return session.is_all_day
    return recurrence.is_whole_days(to, until, zone=session.cycle.timezone)


def _same_length(session: Session, to: dt.datetime) -> dt.datetime:
    """Return the end that keeps a session's length: real minutes, or whole local days (of 23 to 25 hours)."""
    if session.starts_at is None or session.ends_at is None:
        raise PlanningError(_("This session has no date yet: give its end as well as its start."))
    if not session.is_all_day:
        return to + (session.ends_at - session.starts_at)
    first, after = session.starts_at.astimezone(session.zone), session.ends_at.astimezone(session.zone)
    last_day = to.astimezone(session.zone).date() + (after.date() - first.date()) - dt.timedelta(days=1)
    whole_day = recurrence.local_span(last_day, local_start=None, minutes=None, zone=session.cycle.timezone)
    return whole_day.ends_at


def postpone(
    session: Session,
    *,
    by: User | None,
    at: dt.datetime,
    reason: LazyI18nString | Mapping[str, str] | str | None = None,
    seen: dt.datetime | None = None,
) -> SessionChange:
    """Take the date away without cancelling; `move` gives a new one, as sure or unsure as this one was."""
    with journal.entry("session.postpone", session, by=by, at=at):
        row = locked(session, seen=seen)
        text = reason_text(reason)
        check(Act.POSTPONE, row, at=at)
        before = (row.starts_at, row.ends_at)
        row.starts_at = row.ends_at = None
        row.status_before_postponing = row.status
        row.status = Session.Status.POSTPONED
        return record(
            row,
            kind=SessionChange.Kind.POSTPONED,
            before=before,
            reason=text,
            by=by,
            at=at,
            fields=("starts_at", "ends_at", "status", "status_before_postponing"),
        )
