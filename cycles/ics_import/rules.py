"""Rules written out date by date (RFC 5545, 3.8.5), on local wall time, within a limit."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dateutil.rrule import rrulestr
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .source import Line

MOST_DATES = 200
# Of a rule without an end, when the cycle's period does not give one.
HORIZON = dt.timedelta(days=730)
# Wall time, as everything here.
FAR = dt.datetime(9999, 12, 31)  # noqa: DTZ001
FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
UNTIL = re.compile(r"UNTIL=(\d{8})(?:T(\d{6}))?(Z?)")


class RuleError(Exception):
    """A rule that is not written out, and why; `line` is where it stands."""

    def __init__(self, message: str, *, line: int = 0) -> None:
        super().__init__(message)
        self.line = line


@dataclass(frozen=True)
class Dates:
    """The local beginnings that a rule gives; `is_cut` when it had no end of its own."""

    locals: tuple[dt.datetime, ...]
    is_cut: bool
    until: dt.date


def dates(
    start: dt.datetime,
    *,
    zone: dt.tzinfo,
    rule: Line | None,
    without: Iterable[dt.datetime],
    with_also: Iterable[dt.datetime],
    is_day: bool,
    last_date: dt.date | None,
) -> Dates:
    """Return the local dates of an event: its start, its rule's, RDATE's, without EXDATE's, in order.

    Raises RuleError for a rule that is wrong, finer than a day, or that gives more than `MOST_DATES`.
    """
    line = rule.number if rule else 0
    found = {start, *with_also}
    end, is_cut = start, False
    if rule is not None:
        parts = rule.value.strip().upper()
        end, is_cut = _end(parts, start, zone=zone, is_day=is_day, last_date=last_date)
        found |= set(_given(parts, start, end=end, line=line))
    found -= set(without)
    if len(found) > MOST_DATES:
        raise RuleError(_("the rule gives more than %(most)d dates") % {"most": MOST_DATES}, line=line)
    return Dates(tuple(sorted(found)), is_cut, end.date())


def _end(
    parts: str, start: dt.datetime, *, zone: dt.tzinfo, is_day: bool, last_date: dt.date | None
) -> tuple[dt.datetime, bool]:
    """Return the last local moment of a rule, and whether that is ours rather than the rule's."""
    until = UNTIL.search(parts)
    if until is not None:
        day = dt.datetime.strptime(until[1], "%Y%m%d")  # noqa: DTZ007 - wall time
        if until[2] is None or is_day:
            return day + dt.timedelta(days=1, seconds=-1), False
        moment = dt.datetime.strptime(until[1] + until[2], "%Y%m%d%H%M%S")  # noqa: DTZ007 - likewise
        if until[3]:
            moment = moment.replace(tzinfo=dt.UTC).astimezone(zone).replace(tzinfo=None)
        return moment, False
    if "COUNT=" in parts:
        return FAR, False
    if last_date is not None and last_date >= start.date():
        return dt.datetime.combine(last_date, dt.time.max), True
    return start + HORIZON, True


def _given(parts: str, start: dt.datetime, *, end: dt.datetime, line: int) -> list[dt.datetime]:
    frequency = re.search(r"FREQ=(\w+)", parts)
    if frequency is None or frequency[1] not in FREQUENCIES:
        raise RuleError(_("a rule that repeats within a day is no cycle of sessions"), line=line)
    bounded = re.sub(r";?UNTIL=[^;]*", "", parts).strip(";")
    found = []
    try:
        for moment in rrulestr(bounded, dtstart=start):
            if moment > end:
                break
            found.append(moment)
            if len(found) > MOST_DATES:
                break
    except (ValueError, KeyError, TypeError) as error:
        raise RuleError(
            _("this rule cannot be read: “%(rule)s”") % {"rule": parts[:60]}, line=line
        ) from error
    return found
