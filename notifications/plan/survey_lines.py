"""The lines of a reminder plan that ask for a survey: put there when the survey is opened, changed like all others."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from cycles.language import wording
from notifications.mail.kinds import OF_SURVEYS
from notifications.models import Occurrence, ReminderStep
from surveys.asking import standing, window

from . import planner, policy

if TYPE_CHECKING:
    from accounts.models import User
    from surveys.models import Survey

Timing = policy.Timing
WORKING_DAYS = {"avoids_weekends": True, "avoids_holidays": True}
MORNING = dt.time(9)
DAY = dt.timedelta(days=1)


def _morning(after: dt.timedelta) -> Timing:
    """Return a line for the morning so many days after the training."""
    return Timing(count=after.days, unit="days", is_after=True, hour=MORNING)


# When each survey is asked for, and once more: (timing, what else the line says).
LINES: dict[str, tuple[tuple[Timing, dict[str, Any]], ...]] = {
    "needs": (
        (Timing(count=15, unit="days"), WORKING_DAYS),
        (Timing(count=8, unit="days"), WORKING_DAYS),
    ),
    # Before people leave the room, if they like; those who did not, on the next working day.
    "hot": (
        (Timing(count=1, unit="minutes", is_after=True), {}),
        (Timing(count=24, unit="hours", is_after=True), WORKING_DAYS),
    ),
    "cold": (
        (_morning(window.ASKED_AFTER["cold"]), WORKING_DAYS),
        (_morning(window.ASKED_AFTER["cold"] + 7 * DAY), WORKING_DAYS),
    ),
    "employer": (
        (_morning(window.ASKED_AFTER["employer"]), WORKING_DAYS),
        (_morning(window.ASKED_AFTER["employer"] + 10 * DAY), WORKING_DAYS),
    ),
    "funder": (
        (_morning(window.ASKED_AFTER["funder"]), WORKING_DAYS),
        (_morning(window.ASKED_AFTER["funder"] + 10 * DAY), WORKING_DAYS),
    ),
    "trainer": (
        (Timing(count=1, unit="days", is_after=True, hour=MORNING), WORKING_DAYS),
        (Timing(count=7, unit="days", is_after=True, hour=MORNING), WORKING_DAYS),
    ),
}
KIND_OF = {moment: kind for kind, moment in OF_SURVEYS.items()}


def distances(moment: str, *, language: str) -> list[str]:
    """Return how far from the training each line of a survey leaves, in words: "15 days before"; none without lines."""
    return [
        wording.step_in_words(
            (1 if timing.is_after else -1) * dt.timedelta(**{timing.unit: timing.count}), language=language
        )
        for timing, _more in LINES.get(moment, ())
    ]


def has_passed(survey: Survey, *, at: dt.datetime) -> bool:
    """Tell whether the dates of a survey are planned and none of its emails lies ahead: what asks for it is over."""
    kind = KIND_OF.get(survey.moment)
    if kind is None or not survey.cycle.is_public or not standing.sessions_of(survey):
        return False
    ahead = Occurrence.objects.filter(
        kind=kind, step__cycle=survey.cycle_id, state=Occurrence.State.PLANNED, due_at__gt=at
    )
    return not ahead.exists()


def add(survey: Survey, *, by: User | None, at: dt.datetime) -> None:
    """Put the lines of a survey into the plan of its cycle, where it has none. What was due before is not sent.

    The survey after each session needs none: its link is in the mail that thanks those who came.
    """
    kind = KIND_OF.get(survey.moment)
    if kind is None or ReminderStep.objects.filter(cycle=survey.cycle_id, kind=kind, session=None).exists():
        return
    step = ReminderStep()
    fields = ("opens", "closes", "on_uncertain", "avoids_weekends", "avoids_holidays")
    usual = {name: getattr(step, name) for name in fields}
    with planner.together():
        for timing, more in LINES[survey.moment]:
            values = {**usual, **more, "kind": kind, "audience": ReminderStep.Audience.SURVEYED}
            policy.add(survey.cycle, timing=timing, values=values, by=by, at=at)
