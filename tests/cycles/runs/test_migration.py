"""Runs that were stored as rows of their own become cycles, and go back."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from tests.make import AT

BEFORE = [("cycles", "0008_fill_what_is_searched")]
AFTER = [("cycles", "0011_runs_are_cycles_of_their_module")]
FIRST, LAST = dt.date(2019, 9, 9), dt.date(2019, 12, 2)


def migrate(to: list[tuple[str, str]]) -> Any:
    MigrationExecutor(connection).migrate(to)
    return MigrationExecutor(connection).loader.project_state(to).apps


@pytest.mark.thorough
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("migrations_noted")
def test_no_run_is_lost_there_or_back() -> None:
    """One module has three runs, the other one."""
    count = 3
    latest = MigrationExecutor(connection).loader.graph.leaf_nodes()
    apps = migrate(BEFORE)
    try:
        modules, runs = (apps.get_model("cycles", name).objects for name in ("Module", "ModuleRun"))
        mooc = modules.create(
            slug="mooc", title={"fr": "MOOC"}, is_external=True, url="https://mooc.example.org/"
        )
        ours = modules.create(slug="module", title={"fr": "Module"}, is_published=False)
        # An address that is taken.
        apps.get_model("cycles", "Cycle").objects.create(slug="mooc-1", title={"fr": "Autre"}, revised_at=AT)
        for number in range(1, count + 1):
            runs.create(module=mooc, number=number, starts_on=FIRST, source="P9", certainty="inferred")
        runs.create(module=ours, number=4, starts_on=FIRST, ends_on=LAST, note="x")
        cycles = migrate(AFTER).get_model("cycles", "Cycle").objects.filter(kind="run").order_by("pk")
        columns = ("slug", "module__slug", "run_number", "status", "is_external", "first_date", "last_date")
        assert list(cycles.values_list(*columns, "source")) == [
            *(
                ("mooc-1-2" if n == 1 else f"mooc-{n}", "mooc", n, "published", True, FIRST, None, "P9")
                for n in range(1, count + 1)
            ),
            ("module-4", "module", 4, "draft", False, FIRST, LAST, ""),
        ]
        assert {(c.registration_mode, c.external_url) for c in cycles} == {
            ("closed", "https://mooc.example.org/"),
            ("closed", ""),
        }
        back = migrate(BEFORE).get_model("cycles", "ModuleRun").objects.order_by("pk")
        assert list(back.values_list("module__slug", "number", "starts_on", "ends_on", "certainty")) == [
            *(("mooc", n, FIRST, None, "inferred") for n in range(1, count + 1)),
            ("module", 4, FIRST, LAST, "stated"),
        ]
    finally:
        apps = migrate(BEFORE)
        for name in ("ModuleRun", "Cycle", "Module"):
            apps.get_model("cycles", name).objects.all().delete()
        migrate(latest)
