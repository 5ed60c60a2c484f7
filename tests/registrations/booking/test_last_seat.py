"""The last seat, taken by several processes at once: never oversold, nobody lost, no error shown."""

from __future__ import annotations

import os
import subprocess
import sys
import uuid
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest

ROOT = Path(__file__).parents[2]
PLACES, PEOPLE, PROCESSES = 7, 24, 4


def run(url: str, *words: str) -> subprocess.Popen[str]:
    """Start a program of ours on the database of `url`."""
    environment = os.environ | {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "config.settings.test"}
    return subprocess.Popen(
        [sys.executable, *words],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def said(*programs: subprocess.Popen[str]) -> list[str]:
    """Wait for programs; return what each printed. None may have failed."""
    told = [program.communicate(timeout=240) for program in programs]
    failed = [error for program, (_, error) in zip(programs, told, strict=True) if program.returncode]
    assert failed == []
    return [output for output, _ in told]


def crowd(url: str) -> None:
    said(run(url, "manage.py", "migrate", "--verbosity", "0"))
    said(run(url, "-m", "tests.registrations.booking.crowd", "prepare", str(PLACES), str(PEOPLE)))
    for act in ("confirm", "cancel"):
        said(
            *(
                run(url, "-m", "tests.registrations.booking.crowd", act, str(n), str(PROCESSES))
                for n in range(PROCESSES)
            )
        )
        [states] = said(run(url, "-m", "tests.registrations.booking.crowd", "count"))
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
def test_on_sqlite(tmp_path: Path) -> None:
    crowd(f"sqlite:///{tmp_path / 'crowd.sqlite3'}")


@pytest.mark.service
def test_on_postgresql() -> None:
    import psycopg  # noqa: PLC0415 - only where PostgreSQL is

    server = os.environ["DATABASE_URL"]
    name = f"crowd_{uuid.uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    try:
        crowd(urlunsplit(urlsplit(server)._replace(path=f"/{name}")))
    finally:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
