"""Which version of a programme sheet counts, and what public pages show of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Case, IntegerField, Q, When
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cycles.models.shared import Modality
from cycles.runs import sheets
from cycles.runs.lengths import in_hours
from training import run_facts
from training.models import Syllabus

from . import checklist, fields

if TYPE_CHECKING:
    from cycles.models import Cycle, Module


def in_force(module: Module) -> Syllabus | None:
    """Return the version that a module has now."""
    return Syllabus.objects.in_force().filter(module=module).first()


def of_run(cycle: Cycle) -> Syllabus | None:
    """Return the version that a run was sold with; before anybody registered, the one that it would be. One query."""
    if cycle.module_id is None:
        return None
    kept = Case(When(runs__cycle=cycle.pk, then=0), default=1, output_field=IntegerField())
    rows = Syllabus.objects.published().filter(
        Q(runs__cycle=cycle.pk) | Q(module=cycle.module_id, ended_at=None)
    )
    return rows.annotate(rank=kept).order_by("rank", "-version").first()


def objectives(cycle: Cycle) -> dict[str, str]:
    """Return for records what a run is for, as its sheet says it in French; nothing where it says nothing."""
    row = of_run(cycle)
    words = run_facts.french(row.objectives) if row is not None else ""
    return {"objectives": words} if words else {}


def sheet(module: Module, cycle: Cycle | None) -> sheets.Sheet | None:
    """Answer public pages (cycles.runs.sheets)."""
    row = of_run(cycle) if cycle else in_force(module)
    return shown(row, slug=module.slug) if row else None


def shown(row: Syllabus, *, slug: str) -> sheets.Sheet:
    if row.dated_on is None:
        msg = "only a published version is shown"
        raise ValueError(msg)
    return sheets.Sheet(
        version=row.version,
        dated_on=row.dated_on,
        pairs=tuple((fields.label(name), value) for name, value in values(row)),
        address=reverse("training:syllabus", args=[slug, row.version]),
    )


def values(row: Syllabus) -> list[tuple[str, Any]]:
    """Return what is filled of a sheet, field by field in their order; texts stay in their languages."""
    return [
        (
            name,
            duration(row)
            if name == "duration"
            else modality(row)
            if name == "modality"
            else getattr(row, name),
        )
        for name in checklist.FIELDS
        if row.is_filled(name)
    ]


def duration(row: Syllabus) -> str:
    """Say "2 half-days, 7 h in all", in the active language."""
    count = ngettext("%(count)d half-day", "%(count)d half-days", row.half_days or 0) % {
        "count": row.half_days
    }
    return _("%(count)s, %(hours)s in all") % {"count": count, "hours": in_hours(row.minutes or 0)}


def modality(row: Syllabus) -> str:
    return str(Modality(row.modality).label)
