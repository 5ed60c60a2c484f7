"""The worker of a site without Redis, in this process: its turns, and the file that wakes it."""

from __future__ import annotations

import contextlib
import logging
import threading
from typing import TYPE_CHECKING

import pytest
from django.conf import settings as site
from django.core.management import CommandError, call_command
from django.db import DatabaseError, InterfaceError, OperationalError, connection, transaction

from notifications import tasks, wake_file, worker
from notifications.delivery.run import sending

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_django import Settings


def test_a_turn_that_fails_is_told_and_the_next_one_comes(caplog: pytest.LogCaptureFixture) -> None:
    stop = threading.Event()
    turns: list[int] = []

    def work() -> None:
        turns.append(len(turns))
        if len(turns) == 1:
            raise DatabaseError
        if len(turns) == 2:
            raise MemoryError
        stop.set()

    with caplog.at_level(logging.ERROR):
        worker._repeat(work, 0.0, stop)
    assert (turns, len(caplog.records)) == ([0, 1, 2], 2)


def test_what_the_databases_absence_kept_from_being_done_is_made_up_for_at_once(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "AGAIN_AFTER", 0.01)
    stop = threading.Event()
    turns: list[int] = []

    def work() -> None:
        turns.append(len(turns))
        if len(turns) < 4:
            raise OperationalError
        stop.set()

    with caplog.at_level(logging.ERROR):
        # Once a day: without it the test would wait for days.
        worker._repeat(work, 86400.0, stop)
    assert turns == [0, 1, 2, 3]
    # Where it failed is told once.
    assert [bool(record.exc_info) for record in caplog.records] == [True, False, False]


def test_celery_ticks_again_within_seconds_of_an_outage() -> None:
    tick = tasks.tick
    assert tick.autoretry_for == (OperationalError, InterfaceError)
    # Until the next one comes from the beat.
    schedule = site.CELERY_BEAT_SCHEDULE["tick"]["schedule"]
    assert tick.default_retry_delay * (tick.max_retries + 1) < schedule


@pytest.mark.django_db(transaction=True)
def test_the_mails_of_one_transaction_wake_the_worker_once(
    settings: Settings, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    settings.REDIS_URL = ""
    settings.ESCALE_WAKE_FILE = tmp_path / "away" / "wake"
    caplog.set_level("INFO", logger="notifications.delivery.run.sending")
    with transaction.atomic():
        with contextlib.suppress(ZeroDivisionError), transaction.atomic():
            sending.wake()
            raise ZeroDivisionError
        assert connection.run_on_commit == []
        for _mail in range(3):
            with transaction.atomic():
                sending.wake()
        assert caplog.messages == []
    assert caplog.messages == ["no worker could be told: the next tick sends"]
    sending.wake()
    assert len(caplog.messages) == 2


@pytest.mark.django_db(transaction=True)
def test_an_act_wakes_the_worker_once_it_is_committed(settings: Settings, tmp_path: Path) -> None:
    settings.REDIS_URL, settings.ESCALE_WAKE_FILE = "", tmp_path / "wake"
    assert wake_file.touched_at() == 0
    with transaction.atomic():
        sending.wake()
        assert wake_file.touched_at() == 0
    assert wake_file.touched_at() > 0


def test_a_file_that_cannot_be_written_stops_nobody(
    settings: Settings, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    settings.REDIS_URL, settings.ESCALE_WAKE_FILE = "", tmp_path / "missing" / "wake"
    with caplog.at_level(logging.INFO):
        sending.publish()
    assert [record.message for record in caplog.records] == ["no worker could be told: the next tick sends"]


def test_a_loop_without_a_pause_is_refused() -> None:
    with pytest.raises(CommandError, match="one second is the least"):
        call_command("send_due", "--loop", "--every", "0")
