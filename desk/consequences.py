"""What a change of schedule will do, worked out before it is saved: who is told, which mails, what to watch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from cycles import closures, recurrence, wording
from cycles.models import Session
from notifications import plan, reminders, speakers
from notifications.models import Delivery, Occurrence, ReminderStep
from registrations.models import FeedToken, Registration, State

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from cycles.models import Cycle


def language() -> str:
    return get_language() or settings.LANGUAGE_CODE


@dataclass(frozen=True, kw_only=True)
class People:
    """Who is concerned by a session: seated, waiting, in a private calendar, and who speaks without a seat."""

    seated: int
    waiting: int
    calendars: int
    speakers: int

    @property
    def told(self) -> int:
        return self.seated + self.waiting + self.speakers


def people(session: Session) -> People:
    """Count in five queries at most, whatever the number of registrations."""
    live = Registration.objects.live().filter(session=session)
    return People(
        seated=live.seated().count(),
        waiting=live.filter(state=State.WAITLISTED).count(),
        calendars=FeedToken.objects.filter(
            revoked_at=None, participant__in=live.values("participant")
        ).count(),
        speakers=len(speakers.told(session)),
    )


def people_of(sessions: Sequence[Session]) -> int:
    """Count the people registered for any of these sessions, each once."""
    live = Registration.objects.live().filter(session__in=[session.pk for session in sessions])
    return live.values("participant").distinct().count()


@dataclass(frozen=True, kw_only=True)
class Reminder:
    """One line of the reminder plan for a date: when it leaves, or why it does not."""

    label: str
    due: str
    is_late: bool


def reminder_plan(
    session: Session, *, starts_at: dt.datetime, ends_at: dt.datetime, at: dt.datetime
) -> tuple[Reminder, ...]:
    """Return the reminders that a session would have at these instants, in the order of leaving."""
    cycle, found = session.cycle, []
    there = Session(cycle=cycle, starts_at=starts_at, ends_at=ends_at)
    for step in plan.steps_of(session):
        if step.is_enabled and not step.is_after:
            window = plan.window(step, there)
            found.append((window.due_at, step_in_words(step), window.due_at < at))
    return tuple(
        Reminder(
            label=label,
            due=wording.short_when(due_at, zone=cycle.timezone, language=language()),
            is_late=is_late,
        )
        for due_at, label, is_late in sorted(found)
    )


def step_in_words(step: ReminderStep) -> str:
    """Return «J-7», "1 hour before"; a step at an hour of its own says it too."""
    day = wording.relative_step(_offset(step), language=language())
    if step.local_time is None:
        return day
    return _("%(day)s at %(hour)s") % {
        "day": day,
        "hour": wording.clock(step.local_time, language=language()),
    }


def _offset(step: ReminderStep) -> dt.timedelta:
    pure = step.pure
    if pure.is_by_day:
        return reminders.DAY * pure.day_delta
    return pure.offset if pure.moment == "after_end" else -pure.offset


def withdrawn(session: Session) -> int:
    """Count the reminders that are planned or waiting for the schedule as it is, and will not leave."""
    waiting = Delivery.objects.filter(session=session, state=Delivery.State.PENDING).count()
    planned = Occurrence.objects.filter(
        session=session, step__isnull=False, state=Occurrence.State.PLANNED
    ).count()
    return waiting + planned


def warnings(occurrence: recurrence.Occurrence, *, zone: str) -> list[str]:
    """Return in words what an organiser should know about a date: clocks that change, holidays."""
    told = []
    local = occurrence.starts_at.astimezone(ZoneInfo(zone))
    clock = wording.clock(local.time(), language=language())
    if occurrence.clock_change == "nonexistent":
        told.append(
            _(
                "That hour does not exist on that day: the clocks go forward. "
                "The session would begin at %(clock)s."
            )
            % {"clock": clock}
        )
    if occurrence.clock_change == "ambiguous":
        told.append(
            _(
                "That hour comes twice on that night: the clocks go back. "
                "The first %(clock)s is taken, before the change."
            )
            % {"clock": clock}
        )
    told += holidays(local.date())
    return told


def holidays(date: dt.date) -> list[str]:
    """Return «Jour férié : Ascension» for each holiday of a day, with where it holds."""
    told = []
    for closure in closures.closures(date, language=language()):
        kind = _("Public holiday") if closure.kind == "public" else _("School holidays")
        where = f" ({', '.join(closure.places)})" if closure.places else ""
        told.append(_("%(kind)s: %(name)s%(where)s") % {"kind": kind, "name": closure.name, "where": where})
    return told


def off_rule(cycle: Cycle, date: dt.date) -> str:
    """Return «1er jeudi» when a day is not one that the cycle's rule gives; empty otherwise."""
    rule = cycle.rule
    if rule is None or date in {o.planned_date for o in recurrence.occurrences(rule)}:
        return ""
    return wording.nth_in_words(date, language=language())


def told_in_words(count: int) -> str:
    return ngettext("%(count)d person is told by mail", "%(count)d people are told by mail", count) % {
        "count": count
    }
