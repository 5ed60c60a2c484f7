"""The line again: the plan of one session, each mailing with its hour, its people and what became of it."""

from __future__ import annotations

import operator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cycles.language import wording
from desk.mail.kind_words import audience_in_words
from desk.schedule.consequences import language, step_in_words
from notifications.models import Delivery, Occurrence, ReminderStep
from notifications.plan import audiences, planner

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from cycles.models import Cycle, Session

State = Occurrence.State
ALIVE = (Delivery.State.PENDING, Delivery.State.CLAIMED, Delivery.State.SENDING)


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of the plan for one session. `css` is the shape of its stop, `state` that of its word."""

    step: ReminderStep
    label: str
    state: str
    state_word: str
    css: str
    when: str = ""
    due_at: dt.datetime | None = None
    people: int | None = None
    note: str = ""
    mailing: Occurrence | None = None
    is_own: bool = False
    can_send: bool = False
    can_skip: bool = False
    can_follow: bool = False
    can_stop: bool = False


@dataclass(frozen=True, kw_only=True)
class Counts:
    """What became of the mails of one mailing."""

    sent: int = 0
    waiting: int = 0
    other: int = 0

    @property
    def total(self) -> int:
        return self.sent + self.waiting + self.other


def lines(session: Session, *, at: dt.datetime, only_after: bool = False) -> list[Line]:
    """Return the plan of a session that has a date, in the order in which it leaves; or only what follows it."""
    mailings = {
        mailing.step.code: mailing
        for mailing in session.mailings.filter(revision=session.revision, step__isnull=False).select_related(
            "step"
        )
        if mailing.step
    }
    counts = counts_of(mailings.values())
    dated = [
        (_due_at(step, session, mailings.get(step.code)), step.code, step)
        for step in planner.steps_of(session)
        if step.is_after or not only_after
    ]
    return _next_marked(
        _line(step, session, mailings.get(code), due_at=due_at, counts=counts, at=at)
        for due_at, code, step in sorted(dated, key=operator.itemgetter(0, 1))
    )


def _next_marked(found: Iterable[Line]) -> list[Line]:
    """Give the shape of what comes next to the first line that is planned; those behind it are to come."""
    marked: list[Line] = []
    is_ahead = False
    for line in found:
        is_planned = line.state in ("next", "live") and line.css == "ahead"
        if is_planned and is_ahead:
            marked.append(replace(line, state=""))
        elif is_planned:
            marked.append(replace(line, state="next", css="next"))
            is_ahead = True
        else:
            marked.append(line)
    return marked


def _due_at(step: ReminderStep, session: Session, mailing: Occurrence | None) -> dt.datetime:
    return mailing.due_at if mailing and mailing.asked_at else planner.window(step, session).due_at


def undated(cycle: Cycle) -> list[Line]:
    """Return the plan of a cycle none of whose sessions has a date: only which lines are on."""
    return [
        Line(
            step=step,
            label=name(step),
            state="" if step.is_enabled else "skipped",
            state_word=_("on") if step.is_enabled else state_in_words("paused"),
            css="todo",
        )
        for step in planner.cycle_steps(cycle)
    ]


def name(step: ReminderStep) -> str:
    """Return "J-7"; "H+2 · people who came" for what does not go to everyone who has a place."""
    when = step_in_words(step)
    if step.audience == ReminderStep.Audience.CONFIRMED:
        return when
    if step.audience == ReminderStep.Audience.SURVEYED:
        # All of them are for whoever has not answered: which survey it is tells them apart.
        return f"{when} · {step.get_kind_display()}"
    return f"{when} · {audience_in_words(step.audience, step.cycle)}"


def counts_of(mailings: Iterable[Occurrence]) -> dict[int, Counts]:
    """Return what became of the mails of each mailing that owed any; one query."""
    result: dict[int, dict[str, int]] = {}
    rows = (
        Delivery.objects.filter(occurrence__in=mailings)
        .order_by("occurrence", "state")
        .values_list("occurrence", "state")
        .annotate(Count("pk"))
    )
    for occurrence, state, number in rows:
        name = "sent" if state == Delivery.State.SENT else "waiting" if state in ALIVE else "other"
        of_one = result.setdefault(occurrence, {})
        of_one[name] = of_one.get(name, 0) + number
    return {pk: Counts(**of_one) for pk, of_one in result.items()}


def _line(
    step: ReminderStep,
    session: Session,
    mailing: Occurrence | None,
    *,
    due_at: dt.datetime,
    counts: dict[int, Counts],
    at: dt.datetime,
) -> Line:
    has_begun = mailing is not None and bool(mailing.passes or mailing.cursor or mailing.state == State.OPEN)
    state, css, note = _state(step, mailing, has_begun=has_begun, is_past=due_at < at)
    told = counts.get(mailing.pk, Counts()) if mailing else Counts()
    if has_begun and (state != "stopped" or told.total):
        people = told.total
        note = " ".join(filter(None, (note, told_in_words(told))))
    else:
        people = audiences.count(step, session, due_at=max(due_at, at))
    over = session.ends_at is not None and session.ends_at <= at
    begun = session.starts_at is not None and session.starts_at <= at
    open_to_change = session.is_held and not has_begun and not (over and not step.is_after)
    return Line(
        step=step,
        label=name(step),
        when=wording.short_when(due_at, zone=session.cycle.timezone, language=language()),
        due_at=due_at,
        people=people,
        state=css,
        state_word=state_in_words(state),
        css={"sent": "done", "sending": "live", "stopped": "cancelled", "planned": "ahead"}.get(
            state, "todo"
        ),
        note=note,
        mailing=mailing,
        is_own=step.session_id is not None,
        can_send=open_to_change and step.is_enabled and (over if step.is_after else not begun),
        can_skip=open_to_change and step.is_enabled and state == "planned",
        can_follow=open_to_change and step.session_id is not None,
        can_stop=mailing is not None and state == "sending" and told.waiting > 0,
    )


def _state(
    step: ReminderStep, mailing: Occurrence | None, *, has_begun: bool, is_past: bool
) -> tuple[str, str, str]:
    """Return the state of a line, the class of its word, and why it is so when that is not plain."""
    if mailing is not None and has_begun:
        return {
            State.CANCELLED: (
                "stopped",
                "cancelled",
                _("An organiser stopped it: what had not left was withdrawn."),
            ),
            State.OPEN: ("sending", "live", ""),
        }.get(State(mailing.state), ("sent", "done", ""))
    if not step.is_enabled:
        return ("skipped" if step.session_id else "paused"), "skipped", ""
    if mailing is None or mailing.state == State.CANCELLED:
        return "off", "skipped", ""
    if mailing.state == State.MISSED:
        if step.valid_from is not None and step.valid_from > mailing.due_at:
            return "missed", "skipped", _("Its time had passed when it was added: it is not sent late.")
        return "missed", "skipped", _("Its time had passed when the date was set, or no worker ran in time.")
    return ("planned", "live", _("It leaves within a minute.")) if is_past else ("planned", "next", "")


def state_in_words(state: str) -> str:
    return {
        "sent": _("sent"),
        "sending": _("being sent"),
        "stopped": _("stopped"),
        "skipped": _("left out for this session"),
        "paused": _("paused"),
        "missed": _("not sent: too late"),
        "off": _("not planned"),
        "planned": _("planned"),
    }[state]


def told_in_words(told: Counts) -> str:
    """Return "12 sent, 3 waiting, 1 not sent"."""
    parts = [
        ngettext("%(count)d sent", "%(count)d sent", told.sent) % {"count": told.sent},
        ngettext("%(count)d waiting", "%(count)d waiting", told.waiting) % {"count": told.waiting},
        ngettext("%(count)d not sent", "%(count)d not sent", told.other) % {"count": told.other},
    ]
    shown = [
        part for part, number in zip(parts, (told.sent, told.waiting, told.other), strict=True) if number
    ]
    return ", ".join(shown) or _("Nobody was concerned.")
