"""The worker of a site without Redis: what Celery's beat and worker do, in one process and without a broker.

A broker in files cannot be relied on: a reader that comes between the creation of a message and its writing finds an
empty file and ends. Here nothing is handed over at all. Each entry of CELERY_BEAT_SCHEDULE has a thread that calls its
task when its time comes, and whoever wants mail to leave at once touches a file, which this process looks at
(docs/decisions/0120).
"""

from __future__ import annotations

import contextlib
import logging
import threading
from typing import TYPE_CHECKING, Any

from celery import current_app
from django.conf import settings
from django.db import InterfaceError, OperationalError, connection

from . import wake_file
from .delivery.run import sending

if TYPE_CHECKING:
    from collections.abc import Callable

logger = logging.getLogger(__name__)

# How soon a mail follows the act that causes it: seconds between two looks at the file.
LOOK_EVERY = 0.3
# After the database did not answer: what it kept from being done is made up for as soon as it is back.
AGAIN_AFTER = 1.0
# A turn of sending is short, so that a stop waits for little more than the mail in hand.
TURN_SECONDS = 5.0


def run(stop: threading.Event, *, tick_every: float | None = None) -> None:
    """Do all scheduled work, and send, until `stop` is set. Errors are logged and tried again at the next turn.

    `tick_every` replaces the seconds between two ticks.
    """
    current_app.loader.import_default_modules()
    threads = []
    schedule: dict[str, dict[str, Any]] = settings.CELERY_BEAT_SCHEDULE
    for entry in schedule.values():
        every = float(entry["schedule"])
        if tick_every is not None and entry["task"] == "notifications.tick":
            every = tick_every
        task: Callable[[], Any] = current_app.tasks[entry["task"]]
        threads.append(_thread(entry["task"], _repeat, task, every, stop))
    threads.append(_thread("notifications.drain", _send_when_woken, stop))
    stop.wait()
    for thread in threads:
        thread.join()


def _thread(name: str, target: Callable[..., None], *arguments: Any) -> threading.Thread:
    thread = threading.Thread(target=target, args=arguments, name=name)
    thread.start()
    return thread


def _repeat(task: Callable[[], Any], every: float, stop: threading.Event) -> None:
    """Call a task now and then every so many seconds, sooner when the database was away."""
    is_away = False
    while not stop.is_set():
        is_away = not _call(task, again=is_away)
        stop.wait(min(every, AGAIN_AFTER) if is_away else every)


def _send_when_woken(stop: threading.Event) -> None:
    """Send whenever the file was touched since the last look, and once at the start."""
    seen, is_away = -1, False
    while not stop.is_set():
        touched = wake_file.touched_at()
        if touched == seen:
            stop.wait(LOOK_EVERY)
            continue
        is_away = not _call(lambda: _send(stop), again=is_away)
        if is_away:
            stop.wait(AGAIN_AFTER)
        else:
            seen = touched


def _send(stop: threading.Event) -> None:
    """Send until nothing is due, or a stop is asked for: what is left then waits in the ledger."""
    while not stop.is_set():
        if not sending.drain(seconds=TURN_SECONDS) or not sending.has_due():
            return


def _call(work: Callable[[], Any], *, again: bool) -> bool:
    """Do one turn of work; return False when the database was not there for it.

    `again`: nor was it the last time. That is told in a line: the log of a long outage must not fill the disk.
    """
    try:
        work()
    except Exception as error:
        # Whatever it was (the database away, a full disk): the rows are as they were, and the next turn tries again.
        is_away = isinstance(error, OperationalError | InterfaceError)
        logger.error(  # noqa: TRY400 - the traceback is there the first time
            "a turn of the worker failed: trying again at the next one", exc_info=not (is_away and again)
        )
        return not is_away
    else:
        return True
    finally:
        # A connection that was lost is opened anew; that closing it fails, too, says nothing new.
        with contextlib.suppress(Exception):
            connection.close()
