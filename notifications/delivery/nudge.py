"""Telling a worker over Redis without ever waiting for Redis.

A broker that is away, swallows what it is sent or refuses our password would hold each request for seconds, or end it
with an error, for a message that may be lost: the tick sends what is due within half a minute. So a thread of its own
speaks to the broker, what cannot be told soon is dropped, and after a failure it is left alone for a while.

One worker that is told once sends all that is due, and telling it costs a quarter of a registration: requests that come
while the thread speaks, or shortly after, are told together.
"""

from __future__ import annotations

import logging
import threading
import time

from celery import Celery, current_app

logger = logging.getLogger(__name__)

# The first request is told at once; those that follow it within this time, once at its end.
GATHERED_SECONDS = 0.2
LEFT_ALONE_SECONDS = 30.0
EXPIRES = 25


class Nudge:
    """The thread of one process that asks workers to send; it begins with the first request for it."""

    def __init__(self, app: Celery | None = None) -> None:
        self._app = app or current_app
        self._changed = threading.Condition()
        self._asked: set[str] = set()
        self._telling = False
        self._thread: threading.Thread | None = None
        self._quiet_until = 0.0

    def ask(self, task: str) -> bool:
        """Have a task sent to a worker; returns at once, False when nobody is told (the next tick does it)."""
        if time.monotonic() < self._quiet_until:
            return False
        with self._changed:
            self._asked.add(task)
            self._changed.notify_all()
            # A thread does not outlive a fork: a process that was forked begins its own.
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._tell_for_ever, name="nudge", daemon=True)
                self._thread.start()
        return True

    def wait(self, seconds: float) -> bool:
        """Wait until everything asked for was told or given up; return whether it was."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._asked and not self._telling, timeout=seconds)

    def _tell_for_ever(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._asked)
                # Taken before it is told: who asks from now on may have noted a mail that this worker did not see.
                tasks, self._asked, self._telling = self._asked, set(), True
            self._tell(tasks)
            with self._changed:
                self._telling = False
                self._changed.notify_all()
            time.sleep(GATHERED_SECONDS)

    def _tell(self, tasks: set[str]) -> None:
        if time.monotonic() < self._quiet_until:
            return
        try:
            for task in sorted(tasks):
                self._app.send_task(task, retry=False, expires=EXPIRES)
        except Exception as error:  # noqa: BLE001 - whatever a broker answers, a mail waits for the tick
            self._quiet_until = time.monotonic() + LEFT_ALONE_SECONDS
            # The kind alone: what a broker says may hold its address and password.
            logger.warning("no worker could be told (%s): the next tick sends", type(error).__name__)


nudge = Nudge()
