"""What the benchmarks share: a site of its own in a temporary folder, gunicorn, and wrk."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
SECONDS = int(os.environ.get("BENCH_SECONDS", "5"))
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "3"))


def start_django() -> None:
    """Set Django up on a fresh database in a temporary folder, which the servers started later share."""
    folder = tempfile.mkdtemp(prefix="escale-bench-")
    os.environ["ESCALE_VAR"] = folder
    os.environ["DJANGO_SETTINGS_MODULE"] = "bench.settings"
    sys.path.insert(0, str(ROOT))
    import django  # noqa: PLC0415 - the settings must be named first
    from django.core.management import call_command  # noqa: PLC0415 - likewise

    django.setup()
    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)


@contextlib.contextmanager
def server(settings: str = "bench.settings", *, workers: int = 2) -> Iterator[str]:
    """Serve a site with gunicorn on a free loopback port; yields its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", "config.wsgi:application", "--bind", f"127.0.0.1:{port}"]
    command += [
        "--worker-class",
        "gthread",
        "--workers",
        str(workers),
        "--threads",
        "4",
        "--keep-alive",
        "30",
    ]
    command += ["--no-control-socket", "--log-level", "error"]
    child = subprocess.Popen(command, cwd=ROOT, env=os.environ | {"DJANGO_SETTINGS_MODULE": settings})
    try:
        for _attempt in range(300):
            if child.poll() is not None:
                sys.exit(f"the server of {settings} did not start: what it said stands above")
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
                break
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        child.terminate()
        child.wait(timeout=30)


def rate(url: str, *headers: str) -> float:
    """Return the requests per second that wrk gets from an address."""
    wrk = shutil.which("wrk")
    if wrk is None:
        sys.exit("wrk is not installed. On Debian or Ubuntu: sudo apt install wrk")
    command = [wrk, "-t", "1", "-c", "8", "-d", f"{SECONDS}s"]
    for header in ("Accept-Encoding: gzip", *headers):
        command += ["-H", header]
    output = subprocess.run([*command, url], capture_output=True, text=True, check=True).stdout
    if "Non-2xx or 3xx" in output:
        sys.exit(f"{url} answered errors:\n{output}")
    match = re.search(r"Requests/sec:\s+([\d.]+)", output)
    if match is None:
        sys.exit(output)
    return float(match.group(1))


def ratio(url: str, baseline: str, *headers: str) -> float:
    """Return the median over rounds of one rate divided by the other, measured turn by turn."""
    rate(url, *headers)
    results = sorted(rate(url, *headers) / rate(baseline) for _round in range(ROUNDS))
    return results[len(results) // 2]
