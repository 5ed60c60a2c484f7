"""Cancelling a session and taking that back; undoing the last change of a schedule."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from i18nfield.strings import LazyI18nString

from accounts import journal
from cycles.models import Session, SessionChange
from cycles.schedule.revision import PlanningError, locked, required_reason

from . import moving
from .asking import Act, check, grace, refusal
from .schedule import record

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from accounts.models import User
    from cycles.models import Cycle


def cancel(
    session: Session,
    *,
    reason: LazyI18nString | Mapping[str, str] | str,
    by: User | None,
    at: dt.datetime,
    seen: dt.datetime | None = None,
) -> SessionChange:
    """Cancel a session; it stays visible, keeps its number, and can be restored.

    Raises PlanningError without a reason, for a session that is over, one that is cancelled already, or one that
    has no date to stay at.
    """
    with journal.entry("session.cancel", session, by=by, at=at):
        row = locked(session, seen=seen)
        text = required_reason(
            reason, _("Say why the session is cancelled: the people registered will read it.")
        )
        check(Act.CANCEL, row, at=at)
        row.status_before_cancel = row.status
        row.status = Session.Status.CANCELLED
        row.cancel_reason = text
        # A postponed session has no date; a cancelled one must keep the last it had for the calendars.
        if row.starts_at is None:
            row.starts_at, row.ends_at = last_span(row)
            if row.starts_at is None:
                raise PlanningError(_("This session never had a date: delete it instead."))
        return record(
            row,
            kind=SessionChange.Kind.CANCELLED,
            before=(row.starts_at, row.ends_at),
            reason=text,
            by=by,
            at=at,
            fields=("status", "status_before_cancel", "cancel_reason", "starts_at", "ends_at"),
        )


def last_span(session: Session) -> tuple[dt.datetime | None, dt.datetime | None]:
    """Return the start and end that a postponed session had last; None twice when it never had any."""
    last = session.changes.filter(kind=SessionChange.Kind.POSTPONED).order_by("-revision").first()
    return (last.from_starts_at, last.from_ends_at) if last else (None, None)


def cancel_all(
    cycle: Cycle, *, reason: LazyI18nString | Mapping[str, str] | str, by: User | None, at: dt.datetime
) -> list[SessionChange]:
    """Cancel every session of a cycle that is not over, for one reason: all of them or none.

    Raises PlanningError without a reason, or when nothing is left to cancel.
    """
    with journal.entry("cycle.cancel", cycle, by=by, at=at):
        left = cancellable(cycle, at=at)
        if not left:
            raise PlanningError(_("Nothing is left to cancel: every session is over or cancelled already."))
        return [cancel(session, reason=reason, by=by, at=at) for session in left]


def cancellable(cycle: Cycle, *, at: dt.datetime) -> list[Session]:
    """Return the sessions that `cancel_all` would cancel, in the order of their rows (the same for everyone)."""
    return [s for s in cycle.sessions.order_by("pk") if not refusal(Act.CANCEL, s, at=at)]


def undo_all(cycle: Cycle, *, by: User | None, at: dt.datetime) -> list[SessionChange]:
    """Take back the last change of each session of a cycle whose notice still waits. Raises PlanningError for none."""
    with journal.entry("cycle.undo", cycle, by=by, at=at):
        changed = undoable(cycle, at=at)
        if not changed:
            raise PlanningError(_("It is too late to undo: make the change that you want instead."))
        return [undo(session, by=by, at=at) for session in changed]


def undoable(cycle: Cycle, *, at: dt.datetime) -> list[Session]:
    """Return the sessions that `undo_all` would change: not those whose changes have led back already."""
    recent = SessionChange.objects.filter(session__cycle=cycle, at__gt=at - grace(), at__lte=at)
    first: dict[int, SessionChange] = {}
    for change in recent.order_by("revision"):
        first.setdefault(change.session_id, change)
    changed = []
    for session in cycle.sessions.filter(pk__in=first).order_by("pk") if first else ():
        begun = first[session.pk]
        before = (begun.kind == SessionChange.Kind.RESTORED, begun.from_starts_at, begun.from_ends_at)
        now = (session.status == Session.Status.CANCELLED, session.starts_at, session.ends_at)
        if before != now:
            changed.append(session)
    return changed


def restore(
    session: Session, *, by: User | None, at: dt.datetime, seen: dt.datetime | None = None
) -> SessionChange:
    """Take a cancellation back with the same date, or none if it was postponed before. Refused once over."""
    with journal.entry("session.restore", session, by=by, at=at):
        row = locked(session, seen=seen)
        check(Act.RESTORE, row, at=at)
        before = (row.starts_at, row.ends_at)
        kind = SessionChange.Kind.RESTORED
        if row.status_before_cancel == Session.Status.POSTPONED:
            # It had no date when it was cancelled: people are told that it is postponed again, not that it is on.
            kind = SessionChange.Kind.POSTPONED
            row.starts_at = row.ends_at = None
        row.status = row.status_before_cancel or Session.Status.CONFIRMED
        row.status_before_cancel = ""
        row.cancel_reason = LazyI18nString("")
        return record(
            row,
            kind=kind,
            before=before,
            reason=LazyI18nString(""),
            by=by,
            at=at,
            fields=("status", "status_before_cancel", "cancel_reason", "starts_at", "ends_at"),
        )


def undo(
    session: Session, *, by: User | None, at: dt.datetime, seen: dt.datetime | None = None
) -> SessionChange:
    """Take back the last change of a schedule while its notice waits; return the change that does so.

    It is a change like any other, so that calendars which saw the first see the second; as the two lead back
    to where they began, no mail leaves. Raises PlanningError when there is none, or later than the grace.
    """
    with journal.entry("session.undo", session, by=by, at=at):
        row = locked(session, seen=seen)
        last = row.changes.order_by("-revision").first()
        if last is None or not last.at <= at < last.at + grace():
            raise PlanningError(_("It is too late to undo: make the change that you want instead."))
        kinds = SessionChange.Kind
        if last.kind == kinds.CANCELLED:
            return restore(row, by=by, at=at)
        if last.kind == kinds.RESTORED:
            earlier = row.changes.filter(kind=kinds.CANCELLED).order_by("-revision").first()
            return cancel(row, reason=earlier.reason if earlier else last.reason, by=by, at=at)
        if last.from_starts_at is None:
            return moving.postpone(row, reason=last.reason, by=by, at=at)
        return moving.move(row, to=last.from_starts_at, until=last.from_ends_at, by=by, at=at)


def can_undo(session: Session, change: SessionChange | None, *, at: dt.datetime) -> bool:
    """Tell whether `undo` would take this last change of a session back now. Reads nothing."""
    if change is None or not change.at <= at < change.at + grace():
        return False
    kinds = SessionChange.Kind
    act = {kinds.CANCELLED: Act.RESTORE, kinds.RESTORED: Act.CANCEL}.get(kinds(change.kind))
    if act is None:
        act = Act.POSTPONE if change.from_starts_at is None else Act.MOVE
    is_too_late = act is Act.MOVE and change.from_starts_at is not None and change.from_starts_at <= at
    return not is_too_late and not refusal(act, session, at=at)
