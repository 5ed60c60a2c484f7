"""A cycle: its words, its rhythm, and the sessions that are made from it."""

from __future__ import annotations

import datetime as dt
import itertools
import re
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from i18nfield.strings import LazyI18nString

from accounts import journal
from cycles.models import Cycle, CycleException
from cycles.schedule import planning, public_holidays, recurrence
from cycles.schedule.revision import PlanningError, next_revised_at, reason_text

from . import rows

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from accounts.models import User
    from cycles.models import Session

RULE = (
    "frequency",
    "nth",
    "weekday",
    "month_day",
    "interval",
    "first_date",
    "last_date",
    "local_start",
    "minutes",
    "timezone",
    "planned_count",
)


def set_rule(
    cycle: Cycle,
    *,
    values: Mapping[str, object],
    by: User | None,
    at: dt.datetime,
) -> Cycle:
    """Write the rhythm of a cycle (the fields of RULE). Existing sessions stay: the rows are the truth.

    Raises PlanningError for a new time zone under existing sessions.
    """
    with journal.entry("cycle.rule", cycle, by=by, at=at) as entry:
        row = Cycle.objects.select_for_update().get(pk=cycle.pk)
        changed = [name for name in RULE if name in values and getattr(row, name) != values[name]]
        if not changed:
            entry.drop()
            return row
        if "timezone" in changed and row.sessions.exists():
            raise PlanningError(
                _(
                    "The time zone of a cycle that has sessions cannot change: their hours would be told wrongly."
                )
            )
        for name in changed:
            setattr(row, name, values[name])
        row.revised_at = next_revised_at(row.revised_at, at=at)
        row.save(update_fields=[*changed, "revised_at"])
        return row


def plan(
    cycle: Cycle,
    *,
    rule: Mapping[str, object],
    skips: Mapping[dt.date, Mapping[str, str]],
    moves: Mapping[dt.date, planning.Placement],
    dates: Collection[dt.date],
    left_out: Collection[dt.date] = (),
    additions: Sequence[planning.Placement] = (),
    by: User | None,
    at: dt.datetime,
) -> list[Session]:
    """Save a rhythm, leave some of its dates out and create the sessions of the others: all of it or nothing.

    `dates` are the planned dates that the organiser saw, skipped ones included, and `left_out` those among them
    that were left out until now: one that is not in `skips` any more gets its session. Raises PlanningError.
    """
    with journal.entry("cycle.propose", cycle, by=by, at=at):
        row = set_rule(cycle, values=rule, by=by, at=at)
        before = planning.left_out(row)
        if set(before) & set(dates) != set(left_out):
            raise PlanningError(_("The plan has changed since you looked at it: check the dates again."))
        for date, reason in skips.items():
            if before.get(date) != reason_text(reason):
                planning.skip(row, date=date, reason=reason, by=by, at=at)
        for date in sorted(set(left_out) - set(skips)):
            planning.unskip(row, date=date, by=by, at=at)
        return planning.confirm(
            row, dates=set(dates) - set(skips), moves=moves, additions=additions, by=by, at=at
        )


COPIED = (
    "programme_id",
    "kind",
    "session_word",
    "description",
    "outcomes",
    "spoken_language",
    "sender_name",
    "contact_email",
    "color",
    "host_id",
    "registration_mode",
    "capacity",
    "offer_hours",
    *(name for name in RULE if not name.endswith("_date")),
)


def duplicate(
    cycle: Cycle,
    *,
    title: Mapping[str, str] | None = None,
    by: User | None,
    at: dt.datetime,
) -> Cycle:
    """Return a draft of the next season: the same words, terms and rhythm, its period a year later, no session yet.

    `title` is by language; None takes `season_title`. Dates that the cycle leaves out are left out again, a year
    later, unless it was for a public holiday. Other dates are not shifted: the rhythm gives new ones, so that a 3rd
    Thursday stays one. When registration opens and closes is left to be said, and a banner, which speaks of the
    moment, is not carried over. Raises PlanningError for a cycle without a rhythm, or one whose next season exists.
    """
    with journal.entry("cycle.duplicate", by=by, at=at) as entry:
        row = Cycle.objects.select_for_update().get(pk=cycle.pk)
        if row.first_date is None or row.last_date is None or row.rule is None:
            raise PlanningError(_("This cycle has no rhythm to repeat: plan its dates first."))
        if row.followed_by.filter(first_date__gt=row.first_date).exists():
            raise PlanningError(_("The next season of this cycle exists already."))
        named = season_title(row) if title is None else LazyI18nString(dict(title))
        season = Cycle.objects.create(
            title=named,
            short_title=_years_risen(row.short_title),
            slug=_season_slug(row),
            follows=row,
            first_date=_year_later(row.first_date),
            last_date=_year_later(row.last_date),
            revised_at=next_revised_at(None, at=at),
            **{name: getattr(row, name) for name in COPIED},
        )
        _leave_out_again(row, season)
        entry.about(season)
        return season


YEAR = re.compile(r"(?<!\d)20\d\d(?!\d)")
LONGEST_TITLE = 300


def season_title(cycle: Cycle) -> LazyI18nString:
    """Return what the next season may be called: the years of the title risen by one, or those of its period added."""
    risen = _years_risen(cycle.title)
    if rows.said(risen) != rows.said(cycle.title) or cycle.first_date is None or cycle.last_date is None:
        return risen
    years = sorted({cycle.first_date.year + 1, cycle.last_date.year + 1})
    period = "–".join(map(str, (years[0], years[-1])[: len(years)]))
    texts = rows.said(risen) or {}
    return LazyI18nString(
        {code: f"{text[: LONGEST_TITLE - len(period) - 1]} {period}" for code, text in texts.items()}
    )


def _years_risen(text: LazyI18nString | str) -> LazyI18nString:
    said = rows.said(text if isinstance(text, LazyI18nString) else LazyI18nString(text)) or {}
    return LazyI18nString(
        {code: YEAR.sub(lambda found: str(int(found[0]) + 1), each) for code, each in said.items()}
    )


# How far the date of a season may lie from the day, a year later, of the one that it stands for.
NEAR = {
    Cycle.Frequency.MONTHLY_WEEKDAY: dt.timedelta(days=15),
    Cycle.Frequency.MONTHLY_DAY: dt.timedelta(days=15),
    Cycle.Frequency.WEEKLY: dt.timedelta(days=3),
    Cycle.Frequency.DAILY: dt.timedelta(0),
}


def _leave_out_again(cycle: Cycle, season: Cycle) -> None:
    """Leave out of a season what the one before left out: August stays one without a date."""
    if season.rule is None:
        return
    dates = [occurrence.planned_date for occurrence in recurrence.occurrences(season.rule)]
    near = NEAR[Cycle.Frequency(season.frequency)]
    for date, reason in planning.left_out(cycle).items():
        if not dates or public_holidays.is_day_off(date):
            continue
        later = _year_later(date)
        nearest = min(dates, key=lambda each: abs(each - later))
        if abs(nearest - later) <= near:
            CycleException.objects.get_or_create(
                cycle=season,
                planned_date=nearest,
                defaults={"kind": CycleException.Kind.SKIPPED, "reason": reason},
            )


def _year_later(date: dt.date) -> dt.date:
    """Return the same day of the next year; the last day of February stays one."""
    year = date.year + 1
    if (date.month, date.day) in ((2, 28), (2, 29)) and (date + dt.timedelta(days=1)).month > date.month:
        return dt.date(year, 3, 1) - dt.timedelta(days=1)
    return date.replace(year=year)


def _season_slug(cycle: Cycle) -> str:
    """Return "reconnaissance-2021-2022" after "reconnaissance-2020-2021"; a number after other names."""
    risen = re.sub(r"(?<!\d)20\d\d(?!\d)", lambda found: str(int(found[0]) + 1), cycle.slug)
    base = risen if risen != cycle.slug else cycle.slug[:70]
    taken = set(Cycle.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    candidates = itertools.chain([base], (f"{base}-{number}" for number in itertools.count(2)))
    return next(candidate for candidate in candidates if candidate not in taken)
