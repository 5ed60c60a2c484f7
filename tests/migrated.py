"""Databases after every migration: made once in a run, copied for each worker and for each test that needs its own.

Migrating takes ten seconds; a copy takes a tenth of one.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

from django.db import connection

from tests.preloaded import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

NOTED = "SELECT app, name, applied FROM django_migrations"
TEMPLATE = "template.json"


def migrate(url: str) -> None:
    """Run every migration, forwards, on an empty database; a warning is an error, as in the tests."""
    subprocess.run(
        [sys.executable, "-W", "error", "manage.py", "migrate", "--verbosity", "0"],
        cwd=ROOT,
        env=os.environ
        | {
            "DATABASE_URL": url,
            "DJANGO_SETTINGS_MODULE": "config.settings.test",
            "SQLITE_SYNCHRONOUS": "OFF",
        },
        check=True,
    )


class Migrated:
    """What the workers of one run share: `folder` is the same for all of them, and empty when the run begins."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def copy_file(self, path: Path) -> None:
        """Make a SQLite file at `path`."""
        shutil.copyfile(self._file(), path)

    def template(self) -> str:
        """Return the name of a migrated database of PostgreSQL that nobody is connected to, to be copied by TEMPLATE.

        It stays when the run ends, and the next run makes it anew.
        """
        name = f"test_{urlsplit(os.environ['DATABASE_URL']).path[1:]}_migrated"
        self._once(TEMPLATE, lambda path: self._make_template(name, path))
        return name

    def noted(self) -> set[tuple[str, str, str]]:
        """Return what the database that is copied notes of each migration: app, name, and when it ran (ISO 8601)."""
        if connection.vendor == "sqlite":
            with contextlib.closing(sqlite3.connect(self._file())) as file:
                return {(app, name, f"{at}+00:00") for app, name, at in file.execute(NOTED)}
        self.template()
        # Written down when it was made: whoever connected to it now would be in the way of who copies it.
        rows = json.loads((self.folder / TEMPLATE).read_text(encoding="utf-8"))
        return {(app, name, at) for app, name, at in rows}

    def _file(self) -> Path:
        return self._once("migrated.sqlite3", lambda path: migrate(f"sqlite:///{path}"))

    def _make_template(self, name: str, path: Path) -> None:
        import psycopg  # noqa: PLC0415 - only where PostgreSQL is

        server = os.environ["DATABASE_URL"]
        with psycopg.connect(server, autocommit=True) as link:
            link.execute(f'DROP DATABASE IF EXISTS "{name}"')
            link.execute(f'CREATE DATABASE "{name}"')
        made = urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
        migrate(made)
        with psycopg.connect(made, options="-c TimeZone=UTC") as link:
            rows = [(app, migration, at.isoformat(" ")) for app, migration, at in link.execute(NOTED)]
        path.write_text(json.dumps(rows), encoding="utf-8")

    def _once(self, name: str, make: Callable[[Path], None]) -> Path:
        """Return a file of the run that the first who needs it makes, while the others wait."""
        done = self.folder / name
        with (self.folder / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not done.exists():
                part = self.folder / f"part-{name}"
                part.unlink(missing_ok=True)
                make(part)
                part.touch()
                part.rename(done)
        return done


def prepare(shared: Migrated, folder: Path) -> None:
    """Make Django's test database a copy: its `migrate` then finds nothing left to do.

    SQLite's is a file in `folder`, as on a site. In memory, where Django would have it, the threads of a live site
    share one connection, and one that writes while another reads ends with "database table is locked".
    """
    settings = connection.settings_dict
    if connection.vendor == "sqlite":
        path = folder / "test.sqlite3"
        shared.copy_file(path)
        settings["TEST"]["NAME"] = str(path)
        # Programs die in tests, not machines.
        settings["OPTIONS"]["init_command"] += "PRAGMA synchronous=OFF;"
    else:
        settings["TEST"]["TEMPLATE"] = shared.template()
