"""Chaos: thousands of mails, workers killed and frozen at random, a hostile server, a broker that forgets.

    python -m tests.faults.chaos [--mails 20000] [--runs postgresql,sqlite,hold]

Four Celery workers and two beats send what a ledger owes while, at random, workers are killed (SIGKILL) or frozen
past their lease (SIGSTOP), and Redis is flushed or killed and started anew. Then what the ledger says is held
against what the server logged. Ends with code 1 when the promise is broken. Needs PostgreSQL and Redis.
"""

from __future__ import annotations

import argparse
import collections
import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from tools import services

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent.parent
MIX = (
    "accept=88,slow=2,temp=3,rcpt-temp=1,perm=1,rcpt-perm=1,throttle=0.5,"
    "drop=1,drop-accepted=2,hang=0.25,hang-accepted=0.25"
)
WORKERS = 4
# Longer than the lease of celery_app.py.
FROZEN_SECONDS = 9.0
LONGEST_RUN = 1800.0


@dataclass
class Redis:
    """A broker that may be killed and started again on its port; it remembers nothing."""

    folder: Path
    port: int = field(default_factory=services.free_port)
    server: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [services.program("redis-server"), "--port", str(self.port), "--bind", "127.0.0.1"]
        command += ["--dir", str(self.folder), "--save", "", "--loglevel", "warning"]
        self.server = subprocess.Popen(command, stdout=subprocess.DEVNULL, cwd="/")
        services.wait_for(self.port, "Redis", self.server)

    def flush(self) -> None:
        import redis  # noqa: PLC0415 - only here

        with contextlib.suppress(redis.RedisError):
            redis.Redis(port=self.port).flushall()

    def stop(self) -> None:
        if self.server is not None:
            self.server.kill()
            self.server.wait()


@dataclass
class Workers:
    """Celery processes that are started again as soon as they die."""

    environment: dict[str, str]
    folder: Path
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)
    frozen: dict[int, float] = field(default_factory=dict)

    def start(self, number: int) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "celery", "--quiet", "-A", "tests.faults.celery_app"]
        if number < WORKERS:
            command += [
                "worker",
                "--pool=solo",
                "--without-gossip",
                "--without-mingle",
                "--without-heartbeat",
            ]
            command += ["--hostname", f"w{number}@chaos"]
        else:
            command += ["beat", "--schedule", str(self.folder / f"beat{number}"), "--pidfile="]
        command += ["--loglevel", "critical"]
        return subprocess.Popen(
            command, cwd=ROOT, env=self.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )

    def start_all(self) -> None:
        self.processes = [self.start(number) for number in range(WORKERS + 2)]

    def revive(self) -> None:
        for number, process in enumerate(self.processes):
            if process.poll() is not None:
                self.frozen.pop(number, None)
                self.processes[number] = self.start(number)
            elif number in self.frozen and self.frozen[number] < time.monotonic():
                process.send_signal(signal.SIGCONT)
                del self.frozen[number]

    def kill(self, number: int) -> None:
        self.processes[number].kill()
        self.processes[number].wait()

    def freeze(self, number: int) -> None:
        self.processes[number].send_signal(signal.SIGSTOP)
        self.frozen[number] = time.monotonic() + FROZEN_SECONDS

    def thaw_all(self) -> None:
        for number in self.frozen:
            self.processes[number].send_signal(signal.SIGCONT)
        self.frozen.clear()

    def stop(self) -> None:
        for process in self.processes:
            process.kill()
            process.wait()


@contextlib.contextmanager
def hostile_server(folder: Path, *, seed: int) -> Iterator[str]:
    port_file = folder / "smtp-port"
    command = [sys.executable, "-m", "tests.faults.hostile", "--log", str(folder / "accepted.log")]
    command += ["--port-file", str(port_file), "--mix", MIX, "--seed", str(seed)]
    (folder / "accepted.log").touch()
    server = subprocess.Popen(command, cwd=ROOT)
    try:
        while not port_file.exists():
            time.sleep(0.05)
        yield port_file.read_text(encoding="ascii")
    finally:
        server.terminate()
        server.wait()


def ledger(action: str, environment: dict[str, str], *more: str) -> dict[str, int]:
    """Ask the ledger something in a process of its own, so that no connection outlives it."""
    command = [sys.executable, "-m", "tests.faults.chaos_ledger", action, *more]
    output = subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE).stdout
    answer: dict[str, int] = json.loads(output)
    return answer


def shake(
    workers: Workers, redis: Redis, environment: dict[str, str], chance: random.Random
) -> collections.Counter[str]:
    """Kill, freeze, flush and restart until no mail waits; return how often each was done."""
    done: collections.Counter[str] = collections.Counter()
    ends, look = time.monotonic() + LONGEST_RUN, time.monotonic() + 5
    while time.monotonic() < ends:
        time.sleep(chance.uniform(0.5, 1.5))
        workers.revive()
        number = chance.randrange(WORKERS)
        act = chance.choices(("kill", "freeze", "flush", "restart", "nothing"), (40, 12, 5, 2, 41))[0]
        if act in ("kill", "freeze") and number in workers.frozen:
            continue
        done[act] += 1
        if act == "kill":
            workers.kill(number)
        elif act == "freeze":
            workers.freeze(number)
        elif act == "flush":
            redis.flush()
        elif act == "restart":
            redis.stop()
            redis.start()
        if time.monotonic() > look:
            if ledger("waiting", environment)["waiting"] == 0:
                return done
            look = time.monotonic() + 5
    print(f"mails still wait after {LONGEST_RUN:.0f} s", file=sys.stderr)  # noqa: T201 - a program
    return done


def run(name: str, *, mails: int, seed: int) -> dict[str, int]:
    """Do one run; return its figures."""
    chance = random.Random(seed)  # noqa: S311 - repeatable, no secret
    with tempfile.TemporaryDirectory(prefix="escale-chaos-") as path, contextlib.ExitStack() as stack:
        folder = Path(path)
        folder.chmod(0o755)
        if name == "postgresql":
            url = stack.enter_context(services.postgresql(folder))
        else:
            url = f"sqlite:///{folder}/chaos.sqlite3"
        redis = Redis(folder)
        redis.start()
        stack.callback(redis.stop)
        environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "tests.faults.settings",
            "ESCALE_VAR": path,
            "DATABASE_URL": url,
            "REDIS_URL": f"redis://127.0.0.1:{redis.port}/0",
            "CHAOS_SMTP_PORT": stack.enter_context(hostile_server(folder, seed=seed)),
        }
        ledger("prepare", environment, str(mails), "hold" if name == "hold" else "retry")
        workers = Workers(environment, folder)
        stack.callback(workers.stop)
        workers.start_all()
        done = shake(workers, redis, environment, chance)
        # What is frozen wakes now and must do no harm any more.
        workers.thaw_all()
        time.sleep(4)
        workers.stop()
        figures = ledger("judge", environment, str(folder / "accepted.log"))
        return figures | {
            "kills": done["kill"],
            "freezes": done["freeze"],
            "flushes": done["flush"] + done["restart"],
        }


NAMES = {
    "postgresql": "PostgreSQL, hostile",
    "sqlite": "SQLite, hostile",
    "hold": "SQLite, `hold`, hostile",
}
COLUMNS = (
    "kills",
    "freezes",
    "flushes",
    "accepted",
    "lost",
    "held",
    "extra",
    "withheld",
    "skipped",
    "refused",
)
PROMISED = ("lost", "extra", "extra_unexplained", "sent_but_not_accepted")
BROKEN = (
    "lost",
    "extra_unexplained",
    "sent_but_not_accepted",
    "unsent_but_accepted",
    "after_not_after",
    "waiting",
)


def main() -> int:
    parser = argparse.ArgumentParser(description="Chaos: see the head of this file.")
    parser.add_argument("--mails", type=int, default=20_000)
    parser.add_argument("--runs", default="postgresql,sqlite,hold")
    parser.add_argument("--seed", type=int, default=4)
    given = parser.parse_args()
    result = {name: run(name, mails=given.mails, seed=given.seed) for name in given.runs.split(",")}
    lines = [
        ("run", *COLUMNS),
        *((NAMES[name], *(str(row[c]) for c in COLUMNS)) for name, row in result.items()),
    ]
    for line in lines:
        print("| " + " | ".join(line) + " |")  # noqa: T201 - a program
    totals = {name: sum(row[name] for row in result.values()) for name in {*PROMISED, *BROKEN}}
    for name in (*sorted({*BROKEN} - {*PROMISED}), *PROMISED):
        print(f"{name}: {totals[name]}")  # noqa: T201 - likewise
    held_twice = result["hold"]["extra"] if "hold" in result else 0
    return int(any(totals[name] for name in BROKEN) or held_twice > 0)


if __name__ == "__main__":
    raise SystemExit(main())
