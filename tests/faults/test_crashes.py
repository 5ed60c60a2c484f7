"""The crash table: a worker killed at each named place, and what the next one makes of it.

Workers are processes of their own that die by os._exit, as in a power cut; the mail server is real, the
database is a file (or PostgreSQL, where DATABASE_URL names one).
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.db import connection

from notifications import failpoints, leases, ledger, plan
from notifications.models import Delivery, ReminderStep
from tests import make
from tests.make import paris

from .smtp_sink import Sink

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
DUE = paris(2026, 11, 19, 12)
ROOT = Path(__file__).resolve().parent.parent.parent
PEOPLE = 3


class Site:
    """The test database as another process sees it, and a mail server.

    Django keeps SQLite's test database in memory: it is copied to a file for the worker, and back.
    """

    def __init__(self, sink: Sink, folder: Path) -> None:
        self.sink = sink
        self.file = folder / "site.sqlite3"
        parts = connection.settings_dict
        self.environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "config.settings.test",
            "TEST_EMAIL_PORT": str(sink.port),
            "DATABASE_URL": f"sqlite:///{self.file}"
            if connection.vendor == "sqlite"
            else f"postgres://{parts['USER']}:{parts['PASSWORD']}@{parts['HOST']}:{parts['PORT']}/{parts['NAME']}",
        }

    def work(self, *, at: dt.datetime, failpoint: str = "", workers: int = 1) -> list[int]:
        """Run workers side by side to their end; return their exit codes."""
        self._copy(to_file=True)
        environment = self.environment | ({"ESCALE_FAILPOINT": failpoint} if failpoint else {})
        command = [sys.executable, "-m", "tests.faults.worker", at.isoformat()]
        started = [subprocess.Popen(command, env=environment, cwd=ROOT) for _ in range(workers)]
        codes = [worker.wait() for worker in started]
        self._copy(to_file=False)
        return codes

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


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """Three people registered for a session whose one-hour reminder is due at DUE."""
    session = make.session()
    plan.default_steps(session.cycle)
    plan.replan(session)
    for _ in range(PEOPLE):
        make.registration(session=session)
    with Sink() as sink:
        yield Site(sink, tmp_path)


def states() -> list[str]:
    return sorted(Delivery.objects.values_list("state", flat=True))


@pytest.mark.parametrize(
    ("place", "left", "copies"),
    [
        ("before-fan-out", [], 3),
        ("in-chunk", [], 3),
        ("after-chunk", ["pending"] * 3, 3),
        ("after-claim", ["claimed"] * 3, 3),
        ("after-reserve", ["claimed", "claimed", "sending"], 3),
        ("after-reserve:2", ["claimed", "sending", "sent"], 3),
        ("after-hand-over", ["claimed", "claimed", "sending"], 4),
        ("after-hand-over:3", ["sending", "sent", "sent"], 4),
        ("after-settle", ["sent"] * 3, 3),
    ],
)
def test_nothing_is_lost_and_a_crash_costs_one_copy_at_most(
    site: Site, place: str, left: list[str], copies: int
) -> None:
    assert site.work(at=DUE, failpoint=place) == [failpoints.KILLED]
    assert states() == left
    assert site.work(at=DUE + leases.LEASE) == [0]
    assert states() == ["sent"] * PEOPLE
    numbers = {ledger.message_id(key) for key in Delivery.objects.values_list("key", flat=True)}
    assert (len(site.sink.accepted), set(site.sink.accepted)) == (copies, numbers)


def test_a_step_that_holds_gives_no_second_copy(site: Site) -> None:
    ReminderStep.objects.update(on_uncertain="hold")
    assert site.work(at=DUE, failpoint="after-hand-over") == [failpoints.KILLED]
    assert site.work(at=DUE + leases.LEASE) == [0]
    assert states() == ["sent", "sent", "uncertain"]
    assert len(site.sink.accepted) == PEOPLE


def test_down_over_the_start_nothing_leaves_late(site: Site) -> None:
    assert site.work(at=DUE, failpoint="after-claim") == [failpoints.KILLED]
    assert site.work(at=paris(2026, 11, 19, 13, 10)) == [0]
    assert set(Delivery.objects.values_list("state", "reason")) == {("skipped", "too_late")}
    assert site.sink.accepted == []


def test_two_workers_at_once_send_each_mail_once(site: Site) -> None:
    assert site.work(at=DUE, workers=2) == [0, 0]
    assert states() == ["sent"] * PEOPLE
    assert len(site.sink.accepted) == len(set(site.sink.accepted)) == PEOPLE
