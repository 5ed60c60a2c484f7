"""Importing a calendar file (RFC 5545) into a cycle: all of it or nothing, and twice the same as once.

source    bytes -> components, each content line with its number in the file
rules     a rule written out date by date
zones     what a TZID means: IANA, Windows, or as the file itself describes it
events    components -> dated events: floating hours, whole days, rules written out
writing   events -> sessions, by the verbs of planning

A file that comes from elsewhere holds more than it should: organizers, guests and the links in its descriptions are
never taken over.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext_lazy

from accounts import journal
from cycles import showing
from cycles.importer.report import ImportRefused, Report
from cycles.models import Cycle

from . import events, source
from .writing import Outcome, Step, Writer

if TYPE_CHECKING:
    import datetime as dt

    from accounts.models import User

__all__ = ["ImportRefused", "Outcome", "Step", "import_calendar", "preview"]


@journal.verb(
    "cycle.import", gettext_lazy("imported a calendar"), changed=lambda _cycle, outcome: outcome.has_changes
)
def import_calendar(cycle: Cycle, *, data: bytes, language: str, by: User | None, at: dt.datetime) -> Outcome:
    """Write the events of a calendar file as sessions of a cycle; return what was done with each.

    `language` is the one that the file's words are in. An event is known again by its UID. Raises ImportRefused, with
    every error and its line, when anything is wrong: then nothing is written.
    """
    return _import(cycle, data=data, language=language, by=by, at=at)


def preview(cycle: Cycle, *, data: bytes, language: str, at: dt.datetime) -> Outcome:
    """Return what `import_calendar` would do now. Writes nothing; raises what it would raise."""
    with transaction.atomic():
        outcome = _import(cycle, data=data, language=language, by=None, at=at)
        transaction.set_rollback(True)
    return outcome


def _import(cycle: Cycle, *, data: bytes, language: str, by: User | None, at: dt.datetime) -> Outcome:
    report = Report()
    row = Cycle.objects.select_for_update().get(pk=cycle.pk)
    calendars = source.read(data, report)
    found = events.read(
        calendars, zone=row.timezone, minutes=row.minutes, last_date=row.last_date, report=report
    )
    if report.errors:
        raise ImportRefused(report)
    with showing.one_change(at=at):
        outcome = Writer(row, report, language=language, by=by, at=at).write(found)
        if report.errors:
            raise ImportRefused(report)
    return outcome
