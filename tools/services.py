#!/usr/bin/env python3
"""Run a command with throw-away PostgreSQL and Redis servers on loopback, then stop them.

    services.py CMD…    exports DATABASE_URL and REDIS_URL for CMD; exits with its code

ESCALE_TEST_LOCALE says by which rules PostgreSQL orders text and changes its case: `icu` (the default: Unicode, where
ı and ſ have the capitals I and S), or the name of a locale of the C library, as `C.UTF-8` in Debian's own clusters.

The programs come from Debian's packages postgresql and redis-server. A missing one is an error, never a skip.
PostgreSQL refuses to run as root: there it runs as the user `postgres` that the package made.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

START_SECONDS = 60
ICU = "icu"
PACKAGES = {"redis-server": "redis-server", "initdb": "postgresql", "postgres": "postgresql"}


def fail(message: str) -> None:
    sys.stderr.write(f"services: {message}\n")
    raise SystemExit(1)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def program(name: str) -> str:
    """Return the path of a server's program; PostgreSQL's lie in a folder of their version."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    result = shutil.which(name, path=os.pathsep.join([*map(str, folders), os.environ.get("PATH", "")]))
    if result is None:
        fail(f"{name} is not installed. On Debian or Ubuntu: sudo apt install {PACKAGES[name]}")
    return str(result)


def locale_options(locale: str) -> list[str]:
    """Return how initdb is told about a locale: ICU's root, or one that the C library knows."""
    if locale == ICU:
        return ["--locale-provider=icu", "--icu-locale=und", "--locale=C.UTF-8"]
    return [f"--locale={locale}"]


def wait_for(port: int, name: str, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if server.poll() is not None:
            fail(f"{name} stopped with code {server.returncode} as it started; what it said stands above.")
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.1)
    fail(f"{name} did not answer within {START_SECONDS} s.")


@contextlib.contextmanager
def running(name: str, command: list[str], port: int, user: str | None = None) -> Iterator[None]:
    # A session of its own: Ctrl+C is for the tests, the servers go when these have ended.
    server = subprocess.Popen(command, user=user, stdout=subprocess.DEVNULL, cwd="/", start_new_session=True)
    try:
        wait_for(port, name, server)
        yield
    finally:
        server.send_signal(signal.SIGINT)  # both stop without waiting for their clients
        try:
            server.wait(timeout=20)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


@contextlib.contextmanager
def postgresql(folder: Path, *, fsync: bool = False, autovacuum: bool = True) -> Iterator[str]:
    user = None
    data = folder / "postgresql"
    data.mkdir()
    if os.geteuid() == 0:
        user = "postgres"
        try:
            pwd.getpwnam(user)
        except KeyError:
            fail("there is no user postgres. On Debian or Ubuntu: sudo apt install postgresql")
        shutil.chown(data, user)
        folder.chmod(0o755)
    port = free_port()
    make = [program("initdb"), "--pgdata", str(data), "--username", "escale", "--auth", "trust"]
    make += ["--encoding", "UTF8", "--no-sync", *locale_options(os.environ.get("ESCALE_TEST_LOCALE") or ICU)]
    subprocess.run(make, user=user, check=True, stdout=subprocess.DEVNULL, cwd="/")
    command = [program("postgres"), "-D", str(data), "-p", str(port), "-h", "127.0.0.1", "-k", ""]
    # The tests are about logic, not power cuts: nothing waits for the disk; enough connections for parallel workers.
    chosen = {"max_connections": "200", "log_min_messages": "panic"}
    if not fsync:
        chosen |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        # Tables of a few rows that nothing has counted yet look large: compiling a query for them takes a second.
        chosen |= {"jit": "off"}
    if not autovacuum:
        chosen |= {"autovacuum": "off"}
    for name, value in chosen.items():
        command += ["-c", f"{name}={value}"]
    with running("PostgreSQL", command, port, user):
        yield f"postgres://escale@127.0.0.1:{port}/postgres"


@contextlib.contextmanager
def redis(folder: Path) -> Iterator[str]:
    port = free_port()
    command = [program("redis-server"), "--port", str(port), "--bind", "127.0.0.1"]
    command += ["--dir", str(folder), "--save", "", "--maxmemory-policy", "noeviction"]
    with running("Redis", command, port):
        yield f"redis://127.0.0.1:{port}/0"


def main(command: list[str]) -> int:
    if not command:
        fail(str(__doc__))
    for name in PACKAGES:
        program(name)
    # So that the servers are stopped then, too.
    signal.signal(signal.SIGTERM, lambda number, _frame: sys.exit(128 + number))
    with tempfile.TemporaryDirectory(prefix="escale-services-") as name:
        folder = Path(name)
        # A table that was counted while a test had rolled its rows back is taken for empty by the next test, whose
        # queries on thousands of rows then last a second each. Nothing counted is estimated by the table's size.
        with postgresql(folder, autovacuum=False) as database_url, redis(folder) as redis_url:
            environment = {**os.environ, "DATABASE_URL": database_url, "REDIS_URL": redis_url}
            return subprocess.call(command, env=environment)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
