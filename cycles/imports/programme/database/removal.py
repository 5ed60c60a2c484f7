"""Taking away what a file brought."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import ProtectedError

from cycles.imports.programme.file import source
from cycles.imports.programme.file.document import ORDER, Document
from cycles.imports.programme.file.records import MODELS
from cycles.imports.programme.report import ImportRefused, Report
from cycles.models import Session, Territory

if TYPE_CHECKING:
    import datetime as dt
    from pathlib import Path

    from django.db.models import Model

# What other programmes may have come to use: deleting it would empty a field of theirs without a word.
SHARED = ("topics", "organisations", "people", "resource_series")


@transaction.atomic
def remove_programme(path: Path, *, at: dt.datetime) -> Counter[str]:
    """Delete the rows that a file names, and every session of its cycles; return how many by section.

    Rows that something else still uses are left. Registrations must be gone before: they protect the sessions.
    Raises ImportRefused when the file cannot be read.
    """
    report = Report()
    document = Document(source.read(path), report, months=0, at=at)
    if report.errors:
        raise ImportRefused(report)
    removed: Counter[str] = Counter()
    named: dict[str, list[str]] = {section: [] for section in ORDER}
    for record in document.records:
        named[record.section].append(record.slug)
    for section in reversed(ORDER):
        rows: list[Model] = (
            list(Session.objects.filter(cycle__slug__in=named["cycles"]))
            if section == "sessions"
            else list(MODELS[section]._default_manager.filter(slug__in=named[section]))
        )
        removed[section] += sum(_delete(row, is_shared=section in SHARED) for row in rows)
    removed["territories"] += sum(_delete(row, is_shared=True) for row in Territory.objects.all())
    return +removed


def _delete(row: Model, *, is_shared: bool) -> bool:
    if is_shared and _is_used(row):
        return False
    try:
        with transaction.atomic():
            row.delete()
    except ProtectedError:
        return False
    return True


def _is_used(row: Model) -> bool:
    return any(
        relation.related_model._default_manager.filter(**{relation.field.name: row}).exists()
        for relation in row._meta.related_objects
    )
