"""Telling a worker over Redis without ever waiting for Redis.

A broker that is away, swallows what it is sent or refuses our password would hold each request for seconds, or end it
with an error, for a message that may be lost: the tick sends what is due within half a minute. So a thread of its own
speaks to the broker, what cannot be told soon is dropped, and after a failure it is left alone for a while.
"""

from __future__ import annotations

import logging
import queue
import threading
import time

from celery import Celery, current_app

logger = logging.getLogger(__name__)

# More than these at once ask for nothing new.
MOST_WAITING = 8
LEFT_ALONE_SECONDS = 30.0
EXPIRES = 25


class Nudge:
    """The thread of one process that asks workers to send; it begins with the first request for it."""

    def __init__(self, app: Celery | None = None) -> None:
        self._app = app or current_app
        self._asked: queue.Queue[str] = queue.Queue(maxsize=MOST_WAITING)
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._quiet_until = 0.0

    def ask(self, task: str) -> bool:
        """Have a task sent to a worker; returns at once, False when nobody is told (the next tick does it)."""
        if time.monotonic() < self._quiet_until:
            return False
        try:
            self._asked.put_nowait(task)
        except queue.Full:
            return False
        with self._lock:
            # A thread does not outlive a fork: a process that was forked begins its own.
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._tell, name="nudge", daemon=True)
                self._thread.start()
        return True

    def wait(self, seconds: float) -> bool:
        """Wait until everything asked for was told or given up; return whether it was."""
        deadline = time.monotonic() + seconds
        while self._asked.unfinished_tasks and time.monotonic() < deadline:
            time.sleep(0.01)
        return not self._asked.unfinished_tasks

    def _tell(self) -> None:
        while True:
            task = self._asked.get()
            try:
                if time.monotonic() >= self._quiet_until:
                    self._app.send_task(task, retry=False, expires=EXPIRES)
            except Exception as error:  # noqa: BLE001 - whatever a broker answers, a mail waits for the tick
                self._quiet_until = time.monotonic() + LEFT_ALONE_SECONDS
                # The kind alone: what a broker says may hold its address and password.
                logger.warning("no worker could be told (%s): the next tick sends", type(error).__name__)
            finally:
                self._asked.task_done()


nudge = Nudge()
