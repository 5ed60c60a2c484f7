"""From sessions and steps to mailings, and from mailings to owed mails.

Everything here may be run again at any time, by several at once: unique keys hold what was done. Saving a
session or a step replans it in the same transaction; the tick replans what was forgotten.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Exists, Max, OuterRef, Q

from cycles import closures
from cycles.models import Cycle, Session, SessionChange

from . import audiences, digests, failpoints, ledger, recaps, reminders, speakers
from .kinds import DIGEST, FOLLOW_UPS, NOTICES
from .models import LONGEST_DELTA, Delivery, Occurrence, ReminderStep

if TYPE_CHECKING:
    from collections.abc import Collection

    from django.db.models import QuerySet

GRACE = dt.timedelta(minutes=10)
# Nearer than this to the session there is no time for a grace.
TOO_NEAR = dt.timedelta(minutes=30)
CHUNK = 1000
SECOND_PASS_AFTER = dt.timedelta(minutes=15)
POSTPONED_NOTICE_LIVES = dt.timedelta(hours=72)
LAST_STEP_AFTER = dt.timedelta(days=LONGEST_DELTA)
TO_DO = (Occurrence.State.PLANNED, Occurrence.State.OPEN)
Moment = ReminderStep.Moment


def default_steps(cycle: Cycle) -> None:
    """Give a cycle its default plan; lines that exist are left alone.

    J-7, J-1 and H-1 are on, M-10 is off. Two hours after the end, or the next working morning, who came is
    thanked and who missed it gets the replay; the day after, those of whom neither is known get a neutral one.
    """
    before = [
        ("j-7", {"moment": Moment.LOCAL_TIME, "day_delta": -7}),
        ("j-1", {"moment": Moment.LOCAL_TIME, "day_delta": -1}),
        ("h-1", {"moment": Moment.BEFORE_START, "offset": dt.timedelta(hours=1)}),
        (
            "m-10",
            {"moment": Moment.BEFORE_START, "offset": dt.timedelta(minutes=10), "is_enabled": False},
        ),
    ]
    kinds, audience = ReminderStep.Message, ReminderStep.Audience
    after = [
        ("thanks", 2, kinds.THANKS, audience.ATTENDED),
        ("missed", 2, kinds.MISSED, audience.MISSED),
        ("follow-up", 24, kinds.FOLLOW_UP, audience.UNKNOWN),
    ]
    steps = [ReminderStep(cycle=cycle, code=code, **fields) for code, fields in before]
    steps += [
        ReminderStep(
            cycle=cycle,
            code=code,
            kind=kind,
            moment=Moment.AFTER_END,
            offset=dt.timedelta(hours=hours),
            audience=to,
            avoids_weekends=True,
            avoids_holidays=True,
        )
        for code, hours, kind, to in after
    ]
    ReminderStep.objects.bulk_create(steps, ignore_conflicts=True)


def steps_of(session: Session) -> list[ReminderStep]:
    """Return the lines that hold for a session: the cycle's, its own in the place of those of the same code."""
    lines = ReminderStep.objects.filter(cycle=session.cycle_id).filter(Q(session=None) | Q(session=session))
    by_code = {step.code: step for step in lines if step.session_id is None}
    by_code |= {step.code: step for step in lines if step.session_id is not None}
    return list(by_code.values())


def cycle_steps(cycle: Cycle) -> list[ReminderStep]:
    """Return the lines of the cycle itself, on or off, in the order in which they leave."""
    lines = ReminderStep.objects.filter(cycle=cycle, session=None)
    return sorted(lines, key=lambda line: (line.is_after, line.day_delta, -line.offset, line.code))


def is_holiday(day: dt.date) -> bool:
    """Tell whether a day is a public holiday in all of metropolitan France."""
    return any(c.kind == "public" and not c.places for c in closures.closures(day, language="fr"))


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


@transaction.atomic
def replan(session: Session) -> None:
    """Make the reminders of a session what its schedule and its cycle's steps say now.

    A mailing that is not open yet follows the session in place; an open one is cancelled, its waiting mails
    are skipped, and the new revision is planned beside it. What was sent is never touched.
    """
    session = Session.objects.select_for_update(of=("self",)).select_related("cycle").get(pk=session.pk)
    ours = session.mailings.exclude(step=None)
    older = ours.filter(revision__lt=session.revision, state__in=TO_DO)
    ledger.skip(
        Delivery.objects.filter(
            session=session, revision__lt=session.revision, occurrence__step__isnull=False
        ),
        reason=Delivery.Reason.SUPERSEDED,
    )
    older.filter(state=Occurrence.State.OPEN).update(state=Occurrence.State.CANCELLED)
    steps = [step for step in steps_of(session) if step.is_enabled] if session.is_held else []
    known_from = _known_from(session)
    for step in steps:
        _plan_step(session, step, known_from=known_from)
    kept = [step.code for step in steps]
    ours.filter(state__in=TO_DO).exclude(step__code__in=kept).update(state=Occurrence.State.CANCELLED)
    older.update(state=Occurrence.State.CANCELLED)
    failpoints.reach("in-replan")


def _known_from(session: Session) -> dt.datetime:
    """Return the instant since which the present schedule is known (R1, for a moved date)."""
    change = session.changes.filter(revision=session.revision).first()
    return change.at if change else session.created_at


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


def _plan_step(session: Session, step: ReminderStep, *, known_from: dt.datetime) -> None:
    if session.starts_at is None:
        return
    fields = mailing(session, step, known_from=known_from)
    # By code: what the cycle's line has begun for a session, a line of the session's own does not begin again.
    of_step = session.mailings.filter(step__code=step.code)
    current = of_step.filter(revision=session.revision)
    if current.exists():
        # Switched on again, or counted anew: only what has not begun may change.
        waiting = (Occurrence.State.PLANNED, Occurrence.State.CANCELLED, Occurrence.State.MISSED)
        current.filter(state__in=waiting, passes=0, cursor=0, asked_at=None).exclude(**fields).update(
            **fields
        )
        return
    moved = of_step.filter(state=Occurrence.State.PLANNED).update(
        revision=session.revision, asked_at=None, **fields
    )
    if not moved:
        Occurrence.objects.bulk_create(
            [Occurrence(session=session, revision=session.revision, **fields)], ignore_conflicts=True
        )


def notify(change: SessionChange, *, at: dt.datetime) -> None:
    """Plan the notice of a change of schedule, after a grace in which further changes join it.

    Changes that undo each other within the grace give no mail at all.
    """
    session = Session.objects.select_related("cycle").get(pk=change.session_id)
    notice = foresee(session, change, at=at)
    notices = session.mailings.filter(kind__in=NOTICES)
    ledger.skip(Delivery.objects.filter(occurrence__in=notices), reason=Delivery.Reason.SUPERSEDED)
    notices.filter(state__in=TO_DO).update(state=Occurrence.State.CANCELLED)
    if notice is not None:
        Occurrence.objects.bulk_create([notice], ignore_conflicts=True)


def foresee(session: Session, change: SessionChange, *, at: dt.datetime) -> Occurrence | None:
    """Return the notice of a change of schedule, unsaved; None when nobody needs to be told. Writes nothing.

    `session` is as the change leaves it; neither needs to be saved, so that one may look before the change is made.
    """
    since = min([change.revision - 1, *_untold(session.mailings.filter(kind__in=NOTICES))])
    first = change if since == change.revision - 1 else session.changes.get(revision=since + 1)
    kind = _notice_kind(session, first)
    if kind is None:
        return None
    not_after = session.starts_at if kind in ("session_moved", "session_restored") else session.ends_at
    return Occurrence(
        kind=kind,
        session=session,
        revision=change.revision,
        since_revision=since,
        due_at=notice_due(session.starts_at, first.from_starts_at, at=at),
        not_after=not_after or at + POSTPONED_NOTICE_LIVES,
    )


def notice_due(*starts: dt.datetime | None, at: dt.datetime) -> dt.datetime:
    """Return when the notice of a change leaves, from the old start and the new one: near to either, at once."""
    is_near = min(start for start in starts if start is not None) - at < TOO_NEAR
    return at if is_near else at + GRACE


def _untold(notices: QuerySet[Occurrence]) -> list[int]:
    """Return since when people may not know: the schedules before each notice that did not reach them all.

    One that an organiser stopped counts: the next one starts from the date that people still have in mind.
    """
    mails = Delivery.objects.filter(Q(occurrence=OuterRef("pk")) | Q(occurrence=OuterRef("told_by")))
    told = notices.filter(
        Q(state__in=(Occurrence.State.OPEN, Occurrence.State.CLOSED))
        | Exists(mails.filter(state=Delivery.State.SENT))
    )
    last = told.aggregate(last=Max("revision"))["last"] or 0
    newer = Q(revision__gt=last, state__in=(Occurrence.State.PLANNED, Occurrence.State.CANCELLED))
    untold = notices.filter(newer | Exists(mails.filter(state=Delivery.State.PENDING)))
    return [since for since in untold.values_list("since_revision", flat=True) if since is not None]


def _notice_kind(session: Session, first: SessionChange) -> str | None:
    """Return which notice the way from before `first` to now deserves; None when it leads back."""
    was_cancelled = first.kind == SessionChange.Kind.RESTORED
    if session.status == Session.Status.CANCELLED:
        return None if was_cancelled else "session_cancelled"
    if session.status == Session.Status.POSTPONED:
        return None if first.from_starts_at is None else "session_postponed"
    if was_cancelled:
        return "session_restored"
    before = (first.from_starts_at, first.from_ends_at)
    return None if before == (session.starts_at, session.ends_at) else "session_moved"


def look_again(session_id: int, *, audiences: Collection[ReminderStep.Audience], at: dt.datetime) -> None:
    """Let mailings that were due before it was known who they are for go through the people once more (R5)."""
    Occurrence.objects.filter(
        session=session_id,
        step__audience__in=audiences,
        state__in=(Occurrence.State.OPEN, Occurrence.State.CLOSED),
        due_at__lte=at,
        not_after__gt=at,
    ).update(state=Occurrence.State.OPEN, passes=0, cursor=0)


def heal(*, at: dt.datetime) -> int:
    """Give default steps to cycles without any, and replan the sessions whose mailings are not what they are."""
    bare = Cycle.objects.filter(kind=Cycle.Kind.WEBINAR, is_external=False, reminder_steps=None)
    for cycle in bare:
        default_steps(cycle)
    planned = Occurrence.objects.filter(
        session=OuterRef(OuterRef("pk")),
        step__code=OuterRef("code"),
        revision=OuterRef(OuterRef("revision")),
    )
    replaced = ReminderStep.objects.filter(session=OuterRef(OuterRef("pk")), code=OuterRef("code"))
    lines = ReminderStep.objects.filter(cycle=OuterRef("cycle"), is_enabled=True)
    of_cycle = lines.filter(session=None).exclude(Exists(replaced)).exclude(Exists(planned))
    of_session = lines.filter(session=OuterRef("pk")).exclude(Exists(planned))
    stale = Occurrence.objects.filter(session=OuterRef("pk"), step__isnull=False, state__in=TO_DO).filter(
        ~Q(revision=OuterRef("revision")) | Q(step__is_enabled=False)
    )
    held = Session.objects.held().filter(ends_at__gt=at - LAST_STEP_AFTER)
    sessions = list(held.filter(Exists(of_cycle) | Exists(of_session) | Exists(stale)))
    gone = Session.objects.exclude(status__in=(Session.Status.TENTATIVE, Session.Status.CONFIRMED))
    left = Occurrence.objects.filter(session=OuterRef("pk"), step__isnull=False, state__in=TO_DO)
    sessions += list(gone.filter(Exists(left)))
    for session in sessions:
        replan(session)
    return len(sessions)


def open_due(*, at: dt.datetime, chunks: int = 50) -> int:
    """Owe the mails of every mailing that is due, at most `chunks` chunks of them; return how many were new.

    The cursor is saved with each chunk: killed anywhere, the next tick resumes there. What became too late while
    nothing ran is written down as such, person by person (rule R5): nothing is lost in silence.
    """
    digests.join(at=at)
    to_do = Occurrence.objects.filter(state__in=TO_DO, due_at__lte=at)
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
    step, zone = occurrence.step, occurrence.session.cycle.timezone
    owing: dict[str, Any] = {
        "prefix": key_prefix(occurrence),
        "leaves_at": (
            reminders.leaves_at(step.pure, due_at=occurrence.due_at, at=at, zone=zone) if step else at
        ),
        "at": at,
        "is_late": is_late,
    }
    if chunk:
        part = people.filter(pk__gt=occurrence.cursor, pk__lte=chunk[-1])
        new = ledger.owe_people(part, occurrence=occurrence, **owing)
        failpoints.reach("in-chunk")
    is_finished = len(chunk) < CHUNK
    if is_finished:
        for notice in digests.notices(occurrence) if occurrence.kind == DIGEST else [occurrence]:
            new += speakers.owe(notice, **{**owing, "prefix": key_prefix(notice)})
    occurrence.cursor = 0 if is_finished else chunk[-1]
    occurrence.passes += is_finished
    occurrence.state = Occurrence.State.OPEN
    if occurrence.passes > 1:
        occurrence.state = Occurrence.State.CLOSED
    elif is_late and is_finished:
        occurrence.state = Occurrence.State.MISSED
    occurrence.save(update_fields=["cursor", "passes", "state"])
    return 0 if is_late else new, is_finished


def key_prefix(occurrence: Occurrence) -> str:
    """Return the key of a mailing's deliveries up to the registration: one a person, step and revision (R2).

    All follow-ups share theirs: nobody is thanked for coming and told what they missed.
    """
    if occurrence.kind in FOLLOW_UPS:
        return f"after:{occurrence.session_id}:{occurrence.revision}:"
    who = f"rem:{occurrence.step_id}" if occurrence.step_id else occurrence.kind
    return f"{who}:{occurrence.session_id}:{occurrence.revision}:"
