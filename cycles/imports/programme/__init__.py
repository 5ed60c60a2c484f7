"""Importing a programme from a YAML file: all of it or nothing, and twice the same as once.

report     what was found and done
source     bytes -> tree with line numbers; refuses tags, anchors, tabs, large files
reading    the keys of one entry, each by what it means
catalogue, cycles, sessions, library   entries -> records
shift      a season of the past moved to another year
document   all records of a file, references and dates checked
permission what somebody's file may name and change
writing, schedule   records -> rows
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from accounts import journal
from accounts.dry_run import dry_run as tried
from cycles.calendars import calendar_revision
from cycles.imports.programme.database.writing import Writer
from cycles.imports.programme.file.document import Document

from .file import source
from .permission import Permission
from .report import ImportRefused, Remark, Report

if TYPE_CHECKING:
    import datetime as dt
    from pathlib import Path

    from accounts.models import User

__all__ = ["ImportRefused", "Remark", "Report", "bring_in", "import_programme"]


def import_programme(
    path: Path, *, at: dt.datetime, shift_months: int | None = 0, dry_run: bool = False
) -> Report:
    """Import a programme file and return what was done; with `dry_run`, what would have been done.

    `shift_months` moves what `demo_shift.applies_to` names by so many months; None means as many as lie
    between the file's `demo_shift.anchor_month` and `at`, so that the file reads as if written today. Rows are
    found by slug: those that the file does not name are left alone. Raises ImportRefused, with every error,
    when anything is wrong.
    """
    return _import(source.read(path), months=shift_months, by=None, at=at, dry_run=dry_run)


def bring_in(data: bytes, *, by: User, at: dt.datetime, dry_run: bool = False) -> Report:
    """Import the programme file of an organiser, like `import_programme`, as far as their rights go.

    New programmes are theirs; another's are refused like anything else that is wrong.
    """
    return _import(source.parse(data), months=0, by=by, at=at, dry_run=dry_run)


def _import(
    tree: source.Mapping, *, months: int | None, by: User | None, at: dt.datetime, dry_run: bool
) -> Report:
    report = Report()
    permission = Permission(by)
    document = Document(tree, report, months=months, at=at)
    document.check_references(permission.knows)
    document.check_fields()
    document.put_in_order()
    for record in document.records:
        permission.check(record)
    if report.errors:
        raise ImportRefused(report)

    def write() -> None:
        writer = Writer(report, permission=permission, at=at)
        with calendar_revision.one_change(at=at):
            writer.write(document)
            if report.errors:
                raise ImportRefused(report)
        if by is not None:
            for programme_id in sorted(writer.touched):
                journal.record("programme.import", by=by, at=at, programme_id=programme_id)

    if dry_run:
        tried(write)
    else:
        with transaction.atomic():
            write()
    return report
