"""A rule with its additions and exclusions, as the wall times at which its event begins.

Additions and exclusions come in any form: in UTC, in another zone, floating, as a date, as local midnight, as a period.
What counts is which date of the rule they mean; one that means none is told.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from . import moments, rules
from .moments import MomentError

if TYPE_CHECKING:
    from cycles.imports.programme.report import Report

    from .moments import Clock, Moment
    from .source import Component, Line

MOST_DATES = 200
# Exclusions and additions of one event.
MOST_WRITTEN = 1000
# Of a rule without an end, when the cycle's period does not give one.
HORIZON = dt.timedelta(days=730)
FARTHEST = dt.timedelta(days=366 * 20)


@dataclass
class Series:
    """The beginnings of a series by wall time, those excluded, and the length of an added one that has its own.

    `from_local` is set when a rule without an end began in the past: nothing before it is taken.
    """

    locals: list[dt.datetime] = field(default_factory=list)
    excluded: set[dt.datetime] = field(default_factory=set)
    lengths: dict[dt.datetime, dt.timedelta] = field(default_factory=dict)
    from_local: dt.datetime | None = None


class Expander:
    """Writes series out; one budget for a whole file."""

    def __init__(self, clock: Clock, *, last_date: dt.date | None, at: dt.datetime, report: Report) -> None:
        self.clock = clock
        self.last_date = last_date
        self.at = at
        self.report = report
        self.budget = rules.Budget()

    def write_out(self, component: Component, start: Moment, length: dt.timedelta) -> Series:
        """Return the series of an event with RRULE or RDATE. Raises MomentError after telling what is wrong."""
        series = Series()
        result = {start.local}
        written = [line for name in ("RDATE", "EXDATE") for line in component.all(name)]
        if sum(line.value.count(",") + 1 for line in written) > MOST_WRITTEN:
            self.report.error(
                written[0].number,
                "VEVENT",
                _("more than %(most)d exclusions and additions are too many") % {"most": MOST_WRITTEN},
            )
            raise MomentError
        for line in component.all("RRULE"):
            result |= self._rule(line, start, length, series)
        for line in component.all("RDATE"):
            result |= self._added(line, start, series)
        for line in component.all("EXRULE"):
            taken = self._rule(line, start, length, None)
            series.excluded |= result & taken
            if not result & taken:
                self._warn(line, _("this exclusion fits no date: nothing is left out for it"))
        for line in component.all("EXDATE"):
            self._excluded(line, start, result, series)
        left = result - series.excluded
        if series.from_local is not None:
            left = {local for local in left if local >= series.from_local}
        series.locals = self._bounded(sorted(left), component, start, length)
        return series

    def _rule(
        self, line: Line, start: Moment, length: dt.timedelta, series: Series | None
    ) -> set[dt.datetime]:
        """Return the dates of a rule. One without an end gives those to come, until the cycle ends (RRULE only)."""
        try:
            rule = rules.parse(line.value)
            now = start.zone.local(self.at) if not start.is_day else self._today()
            until = self._until(rule, start)
            is_ours = until is None
            if until is None:
                until = self._horizon(max(start.local, now))
            dates = set(rules.dates(rule, start.local, until=until, budget=self.budget))
        except rules.RuleError as error:
            self.report.error(line.number, "VEVENT", str(error))
            raise MomentError from None
        if series is not None and is_ours and rule.count is None:
            if start.local + length <= now:
                series.from_local = now - length + dt.timedelta(seconds=1)
                message = _("the rule has no end: its dates from today until %(date)s are taken")
            else:
                message = _("the rule has no end: its dates until %(date)s are taken")
            self._warn(line, message % {"date": until.date()})
        return dates

    def _today(self) -> dt.datetime:
        local = self.clock.cycle_zone.local(self.at)
        return local.replace(hour=0, minute=0, second=0, microsecond=0)

    def _horizon(self, begin: dt.datetime) -> dt.datetime:
        if self.last_date is not None and self.last_date >= begin.date():
            return dt.datetime.combine(self.last_date, dt.time.max)
        return begin + HORIZON

    def _until(self, rule: rules.Rule, start: Moment) -> dt.datetime | None:
        """Return the last wall time of a rule, or None when it has no end, or too far a one."""
        if rule.until is None:
            # COUNT ends it; so that it ends soon, too.
            return max(start.local, start.zone.local(self.at)) + FARTHEST if rule.count is not None else None
        until = rule.until
        if until.tzinfo is not None:
            wall = until.replace(tzinfo=None)
            if start.is_day:
                local = self.clock.cycle_zone.local(until)
                until = local if local.time() == dt.time(0) else wall
            else:
                until = start.zone.local(until)
        if rule.until_is_day or start.is_day:
            until = until.replace(hour=23, minute=59, second=59)
        # "Until 2099" is a way of saying "for ever".
        return until if until <= max(start.local, start.zone.local(self.at)) + FARTHEST else None

    def _added(self, line: Line, start: Moment, series: Series) -> set[dt.datetime]:
        result = set()
        for moment, end in self.clock.moments(line):
            local = self._local(moment, start)
            if not start.is_day and (moment.is_day or (moment.is_midnight and not start.is_midnight)):
                local = dt.datetime.combine(local.date(), start.local.time())
            elif end:
                series.lengths[local] = self._length(line, moment, end)
            result.add(local)
        return result

    def _length(self, line: Line, begin: Moment, end: str) -> dt.timedelta:
        if end.upper().lstrip("+-").startswith("P"):
            return self.clock.length(line, end)
        return self.clock.moment(line, end).instant - begin.instant

    def _local(self, moment: Moment, start: Moment) -> dt.datetime:
        return moments.in_zone(moment, start.zone, self.clock.cycle_zone.name, is_day=start.is_day)

    def _excluded(self, line: Line, start: Moment, found: set[dt.datetime], series: Series) -> None:
        for moment, _end in self.clock.moments(line):
            meant = match(
                moment, self._local(moment, start), start, found, cycle_zone=self.clock.cycle_zone.name
            )
            if not meant and series.from_local is not None and moment.instant < self.at:
                continue
            if not meant:
                self._warn(
                    line,
                    _("the exclusion of %(date)s fits no date: nothing is left out for it")
                    % {"date": moment.local.date() if moment.is_day else f"{moment.local:%Y-%m-%d %H:%M}"},
                )
            series.excluded |= meant

    def _bounded(
        self, locals_: list[dt.datetime], component: Component, start: Moment, length: dt.timedelta
    ) -> list[dt.datetime]:
        """Return the dates, or only those to come when they are too many; refuse them when they still are."""
        if len(locals_) <= MOST_DATES:
            return locals_
        now = start.zone.local(self.at)
        ahead = [local for local in locals_ if local + length > now]
        if len(ahead) > MOST_DATES or len(ahead) == len(locals_):
            line = component.first("RRULE") or component.first("RDATE")
            self.report.error(
                line.number if line else component.number,
                "VEVENT",
                _("the rule gives more than %(most)d dates") % {"most": MOST_DATES},
            )
            raise MomentError
        self._warn(component, _("the rule gives more dates than are taken: only those to come are"))
        return ahead

    def _warn(self, where: Line | Component, message: str) -> None:
        self.report.warn(where.number, "VEVENT", message)


def match(
    moment: Moment, local: dt.datetime, start: Moment, found: set[dt.datetime], *, cycle_zone: str
) -> set[dt.datetime]:
    """Return the dates of a series that an exclusion or a changed occurrence means.

    `local` is the moment as wall time of the series. The instant first; else, for a date or a midnight, whatever the
    series holds on that day.
    """
    if local in found:
        return {local}
    if moment.is_day or moment.is_midnight or start.is_day:
        day = moment.local.date()
        meant = {one for one in found if one.date() == day}
        if meant or start.is_day:
            return meant
        # A rule in UTC, near midnight: the day as people here call it.
        zone = ZoneInfo(cycle_zone)
        return {one for one in found if start.zone.instant(one)[0].astimezone(zone).date() == day}
    if local.time() == dt.time(0):
        return {one for one in found if one.date() == local.date()}
    return set()
