"""The default plan: which lines a cycle gets by itself, and which cycles get one."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from cycles.models import Cycle
from notifications.models import ReminderStep

if TYPE_CHECKING:
    from django.db.models import QuerySet


Moment = ReminderStep.Moment


# The lines of the default plan that remind whoever has a place.
DEFAULT_BEFORE: tuple[tuple[str, dict[str, Any]], ...] = (
    ("j-7", {"moment": Moment.LOCAL_TIME, "day_delta": -7}),
    ("j-1", {"moment": Moment.LOCAL_TIME, "day_delta": -1}),
    ("h-1", {"moment": Moment.BEFORE_START, "offset": dt.timedelta(hours=1)}),
    ("m-10", {"moment": Moment.BEFORE_START, "offset": dt.timedelta(minutes=10), "is_enabled": False}),
)

ARTICLE_OF_THE_DAY: dict[str, Any] = {
    "kind": ReminderStep.Message.ARTICLE,
    "moment": Moment.LOCAL_TIME,
    "local_time": dt.time(8),
}


def default_distances() -> list[dt.timedelta]:
    """Return how long before a session (negative) each reminder of the default plan leaves, the first first."""
    lines = [ReminderStep(**fields) for _code, fields in DEFAULT_BEFORE]
    return [line.distance for line in lines if line.is_enabled]


def default_steps(cycle: Cycle) -> None:
    """Give a cycle its default plan; lines that exist are left alone.

    J-7, J-1 and H-1 are on, M-10 is off. Two hours after the end, or the next working morning, who came is
    thanked and who missed it gets the replay; the day after, those of whom neither is known get a neutral one.
    Speakers are chased three, two and one weeks before while they have not answered, reminded at J-3 and H-1 with
    their way into the room, and thanked the day after.
    A run of training has J-1 alone: its joining instructions come a week before, and there is no replay to send. The
    day before, its trainers get the way to the sheets of the day, which nothing else would bring them.
    A daily cycle has its article each morning, and nothing else: nobody is reminded of every day for weeks.
    """
    if cycle.kind == Cycle.Kind.DAILY:
        article = ReminderStep(cycle=cycle, code=ReminderStep.Message.ARTICLE, **ARTICLE_OF_THE_DAY)
        ReminderStep.objects.bulk_create([article], ignore_conflicts=True)
        return
    before = list(DEFAULT_BEFORE)
    kinds, audience = ReminderStep.Message, ReminderStep.Audience
    after = [
        ("thanks", 2, kinds.THANKS, audience.ATTENDED),
        ("missed", 2, kinds.MISSED, audience.MISSED),
        ("follow-up", 24, kinds.FOLLOW_UP, audience.UNKNOWN),
    ]
    if cycle.is_run:
        before, after = before[1:2], []
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
    steps += _for_trainers(cycle) if cycle.is_run else _for_speakers(cycle)
    ReminderStep.objects.bulk_create(steps, ignore_conflicts=True)


def _for_trainers(cycle: Cycle) -> list[ReminderStep]:
    return [
        ReminderStep(
            cycle=cycle,
            code="speakers-j-1",
            kind=ReminderStep.Message.SPEAKER,
            audience=ReminderStep.Audience.SPEAKERS,
            moment=Moment.LOCAL_TIME,
            day_delta=-1,
        )
    ]


def _for_speakers(cycle: Cycle) -> list[ReminderStep]:
    kinds, hour = ReminderStep.Message, dt.timedelta(hours=1)
    by_day = {"moment": Moment.LOCAL_TIME, "avoids_weekends": True, "avoids_holidays": True}
    lines: list[tuple[str, dict[str, Any]]] = [
        *((f"chase-{days}", {**by_day, "day_delta": -days, "kind": kinds.CHASED}) for days in (21, 14, 7)),
        ("speakers-j-3", {"moment": Moment.LOCAL_TIME, "day_delta": -3, "kind": kinds.SPEAKER}),
        ("speakers-h-1", {"moment": Moment.BEFORE_START, "offset": hour, "kind": kinds.SPEAKER}),
        (
            "speakers-thanks",
            {**by_day, "moment": Moment.AFTER_END, "offset": 24 * hour, "kind": kinds.THANKED},
        ),
    ]
    speakers_only = ReminderStep.Audience.SPEAKERS
    return [ReminderStep(cycle=cycle, code=code, audience=speakers_only, **fields) for code, fields in lines]


def with_reminders() -> QuerySet[Cycle]:
    """Return the cycles that get the default plan when they have no line: an organiser always leaves one."""
    return Cycle.objects.filter(kind__in=Cycle.Kind.with_registration(), is_external=False)
