"""Changing a plan: propose, confirm, skip, move, postpone, cancel, restore. The only writer of a schedule.

Every verb is one transaction, says who (`by`) and when (`at`, aware UTC), raises `revision` when the schedule
changed, makes `revised_at` rise strictly, keeps a SessionChange, and sends `session_changed` inside the
transaction, so that what depends on the schedule is written with it or not at all.
"""

from __future__ import annotations

import datetime as dt
import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import Max
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from i18nfield.strings import LazyI18nString

from accounts import journal

from . import publication, recurrence, showing
from .models import Cycle, CycleException, Session, SessionChange
from .revising import PlanningError, StaleError, locked, next_revised_at, reason_text, required_reason
from .signals import session_changed, sessions_added

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from accounts.models import User

__all__ = [
    "Placement",
    "PlanningError",
    "StaleError",
    "cancel",
    "check_move",
    "confirm",
    "move",
    "next_revised_at",
    "postpone",
    "propose",
    "restore",
    "skip",
    "unskip",
]

LONGEST_SESSION = dt.timedelta(hours=24)


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


def propose(cycle: Cycle, *, rule: recurrence.Rule | None = None) -> tuple[recurrence.Occurrence, ...]:
    """Return the dates of the cycle's rule that have neither a session nor a skip. Writes nothing.

    `rule` stands in for the cycle's own, to look at a rhythm before it is saved. The rule proposes, the rows
    are the truth: a moved session still answers for its planned date.
    """
    rule = rule or cycle.rule
    if rule is None:
        return ()
    taken = set(cycle.sessions.exclude(planned_date=None).values_list("planned_date", flat=True))
    skipped = set(
        cycle.exceptions.filter(kind=CycleException.Kind.SKIPPED).values_list("planned_date", flat=True)
    )
    return tuple(o for o in recurrence.occurrences(rule) if o.planned_date not in taken | skipped)


@dataclass(frozen=True, kw_only=True)
class Placement:
    """Where a date of the rule is held instead: aware instants, and why."""

    starts_at: dt.datetime
    ends_at: dt.datetime
    reason: LazyI18nString | Mapping[str, str] | str


@journal.verb("cycle.plan", gettext_lazy("created sessions"), changed=lambda _cycle, made: bool(made))
def confirm(
    cycle: Cycle,
    *,
    by: User | None,
    at: dt.datetime,
    dates: Collection[dt.date] | None = None,
    moves: Mapping[dt.date, Placement] | None = None,
) -> list[Session]:
    """Create the sessions that `propose` would give now, numbered after the existing ones; return them.

    Running it twice creates nothing the second time: one session per planned date is held by the database.
    `dates` are the planned dates that the organiser saw: PlanningError when the plan gives others by now.
    `moves` holds a planned date elsewhere from the start: nobody was told the first date, so it is no change.
    """
    row = Cycle.objects.select_for_update().get(pk=cycle.pk)
    proposed = propose(row)
    if dates is not None and {o.planned_date for o in proposed} != set(dates):
        raise PlanningError(_("The plan has changed since you looked at it: check the dates again."))
    made = _numbered(row, proposed, at=at)
    _place(made, moves or {}, at=at)
    Session.objects.bulk_create(made)
    if made:
        showing.look([session.pk for session in made], at=at)
        publication.touch()
        sessions_added.send(sender=Session, cycle=row, session_ids=[s.pk for s in made], by=by, at=at)
    return made


def _numbered(cycle: Cycle, proposed: tuple[recurrence.Occurrence, ...], *, at: dt.datetime) -> list[Session]:
    """Return unsaved sessions for proposed dates, numbered after the cycle's highest."""
    highest = cycle.sessions.aggregate(Max("number"))["number__max"] or 0
    taken = set(cycle.sessions.values_list("slug", flat=True))
    made = []
    for number, occurrence in enumerate(proposed, start=highest + 1):
        slug = _free_slug(cycle, number, taken=taken)
        taken.add(slug)
        made.append(
            Session(
                cycle=cycle,
                slug=slug,
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
    return made


def _place(made: list[Session], moves: Mapping[dt.date, Placement], *, at: dt.datetime) -> None:
    """Put unsaved sessions where `moves` says, and keep the reasons."""
    by_date = {session.planned_date: session for session in made}
    if unknown := set(moves) - set(by_date):
        msg = f"no session is proposed on {', '.join(map(str, sorted(unknown)))}"
        raise ValueError(msg)
    for date, placement in moves.items():
        _check_span(placement.starts_at, placement.ends_at, at=at, all_day=by_date[date].is_all_day)
        by_date[date].starts_at, by_date[date].ends_at = placement.starts_at, placement.ends_at
        _keep_reason(by_date[date], reason_text(placement.reason))


def _free_slug(cycle: Cycle, number: int, *, taken: set[str]) -> str:
    """Return "escale-03" in the site's own language, whoever plans in whichever language."""
    word = slugify(cycle.session_word.localize(settings.LANGUAGE_CODE) or "") or "session"
    slug = f"{word}-{number:02d}"
    again = itertools.count(2)
    candidate = slug
    while candidate in taken:
        candidate = f"{slug}-{next(again)}"
    return candidate


@journal.verb("session.add", gettext_lazy("added a session"), of_result=True)
def add(
    cycle: Cycle,
    *,
    starts_at: dt.datetime,
    ends_at: dt.datetime,
    title: LazyI18nString | Mapping[str, str],
    by: User | None,
    at: dt.datetime,
    reason: LazyI18nString | Mapping[str, str] | str | None = None,
) -> Session:
    """Create a confirmed session that the rule does not give, numbered after the others.

    Raises PlanningError for one in the past, or whose end and start are not in order.
    """
    row = Cycle.objects.select_for_update().get(pk=cycle.pk)
    _check_span(starts_at, ends_at, at=at, all_day=False)
    number = (row.sessions.aggregate(Max("number"))["number__max"] or 0) + 1
    session = Session.objects.create(
        cycle=row,
        slug=_free_slug(row, number, taken=set(row.sessions.values_list("slug", flat=True))),
        number=number,
        title=title,
        status=Session.Status.CONFIRMED,
        starts_at=starts_at,
        ends_at=ends_at,
        created_at=at,
        revised_at=next_revised_at(None, at=at),
    )
    CycleException.objects.get_or_create(
        cycle=row,
        planned_date=starts_at.astimezone(row.zone).date(),
        defaults={"kind": CycleException.Kind.ADDED, "reason": reason_text(reason)},
    )
    sessions_added.send(sender=Session, cycle=row, session_ids=[session.pk], by=by, at=at)
    return session


@journal.verb("cycle.skip", gettext_lazy("left out a date"))
def skip(
    cycle: Cycle,
    *,
    date: dt.date,
    reason: LazyI18nString | Mapping[str, str] | str,
    by: User | None,  # noqa: ARG001 - for the journal
    at: dt.datetime,
) -> CycleException:
    """Leave one date of the rule out, and say why. Skipping it again changes the reason.

    Raises PlanningError without a reason, for a day that the rule does not give, or one that has its session.
    """
    row = Cycle.objects.select_for_update().get(pk=cycle.pk)
    text = required_reason(reason, _("Say why this date is left out: the page of the cycle shows it."))
    if row.rule is None or date not in {o.planned_date for o in recurrence.occurrences(row.rule)}:
        raise PlanningError(_("The rhythm does not give that date: there is nothing to leave out."))
    if row.sessions.filter(planned_date=date).exists():
        raise PlanningError(_("That date has its session already: cancel or move the session."))
    exception, _created = CycleException.objects.update_or_create(
        cycle=row, planned_date=date, defaults={"kind": CycleException.Kind.SKIPPED, "reason": text}
    )
    _touch(row, at=at)
    return exception


@journal.verb("cycle.unskip", gettext_lazy("took back a date left out"))
def unskip(
    cycle: Cycle,
    *,
    date: dt.date,
    by: User | None,  # noqa: ARG001 - for the journal
    at: dt.datetime,
) -> None:
    """Let the rule propose a skipped date again. Raises PlanningError for a date that was not skipped."""
    row = Cycle.objects.select_for_update().get(pk=cycle.pk)
    skipped = row.exceptions.filter(planned_date=date, kind=CycleException.Kind.SKIPPED)
    if not skipped.delete()[0]:
        raise PlanningError(_("That date is not left out: nothing to change."))
    _touch(row, at=at)


def _touch(cycle: Cycle, *, at: dt.datetime) -> None:
    cycle.revised_at = next_revised_at(cycle.revised_at, at=at)
    cycle.save(update_fields=["revised_at"])


@journal.verb("session.move", gettext_lazy("moved a session"))
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

    A whole-day session keeps its number of days. `seen` is the `revised_at` that the organiser looked at.
    Raises PlanningError for a move into the past, one that changes nothing, or one of a session that is
    cancelled or has begun; StaleError when the session has changed since it was `seen`.
    """
    row = locked(session, seen=seen)
    text = reason_text(reason)
    until = _check_move(row, to=to, until=until, at=at)
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


def check_move(
    session: Session,
    *,
    to: dt.datetime,
    at: dt.datetime,
    until: dt.datetime | None = None,
    seen: dt.datetime | None = None,
) -> None:
    """Raise what `move` would raise now, and write nothing: to show consequences before saving."""
    if seen is not None and session.revised_at != seen:
        raise StaleError(session)
    _check_move(session, to=to, until=until, at=at)


def _check_move(
    session: Session, *, to: dt.datetime, until: dt.datetime | None, at: dt.datetime
) -> dt.datetime:
    """Return the end of a move that is allowed."""
    if session.status == Session.Status.CANCELLED:
        raise PlanningError(_("This session is cancelled: restore it before you move it."))
    if session.is_held and session.starts_at is not None and session.starts_at <= at:
        raise PlanningError(_("This session has begun: it can no longer be moved. Plan a new one."))
    until = until or _same_length(session, to)
    _check_span(to, until, at=at, all_day=session.is_all_day)
    if (to, until) == (session.starts_at, session.ends_at):
        raise PlanningError(_("The session is already at that date and hour: nothing to change."))
    return until


def _check_span(starts_at: dt.datetime, ends_at: dt.datetime, *, at: dt.datetime, all_day: bool) -> None:
    if ends_at <= starts_at:
        raise PlanningError(_("A session ends after it starts: check the date and the hours."))
    if ends_at - starts_at > LONGEST_SESSION and not all_day:
        raise PlanningError(_("A session lasts 24 hours at most: check the date and the hours."))
    if starts_at <= at:
        raise PlanningError(_("That moment is in the past: choose a later one."))


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


def _keep_reason(session: Session, reason: LazyI18nString) -> None:
    """Write the exception of a session that is off its rule's date; take it away when it is back on it."""
    if session.planned_date is None:
        return
    if not session.is_moved:
        session.cycle.exceptions.filter(
            planned_date=session.planned_date, kind=CycleException.Kind.MOVED
        ).delete()
        return
    CycleException.objects.update_or_create(
        cycle=session.cycle,
        planned_date=session.planned_date,
        defaults={"kind": CycleException.Kind.MOVED, "reason": reason},
    )


@journal.verb("session.postpone", gettext_lazy("postponed a session"))
def postpone(
    session: Session,
    *,
    by: User | None,
    at: dt.datetime,
    reason: LazyI18nString | Mapping[str, str] | str | None = None,
    seen: dt.datetime | None = None,
) -> SessionChange:
    """Take the date away without cancelling; `move` gives a new one."""
    row = locked(session, seen=seen)
    text = reason_text(reason)
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


@journal.verb("session.cancel", gettext_lazy("cancelled a session"))
def cancel(
    session: Session,
    *,
    reason: LazyI18nString | Mapping[str, str] | str,
    by: User | None,
    at: dt.datetime,
    seen: dt.datetime | None = None,
) -> SessionChange:
    """Cancel a session; it stays visible, keeps its number, and can be restored.

    Raises PlanningError without a reason, for a session that is over, or one that is cancelled already.
    """
    row = locked(session, seen=seen)
    text = required_reason(reason, _("Say why the session is cancelled: the people registered will read it."))
    if row.status == Session.Status.DRAFT:
        raise PlanningError(_("This session is a draft that nobody sees: delete it instead."))
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


@journal.verb("session.restore", gettext_lazy("restored a session"))
def restore(
    session: Session, *, by: User | None, at: dt.datetime, seen: dt.datetime | None = None
) -> SessionChange:
    """Take a cancellation back with the same date, or none if it was postponed before. Refused once over."""
    row = locked(session, seen=seen)
    if row.status != Session.Status.CANCELLED:
        raise PlanningError(_("This session is not cancelled."))
    before = (row.starts_at, row.ends_at)
    kind = SessionChange.Kind.RESTORED
    if row.status_before_cancel == Session.Status.POSTPONED:
        # It had no date when it was cancelled: people are told that it is postponed again, not that it is on.
        kind = SessionChange.Kind.POSTPONED
        row.starts_at = row.ends_at = None
    elif row.starts_at is None or row.starts_at <= at:
        raise PlanningError(_("Its date has passed: plan a new session instead."))
    row.status = row.status_before_cancel or Session.Status.CONFIRMED
    row.status_before_cancel = ""
    row.cancel_reason = LazyI18nString("")
    return _record(
        row,
        kind=kind,
        before=before,
        reason=LazyI18nString(""),
        by=by,
        at=at,
        fields=("status", "status_before_cancel", "cancel_reason", "starts_at", "ends_at"),
    )
