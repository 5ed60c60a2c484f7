"""The worker of a site without Redis: started, killed and stopped again and again while people register."""

from __future__ import annotations

import os
import random
import signal
import time
from email import message_from_bytes
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.preloaded import ROOT, SITE, Preloaded

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.migrated import Migrated
    from tests.preloaded import Program

pytestmark = pytest.mark.slow
ROUNDS = int(os.environ.get("ESCALE_ROUNDS", "4"))
PEOPLE = 40
# Only ends what would never end.
PATIENCE = 300.0

BEGIN = """
from django.core.management import call_command
call_command("migrate", verbosity=0)  # finds nothing left to do
call_command("createcachetable", verbosity=0)
from tests import make
make.session(cycle=make.cycle(slug="tour"))
"""
# As the form does it: each registration owes a mail and asks for it to be sent at once.
REGISTER = f"""
import time
from django.utils import timezone
from cycles.models import Cycle
from registrations import booking
from registrations.models import CycleRegistration
cycle = Cycle.objects.get()
for number in range({PEOPLE}):
    person = booking.Applicant(email=f"p{{number}}@asso.test", given_name="P", family_name=str(number))
    booking.register(cycle, applicant=person, scope=CycleRegistration.Scope.ALL, at=timezone.now())
    time.sleep(0.2)
"""
# What was in the hands of a killed worker is free again after two seconds, not after minutes.
WORK = """
import datetime as dt
from django.conf import settings
from django.core.management import call_command
from notifications.delivery.run import leases
leases.LEASE = dt.timedelta(seconds=2)
(settings.VAR_DIR / "started").touch()
call_command("send_due", "--loop", "--every", "1")
"""


def environment(var: Path) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "DJANGO_SETTINGS_MODULE": "config.settings.dev",
        "ESCALE_VAR": str(var),
        "LOG_LEVEL": "ERROR",
        "SQLITE_SYNCHRONOUS": "OFF",
    }


def worker(site: Preloaded, work: str = WORK) -> Program:
    """Start a worker, and wait until it works."""
    started = folder(site) / "started"
    started.unlink(missing_ok=True)
    program = site.start(["-c", work])
    wait_until(lambda: started.exists() or program.poll() is not None)
    assert program.poll() is None, program.stderr
    return program


def folder(site: Preloaded) -> Path:
    return Path(site.environment["ESCALE_VAR"])


def wait_until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def recipients(site: Preloaded) -> list[str]:
    """Return whom each kept mail is for."""
    mails = (folder(site) / "mail").glob("*.eml")
    return sorted(str(message_from_bytes(path.read_bytes())["To"]) for path in mails)


@pytest.fixture
def site(migrated: Migrated, tmp_path: Path) -> Iterator[Preloaded]:
    """A site that has just been set up."""
    var = tmp_path / "var"
    var.mkdir()
    migrated.copy_file(var / "escale.sqlite3")
    with Preloaded(environment(var), SITE) as preloaded:
        assert preloaded.start(["-c", BEGIN]).wait() == 0
        yield preloaded


def test_killed_and_stopped_under_load_nothing_is_lost(site: Preloaded) -> None:
    chance = random.Random(7)  # noqa: S311 - the same moments at each run
    people = site.start(["-c", REGISTER])
    for round_ in range(ROUNDS):
        at_work = worker(site)
        time.sleep(chance.uniform(0.0, 1.5))
        if round_ % 2:
            at_work.terminate()
            assert at_work.wait() == 0
        else:
            at_work.kill()
            assert at_work.wait() == -signal.SIGKILL
    assert people.wait() == 0
    last = worker(site)
    wait_until(lambda: len(recipients(site)) >= PEOPLE)
    last.terminate()
    assert last.wait() == 0
    assert recipients(site) == sorted(f"p{number}@asso.test" for number in range(PEOPLE))


def test_a_mail_follows_its_act_without_waiting_for_a_tick(site: Preloaded) -> None:
    at_work = worker(site, WORK.replace('"--every", "1"', '"--every", "86400"'))
    heartbeat = "from notifications.models import Heartbeat; assert Heartbeat.objects.exists()"
    wait_until(lambda: site.start(["-c", heartbeat]).wait() == 0)
    assert site.start(["-c", REGISTER.replace(f"range({PEOPLE})", "range(1)")]).wait() == 0
    wait_until(lambda: recipients(site) == ["p0@asso.test"])
    at_work.terminate()
    assert at_work.wait() == 0
