"""What organisers do to a reminder plan: the only writer of its lines, named verbs, all or nothing.

Saving a line replans its sessions in the same transaction (receivers). What has begun to leave is never
begun again, whatever becomes of its line (rule R2).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from accounts import journal
from cycles.content import content_version
from cycles.content.editing import fingerprint
from cycles.models import Cycle
from cycles.schedule.revision import StaleError
from notifications.delivery import ledger
from notifications.delivery.run import sending
from notifications.mail.kinds import AT_THE_LAST, FOLLOW_UPS, OF_SPEAKERS, OF_SURVEYS
from notifications.models import LONGEST_DELTA, Delivery, MessageText, Occurrence, ReminderStep

from . import audiences, defaults, planner

if TYPE_CHECKING:
    from collections.abc import Mapping

    from accounts.models import User
    from cycles.models import Session

Moment = ReminderStep.Moment
Message = ReminderStep.Message
Audience = ReminderStep.Audience

# What a verb may write of a line; the rest is worked out here.
EDITABLE = frozenset(
    {
        "kind",
        "moment",
        "offset",
        "day_delta",
        "local_time",
        "audience",
        "on_uncertain",
        "opens",
        "closes",
        "avoids_weekends",
        "avoids_holidays",
    }
)
TIMING = ("moment", "offset", "day_delta", "local_time")
# Mails that nobody can take back any more.
LEFT = (Delivery.State.CLAIMED, Delivery.State.SENDING, Delivery.State.SENT, Delivery.State.UNCERTAIN)
AFTER_HOURS = dt.timedelta(hours=72)


class PolicyError(Exception):
    """A wish that the plan cannot follow; the message says why, in the organiser's language."""


@dataclass(frozen=True, kw_only=True)
class Timing:
    """How organisers say when: so many minutes, hours or days, before or after, days at an hour or not."""

    count: int
    unit: str
    is_after: bool = False
    hour: dt.time | None = None

    def as_fields(self) -> dict[str, Any]:
        """Return the columns of a line. Raises PolicyError for a distance that makes no sense."""
        if self.unit == "days":
            if self.count == 0 and self.hour is None:
                raise PolicyError(_("Zero is the session itself: give at least 1, or an hour of the day."))
            sign = 1 if self.is_after else -1
            return {
                "moment": Moment.LOCAL_TIME,
                "offset": dt.timedelta(0),
                "day_delta": sign * _bounded(dt.timedelta(days=self.count)).days,
                "local_time": self.hour,
            }
        if self.count == 0:
            raise PolicyError(_("Zero is the session itself: give at least 1."))
        if self.hour is not None:
            raise PolicyError(_("An hour of the day goes with days: leave it empty, or count in days."))
        return {
            "moment": Moment.AFTER_END if self.is_after else Moment.BEFORE_START,
            "offset": _bounded(dt.timedelta(**{self.unit: self.count})),
            "day_delta": 0,
            "local_time": None,
        }

    @property
    def code(self) -> str:
        """Return a short name: "j-3", "h-2", "m-10"; after the session "j-plus-1"."""
        letter = {"days": "j", "hours": "h", "minutes": "m"}[self.unit]
        at_hour = f"-{self.hour:%H%M}" if self.hour else ""
        return f"{letter}-{'plus-' if self.is_after else ''}{self.count}{at_hour}"


def _bounded(length: dt.timedelta) -> dt.timedelta:
    if length < dt.timedelta(0):
        raise PolicyError(_("Give a number without a sign, and say whether it is before or after."))
    if length > dt.timedelta(days=LONGEST_DELTA):
        raise PolicyError(_("%(days)d days at most: a reminder further away helps nobody.") % {"days": 366})
    return length


def add(
    cycle: Cycle,
    *,
    timing: Timing,
    values: Mapping[str, Any],
    session: Session | None = None,
    by: User | None,
    at: dt.datetime,
) -> ReminderStep:
    """Add a line to the plan, or to one session's. What it would have sent before `at` is not sent late."""
    _known(values)
    fields = {**values, **timing.as_fields()}
    step = ReminderStep(cycle=cycle, session=session, valid_from=at, **fields)
    with journal.entry("reminder.add", cycle, by=by, at=at):
        lines = ReminderStep.objects.select_for_update().filter(cycle=cycle)
        taken = set(lines.values_list("code", flat=True))
        _check(step, others=[line for line in lines if line.session_id in (None, step.session_id)])
        step.code = next(
            code
            for number in range(1, len(taken) + 2)
            if (code := timing.code if number == 1 else f"{timing.code}-{number}") not in taken
        )
        step.save()
    return step


def digest(step: ReminderStep) -> str:
    """Return a short text that differs whenever anything that an organiser may write of a line does."""
    return fingerprint([getattr(step, name) for name in sorted(EDITABLE)])


def change(
    step: ReminderStep,
    *,
    timing: Timing,
    values: Mapping[str, Any],
    session: Session | None = None,
    by: User | None,
    at: dt.datetime,
    seen: str | None = None,
) -> ReminderStep:
    """Count a line anew, for the cycle or (with `session`) for that session alone; what was sent stays sent.

    Raises StaleError when the line is no longer what it was when its `digest` was `seen`.
    """
    _known(values)
    with journal.entry("reminder.change", step, by=by, at=at):
        row = _line_of(step, session) if session else _locked(step)
        if seen is not None and digest(row) != seen:
            raise StaleError(row)
        fields = {**values, **timing.as_fields()}
        if any(getattr(row, name) != fields[name] for name in TIMING):
            row.valid_from = at
        for name, value in fields.items():
            setattr(row, name, value)
        others = ReminderStep.objects.filter(cycle=row.cycle_id, session=None).exclude(code=row.code)
        _check(row, others=list(others))
        row.save()
    return row


def switch(step: ReminderStep, *, on: bool, by: User | None, at: dt.datetime) -> ReminderStep:
    """Pause a line, or let it go on; what fell due meanwhile is not sent late."""
    with journal.entry("reminder.switch", step, by=by, at=at):
        row = _locked(step)
        if row.is_enabled == on:
            return row
        row.is_enabled = on
        row.valid_from = at if on else row.valid_from
        row.save(update_fields=["is_enabled", "valid_from"])
        if not on:
            waiting = Delivery.objects.filter(occurrence__step=row)
            ledger.skip(waiting, reason=Delivery.Reason.STEP_OFF)
    return row


def skip(step: ReminderStep, *, session: Session, by: User | None, at: dt.datetime) -> ReminderStep:
    """Leave a line out for one session; the others keep it."""
    with journal.entry("reminder.skip", step, by=by, at=at):
        row = _line_of(step, session)
        row.is_enabled = False
        row.save()
        waiting = Delivery.objects.filter(session=session, occurrence__step__code=row.code)
        ledger.skip(waiting, reason=Delivery.Reason.STEP_OFF)
    return row


def follow_cycle(step: ReminderStep, *, session: Session, by: User | None, at: dt.datetime) -> None:
    """Let a session follow the cycle's line again, from now on: undoes `skip` and `change` for one session."""
    with journal.entry("reminder.follow", step, by=by, at=at):
        own = ReminderStep.objects.select_for_update().filter(session=session, code=step.code).first()
        general = ReminderStep.objects.filter(cycle=step.cycle_id, session=None, code=step.code).first()
        if own is None:
            return
        if general is not None:
            # What it began stays known, under the cycle's line: nobody gets it twice.
            Occurrence.objects.filter(step=own).update(step=general)
        elif Delivery.objects.filter(occurrence__step=own).exists():
            raise PolicyError(
                _("This line has sent email already: pause it instead, so that the record stays.")
            )
        own.delete()
        planner.replan(session)
        content_version.touch()


def remove(step: ReminderStep, *, by: User | None, at: dt.datetime) -> None:
    """Take a line out of the plan. Raises PolicyError when it has sent mail: then it is paused, not removed.

    Neither is the last one, for a cycle without any line is one that awaits its default plan.
    """
    with journal.entry("reminder.remove", step, by=by, at=at):
        lines = ReminderStep.objects.select_for_update().filter(cycle=step.cycle_id, session=None)
        others = [line for line in lines if line.pk != step.pk]
        row = _locked(step)
        if not others and defaults.with_reminders().filter(pk=row.cycle_id).exists():
            raise PolicyError(_("This is the last line of the plan: pause it instead, and nothing leaves."))
        if Delivery.objects.filter(occurrence__step__code=row.code, session__cycle=row.cycle_id).exists():
            raise PolicyError(
                _("This line has sent email already: pause it instead, so that the record stays.")
            )
        ReminderStep.objects.filter(cycle=row.cycle_id, code=row.code).delete()
        content_version.touch()


def send_now(step: ReminderStep, *, session: Session, by: User | None, at: dt.datetime) -> Occurrence:
    """Let a line leave for one session at once instead of at its hour. Raises PolicyError when it cannot."""
    with journal.entry("reminder.send", step, by=by, at=at):
        planner.replan(session)
        mailing = (
            Occurrence.objects.select_for_update()
            .select_related("step")
            .filter(session=session, revision=session.revision, step__code=step.code)
            .first()
        )
        if mailing is None or mailing.step is None or not session.is_held or session.starts_at is None:
            raise PolicyError(_("Nothing is planned here: the line is off, or the session is not held."))
        if mailing.passes or mailing.cursor or mailing.state == Occurrence.State.OPEN:
            raise PolicyError(_("It has left already: nobody gets it twice."))
        if not mailing.step.is_after and session.starts_at <= at:
            raise PolicyError(_("The session has begun: a reminder comes too late."))
        if mailing.step.is_after and (session.ends_at is None or session.ends_at > at):
            raise PolicyError(_("The session is not over yet: what follows it has to wait."))
        mailing.due_at = mailing.asked_at = at
        mailing.not_after = at + AFTER_HOURS if mailing.step.is_after else session.starts_at
        mailing.state = Occurrence.State.PLANNED
        mailing.save(update_fields=["due_at", "asked_at", "not_after", "state"])
        content_version.touch()
    sending.wake()
    return mailing


@dataclass(frozen=True, kw_only=True)
class Stopped:
    """What stopping a mailing did: mails that waited and were withdrawn, and those that had left or were leaving.

    `had_begun` is False where nobody had been owed a mail yet: then nobody gets one.
    """

    withdrawn: int
    left: int
    had_begun: bool


def stop(mailing: Occurrence, *, by: User | None, at: dt.datetime) -> Stopped:
    """Stop a mailing that has not left, or not wholly.

    A notice that is stopped is not told at all; what was sent stays sent.
    """
    with journal.entry("mailing.stop", mailing, by=by, at=at):
        row = Occurrence.objects.select_for_update().get(pk=mailing.pk)
        had_begun = bool(row.passes or row.cursor) or row.state not in planner.TO_DO
        if row.state in planner.TO_DO:
            # As if it had passed: planning again must not bring it back.
            row.passes = max(row.passes, 1)
            row.state = Occurrence.State.CANCELLED
            row.save(update_fields=["state", "passes"])
            content_version.touch()
        mails = Delivery.objects.filter(occurrence=row)
        withdrawn = ledger.skip(mails, reason=Delivery.Reason.STOPPED)
        return Stopped(withdrawn=withdrawn, left=mails.filter(state__in=LEFT).count(), had_begun=had_begun)


def carry_over(cycle: Cycle, *, to: Cycle, at: dt.datetime) -> None:
    """Give another cycle the plan of this one and its organisers' words.

    What was decided for one session (left out, another hour) is of that session and stays behind.
    """
    steps = list(ReminderStep.objects.filter(cycle=cycle, session=None))
    codes = ["", *(step.code for step in steps)]
    texts = list(MessageText.objects.filter(cycle=cycle, code__in=codes))
    for step in steps:
        # Since when a line stands as it does is told of the sessions that it was for.
        step.pk, step.cycle, step.valid_from = None, to, None
    for text in texts:
        text.pk, text.cycle, text.revised_at = None, to, at
    ReminderStep.objects.bulk_create(steps)
    MessageText.objects.bulk_create(texts)


def _known(values: Mapping[str, Any]) -> None:
    if foreign := set(values) - EDITABLE:
        msg = f"these fields are not written here: {', '.join(sorted(foreign))}"
        raise ValueError(msg)


def _locked(step: ReminderStep) -> ReminderStep:
    return ReminderStep.objects.select_for_update().get(pk=step.pk)


def _line_of(step: ReminderStep, session: Session) -> ReminderStep:
    """Return the session's own line of this code, made from the cycle's when there is none yet (unsaved)."""
    own = ReminderStep.objects.select_for_update().filter(session=session, code=step.code).first()
    if own is not None:
        return own
    general = _locked(step)
    names = [field.attname for field in ReminderStep._meta.concrete_fields if not field.primary_key]
    copy = ReminderStep(**{name: getattr(general, name) for name in names})
    copy.session = session
    return copy


def _check(step: ReminderStep, *, others: list[ReminderStep]) -> None:
    """Refuse lines that contradict themselves or say the same as another."""
    if step.kind in FOLLOW_UPS and not step.is_after:
        raise PolicyError(_("A follow-up leaves after the session."))
    if step.kind in FOLLOW_UPS and any(other.kind == step.kind for other in others):
        raise PolicyError(
            _("Each person gets one follow-up of a session: choose “message of your own” for another.")
        )
    if step.kind == Message.REMINDER and step.is_after:
        raise PolicyError(_("A reminder leaves before the session: choose another message for afterwards."))
    if (step.audience == Audience.SPEAKERS) != (step.kind in OF_SPEAKERS):
        raise PolicyError(
            _("Speakers get the message made for them, and nobody else does: choose both or neither.")
        )
    _check_survey(step)
    if step.kind == Message.ARTICLE:
        _check_article(step)
    if step.kind in (Message.SPEAKER, Message.CHASED) and step.is_after:
        raise PolicyError(_("A reminder leaves before the session: choose another message for afterwards."))
    if step.kind == Message.THANKED and not step.is_after:
        raise PolicyError(_("Thanks leave after the session."))
    if step.audience in audiences.OF_ATTENDANCE and not step.is_after:
        raise PolicyError(_("Who came is only known after the session."))
    same = ("moment", "offset", "day_delta", "local_time", "audience", "kind")
    if any(all(getattr(step, name) == getattr(other, name) for name in same) for other in others):
        raise PolicyError(_("The plan has this line already."))


def _check_article(step: ReminderStep) -> None:
    """Refuse a line that would send the article of a day where there is none, or on another day."""
    if step.cycle.kind != Cycle.Kind.DAILY:
        raise PolicyError(_("Only a daily cycle has an article of the day."))
    if step.moment != Moment.LOCAL_TIME or step.day_delta != 0:
        raise PolicyError(_("The article leaves on its own day: write 0 days, and an hour."))
    if step.audience != Audience.CONFIRMED:
        raise PolicyError(_("The article of the day goes to people who have a place."))


def _check_survey(step: ReminderStep) -> None:
    """Refuse a line that would ask the wrong people, or at the wrong time."""
    if (step.audience == Audience.SURVEYED) != (step.kind in OF_SURVEYS):
        raise PolicyError(
            _(
                "A survey goes to those who have not answered it, and they get nothing else: choose both or neither."
            )
        )
    if step.kind in OF_SURVEYS and not step.cycle.is_run:
        raise PolicyError(
            _("These surveys are for training runs: a webinar’s stands in the email of thanks.")
        )
    if step.kind == Message.NEEDS and step.is_after:
        raise PolicyError(_("What people need is asked before the training."))
    if step.kind in AT_THE_LAST and not step.is_after:
        raise PolicyError(_("What people think of a training is asked after it."))
