"""The worker of a site without Redis: started, killed and stopped again and again while people register."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from email import message_from_bytes
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.preloaded import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.slow
ROUNDS = int(os.environ.get("ESCALE_ROUNDS", "4"))
PEOPLE = 40
# Only ends what would never end.
PATIENCE = 300.0

BEGIN = """
from django.core.management import call_command
call_command("migrate", verbosity=0)
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
from notifications import leases
leases.LEASE = dt.timedelta(seconds=2)
(settings.VAR_DIR / "started").touch()
call_command("send_due", "--loop", "--every", "1")
"""


def program(var: Path, code: str) -> subprocess.Popen[bytes]:
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "DJANGO_SETTINGS_MODULE": "config.settings.dev",
        "ESCALE_VAR": str(var),
        "LOG_LEVEL": "ERROR",
        "SQLITE_SYNCHRONOUS": "OFF",
    }
    return subprocess.Popen(
        [sys.executable, "-c", f"import django\ndjango.setup()\n{code}"],
        cwd=ROOT,
        env=environment,
    )


def worker(var: Path) -> subprocess.Popen[bytes]:
    """Start a worker, and wait until it works."""
    (var / "started").unlink(missing_ok=True)
    started = program(var, WORK)
    wait_until((var / "started").exists)
    return started


def wait_until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def recipients(var: Path) -> list[str]:
    """Return whom each kept mail is for."""
    folder = var / "mail"
    return sorted(str(message_from_bytes(path.read_bytes())["To"]) for path in folder.glob("*.eml"))


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site that has just been set up."""
    folder = tmp_path_factory.mktemp("begun")
    assert program(folder, BEGIN).wait(PATIENCE) == 0
    return folder


@pytest.fixture
def var(begun: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(begun, tmp_path / "var"))


def test_killed_and_stopped_under_load_nothing_is_lost(var: Path) -> None:
    chance = random.Random(7)  # noqa: S311 - the same moments at each run
    people = program(var, REGISTER)
    for round_ in range(ROUNDS):
        at_work = worker(var)
        time.sleep(chance.uniform(0.0, 1.5))
        if round_ % 2:
            at_work.send_signal(signal.SIGTERM)
            assert at_work.wait(PATIENCE) == 0
        else:
            at_work.kill()
            at_work.wait(PATIENCE)
    assert people.wait(PATIENCE) == 0
    last = worker(var)
    wait_until(lambda: len(recipients(var)) >= PEOPLE)
    last.terminate()
    assert last.wait(PATIENCE) == 0
    assert recipients(var) == sorted(f"p{number}@asso.test" for number in range(PEOPLE))


def test_a_mail_follows_its_act_without_waiting_for_a_tick(var: Path) -> None:
    at_work = program(var, WORK.replace('"--every", "1"', '"--every", "86400"'))
    heartbeat = "from notifications.models import Heartbeat; assert Heartbeat.objects.exists()"
    wait_until(lambda: program(var, heartbeat).wait(PATIENCE) == 0)
    assert program(var, REGISTER.replace(f"range({PEOPLE})", "range(1)")).wait(PATIENCE) == 0
    wait_until(lambda: recipients(var) == ["p0@asso.test"])
    at_work.terminate()
    assert at_work.wait(PATIENCE) == 0
