"""What leaves in the next weeks, day by day, in words: for the page of all mails to come."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from django.urls import reverse

from cycles.language import naming, wording
from desk.mail.kind_words import kind_in_words
from desk.reminders import line
from desk.schedule.consequences import language
from notifications.models import Delivery, Occurrence

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cycles.models import Cycle, Session
    from notifications.plan.ahead import Coming

# How far one page looks, and how many mailings it lists at most.
WINDOW = dt.timedelta(days=31)
FURTHEST = dt.timedelta(days=3650)
MOST = 300


@dataclass(frozen=True, kw_only=True)
class Row:
    """One mailing to come. `url` is where it is looked at or stopped; `mailing` can be stopped at once."""

    clock: str
    due_at: dt.datetime
    what: str
    session: str
    cycle: Cycle
    people: int
    url: str
    mailing: Occurrence | None
    at: Session | None


@dataclass(frozen=True, kw_only=True)
class Day:
    """One day of the list, with how many mails leave on it."""

    date: dt.date
    label: str
    rows: tuple[Row, ...]

    @property
    def people(self) -> int:
        return sum(row.people for row in self.rows)


def days(coming: Iterable[Coming]) -> list[Day]:
    """Return mails to come by the day on which they leave, as the clock of their cycle shows it; no query."""
    local = [(one.due_at.astimezone(one.cycle.zone), one) for one in coming]
    ordered = sorted(local, key=lambda pair: (pair[0].date(), pair[1].due_at))
    return [
        Day(
            date=date,
            label=wording.long_date(date, language=language()),
            rows=tuple(_row(moment, one) for moment, one in pairs),
        )
        for date, pairs in groupby(ordered, key=lambda pair: pair[0].date())
    ]


def _row(moment: dt.datetime, one: Coming) -> Row:
    session = one.session
    if session is not None:
        session.cycle = one.cycle
    is_leaving = one.mailing is not None and (one.step is None or one.mailing.state == Occurrence.State.OPEN)
    return Row(
        clock=wording.clock(moment.time(), language=language()),
        due_at=one.due_at,
        what=_what(one),
        session=naming.session_label(session) if session else "",
        cycle=one.cycle,
        people=one.people,
        url=_url(one),
        mailing=one.mailing if is_leaving else None,
        at=session,
    )


def _what(one: Coming) -> str:
    if one.group_message is not None:
        return str(one.group_message)
    if one.step is not None:
        return f"{kind_in_words(one.kind)} · {line.name(one.step)}"
    return kind_in_words(one.kind)


def _url(one: Coming) -> str:
    slug = one.cycle.slug
    if one.group_message is not None:
        return reverse("desk:group-message", args=[slug, one.group_message.pk])
    if one.session is not None and one.step is not None:
        return f"{reverse('desk:reminders', args=[slug])}?session={one.session.slug}#{one.step.code}"
    waiting = Delivery.State.PENDING.value
    return f"{reverse('desk:deliveries', args=[slug])}?kind={one.kind}&state={waiting}"
