"""Runs that were stored as rows of their own become cycles of their module.

None is lost: each stands where its module stands (published or a draft, ours or elsewhere), and keeps its number, its
dates and where the fact comes from. In a migration of its own: PostgreSQL changes no table that has rows waiting for a
check of the same transaction.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

from django.db import migrations
from django.utils import timezone

from cycles.language.searching import in_all_languages

if TYPE_CHECKING:
    from django.apps.registry import Apps
    from django.db.backends.base.schema import BaseDatabaseSchemaEditor

ORIGIN = ("certainty", "source", "note")
LONGEST_SLUG = 80


def runs_to_cycles(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    cycles = apps.get_model("cycles", "Cycle").objects
    runs = apps.get_model("cycles", "ModuleRun").objects.select_related("module").order_by("pk")
    taken = set(cycles.values_list("slug", flat=True))
    at = timezone.now()
    for run in runs:
        slug = _free_slug(run, taken)
        taken.add(slug)
        cycles.create(
            slug=slug,
            kind="run",
            module=run.module,
            run_number=run.number,
            programme_id=run.module.programme_id,
            title=run.module.title,
            search_title=in_all_languages([run.module.title]),
            status="published" if run.module.is_published else "draft",
            is_external=run.module.is_external,
            external_url=run.module.url if run.module.is_external else "",
            host_id=run.module.platform_id,
            first_date=run.starts_on,
            last_date=run.ends_on,
            # Dates were all that was known: no half-day is planned that one could register for.
            registration_mode="closed",
            revised_at=at,
            **{name: getattr(run, name) for name in ORIGIN},
        )


def _free_slug(run: Any, taken: set[str]) -> str:
    base = f"{run.module.slug[: LONGEST_SLUG - 12]}-{run.number}"
    names = itertools.chain([base], (f"{base}-{again}" for again in itertools.count(2)))
    return next(name for name in names if name not in taken)


def cycles_to_runs(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    """Give the dates back to rows of their own. What only a cycle has (half-days, people) cannot go back: it stays."""
    runs = apps.get_model("cycles", "ModuleRun").objects
    cycles = apps.get_model("cycles", "Cycle").objects.filter(kind="run")
    for cycle in cycles.order_by("pk"):
        runs.create(
            module_id=cycle.module_id,
            number=cycle.run_number,
            starts_on=cycle.first_date,
            ends_on=cycle.last_date,
            **{name: getattr(cycle, name) for name in ORIGIN},
        )
        if cycle.sessions.exists():
            cycles.filter(pk=cycle.pk).update(kind="webinar", module=None, run_number=None)
        else:
            cycle.delete()


class Migration(migrations.Migration):
    dependencies = [("cycles", "0009_training_runs_places_and_modality")]

    operations = [migrations.RunPython(runs_to_cycles, cycles_to_runs)]
