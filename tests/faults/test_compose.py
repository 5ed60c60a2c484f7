"""docker-compose.yml, proven as far as it goes without Docker: each of its commands, in its order, by hand.

PostgreSQL and Redis are throw-away servers. What the file says of health is asked, the worker is stopped in the middle
of a mailing, and a backup is taken and put back as docs/operating.md says.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shlex
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from tests.preloaded import ROOT
from tools import services

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = [pytest.mark.service, pytest.mark.slow]

# Ends what would never end.
PATIENCE = 600.0
MAILS = 20
SETTINGS = {
    "DJANGO_SETTINGS_MODULE": "config.settings.prod",
    "SECRET_KEY": "k3y-" * 4 + "abcdefghijklmnopqrstuvwxyz0123456789",
    "ESCALE_BASE_URL": "https://webinaires.asso.test",
    "ALLOWED_HOSTS": "webinaires.asso.test",
    "ESCALE_UID_DOMAIN": "webinaires.asso.test",
    "ESCALE_CONTROLLER": "Asso",
    "ESCALE_CONTACT_EMAIL": "contact@asso.test",
    "ESCALE_STATUS_TOKEN": "a-token-of-many-characters",
    "DEFAULT_FROM_EMAIL": "Asso <contact@asso.test>",
    "DATABASE_POOL": "4",
}
OWE = f"""
import datetime as dt
from django.utils import timezone
from cycles.models import Session
from registrations.models import Participant
from tests import make
session = Session.objects.first() or make.session(starts_at=timezone.now() + dt.timedelta(days=30))
begin = Participant.objects.count()
for number in range(begin, begin + {MAILS}):
    seat = make.registration(session=session, participant=make.participant(email=f"p{{number}}@asso.test"))
    make.delivery(seat, kind="registration_confirmed", key=f"mail:{{number}}", next_at=timezone.now())
"""
COUNT = """
import json
from django.db.models import Count
from notifications.models import Delivery
print(json.dumps(dict(Delivery.objects.values_list("state").annotate(n=Count("pk")))))
"""


def compose() -> dict[str, Any]:
    result: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))[
        "services"
    ]
    return result


def dockerfile_command() -> list[str]:
    """Return what the image runs when nothing else is said: the web server."""
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    command: list[str] = json.loads(re.findall(r"^CMD (\[.*\])$", text, re.MULTILINE)[-1])
    return command


class Compose:
    """The services of the file on this machine, each with its own command and environment."""

    def __init__(self, life: contextlib.ExitStack, environment: dict[str, str]) -> None:
        self.life, self.environment, self.file = life, environment, compose()
        path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        self.environment |= {"PATH": path, "HOSTNAME": "escale"}

    def of(self, name: str) -> dict[str, str]:
        own = self.file[name].get("environment", {})
        services_here = ("DATABASE_URL", "REDIS_URL")
        return self.environment | {key: str(value) for key, value in own.items() if key not in services_here}

    def run(self, name: str, command: list[str], *, check: bool = True) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            cwd=ROOT,
            env=self.of(name),
            check=check,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
        )

    def start(self, name: str, command: list[str]) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            command, cwd=ROOT, env=self.of(name), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        self.life.callback(self.stop, process)
        return process

    def stop(self, process: subprocess.Popen[bytes]) -> int:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            try:
                return process.wait(timeout=PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()
        return process.wait()


def until(answered: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not answered():
        assert time.monotonic() < deadline
        time.sleep(0.3)


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that the servers' own users may enter."""
    with tempfile.TemporaryDirectory(prefix="escale-compose-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


def code(text: str) -> list[str]:
    return [sys.executable, "-c", f"import django\ndjango.setup()\n{text}"]


def test_every_command_of_the_file_does_its_work(folder: Path) -> None:  # noqa: PLR0915 - one story, in its order
    with contextlib.ExitStack() as life:
        database = life.enter_context(services.postgresql(folder))
        redis = life.enter_context(services.redis(folder))
        log, port_file = folder / "mail.log", folder / "mail.port"
        sink = [
            sys.executable,
            "-m",
            "tests.faults.hostile",
            "--log",
            str(log),
            "--port-file",
            str(port_file),
        ]
        server = subprocess.Popen([*sink, "--mix", "slow", "--delay", "0.3"], cwd=ROOT)
        life.callback(server.wait)
        life.callback(server.terminate)
        until(port_file.exists)
        var = folder / "var"
        var.mkdir()
        environment = SETTINGS | {
            "DATABASE_URL": database,
            "REDIS_URL": redis,
            "EMAIL_URL": f"smtp://127.0.0.1:{port_file.read_text(encoding='ascii')}",
            "ESCALE_VAR": str(var),
            "ESCALE_STATIC_ROOT": str(var / "static"),
            "PYTHONPATH": str(ROOT),
        }
        site = Compose(life, environment)
        site.run("web", [sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity", "0"])
        # migrate: before anything of a new version starts.
        site.run("migrate", shlex.split(site.file["migrate"]["command"]))
        port = services.free_port()
        web = [word.replace("0.0.0.0:8000", f"127.0.0.1:{port}") for word in dockerfile_command()]
        site.start("web", web)

        def probe(service: str) -> bool:
            test = [
                re.sub(r"http://[\w.]+:8000", f"http://127.0.0.1:{port}", word)
                for word in site.file[service]["healthcheck"]["test"][1:]
            ]
            return site.run(service, test, check=False).returncode == 0

        until(lambda: probe("web"))
        assert not probe("beat"), "no worker has ticked yet"
        worker = shlex.split(site.file["worker"]["command"])
        first = site.start("worker", worker)
        beat = shlex.split(site.file["beat"]["command"].replace("/tmp/beat", str(folder / "beat")))  # noqa: S108 - the file's
        site.start("beat", beat)
        until(lambda: probe("beat"))
        ping = site.file["worker"]["healthcheck"]["test"][1].replace("$$HOSTNAME", os.uname().nodename)
        until(lambda: site.run("worker", shlex.split(ping), check=False).returncode == 0)

        def states() -> dict[str, int]:
            result: dict[str, int] = json.loads(site.run("web", code(COUNT)).stdout)
            return result

        # A stop in the middle of a mailing: what is in hand ends, the rest waits, nobody gets it twice.
        site.run("web", code(OWE))
        until(lambda: log.exists() and len(log.read_text(encoding="ascii").splitlines()) > 3)
        assert site.stop(first) == 0
        after = states()
        assert after.get("sent", 0) + after.get("pending", 0) == MAILS
        assert after["sent"] == len(log.read_text(encoding="ascii").splitlines())
        # More becomes due while no worker runs.
        site.run("web", code(OWE))
        after = states()
        # A backup now, and what is sent after it.
        dump = folder / "escale.dump"
        dump.write_bytes(
            subprocess.run(
                [services.program("pg_dump"), "--format", "custom", database], check=True, capture_output=True
            ).stdout
        )
        second = site.start("worker", worker)
        until(lambda: states() == {"sent": 2 * MAILS})
        numbers = re.findall(r"<[^<>\s]+@[^<>\s]+>", log.read_text(encoding="ascii"))
        assert len(numbers) == len(set(numbers)) == 2 * MAILS
        # Put back: web, worker and beat are stopped, and mail stays paused until a person decides.
        assert site.stop(second) == 0
        restore = [services.program("pg_restore"), "--dbname", database, "--clean", "--if-exists", str(dump)]
        subprocess.run(restore, check=True, capture_output=True)
        outcome = site.run("web", [sys.executable, "manage.py", "mail", "status", "--language", "en"]).stdout
        assert outcome.splitlines()[0] == "All email is paused: a backup was restored, or the database moved."
        site.start("worker", worker)
        until(lambda: probe("beat"))
        assert states() == after
        site.run(
            "web", [sys.executable, "manage.py", "mail", "resume", "--overdue", "aside", "--language", "en"]
        )
        assert states() == {"sent": after["sent"], "skipped": after["pending"]}
        assert len(log.read_text(encoding="ascii").splitlines()) == 2 * MAILS
