"""The worker of a site without Redis, in this process: its turns, and the file that wakes it."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, transaction

from notifications import wake_file, worker
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
