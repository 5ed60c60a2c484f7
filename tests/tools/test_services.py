"""Throw-away servers: a missing program is an error, what is started is stopped."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import redis
from django.db import connection

ROOT = Path(__file__).parent.parent.parent
SERVICES = ROOT / "tools" / "services.py"


def test_without_a_command_it_says_how_it_is_used() -> None:
    done = subprocess.run([sys.executable, SERVICES], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr.splitlines()[0]) == (
        1,
        "services: Run a command with throw-away PostgreSQL and Redis servers on loopback, then stop them.",
    )


def test_a_missing_program_is_an_error_that_names_its_package(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, SERVICES, "true"],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PATH": str(tmp_path)},
    )
    assert (done.returncode, done.stderr) == (
        1,
        "services: redis-server is not installed. On Debian or Ubuntu: sudo apt install redis-server\n",
    )


@pytest.mark.service
def test_the_servers_live_as_long_as_the_command() -> None:
    code = "import os; print(os.environ['DATABASE_URL']); print(os.environ['REDIS_URL']); raise SystemExit(7)"
    done = subprocess.run(
        [sys.executable, SERVICES, sys.executable, "-c", code], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (7, "")
    database, broker = (urlsplit(line) for line in done.stdout.splitlines())
    assert (database.scheme, database.hostname, broker.scheme, broker.hostname) == (
        "postgres",
        "127.0.0.1",
        "redis",
        "127.0.0.1",
    )
    with pytest.raises(redis.ConnectionError):
        redis.Redis(host="127.0.0.1", port=broker.port or 0).ping()


@pytest.mark.service
@pytest.mark.django_db
def test_the_tests_really_run_on_postgresql_and_redis() -> None:
    assert connection.vendor == "postgresql"
    assert redis.Redis.from_url(os.environ["REDIS_URL"]).ping() is True
    with connection.cursor() as cursor:
        cursor.execute("SHOW autovacuum")
        assert cursor.fetchone() == ("off",)
