"""The test database as other processes see it, a mail server, and workers to kill or freeze."""

from __future__ import annotations

import contextlib
import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from django.db import connection

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from .smtp_sink import Sink

ROOT = Path(__file__).resolve().parent.parent.parent
FROZEN_WITHIN = 60.0


class Site:
    """Workers on the test database.

    Django keeps SQLite's test database in memory: `shared` copies it to a file for the workers, and back.
    """

    def __init__(self, sink: Sink, folder: Path) -> None:
        self.sink = sink
        self.file = folder / "site.sqlite3"
        self.is_shared = False
        self.environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "config.settings.test",
            "TEST_EMAIL_PORT": str(sink.port),
            "DATABASE_URL": self._address(),
        }

    def _address(self) -> str:
        if connection.vendor == "sqlite":
            return f"sqlite:///{self.file}"
        parts = connection.settings_dict
        server = f"{parts['USER']}:{parts['PASSWORD']}@{parts['HOST']}:{parts['PORT']}"
        return f"postgres://{server}/{parts['NAME']}"

    @contextlib.contextmanager
    def shared(self) -> Iterator[None]:
        """Let several workers, one after the other or at once, find the same database."""
        self._copy(to_file=True)
        self.is_shared = True
        try:
            yield
        finally:
            self.is_shared = False
            self._copy(to_file=False)

    def start(self, *, at: dt.datetime, failpoint: str = "", **more: str) -> subprocess.Popen[bytes]:
        """Start one worker, inside `shared`."""
        environment = self.environment | ({"ESCALE_FAILPOINT": failpoint} if failpoint else {}) | more
        command = [sys.executable, "-m", "tests.faults.worker", at.isoformat()]
        return subprocess.Popen(command, env=environment, cwd=ROOT, stderr=subprocess.DEVNULL)

    def work(self, *, at: dt.datetime, failpoint: str = "", workers: int = 1, **more: str) -> list[int]:
        """Run workers side by side to their end; return their exit codes."""
        if self.is_shared:
            started = [self.start(at=at, failpoint=failpoint, **more) for _ in range(workers)]
            return [worker.wait() for worker in started]
        with self.shared():
            return self.work(at=at, failpoint=failpoint, workers=workers, **more)

    def _copy(self, *, to_file: bool) -> None:
        if connection.vendor != "sqlite":
            return
        connection.ensure_connection()
        memory = connection.connection
        with contextlib.closing(sqlite3.connect(self.file)) as file:
            if to_file:
                memory.backup(file)
            else:
                file.backup(memory)


def wait_until_frozen(worker: subprocess.Popen[bytes]) -> None:
    """Return once a worker has stopped itself at its failpoint."""
    deadline = time.monotonic() + FROZEN_WITHIN
    while time.monotonic() < deadline:
        state = Path(f"/proc/{worker.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0]
        if state == "T":
            return
        if worker.poll() is not None:
            break
        time.sleep(0.02)
    msg = f"the worker did not freeze (exit code {worker.poll()})"
    raise AssertionError(msg)


def thaw(worker: subprocess.Popen[bytes]) -> int:
    """Let a frozen worker go on; return its exit code."""
    worker.send_signal(signal.SIGCONT)
    return worker.wait()
