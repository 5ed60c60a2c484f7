"""What every test shares."""

from __future__ import annotations

import datetime as dt
import gc
import os
from typing import TYPE_CHECKING

import hypothesis
import pytest
from django.core.cache import cache
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import translation

from cycles.calendars import entries
from cycles.calendars.readers import audience, clients
from cycles.site.page_cache.snapshots import store
from registrations.pages.form import intake
from registrations.rate_limits import limits
from tests.migrated import Migrated, prepare

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_django.plugin import DjangoDbBlocker


# No test asserts a time: machines are slow and shared. The examples are the same in every run, so that a change is
# never refused for what it did not touch; `make search` looks for new ones.
hypothesis.settings.register_profile("escale", deadline=None, derandomize=True)
hypothesis.settings.register_profile("search", deadline=None, max_examples=2_000, print_blob=True)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "escale"))


# What gives a test a database, or a process of its own that may open one.
GIVES_A_DATABASE = {"db", "transactional_db", "live_server", "migrated", "preloaded"}
STARTS_PROCESSES = ("tests/faults/", "tests/upgrade/")
LASTS_MINUTES = ("tests/faults/test_compose.py", "tests/faults/test_chaos.py")
# What pages show. On PostgreSQL other tests open each door of them (tests/test_doors.py), press each button of the desk
# (test_nothing_unseen.py), count the queries (test_figures.py) and type hostile values (tests/test_hostile.py).
PAGES = ("tests/cycles/library/", "tests/cycles/site/", "tests/desk/", "tests/web/", "tests/test_journal.py")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what no database can change, and pages: `make test-services` leaves them to `make test`."""
    for item in items:
        names = set(getattr(item, "fixturenames", ()))
        has_database = any(item.iter_markers("django_db")) or bool(names & GIVES_A_DATABASE)
        is_page = item.nodeid.startswith(PAGES)
        if (
            not any(item.iter_markers("service"))
            and (is_page or not has_database)
            and not item.nodeid.startswith(STARTS_PROCESSES)
        ):
            item.add_marker("no_database")
    # What takes long begins first, minutes before seconds, so that no worker waits for the last of another's.
    items.sort(
        key=lambda item: (
            not item.nodeid.startswith(LASTS_MINUTES),
            not (item.get_closest_marker("thorough") or item.get_closest_marker("service")),
        )
    )


def pytest_collection_finish() -> None:
    """Keep the garbage collector from what stays: it would look through every module and test again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 10)


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Migrated:
    """Give copies of a migrated database, which is made once for all workers of a run."""
    own = tmp_path_factory.getbasetemp()
    return Migrated(own.parent if "PYTEST_XDIST_WORKER" in os.environ else own)


@pytest.fixture
def migrations_noted(transactional_db: None) -> Iterator[None]:  # noqa: ARG001 - the database that is migrated
    """Let a test migrate back and forth: afterwards the database notes the moments that it noted before."""
    noted = MigrationRecorder.Migration.objects
    moments = {(row.app, row.name): row.applied for row in noted.all()}
    yield
    for row in noted.all():
        row.applied = moments[row.app, row.name]
        row.save(update_fields=["applied"])


@pytest.fixture(scope="session")
def django_db_keepdb(request: pytest.FixtureRequest) -> bool:
    """Have Django take the file that `_copied_database` made, which it would delete first."""
    return connection.vendor == "sqlite" or bool(request.config.getvalue("reuse_db"))


@pytest.fixture(scope="session")
def _copied_database(
    migrated: Migrated,
    tmp_path_factory: pytest.TempPathFactory,
    django_db_modify_db_settings: None,  # noqa: ARG001 - these names are each worker's own
    django_db_blocker: DjangoDbBlocker,
) -> None:
    with django_db_blocker.unblock():
        prepare(migrated, tmp_path_factory.getbasetemp())


@pytest.fixture(scope="session")
def django_db_setup(_copied_database: None, django_db_setup: None) -> None:
    """Set up the databases as pytest-django does; the migrations have been run."""


@pytest.fixture(autouse=True)
def _clean_slate() -> Iterator[None]:
    """Each test begins with empty caches, nothing counted, and in the default language."""
    cache.clear()
    store.clear()
    intake.cache.clear()
    limits.attempts.clear()
    audience.discard()
    with translation.override("fr"):
        yield
    cache.clear()


@pytest.fixture(autouse=True)
def _form_of_entries(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests choose days before the form of calendar entries last changed: for them it never did."""
    monkeypatch.setattr(entries, "FORM_CHANGED_AT", dt.datetime.min.replace(tzinfo=dt.UTC))


@pytest.fixture
def _readers_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give every reader a mark of their own: by chance, two in a few thousand share one and count as one."""
    places: dict[tuple[str, bytes], int] = {}
    monkeypatch.setattr(clients, "place", lambda who, *, key: places.setdefault((who, key), len(places)))
