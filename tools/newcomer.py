#!/usr/bin/env python3
"""Do what the README asks of a newcomer, as a newcomer: a fresh clone, an empty environment, the README's own commands.

    newcomer.py             try every command of the README's section "Try it", in its order
    newcomer.py make test   only these, each in a clone and an environment of its own

`make run` is asked for its first page and its calendar feed, then stopped as Ctrl+C does; the other commands must end
with 0. Only Python's standard library is used, so that nothing has to be installed before.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
RUN = "make run"
# Far above what a slow machine needs: only ends what would never end.
START_SECONDS = 900
STOP_SECONDS = 120
PAGE = "/"
FEED = "/fr/calendar.ics"


def fail(message: str) -> None:
    sys.stderr.write(f"newcomer: {message}\n")
    raise SystemExit(1)


def readme_commands(readme: str) -> list[str]:
    """Return the `make` commands in the code blocks of the README's section "Try it", in their order."""
    section = readme.split("\n## Try it\n")[1].split("\n## ", maxsplit=1)[0]
    blocks = re.findall(r"^```\n(.*?)^```$", section, re.MULTILINE | re.DOTALL)
    return [line for block in blocks for line in block.splitlines() if line.startswith("make ")]


@contextlib.contextmanager
def fresh_clone() -> Iterator[tuple[Path, dict[str, str]]]:
    """Give a clone of the last commit, and an environment with a home and a path only."""
    with tempfile.TemporaryDirectory(prefix="escale-newcomer-") as name:
        home = Path(name) / "home"
        home.mkdir()
        clone = Path(name) / "escale"
        subprocess.run(["git", "clone", "--quiet", f"file://{ROOT}", str(clone)], check=True)
        # What this program itself was started in (a virtual environment, say) is not on a newcomer's path.
        folders = [f for f in os.environ.get("PATH", os.defpath).split(os.pathsep) if ".venv" not in f]
        yield clone, {"HOME": str(home), "PATH": os.pathsep.join(folders)}


def get(address: str) -> str:
    with urllib.request.urlopen(address, timeout=60) as response:  # noqa: S310 - the address that `make run` printed
        return str(response.read().decode("utf-8"))


def left_running(folder: Path) -> list[str]:
    """Return the command lines of programs that still run in a folder, where the system tells (Linux)."""
    running = []
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if (process / "cwd").resolve().is_relative_to(folder):
                running.append((process / "cmdline").read_text().replace("\0", " ").strip())
    return running


def try_run(clone: Path, environment: dict[str, str]) -> None:
    """Start the site, ask it for a page and a feed, stop it, and see that nothing is left running."""
    site = subprocess.Popen(
        RUN.split(),
        cwd=clone,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,  # its own process group, which gets the signal as from a terminal
    )
    timer = _kill_later(site)
    try:
        base = ""
        for line in site.stdout or ():
            print("   ", line, end="", flush=True)
            if match := re.match(r" *Escale +(http://\S+)/$", line):
                base = match[1]
                break
        if not base:
            fail(f"{RUN} ended before it printed an address")
        page, feed = get(base + PAGE), get(base + FEED)
        if "<h1" not in page or "BEGIN:VEVENT" not in feed:
            fail("the first page has no heading, or the feed no event")
        print(f"    {PAGE}: {len(page)} characters; {FEED}: {feed.count('BEGIN:VEVENT')} events")
        os.killpg(site.pid, signal.SIGINT)
        site.communicate(timeout=STOP_SECONDS)
    finally:
        timer.kill()
        with contextlib.suppress(ProcessLookupError):
            os.killpg(site.pid, signal.SIGTERM)
    if left := left_running(clone):
        fail(f"still running after Ctrl+C: {left}")


def _kill_later(site: subprocess.Popen[str]) -> subprocess.Popen[bytes]:
    """End a start that hangs; its output then ends and is told as a failure."""
    code = f"import os, time; time.sleep({START_SECONDS}); os.killpg({site.pid}, 15)"
    return subprocess.Popen([sys.executable, "-c", code])


def try_command(command: str) -> None:
    since = time.monotonic()
    print(f"-- {command}: a fresh clone, an empty environment", flush=True)
    with fresh_clone() as (clone, environment):
        if shutil.which("make", path=environment["PATH"]) is None:
            fail("make is not installed. On Debian or Ubuntu: sudo apt install make")
        if command == RUN:
            try_run(clone, environment)
        elif code := subprocess.call(command.split(), cwd=clone, env=environment, stdin=subprocess.DEVNULL):
            fail(f"'{command}' ended with {code}")
    print(f"-- {command}: as the README says ({time.monotonic() - since:.0f} s)", flush=True)


def main(arguments: list[str]) -> int:
    commands = (
        [" ".join(arguments)] if arguments else readme_commands((ROOT / "README.md").read_text("utf-8"))
    )
    for command in commands:
        try_command(command)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
