"""A migration that has landed is never edited: a database that ran it would not be what the code expects."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

if TYPE_CHECKING:
    from tests.migrated import Migrated

ROOT = Path(__file__).parents[2]
LANDED = Path(__file__).with_name("landed_migrations.txt")


def test_every_migration_is_as_it_landed() -> None:
    """A new migration adds its line (`sha256sum */migrations/0*.py` shows it); no line ever changes."""
    lines = (line.split("  ") for line in LANDED.read_text(encoding="ascii").splitlines())
    landed = {path: digest for digest, path in lines}
    files = {
        path.relative_to(ROOT).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in ROOT.glob("*/migrations/0*.py")
    }
    assert files == landed


@pytest.mark.django_db
def test_the_tests_run_on_a_copy_of_a_database_that_ran_them_all(migrated: Migrated) -> None:
    """Forwards, once in a run, in a process of their own: each test process finds the same moments noted."""
    rows = set(MigrationRecorder.Migration.objects.values_list("app", "name", "applied"))
    assert migrated.noted() == {(app, name, at.isoformat(" ")) for app, name, at in rows}
    assert {(app, name) for app, name, _at in rows} == set(MigrationLoader(None).graph.nodes)
