"""A national network beside the demonstration: `make bench-scale` (BENCH_SHARE=0.1 for a tenth of it).

Both live in one PostgreSQL, and each page and verb is asked of either turn by turn: its time at the large site as a
multiple of its time at the demonstration, with its queries.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import IO, Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bench import scale_tasks  # noqa: E402 - the path is set now
from tools import services  # noqa: E402 - likewise

SHARE = float(os.environ.get("BENCH_SHARE", "1"))
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "7"))
ONLY = [word for word in os.environ.get("BENCH_ONLY", "").split(",") if word]
SITES = ("demonstration", "national")


def site_environment(folder: Path, url: str, name: str) -> dict[str, str]:
    var = folder / f"var-{name}"
    var.mkdir(exist_ok=True)
    return os.environ | {
        "DATABASE_URL": f"{url.rpartition('/')[0]}/{name}",
        "DJANGO_SETTINGS_MODULE": "bench.settings",
        "ESCALE_VAR": str(var),
        "BENCH_SHARE": str(SHARE),
    }


def create_databases(url: str, folder: Path) -> None:
    """Migrate one database, and make the other a copy of it."""
    import psycopg  # noqa: PLC0415 - only PostgreSQL needs it

    first, second = SITES
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {first}")
        migrate = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
        subprocess.run(migrate, cwd=ROOT, env=site_environment(folder, url, first), check=True)
        connection.execute(f"CREATE DATABASE {second} TEMPLATE {first}")


class Site:
    """A process that does one task after another against its database."""

    def __init__(self, environment: dict[str, str], name: str) -> None:
        command = [sys.executable, __file__, "serve", name]
        self.process = subprocess.Popen(
            command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def ask(self, task: str, *, counts: bool = False) -> dict[str, Any]:
        """Return {"seconds": …, "queries": …, "units": …} of one run of a task."""
        pipe_in, pipe_out = self.process.stdin, self.process.stdout
        assert isinstance(pipe_in, IO) or pipe_in is not None  # noqa: S101 - asked for above
        assert pipe_out is not None  # noqa: S101 - likewise
        pipe_in.write(json.dumps([task, counts]) + "\n")
        pipe_in.flush()
        line = pipe_out.readline()
        if not line:
            sys.exit(f"{task} ended the process: what it said stands above")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def end(self) -> None:
        if self.process.stdin is not None:
            self.process.stdin.close()
        self.process.wait()


def serve(name: str) -> None:
    """Do the tasks named on standard input."""
    import django  # noqa: PLC0415 - the settings are named in the environment

    django.setup()
    tasks = scale_tasks.Tasks(name)
    for line in sys.stdin:
        task, counts = json.loads(line)
        print(json.dumps(tasks.run(task, counts=counts)), flush=True)


def fill(name: str) -> None:
    """Fill a database."""
    import django  # noqa: PLC0415 - the settings are named in the environment

    django.setup()
    scale_tasks.fill(name, share=SHARE)


def compare(sites: dict[str, Site]) -> dict[str, float]:
    """Print each task's ratio and queries; return the worst ratio of each group."""
    worst: dict[str, float] = {}
    for group, names in scale_tasks.GROUPS.items():
        for task in names:
            if ONLY and not any(word in task for word in ONLY):
                continue
            first = {site: sites[site].ask(task, counts=True) for site in SITES}
            rounds = 3 if max(answer["seconds"] for answer in first.values()) > 1 else ROUNDS
            times: dict[str, list[float]] = {site: [] for site in SITES}
            for _round in range(rounds):
                for site in SITES:
                    answer = sites[site].ask(task)
                    times[site].append(answer["seconds"] / answer["units"])
            own, other = (statistics.median(times[site]) for site in reversed(SITES))
            ratio = own / other
            queries = "/".join(str(first[site]["queries"]) for site in reversed(SITES))
            print(f"  {task}: {ratio:.2f}  ({own * 1000:.1f} ms, queries {queries})", flush=True)
            worst[group] = max(worst.get(group, 0.0), ratio)
    return worst


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="escale-bench-") as temporary:
        folder = Path(temporary)
        folder.chmod(0o711)
        with services.postgresql(folder) as url:
            create_databases(url, folder)
            environments = {name: site_environment(folder, url, name) for name in SITES}
            began = time.monotonic()
            for name in SITES:
                subprocess.run([sys.executable, __file__, "fill", name], env=environments[name], check=True)
            print(f"# loaded in {time.monotonic() - began:.0f} s at {SHARE:g} of the whole", flush=True)
            sites = {name: Site(environments[name], name) for name in SITES}
            worst = compare(sites)
            for site in sites.values():
                site.end()
            if not ONLY or "edits" in ONLY:
                command = [sys.executable, "-m", "bench.scale_edits"]
                output = subprocess.run(
                    command,
                    env=environments["national"],
                    cwd=ROOT,
                    check=True,
                    stdout=subprocess.PIPE,
                    text=True,
                )
                print(output.stdout, end="", flush=True)
    for group, ratio in worst.items():
        print(f"{group}_ratio: {ratio:.2f}")


if __name__ == "__main__":
    os.umask(0o077)
    {"serve": lambda: serve(sys.argv[2]), "fill": lambda: fill(sys.argv[2])}.get(
        sys.argv[1] if len(sys.argv) > 1 else "", main
    )()
