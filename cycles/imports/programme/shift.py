"""Moving a season of the past to another year: dates come from the rhythm again, never from adding weeks.

What moves: the cycles (and whatever else) that the file names in `demo_shift.applies_to`, their sessions, the
programme of those cycles, its events since they began, and the workshops and news about any of them.
"""

from __future__ import annotations

import calendar
import dataclasses
import datetime as dt
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from cycles.imports.programme.file.records import CycleRecord, SessionRecord, find_anything
from cycles.models import CycleException
from cycles.schedule import recurrence

if TYPE_CHECKING:
    from cycles.imports.programme.file.reading import Item
    from cycles.imports.programme.file.records import Departure, Record

MONTHS_A_YEAR = 12
MOST_YEARS = 100
DATED = ("date_from", "date_until", "launched_on", "starts_on", "ends_on", "first_date", "last_date")


@dataclasses.dataclass(frozen=True)
class Shift:
    """A number of months by which the entries in `slugs` (section, slug) move."""

    months: int
    slugs: frozenset[tuple[str, str]]

    def covers(self, record: Record) -> bool:
        return self.months != 0 and (record.section, record.slug) in self.slugs


def scope(item: Item, records: list[Record]) -> frozenset[tuple[str, str]]:
    """Return what moves, starting from `applies_to` and following what is about it."""
    anything = find_anything(records)
    moved = set()
    for reference in item.references("applies_to", ""):
        if reference.slug in anything:
            moved.add(anything[reference.slug])
        else:
            item.error(_("“%(slug)s” is not in this file") % {"slug": reference.slug}, "applies_to")
    if not item.has("applies_to"):
        item.error(_("say which cycles may be shifted"), "applies_to")
    seasons: dict[str, dt.date] = {}
    for record in records:
        programme, first = record.refs.get("programme"), record.fields.get("first_date")
        if isinstance(record, CycleRecord) and ("cycles", record.slug) in moved and programme and first:
            moved.add(("programmes", programme.slug))
            seasons[programme.slug] = min(first, seasons.get(programme.slug, first))
    # One pass is enough: records are in the order of their sections, and each only follows earlier ones.
    for record in records:
        if _is_of_season(record, seasons) or any(x in moved for x in _followed(record, anything)):
            moved.add((record.section, record.slug))
    return frozenset(moved)


def _is_of_season(record: Record, seasons: dict[str, dt.date]) -> bool:
    """Tell whether an event of a programme falls after its moved cycles began; what went before stays."""
    programme, date = record.refs.get("programme"), record.fields.get("date_from")
    if record.section != "events" or programme is None or date is None or programme.slug not in seasons:
        return False
    return bool(date >= seasons[programme.slug])


def _followed(record: Record, anything: dict[str, tuple[str, str]]) -> list[tuple[str, str] | None]:
    """Return what a record moves with."""
    if isinstance(record, SessionRecord):
        return [("cycles", record.cycle.slug)]
    names = {
        "workshops": ("module",),
        "runs": ("module",),
        "resources": ("session", "concludes", "launched_at"),
    }.get(record.section, ())
    refs = [record.refs.get(name) for name in names]
    results = [(ref.section, ref.slug) for ref in refs if ref]
    targets = [row.refs["target"] for rows in record.rows if rows.name == "links" for row in rows.rows]
    return [*results, *(anything.get(target.slug) for target in targets if target)]


def months_between(first: dt.date, last: dt.date) -> int:
    """Return how many months the month of `last` comes after that of `first`."""
    return (last.year - first.year) * MONTHS_A_YEAR + last.month - first.month


def later(date: dt.date, months: int) -> dt.date:
    """Return the same day of another month; the last day stays a last day, a missing one becomes it."""
    year, month = divmod(date.year * MONTHS_A_YEAR + date.month - 1 + months, MONTHS_A_YEAR)
    length = calendar.monthrange(year, month + 1)[1]
    is_last = date.day == calendar.monthrange(date.year, date.month)[1]
    return dt.date(year, month + 1, length if is_last else min(date.day, length))


def later_weekday(date: dt.date, months: int) -> dt.date:
    """Return the same weekday of the same week of another month: a fourth Thursday stays a Thursday."""
    first = later(date.replace(day=1), months)
    ahead = (date.weekday() - first.weekday()) % 7 + (recurrence.nth_weekday(date) - 1) * 7
    result = first + dt.timedelta(days=ahead)
    return result if result.month == first.month else result - dt.timedelta(days=7)


def programmes_that_stay_in_part(shift: Shift, records: list[Record]) -> set[str]:
    """Return the programmes with a cycle that does not move: only its other cycles may say that they did."""
    staying = (each for each in records if isinstance(each, CycleRecord) and not shift.covers(each))
    return {programme.slug for each in staying if (programme := each.refs.get("programme"))}


def apply(shift: Shift, records: list[Record], *, zone: str) -> None:
    """Move the dates of everything that the shift covers, except sessions (see `Timetable`).

    An hour outside a cycle (that of a workshop) keeps its wall clock in `zone`.
    """
    for record in records:
        if not shift.covers(record):
            continue
        pending = [record.fields, *(row.fields for rows in record.rows for row in rows.rows)]
        for fields in pending:
            for name in DATED:
                if fields.get(name) is not None:
                    fields[name] = later(fields[name], shift.months)
        if record.fields.get("starts_at") is not None:
            local = record.fields["starts_at"].astimezone(ZoneInfo(zone))
            day = later(local.date(), shift.months)
            record.fields["starts_at"] = dt.datetime.combine(day, local.time(), tzinfo=ZoneInfo(zone))
        if isinstance(record, CycleRecord):
            record.fields["demo_shift_years"] = shift.months // MONTHS_A_YEAR


class Timetable:
    """The rhythm of one cycle as the file has it and as it is after the shift, date by date."""

    def __init__(self, cycle: CycleRecord, shift: Shift) -> None:
        self.months = shift.months if shift.covers(cycle) else 0
        self.rule = cycle.rule
        self.departures = cycle.departures
        self.new: dict[dt.date, dt.date] = {}
        if cycle.rule is not None:
            before = [occurrence.planned_date for occurrence in recurrence.occurrences(cycle.rule)]
            after = before
            if self.months:
                self.rule = dataclasses.replace(
                    cycle.rule,
                    first_date=later(cycle.rule.first_date, self.months),
                    last_date=later(cycle.rule.last_date, self.months),
                )
                after = [occurrence.planned_date for occurrence in recurrence.occurrences(self.rule)]
            self.new = dict(zip(before, after, strict=False))
            if len(before) != len(after):
                cycle.item.error(
                    _(
                        "the rhythm gives %(before)d dates, but %(after)d after the shift: "
                        "choose another number of years"
                    )
                    % {"before": len(before), "after": len(after)},
                    "recurrence",
                )

    def departure(self, departure: Departure) -> tuple[dt.date, dt.date | None]:
        """Return the planned date of an exception after the shift, and where a moved session goes."""
        planned = self.new.get(departure.date) or later_weekday(departure.date, self.months)
        return planned, planned + (departure.to - departure.date) if departure.to else None

    def place(self, date: dt.date) -> tuple[dt.date, dt.date | None, bool]:
        """Return, for a day of the file, the day it is held, the date planned, whether anything explains it.

        A session on a date of the rhythm answers for it; one that was moved answers for the date it left.
        """
        for departure in self.departures:
            planned, to = self.departure(departure)
            if departure.to == date and to is not None:
                return to, planned, True
            if departure.kind == CycleException.Kind.ADDED and departure.date == date:
                return planned, None, True
        if date in self.new:
            return self.new[date], self.new[date], True
        return later_weekday(date, self.months) if self.months else date, None, self.rule is None

    def open_dates(self, taken: set[dt.date | None]) -> list[dt.date]:
        """Return the dates of the rhythm that are neither skipped nor taken, after the shift."""
        skipped = {
            self.departure(departure)[0]
            for departure in self.departures
            if departure.kind == CycleException.Kind.SKIPPED
        }
        return [date for date in self.new.values() if date not in taken | skipped]


def banner(item: Item, shift: Shift) -> dict[str, str]:
    """Return what every page of shifted data says: the words of the file when they fit, else our own."""
    outcome = item.words("must_show_banner", limit=1000)
    years, months = divmod(shift.months, MONTHS_A_YEAR)
    if isinstance(outcome, dict) and (months or item.number("years", most=MOST_YEARS) in (None, years)):
        return outcome
    result = {}
    for language, _name in settings.LANGUAGES:
        with override(language):
            result[language] = ngettext(
                "Demo data: dates shifted by %(years)d year.",
                "Demo data: dates shifted by %(years)d years.",
                years,
            ) % {"years": years}
    return result
