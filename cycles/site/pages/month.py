"""One month of everything published: a grid of days, and the same sessions as a list."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Max, Min

from cycles.language import wording
from cycles.models import Session

from .stops import Stop, language, stop, true_until

if TYPE_CHECKING:
    from collections.abc import Iterable

ONE_DAY = dt.timedelta(days=1)
# A month that borders on another in a zone far away, and whole days that began before it.
MARGIN = dt.timedelta(days=32)


@dataclass(frozen=True, kw_only=True)
class Day:
    """A day of the grid; `stops` are held on it, `begins` those that begin on it (or before the month, on its first).

    `told_on` is the day of the list that tells of the first of them.
    """

    date: dt.date
    words: str
    is_in_month: bool
    is_today: bool
    stops: tuple[Stop, ...]
    begins: tuple[Stop, ...]
    told_on: dt.date


@dataclass(frozen=True, kw_only=True)
class MonthPage:
    """Everything the page of a month shows; `before` and `after` are the first days of months that one may see."""

    title: str
    weekdays: tuple[tuple[str, str], ...]
    weeks: tuple[tuple[Day, ...], ...]
    before: dt.date | None
    before_title: str
    after: dt.date | None
    after_title: str
    changes_at: dt.datetime

    @property
    def days(self) -> tuple[Day, ...]:
        """The days of the list: those on which something begins, in order."""
        return tuple(day for week in self.weeks for day in week if day.is_in_month and day.begins)


def month_page(first: dt.date, *, at: dt.datetime) -> MonthPage | None:
    """Gather the month that begins on `first`; None for one before the first session or after the last. Two queries."""
    today = at.astimezone(ZoneInfo(settings.TIME_ZONE)).date()
    dated = Session.objects.published().filter(starts_at__isnull=False)
    bounds = dated.aggregate(first=Min("starts_at"), last=Max("ends_at"))
    this_month = today.replace(day=1)
    months = [this_month, *(_month(moment) for moment in bounds.values() if moment)]
    if not min(months) <= first <= max(months):
        return None
    sessions = dated.filter(
        starts_at__lt=_instant(_next(first)) + MARGIN, ends_at__gt=_instant(first) - MARGIN
    )
    listed = list(sessions.select_related("cycle", "territory").order_by("starts_at", "pk"))
    before, after = _previous(first), _next(first)
    return MonthPage(
        title=wording.month_and_year(first, language=language()),
        weekdays=tuple(_weekday(first + n * ONE_DAY) for n in _from_monday(first)),
        weeks=_weeks(first, listed, today=today, at=at),
        before=before if before >= min(months) else None,
        before_title=wording.month_and_year(before, language=language()),
        after=after if after <= max(months) else None,
        after_title=wording.month_and_year(after, language=language()),
        changes_at=true_until(listed, zone=ZoneInfo(settings.TIME_ZONE), at=at),
    )


def _weeks(
    first: dt.date, sessions: Iterable[Session], *, today: dt.date, at: dt.datetime
) -> tuple[tuple[Day, ...], ...]:
    on: dict[dt.date, list[Stop]] = {}
    begins: dict[dt.date, list[Stop]] = {}
    told_on: dict[dt.date, dt.date] = {}
    for session in sessions:
        days = _days(session)
        shown = stop(session, at=at)
        begin = max(days[0], first) if days[-1] >= first else days[0]
        begins.setdefault(begin, []).append(shown)
        for day in days:
            on.setdefault(day, []).append(shown)
            told_on.setdefault(day, begin)
    monday = first - first.weekday() * ONE_DAY
    weeks = []
    while monday < _next(first):
        weeks.append(
            tuple(
                Day(
                    date=date,
                    words=wording.long_date(date, language=language()),
                    is_in_month=date.month == first.month,
                    is_today=date == today,
                    stops=tuple(on.get(date, ())),
                    begins=tuple(begins.get(date, ())),
                    told_on=date if date in begins else told_on.get(date, date),
                )
                for date in (monday + n * ONE_DAY for n in range(7))
            )
        )
        monday += 7 * ONE_DAY
    return tuple(weeks)


def _days(session: Session) -> list[dt.date]:
    """Return the days of a dated session in its own zone: the first one, of whole days each."""
    assert session.starts_at is not None  # noqa: S101 - the query asked for dated ones
    assert session.ends_at is not None  # noqa: S101 - likewise
    first = session.starts_at.astimezone(session.zone).date()
    if not session.is_all_day:
        return [first]
    after = session.ends_at.astimezone(session.zone).date()
    return [first + n * ONE_DAY for n in range(max((after - first).days, 1))]


def _weekday(date: dt.date) -> tuple[str, str]:
    return (
        wording.short_weekday_name(date, language=language()),
        wording.weekday_name(date, language=language()),
    )


def _from_monday(first: dt.date) -> range:
    return range(-first.weekday(), 7 - first.weekday())


def _month(moment: dt.datetime) -> dt.date:
    return moment.astimezone(ZoneInfo(settings.TIME_ZONE)).date().replace(day=1)


def _instant(day: dt.date) -> dt.datetime:
    return dt.datetime(day.year, day.month, day.day, tzinfo=dt.UTC)


def _next(first: dt.date) -> dt.date:
    return (first + MARGIN).replace(day=1)


def _previous(first: dt.date) -> dt.date:
    return (first - ONE_DAY).replace(day=1)
