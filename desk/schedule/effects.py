"""What a change of dates does, before it is saved: the verb itself is tried, and taken back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cycles.language import wording
from cycles.schedule import planning
from desk.reminders import line
from desk.reminders.mailings import mailings, tried, waiting
from desk.schedule.consequences import Notice, People, language, notice_of, people
from notifications.models import ReminderStep
from notifications.notices import schedule_changes, speakers

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable

    from cycles.models import Session
    from notifications.models import Occurrence

# Why a session is cancelled is written on the page that asks what cancelling does.
NO_REASON_YET = "…"


@dataclass(frozen=True, kw_only=True)
class Reminder:
    """One line of the reminder plan for a date: when it leaves, or that it is too late for it."""

    label: str
    due: str
    is_late: bool


@dataclass(frozen=True, kw_only=True)
class Effects:
    """Who is told of a change and when, and what becomes of the mailings that were planned.

    `near` are the sessions whose notice leaves at once; `reminders` those that the plan gives afterwards, in the order
    of leaving.
    """

    people: People
    notice: Notice | None
    near: tuple[Session, ...]
    followed: int
    withdrawn: int
    withdrawn_mails: int
    reminders: tuple[Reminder, ...]


def effects(verb: Callable[[], Any], *sessions: Session, at: dt.datetime) -> Effects:
    """Return what a verb of planning would do to these sessions. What it raises passes through."""
    result = tried(verb, session__in=[session.pk for session in sessions])
    notices = result.after.notices
    lines = sorted(
        (row for rows in (result.after.planned, result.after.missed) for row in rows.values()),
        key=lambda row: (row.due_at, row.pk),
    )
    return Effects(
        people=people(*sessions),
        notice=notice_of(notices[0], at=at) if notices else None,
        near=tuple(notice.session for notice in notices if notice.due_at <= at),
        followed=result.followed,
        withdrawn=result.withdrawn,
        withdrawn_mails=result.withdrawn_mails,
        reminders=_reminders(lines, at=at),
    )


def of_cancelling(*sessions: Session, at: dt.datetime) -> Effects:
    """Return what cancelling all of these would do, read off what is planned, in a few queries whatever their number.

    The verb takes some thirty queries a session: nobody's registration may wait while a page tries it on a hundred.
    A test compares both.
    """
    which = {"session__in": [session.pk for session in sessions]}
    now = mailings(**which)
    return Effects(
        people=people(*sessions),
        notice=None,
        near=tuple(
            session
            for session in sessions
            if session.starts_at and schedule_changes.notice_due(session.starts_at, at=at) <= at
        ),
        followed=0,
        withdrawn=len(now.planned) + len(now.leaving),
        withdrawn_mails=waiting(**which),
        reminders=(),
    )


def effects_or_refusal(verb: Callable[[], Any], session: Session, *, at: dt.datetime) -> dict[str, Any]:
    """Return `effects` of a verb for a page that only looks, or `refusal`: why the verb would not do it."""
    try:
        return {"effects": effects(verb, session, at=at)}
    except planning.PlanningError as error:
        return {"refusal": str(error)}


def _reminders(lines: list[Occurrence], *, at: dt.datetime) -> tuple[Reminder, ...]:
    speaking = speakers.spoken_at({row.session_id for row in lines if _is_to_speakers(row)})
    return tuple(
        Reminder(
            label=line.name(row.step),
            due=wording.short_when(row.due_at, zone=row.session.cycle.timezone, language=language()),
            is_late=row.due_at < at,
        )
        for row in lines
        if row.step is not None
        and not row.step.is_after
        and (not _is_to_speakers(row) or row.session_id in speaking)
    )


def _is_to_speakers(mailing: Occurrence) -> bool:
    return mailing.step is not None and mailing.step.audience == ReminderStep.Audience.SPEAKERS
