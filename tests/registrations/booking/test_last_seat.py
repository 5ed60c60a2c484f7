"""The last seat, taken by several processes at once: never oversold, nobody lost, no error shown."""

from __future__ import annotations

import os
import uuid
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

import pytest

from tests.preloaded import SITE, Preloaded

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.migrated import Migrated
    from tests.preloaded import Program

PLACES, PEOPLE, PROCESSES = 7, 24, 4
CROWD = "tests.registrations.booking.crowd"


def said(*programs: Program) -> list[str]:
    """Wait for programs; return what each printed. None may have failed."""
    codes = [program.wait() for program in programs]
    failed = [program.stderr for program, code in zip(programs, codes, strict=True) if code]
    assert failed == []
    return [program.stdout for program in programs]


def crowd(url: str) -> None:
    environment = os.environ | {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "config.settings.test"}
    with Preloaded(environment, SITE) as preloaded:
        fill(lambda *words: preloaded.start(["-m", CROWD, *words]))


def fill(run: Callable[..., Program]) -> None:
    said(run("prepare", str(PLACES), str(PEOPLE)))
    for act in ("confirm", "cancel"):
        said(*(run(act, str(n), str(PROCESSES)) for n in range(PROCESSES)))
        [states] = said(run("count"))
        counts = {state: states.split().count(state) for state in ("confirmed", "waitlisted", "cancelled")}
        if act == "confirm":
            # In the order of arrival: nobody waits before somebody who sits.
            assert states.split() == ["confirmed"] * PLACES + ["waitlisted"] * (PEOPLE - PLACES)
        gone = 0 if act == "confirm" else 10
        assert counts == {
            "confirmed": PLACES,
            "waitlisted": PEOPLE - PLACES - gone,
            "cancelled": gone,
        }


@pytest.mark.slow
def test_on_sqlite(tmp_path: Path, migrated: Migrated) -> None:
    migrated.copy_file(tmp_path / "crowd.sqlite3")
    crowd(f"sqlite:///{tmp_path / 'crowd.sqlite3'}")


@pytest.mark.service
def test_on_postgresql(migrated: Migrated) -> None:
    import psycopg  # noqa: PLC0415 - only where PostgreSQL is

    server = os.environ["DATABASE_URL"]
    name = f"crowd_{uuid.uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE {name} TEMPLATE "{migrated.template()}"')
    try:
        crowd(urlunsplit(urlsplit(server)._replace(path=f"/{name}")))
    finally:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
