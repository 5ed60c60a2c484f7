"""Importing a programme from a YAML file: all of it or nothing, and twice the same as once.

report     what was found and done
source     bytes -> tree with line numbers; refuses tags, anchors, tabs, large files
reading    the keys of one entry, each by what it means
catalogue, cycles, sessions, library   entries -> records
shift      a season of the past moved to another year
document   all records of a file, references and dates checked
writing, schedule   records -> rows
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from cycles import showing

from . import source
from .document import Document
from .report import ImportRefused, Remark, Report
from .writing import Writer, is_in_database

if TYPE_CHECKING:
    import datetime as dt
    from pathlib import Path

__all__ = ["ImportRefused", "Remark", "Report", "import_programme"]


def import_programme(
    path: Path, *, at: dt.datetime, shift_months: int | None = 0, dry_run: bool = False
) -> Report:
    """Import a programme file and return what was done; with `dry_run`, what would have been done.

    `shift_months` moves what `demo_shift.applies_to` names by so many months; None means as many as lie
    between the file's `demo_shift.anchor_month` and `at`, so that the file reads as if written today. Rows are
    found by slug: those that the file does not name are left alone. Raises ImportRefused, with every error,
    when anything is wrong.
    """
    tree = source.read(path)
    report = Report()
    document = Document(tree, report, months=shift_months, at=at)
    document.check_references(is_in_database)
    document.check_fields()
    document.put_in_order()
    if report.errors:
        raise ImportRefused(report)
    with transaction.atomic():
        with showing.one_change(at=at):
            Writer(report, at=at).write(document)
            if report.errors:
                raise ImportRefused(report)
        if dry_run:
            transaction.set_rollback(True)
    return report
