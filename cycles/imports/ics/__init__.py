"""Importing a calendar file (RFC 5545) into a cycle: twice is the same as once.

source        bytes -> components, each content line with its number in the file; mends what others break
zones         what a TZID means: as the file describes it, IANA, Windows
moments       dates and hours in any form
rules         a rule written out date by date, within a budget
series        a rule with its additions and exclusions
descriptions  what of a text may be public, and where the room is
entry, own    what one VEVENT says; what one of our own feeds says
groups        which components belong together
events        components -> dated events (reading)
matching      which session an event is
writing       events -> sessions, by the verbs of planning (creating: those that are new)
outcome       what was done, or would be

A file that comes from elsewhere holds more than it should: organizers, guests and the links in its descriptions are
never taken over. Reading is bounded (bytes, parts, events, days looked at) and done before anything is locked.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from accounts import journal
from accounts.dry_run import dry_run
from cycles.calendars import calendar_revision
from cycles.imports.ics.sessions.outcome import Act, Answers, Outcome, Step
from cycles.imports.ics.sessions.writing import Writer
from cycles.imports.programme.report import ImportRefused, Report
from cycles.models import Cycle

from .contents import events
from .syntax import source

if TYPE_CHECKING:
    import datetime as dt

    from accounts.models import User
    from cycles.imports.ics.contents.reading import Reading

__all__ = ["Act", "Answers", "ImportRefused", "Outcome", "Step", "Unanswered", "import_calendar", "preview"]

NO_ANSWERS = Answers(by_entry={})


class Unanswered(Exception):  # noqa: N818 - it is a question, not a fault of the program
    """It must be said first which session an event is; nothing was written. `outcome` has the questions."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__("\n".join(f"{step.line}: {step.title}" for step in outcome.unsure))
        self.outcome = outcome


@dataclass(frozen=True)
class _Basis:
    """What of a cycle the reading of a file depends on."""

    zone: str
    minutes: int | None
    last_date: dt.date | None

    @classmethod
    def of(cls, cycle: Cycle) -> _Basis:
        return cls(cycle.timezone, cycle.minutes, cycle.last_date)


def import_calendar(
    cycle: Cycle,
    *,
    data: bytes,
    language: str,
    by: User | None,
    at: dt.datetime,
    answers: Answers = NO_ANSWERS,
) -> Outcome:
    """Write the events of a calendar file as sessions of a cycle; return what was done with each.

    `language` is the one that the file's words are in. Events with something wrong are left out (`Outcome.problems`).
    Raises ImportRefused, with every error and its line, when no event can be read; Unanswered when it is not sure
    which session an event is and `answers` does not say. Then nothing is written.
    """
    reading = _read(cycle, data=data, at=at)
    outcome = _write(cycle, reading=reading, language=language, answers=answers, by=by, at=at)
    if outcome is None:
        # The cycle changed while the file was read.
        cycle.refresh_from_db()
        return import_calendar(cycle, data=data, language=language, by=by, at=at, answers=answers)
    return outcome


def preview(
    cycle: Cycle, *, data: bytes, language: str, at: dt.datetime, answers: Answers = NO_ANSWERS
) -> Outcome:
    """Return what `import_calendar` would do now, questions left open. Writes nothing; raises ImportRefused."""
    reading = _read(cycle, data=data, at=at)

    def write() -> Outcome:
        row = Cycle.objects.select_for_update().get(pk=cycle.pk)
        return _written(row, reading, language=language, answers=answers, by=None, at=at)

    return dry_run(write).result


def _read(cycle: Cycle, *, data: bytes, at: dt.datetime) -> tuple[_Basis, Reading, Report]:
    report, basis = Report(), _Basis.of(cycle)
    reading = events.read(
        source.read(data, report),
        zone=basis.zone,
        minutes=basis.minutes,
        last_date=basis.last_date,
        at=at,
        report=report,
    )
    if report.errors and not reading.events:
        raise ImportRefused(report)
    return basis, reading, report


def _write(
    cycle: Cycle,
    *,
    reading: tuple[_Basis, Reading, Report],
    language: str,
    answers: Answers,
    by: User | None,
    at: dt.datetime,
) -> Outcome | None:
    with journal.entry("cycle.import", cycle, by=by, at=at) as entry:
        row = Cycle.objects.select_for_update().get(pk=cycle.pk)
        if _Basis.of(row) != reading[0]:
            entry.drop()
            return None
        outcome = _written(row, reading, language=language, answers=answers, by=by, at=at)
        if outcome.unsure:
            raise Unanswered(outcome)
        if not outcome.has_changes:
            entry.drop()
        return outcome


def _written(
    cycle: Cycle,
    reading: tuple[_Basis, Reading, Report],
    *,
    language: str,
    answers: Answers,
    by: User | None,
    at: dt.datetime,
) -> Outcome:
    _basis, found, report = reading
    with calendar_revision.one_change(at=at):
        return Writer(cycle, report, language=language, answers=answers, by=by, at=at).write(found)
