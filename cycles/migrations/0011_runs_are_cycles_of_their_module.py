"""The table of runs goes, now that its rows are cycles; the database holds what a run is."""

from __future__ import annotations

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("cycles", "0010_stored_runs_become_cycles")]

    operations = [
        migrations.AddConstraint(
            model_name="cycle",
            constraint=models.CheckConstraint(
                condition=Q(kind="run", module__isnull=False, run_number__isnull=False, run_number__gte=1)
                | (~Q(kind="run") & Q(module=None, run_number=None)),
                name="cycle_run_of_a_module",
                violation_error_message="A training run belongs to a module and has a number.",
            ),
        ),
        migrations.AddConstraint(
            model_name="cycle",
            constraint=models.UniqueConstraint(
                fields=("module", "run_number"), name="cycle_run_number_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="session",
            constraint=models.CheckConstraint(
                condition=Q(modality__in=["online", "on_site", "hybrid"]), name="session_modality_known"
            ),
        ),
        migrations.DeleteModel(name="ModuleRun"),
    ]
