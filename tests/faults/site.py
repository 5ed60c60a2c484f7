"""The test database as other processes see it, a mail server, and workers to kill or freeze."""

from __future__ import annotations

import contextlib
import os
import signal
import sqlite3
import time
from pathlib import Path
from typing import TYPE_CHECKING

from django.db import connection

from tests.preloaded import SITE, Preloaded

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from tests.preloaded import Program

    from .smtp_sink import Sink

FROZEN_WITHIN = 60.0


class Site:
    """Workers on the test database.

    Django keeps SQLite's test database in memory: `shared` copies it to a file for the workers, and back.
    """

    def __init__(self, sink: Sink, workers: Preloaded) -> None:
        self.sink, self.workers = sink, workers
        self.is_shared = False

    @property
    def file(self) -> Path:
        return Path(self.workers.environment["DATABASE_URL"].removeprefix("sqlite:///"))

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

    def start(self, *, at: dt.datetime, failpoint: str = "", **more: str) -> Program:
        """Start one worker, inside `shared`."""
        environment = {"TEST_EMAIL_PORT": str(self.sink.port)} | more
        if failpoint:
            environment["ESCALE_FAILPOINT"] = failpoint
        return self.workers.start(["-m", "tests.faults.worker", at.isoformat()], **environment)

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


@contextlib.contextmanager
def preloaded_workers(folder: Path) -> Iterator[Preloaded]:
    """Give programs that find the test database: PostgreSQL's, or SQLite's as a file in `folder`."""
    if connection.vendor == "sqlite":
        address = f"sqlite:///{folder / 'site.sqlite3'}"
    else:
        parts = connection.settings_dict
        address = (
            f"postgres://{parts['USER']}:{parts['PASSWORD']}@{parts['HOST']}:{parts['PORT']}/{parts['NAME']}"
        )
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "config.settings.test",
        "DATABASE_URL": address,
        # Programs die here, not machines: what they wrote is with the operating system, which goes on.
        "SQLITE_SYNCHRONOUS": "OFF",
    }
    with Preloaded(environment, SITE) as preloaded:
        yield preloaded


def wait_until_frozen(worker: Program) -> None:
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


def thaw(worker: Program) -> int:
    """Let a frozen worker go on; return its exit code."""
    worker.send_signal(signal.SIGCONT)
    return worker.wait()
