"""The test database as other processes see it, a mail server, and workers to kill or freeze."""

from __future__ import annotations

import contextlib
import os
import signal
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
    """Workers on the test database."""

    def __init__(self, sink: Sink, workers: Preloaded) -> None:
        self.sink, self.workers = sink, workers

    def start(self, *, at: dt.datetime, failpoint: str = "", **more: str) -> Program:
        """Start one worker."""
        environment = {"TEST_EMAIL_PORT": str(self.sink.port)} | more
        if failpoint:
            environment["ESCALE_FAILPOINT"] = failpoint
        return self.workers.start(["-m", "tests.faults.worker", at.isoformat()], **environment)

    def work(self, *, at: dt.datetime, failpoint: str = "", workers: int = 1, **more: str) -> list[int]:
        """Run workers side by side to their end; return their exit codes."""
        started = [self.start(at=at, failpoint=failpoint, **more) for _ in range(workers)]
        return [worker.wait() for worker in started]


@contextlib.contextmanager
def preloaded_workers() -> Iterator[Preloaded]:
    """Give programs that find the test database."""
    parts = connection.settings_dict
    if connection.vendor == "sqlite":
        address = f"sqlite:///{parts['NAME']}"
    else:
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
