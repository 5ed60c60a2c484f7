"""Changing a plan: propose, confirm, move, cancel, restore. The only writer of a session's schedule.

Every verb is one transaction, says who (`by`) and when (`at`, aware UTC), raises `revision` when the schedule
changed, makes `revised_at` rise strictly, keeps a SessionChange, and sends `session_changed` inside the
transaction, so that what depends on the schedule is written with it or not at all.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _
from i18nfield.strings import LazyI18nString

from . import publication, recurrence
from .models import Cycle, CycleException, Session, SessionChange
from .signals import session_changed, sessions_added

if TYPE_CHECKING:
    from collections.abc import Mapping

    from accounts.models import User

LONGEST_REASON = 1000
LONGEST_SESSION = dt.timedelta(hours=24)


class PlanningError(Exception):
    """A change that cannot be made; the message tells the organiser why and what to do, in their language."""


def _reason(reason: LazyI18nString | Mapping[str, str] | str | None) -> LazyI18nString:
    text = reason if isinstance(reason, LazyI18nString) else LazyI18nString(reason or "")
    values = text.data.values() if isinstance(text.data, dict) else [text.data or ""]
    if any(len(value) > LONGEST_REASON for value in values):
        raise PlanningError(
            _("The reason is too long: keep it under %(limit)d characters.") % {"limit": LONGEST_REASON}
        )
    return text


def next_revised_at(previous: dt.datetime | None, *, at: dt.datetime) -> dt.datetime:
    """Return an instant for `revised_at`: whole seconds, and at least one second after the previous one.

    Calendar clients compare LAST-MODIFIED by the second (shared page on calendars, decision 6).
    """
    moment = at.replace(microsecond=0)
    return moment if previous is None or moment > previous else previous + dt.timedelta(seconds=1)


def _locked(session: Session) -> Session:
    """Return the session as the database has it now, locked until the transaction ends."""
    return Session.objects.select_for_update(of=("self",)).select_related("cycle").get(pk=session.pk)


def _record(
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
    session_changed.send(sender=Session, change=change, at=at)
    return change


def propose(cycle: Cycle) -> tuple[recurrence.Occurrence, ...]:
    """Return the dates of the cycle's rule that have neither a session nor a skip. Writes nothing.

    The rule proposes, the rows are the truth: a moved session still answers for its planned date.
    """
    rule = cycle.rule
    if rule is None:
        return ()
    taken = set(cycle.sessions.exclude(planned_date=None).values_list("planned_date", flat=True))
    skipped = set(
        cycle.exceptions.filter(kind=CycleException.Kind.SKIPPED).values_list("planned_date", flat=True)
    )
    return tuple(o for o in recurrence.occurrences(rule) if o.planned_date not in taken | skipped)


@transaction.atomic
def confirm(cycle: Cycle, *, by: User | None, at: dt.datetime) -> list[Session]:
    """Create the sessions that `propose` would give now, numbered after the existing ones; return them.

    Running it twice creates nothing the second time: one session per planned date is held by the database.
    """
    locked = Cycle.objects.select_for_update().get(pk=cycle.pk)
    highest = locked.sessions.order_by("-number").values_list("number", flat=True).first() or 0
    word = str(locked.session_word) or _("Session")
    made = []
    for offset, occurrence in enumerate(propose(locked), start=1):
        number = highest + offset
        made.append(
            Session(
                cycle=locked,
                slug=f"{slugify(word) or 'session'}-{number:02d}",
                number=number,
                has_theme=False,
                status=Session.Status.TENTATIVE,
                planned_date=occurrence.planned_date,
                starts_at=occurrence.starts_at,
                ends_at=occurrence.ends_at,
                is_all_day=occurrence.is_all_day,
                created_at=at,
                revised_at=next_revised_at(None, at=at),
            )
        )
    Session.objects.bulk_create(made)
    if made:
        publication.touch()
        sessions_added.send(sender=Session, cycle=locked, session_ids=[s.pk for s in made], by=by, at=at)
    return made


@transaction.atomic
def move(
    session: Session,
    *,
    to: dt.datetime,
    by: User | None,
    at: dt.datetime,
    until: dt.datetime | None = None,
    reason: LazyI18nString | Mapping[str, str] | str | None = None,
) -> SessionChange:
    """Give a session a new start (and end: `until`, or the same length). `planned_date` stays.

    Raises PlanningError for a move into the past, one that changes nothing, or one of a cancelled session.
    """
    row = _locked(session)
    text = _reason(reason)
    if row.status == Session.Status.CANCELLED:
        raise PlanningError(_("This session is cancelled: restore it before you move it."))
    length = row.ends_at - row.starts_at if row.starts_at and row.ends_at else None
    if until is None:
        if length is None:
            raise PlanningError(_("This session has no date yet: give its end as well as its start."))
        until = to + length
    if until <= to:
        raise PlanningError(_("A session ends after it starts: check the date and the hours."))
    if until - to > LONGEST_SESSION and not row.is_all_day:
        raise PlanningError(_("A session lasts 24 hours at most: check the date and the hours."))
    if to <= at:
        raise PlanningError(_("That moment is in the past: choose a later one."))
    if (to, until) == (row.starts_at, row.ends_at):
        raise PlanningError(_("The session is already at that date and hour: nothing to change."))
    before = (row.starts_at, row.ends_at)
    row.starts_at, row.ends_at = to, until
    if row.status == Session.Status.POSTPONED:
        row.status = Session.Status.CONFIRMED
    change = _record(
        row,
        kind=SessionChange.Kind.MOVED,
        before=before,
        reason=text,
        by=by,
        at=at,
        fields=("starts_at", "ends_at", "status"),
    )
    _keep_reason(row, text)
    return change


def _keep_reason(session: Session, reason: LazyI18nString) -> None:
    """Write the exception of a session that is off its rule's date; take it away when it is back on it."""
    if session.planned_date is None:
        return
    exceptions = CycleException.objects.filter(
        cycle=session.cycle, planned_date=session.planned_date, kind=CycleException.Kind.MOVED
    )
    if not session.is_moved:
        exceptions.delete()
        return
    CycleException.objects.update_or_create(
        cycle=session.cycle,
        planned_date=session.planned_date,
        kind=CycleException.Kind.MOVED,
        defaults={"reason": reason},
    )


@transaction.atomic
def postpone(
    session: Session,
    *,
    by: User | None,
    at: dt.datetime,
    reason: LazyI18nString | Mapping[str, str] | str | None = None,
) -> SessionChange:
    """Take the date away without cancelling; `move` gives a new one."""
    row = _locked(session)
    text = _reason(reason)
    if not row.is_held:
        raise PlanningError(_("Only a planned session can be postponed."))
    if row.starts_at is None or row.starts_at <= at:
        raise PlanningError(_("This session has begun: it can no longer be postponed."))
    before = (row.starts_at, row.ends_at)
    row.starts_at = row.ends_at = None
    row.status = Session.Status.POSTPONED
    return _record(
        row,
        kind=SessionChange.Kind.POSTPONED,
        before=before,
        reason=text,
        by=by,
        at=at,
        fields=("starts_at", "ends_at", "status"),
    )


@transaction.atomic
def cancel(
    session: Session,
    *,
    reason: LazyI18nString | Mapping[str, str] | str,
    by: User | None,
    at: dt.datetime,
) -> SessionChange:
    """Cancel a session; it stays visible, keeps its number, and can be restored.

    Raises PlanningError without a reason, for a session that is over, or one that is cancelled already.
    """
    row = _locked(session)
    text = _reason(reason)
    if not str(text).strip():
        raise PlanningError(_("Say why the session is cancelled: the people registered will read it."))
    if row.status == Session.Status.CANCELLED:
        raise PlanningError(_("This session is cancelled already."))
    if row.ends_at is not None and row.ends_at <= at:
        raise PlanningError(_("This session is over: it can no longer be cancelled."))
    row.status_before_cancel = row.status
    row.status = Session.Status.CANCELLED
    row.cancel_reason = text
    # A postponed session has no date; a cancelled one must keep the last it had for the calendars.
    if row.starts_at is None:
        last = row.changes.filter(kind=SessionChange.Kind.POSTPONED).order_by("-revision").first()
        if last is None or last.from_starts_at is None:
            raise PlanningError(_("This session never had a date: delete the draft instead."))
        row.starts_at, row.ends_at = last.from_starts_at, last.from_ends_at
    return _record(
        row,
        kind=SessionChange.Kind.CANCELLED,
        before=(row.starts_at, row.ends_at),
        reason=text,
        by=by,
        at=at,
        fields=("status", "status_before_cancel", "cancel_reason", "starts_at", "ends_at"),
    )


@transaction.atomic
def restore(session: Session, *, by: User | None, at: dt.datetime) -> SessionChange:
    """Take a cancellation back: same date, new revision. Refused once the date has passed."""
    row = _locked(session)
    if row.status != Session.Status.CANCELLED:
        raise PlanningError(_("This session is not cancelled."))
    if row.starts_at is None or row.starts_at <= at:
        raise PlanningError(_("Its date has passed: plan a new session instead."))
    row.status = (
        row.status_before_cancel
        if row.status_before_cancel in (Session.Status.TENTATIVE, Session.Status.CONFIRMED)
        else Session.Status.CONFIRMED
    )
    row.status_before_cancel = ""
    row.cancel_reason = LazyI18nString("")
    return _record(
        row,
        kind=SessionChange.Kind.RESTORED,
        before=(row.starts_at, row.ends_at),
        reason=LazyI18nString(""),
        by=by,
        at=at,
        fields=("status", "status_before_cancel", "cancel_reason"),
    )
