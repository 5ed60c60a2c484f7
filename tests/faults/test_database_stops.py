"""Calendars while PostgreSQL is stopped for real, and Redis was never there: the last good bytes, at once."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from cycles.site.page_cache import snapshots
from tests.preloaded import ROOT
from tools import services

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = [pytest.mark.service, pytest.mark.slow]

# Far below the ten seconds for which the pool would let a request wait, far above what a busy machine needs.
PATIENCE = 5.0
# More than the two seconds for which a connection is tried again by itself (`reconnect_timeout`).
OUTAGE_SECONDS = 12.0
MAKE = """
from django.core.management import call_command
call_command("migrate", verbosity=0)
from tests import make
make.session(cycle=make.cycle(slug="tour"), number=2, title={"fr": "Avant"})
from registrations.calendar import feed_tokens
print(feed_tokens.reset(make.participant(), at=make.AT))
"""
RENAME = """
from cycles.models import Session
session = Session.objects.get()
session.title = {"fr": "Après"}
session.save(update_fields=["title"])
"""


class Answer(NamedTuple):
    status: int
    body: bytes
    etag: str


def ask(url: str, *, etag: str = "", patience: float = PATIENCE) -> Answer:
    request = urllib.request.Request(url, headers={"If-None-Match": etag} if etag else {})  # noqa: S310 - our own server on loopback
    try:
        with urllib.request.urlopen(request, timeout=patience) as found:  # noqa: S310 - likewise
            return Answer(found.status, found.read(), found.headers["ETag"])
    except urllib.error.HTTPError as error:
        with error:
            return Answer(error.code, error.read(), error.headers["ETag"] or "")


def run(code: str, environment: dict[str, str]) -> str:
    command = [sys.executable, "-c", f"import django\ndjango.setup()\n{code}"]
    done = subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True, text=True)
    return done.stdout.strip()


@contextlib.contextmanager
def server(environment: dict[str, str]) -> Iterator[str]:
    port = services.free_port()
    command = [sys.executable, "-m", "gunicorn", "config.wsgi:application", "--bind", f"127.0.0.1:{port}"]
    command += [
        "--worker-class",
        "gthread",
        "--threads",
        "4",
        "--no-control-socket",
        "--log-level",
        "critical",
    ]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.DEVNULL) as child:
        try:
            services.wait_for(port, "gunicorn", child)
            yield f"http://127.0.0.1:{port}"
        finally:
            child.terminate()


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that the server's own user may enter, which pytest's is not."""
    with tempfile.TemporaryDirectory(prefix="escale-stops-") as name:
        yield Path(name)


@contextlib.contextmanager
def restarted(folder: Path, url: str) -> Iterator[None]:
    """Start the stopped server again, on its data and port."""
    port = int(url.rpartition(":")[2].partition("/")[0])
    command = [services.program("postgres"), "-D", str(folder / "postgresql"), "-p", str(port)]
    command += ["-h", "127.0.0.1", "-k", "", "-c", "fsync=off", "-c", "log_min_messages=panic"]
    with services.running("PostgreSQL", command, port, "postgres" if os.geteuid() == 0 else None):
        yield


def wait_until(answered: Callable[[], bool]) -> None:
    deadline = time.monotonic() + services.START_SECONDS
    while not answered():
        assert time.monotonic() < deadline
        time.sleep(0.2)


def test_calendars_outlive_their_database(folder: Path) -> None:
    with contextlib.ExitStack() as life:
        url = life.enter_context(services.postgresql(folder))
        environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "config.settings.dev",
            "DATABASE_URL": url,
            "REDIS_URL": f"redis://127.0.0.1:{services.free_port()}/0",
            "ESCALE_VAR": str(folder / "var"),
            "ALLOWED_HOSTS": "127.0.0.1",
        }
        (folder / "var").mkdir()
        token = run(MAKE, environment)
        with server(environment) as base:
            addresses = [f"{base}/fr/cycles/tour.ics", f"{base}/fr/calendar/{token}.ics", f"{base}/fr/"]
            before = [ask(address) for address in addresses]
            assert [answer.status for answer in before] == [200, 200, 200]
            life.close()
            # What was read a moment before the stop is still believed for that long.
            time.sleep(snapshots.VERSION_SECONDS)
            # The one request that finds out waits for the pool; who asked is served all the same.
            assert ask(addresses[0], patience=PATIENCE * 6) == before[0]
            for _round in range(3):
                assert [ask(address) for address in addresses] == before
                unchanged = [
                    ask(address, etag=answer.etag).status
                    for address, answer in zip(addresses, before, strict=True)
                ]
                assert unchanged == [304, 304, 304]
            # What was never built cannot be: a calm page, and at once.
            missing = ask(f"{base}/en/cycles/tour.ics")
            assert (missing.status, b"Come back in a few minutes" in missing.body) == (503, True)
            # Long enough that a pool which waits longer after each try would stay away with it.
            time.sleep(OUTAGE_SECONDS)
            with restarted(folder, url):
                back_at = time.monotonic()
                wait_until(lambda: ask(f"{base}/en/").status == 200)
                wait_until(lambda: ask(f"{base}/readyz").body != b"")
                # Far below the half minute for which a pool of longer and longer pauses stays away.
                assert time.monotonic() - back_at < PATIENCE * 3
                run(RENAME, environment)
                wait_until(lambda: ask(addresses[0]).etag != before[0].etag)
                assert "Après".encode() in ask(addresses[0]).body
                assert ask(f"{base}/en/cycles/tour.ics").status == 200
