"""From sessions and steps to mailings, and from mailings to owed mails.

Everything here may be run again at any time, by several at once: unique keys hold what was done. Saving a
session or a step replans it in the same transaction; the tick replans what was forgotten.
"""

from __future__ import annotations

import datetime as dt
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q

from accounts.dry_run import dry_run
from cycles.models import Cycle, Session, SessionChange
from cycles.schedule import public_holidays
from notifications.delivery import ledger
from notifications.delivery.run import failpoints
from notifications.mail.kinds import DIGEST, FOLLOW_UPS, NOTICES, OF_SURVEYS
from notifications.models import Delivery, Occurrence, ReminderStep
from notifications.notices import digests, recaps, speakers, surveys

from . import audiences, reminders

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping


CHUNK = 1000
SECOND_PASS_AFTER = dt.timedelta(minutes=15)
TO_DO = (Occurrence.State.PLANNED, Occurrence.State.OPEN)
NOT_BEGUN = (Occurrence.State.PLANNED, Occurrence.State.CANCELLED, Occurrence.State.MISSED)


def steps_of(session: Session) -> list[ReminderStep]:
    """Return the lines that leave at a session: the cycle's, its own in the place of those of the same code."""
    of_session = Q(session=None) | Q(session=session)
    lines = _known_to(session.cycle, ReminderStep.objects.filter(of_session, cycle=session.cycle_id))
    return surveys.leaving_at(session, _holding(session, lines))


def _known_to(cycle: Cycle, lines: Iterable[ReminderStep]) -> list[ReminderStep]:
    """Return lines with their cycle, which names them (a run has trainers, not speakers)."""
    result = list(lines)
    for line in result:
        line.cycle = cycle
    return result


def _holding(session: Session, lines: Collection[ReminderStep]) -> list[ReminderStep]:
    ours = [step for step in lines if step.cycle_id == session.cycle_id]
    by_code = {step.code: step for step in ours if step.session_id is None}
    by_code |= {step.code: step for step in ours if step.session_id == session.pk}
    return list(by_code.values())


def cycle_steps(cycle: Cycle) -> list[ReminderStep]:
    """Return the lines of the cycle itself, on or off, in the order in which they leave."""
    lines = _known_to(cycle, ReminderStep.objects.filter(cycle=cycle, session=None))
    return sorted(
        lines,
        key=lambda line: (
            line.is_after,
            line.day_delta,
            line.offset if line.is_after else -line.offset,
            line.code,
        ),
    )


def is_holiday(day: dt.date) -> bool:
    """Tell whether a day is a public holiday in all of metropolitan France."""
    return any(c.kind == "public" and not c.places for c in public_holidays.closures(day, language="fr"))


def window(step: ReminderStep, session: Session) -> reminders.Window:
    """Return when a line of the plan is due for a session that has a date."""
    if session.starts_at is None or session.ends_at is None:
        msg = f"session {session.pk} has no date"
        raise ValueError(msg)
    return reminders.window(
        step.pure,
        starts_at=session.starts_at,
        ends_at=session.ends_at,
        zone=session.cycle.timezone,
        is_holiday=is_holiday,
    )


def replan(session: Session) -> None:
    """Make the reminders of a session what its schedule and its cycle's steps say now."""
    replan_all([session.pk])


@transaction.atomic
def replan_all(pks: Collection[int], *, is_follow_up: bool = False) -> None:
    """Make the reminders of sessions what their schedules and their cycles' steps say now.

    A mailing that is not open yet follows the session in place; an open one is cancelled, its waiting mails
    are skipped, and the new revision is planned beside it. What was sent is never touched. The same number of
    statements for one session and a hundred. `is_follow_up`: these are the others of a cycle that was just looked at.
    """
    locked = Session.objects.select_for_update(of=("self",)).select_related("cycle")
    sessions = list(locked.filter(pk__in=pks).order_by("pk"))
    ours = Occurrence.objects.filter(session__in=sessions, step__isnull=False)
    moved_on = [session for session in sessions if session.revision > 0]
    if moved_on:
        ledger.skip(
            Delivery.objects.filter(
                session__in=moved_on, revision__lt=F("session__revision"), occurrence__step__isnull=False
            ),
            reason=Delivery.Reason.SUPERSEDED,
        )
    kept, others = _steps_held(sessions)
    rows = list(ours.select_related("step"))
    unkept = [
        row.pk
        for row in rows
        if row.state in TO_DO and row.step is not None and row.step.code not in kept[row.session_id]
    ]
    _plan_steps(sessions, kept, rows)
    if unkept:
        ours.filter(pk__in=unkept, state__in=TO_DO).update(state=Occurrence.State.CANCELLED)
    if moved_on:
        older = ours.filter(revision__lt=F("session__revision"), state__in=TO_DO)
        older.update(state=Occurrence.State.CANCELLED)
    if not is_follow_up and others:
        # Which half-day is the first, or the last, is a matter of all of them.
        replan_all(others, is_follow_up=True)
    failpoints.reach("in-replan")


def _steps_held(sessions: Collection[Session]) -> tuple[dict[int, dict[str, ReminderStep]], set[int]]:
    """Return the lines that are on for each session, by code; none for one that is not held.

    Then the other sessions whose lines depend on these: those of cycles in which a line leaves once.
    """
    cycles = {session.cycle_id for session in sessions}
    lines = ReminderStep.objects.filter(cycle__in=cycles).filter(Q(session=None) | Q(session__in=sessions))
    results = list(lines)
    once = {step.cycle_id for step in results if step.kind in OF_SURVEYS}
    held = list(Session.objects.held().filter(cycle__in=once)) if once else []
    kept = {
        session.pk: {
            step.code: step
            for step in _holding(session, results)
            if step.is_enabled
            and session.is_held
            and session.starts_at is not None
            and surveys.leaves_at_this(step.kind, session, held)
        }
        for session in sessions
    }
    return kept, {one.pk for one in held} - {session.pk for session in sessions}


def _plan_steps(
    sessions: Collection[Session], kept: Mapping[int, Mapping[str, ReminderStep]], rows: list[Occurrence]
) -> None:
    """Plan each line of each session: anew in place, moved to the session's revision, or for the first time."""
    known = _known_from(sessions)
    # By code: what the cycle's line has begun for a session, a line of the session's own does not begin again.
    by_code: dict[tuple[int, str], list[Occurrence]] = {}
    for row in sorted(rows, key=lambda row: (row.revision, row.pk)):
        if row.step is not None:
            by_code.setdefault((row.session_id, row.step.code), []).append(row)
    anew, moved, first = [], [], []
    for session in sessions:
        for code, step in kept[session.pk].items():
            fields = mailing(session, step, known_from=known[session.pk])
            there = by_code.get((session.pk, code), [])
            current = [row for row in there if row.revision == session.revision]
            planned = [row for row in there if row.state == Occurrence.State.PLANNED]
            if current:
                anew += [row for row in current if _take(row, fields)]
            elif planned:
                moved.append(planned[-1])
                _take(planned[-1], {**fields, "revision": session.revision, "asked_at": None})
            else:
                first.append(Occurrence(session=session, revision=session.revision, **fields))
    names = ["step", "kind", "due_at", "not_after", "state"]
    if anew:
        # Switched on again, or counted anew: only what has not begun may change.
        waiting = Occurrence.objects.filter(state__in=NOT_BEGUN, passes=0, cursor=0, asked_at=None)
        waiting.bulk_update(anew, names)
    if moved:
        still = Occurrence.objects.filter(state=Occurrence.State.PLANNED)
        still.bulk_update(moved, [*names, "revision", "asked_at"])
    if first:
        Occurrence.objects.bulk_create(first, ignore_conflicts=True)


def _take(row: Occurrence, fields: Mapping[str, Any]) -> bool:
    """Give a mailing these fields; return whether any was another."""
    differs = any(getattr(row, name) != value for name, value in fields.items())
    for name, value in fields.items():
        setattr(row, name, value)
    return differs


def _known_from(sessions: Collection[Session]) -> dict[int, dt.datetime]:
    """Return the instants since which the present schedules are known (R1, for a moved date)."""
    known = {session.pk: session.created_at for session in sessions}
    if any(session.revision for session in sessions):
        changes = SessionChange.objects.filter(session__in=sessions, revision=F("session__revision"))
        known |= dict(changes.values_list("session", "at"))
    return known


def mailing(session: Session, step: ReminderStep, *, known_from: dt.datetime) -> dict[str, Any]:
    """Return what a line of the plan gives for a session that has a date: the fields of its mailing."""
    span = window(step, session)
    is_owed = reminders.is_owed(span, known_from=max(known_from, step.valid_from or known_from))
    return {
        "step": step,
        "kind": step.kind,
        "due_at": span.due_at,
        "not_after": span.not_after,
        "state": Occurrence.State.PLANNED if is_owed else Occurrence.State.MISSED,
    }


_together: ContextVar[set[int] | None] = ContextVar("together", default=None)


@contextmanager
def together() -> Iterator[None]:
    """Replan each session once, at the end, however many of its lines change in between."""
    with transaction.atomic():
        mine: set[int] = set()
        token = _together.set(mine)
        try:
            yield
        finally:
            _together.reset(token)
        replan_all(mine)


def follow(step: ReminderStep) -> None:
    """Replan the sessions that a line of a plan is for: at once, or at the end of `together`."""
    held = Session.objects.held().filter(cycle=step.cycle_id)
    pks = (held.filter(pk=step.session_id) if step.session_id else held).values_list("pk", flat=True)
    waiting = _together.get()
    if waiting is None:
        replan_all(pks)
    else:
        waiting.update(pks)


def look_again(session_id: int, *, audiences: Collection[ReminderStep.Audience], at: dt.datetime) -> None:
    """Let mailings that were due before it was known who they are for go through the people once more (R5)."""
    Occurrence.objects.filter(
        session=session_id,
        step__audience__in=audiences,
        state__in=(Occurrence.State.OPEN, Occurrence.State.CLOSED),
        due_at__lte=at,
        not_after__gt=at,
    ).update(state=Occurrence.State.OPEN, passes=0, cursor=0)


def open_due(*, at: dt.datetime, chunks: int = 50) -> int:
    """Owe the mails of every mailing that is due, at most `chunks` chunks of them; return how many were new.

    The cursor is saved with each chunk: killed anywhere, the next tick resumes there. What became too late while
    nothing ran is written down as such, person by person (rule R5): nothing is lost in silence.
    """
    digests.join(at=at)
    to_do = Occurrence.objects.filter(state__in=TO_DO, due_at__lte=at).exclude(_waits_for_a_notice(at=at))
    second = Q(passes=0) | Q(cursor__gt=0) | Q(due_at__lte=at - SECOND_PASS_AFTER) | Q(not_after__lte=at)
    owed = 0
    for pk in to_do.filter(second).order_by("due_at", "pk").values_list("pk", flat=True)[:chunks]:
        is_finished = False
        while chunks > 0 and not is_finished:
            new, is_finished = _fan_out(pk, at=at)
            failpoints.reach("after-chunk")
            owed += new
            chunks -= 1
    return owed


def _waits_for_a_notice(*, at: dt.datetime) -> Q:
    """Tell of a reminder whether its session changed a moment ago (R3): people are told that first, or it is undone.

    What an organiser sends by hand does not wait.
    """
    untold = Occurrence.objects.filter(
        session=OuterRef("session"), kind__in=NOTICES, state=Occurrence.State.PLANNED, due_at__gt=at
    )
    return Q(Exists(untold), step__isnull=False, asked_at=None)


def would_owe(mailing: Occurrence, *, at: dt.datetime) -> int:
    """Return how many mails a mailing that is due would owe now beside those that it owes already; nothing is kept."""

    def owed() -> int:
        new, is_finished = 0, False
        while not is_finished:
            more, is_finished = _fan_out(mailing.pk, at=at)
            new += more
        return new

    return dry_run(owed).result


@transaction.atomic
def _fan_out(pk: int, *, at: dt.datetime) -> tuple[int, bool]:
    """Owe one chunk of a mailing; return how many were new, and whether this pass is over."""
    occurrence = (
        Occurrence.objects.select_for_update(of=("self",), skip_locked=True)
        .select_related("step", "session__cycle")
        .filter(pk=pk, state__in=TO_DO)
        .first()
    )
    if occurrence is None:
        return 0, True
    people = audiences.of(occurrence)
    chunk = list(people.filter(pk__gt=occurrence.cursor).order_by("pk").values_list("pk", flat=True)[:CHUNK])
    new = 0
    is_late = occurrence.not_after <= at
    if chunk and recaps.is_void(occurrence, at=at):
        occurrence.state = Occurrence.State.CANCELLED
        occurrence.save(update_fields=["state"])
        return 0, True
    owing: dict[str, Any] = {
        "prefix": key_prefix(occurrence),
        "leaves_at": _leaves_at(occurrence, at=at),
        "at": at,
        "is_late": is_late,
    }
    if chunk:
        part = people.filter(pk__gt=occurrence.cursor, pk__lte=chunk[-1])
        new = ledger.owe_people(part, occurrence=occurrence, **owing)
        failpoints.reach("in-chunk")
    is_finished = len(chunk) < CHUNK
    if is_finished:
        if occurrence.kind in NOTICES:
            new += ledger.owe_people(audiences.waiting(occurrence), occurrence=occurrence, **owing)
        for notice in digests.notices(occurrence) if occurrence.kind == DIGEST else [occurrence]:
            new += speakers.owe(notice, **{**owing, "prefix": key_prefix(notice)})
        new += surveys.owe(occurrence, **owing)
    occurrence.cursor = 0 if is_finished else chunk[-1]
    occurrence.passes += is_finished
    occurrence.state = Occurrence.State.OPEN
    if occurrence.passes > 1:
        occurrence.state = Occurrence.State.CLOSED
    elif is_late and is_finished:
        occurrence.state = Occurrence.State.MISSED
    occurrence.save(update_fields=["cursor", "passes", "state"])
    return 0 if is_late else new, is_finished


def _leaves_at(occurrence: Occurrence, *, at: dt.datetime) -> dt.datetime:
    """Return when the mails of a mailing that is due leave. The quiet hours hold nothing that was sent by hand (R6)."""
    step = occurrence.step
    if step is None or occurrence.asked_at is not None:
        return at
    zone = occurrence.session.cycle.timezone
    return reminders.leaves_at(step.pure, due_at=occurrence.due_at, at=at, zone=zone)


def key_prefix(occurrence: Occurrence) -> str:
    """Return the key of a mailing's deliveries up to the registration: one a person, step and revision (R2).

    All follow-ups share theirs: nobody is thanked for coming and told what they missed.
    """
    if occurrence.kind in FOLLOW_UPS:
        return f"after:{occurrence.session_id}:{occurrence.revision}:"
    if occurrence.step is not None and occurrence.kind in OF_SURVEYS:
        return surveys.key_prefix(occurrence.step)
    who = f"rem:{occurrence.step_id}" if occurrence.step_id else occurrence.kind
    return f"{who}:{occurrence.session_id}:{occurrence.revision}:"
