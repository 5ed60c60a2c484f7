"""Throughput of the public pages while one edit a second is saved, and the memory of web workers that served many.

Run by `bench/scale.py` on the large site; it prints `edits_ratio` and `worker_rss_mb`.
"""

from __future__ import annotations

import http.client
import itertools
import os
import statistics
import subprocess
import sys
import threading
import time
from pathlib import Path
from urllib.parse import urlsplit

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench import serving
from bench.desk import memory

SECONDS = float(os.environ.get("BENCH_SECONDS", "8"))
ROUNDS = 3
PAGES = 100
CONNECTIONS = 4
WORKERS = 2


def visit(base: str, paths: list[str], seconds: float) -> None:
    """Read pages one after the other for so long; print how many."""
    counts = [0] * CONNECTIONS
    ends = time.monotonic() + seconds

    def read(number: int) -> None:
        connection = http.client.HTTPConnection(urlsplit(base).netloc, timeout=60)
        for path in itertools.islice(itertools.cycle(paths), number * 7, None):
            connection.request("GET", path)
            answer = connection.getresponse()
            answer.read()
            if answer.status != http.client.OK:
                sys.exit(f"{path} answered {answer.status}")
            counts[number] += 1
            if time.monotonic() > ends:
                return

    threads = [threading.Thread(target=read, args=(number,)) for number in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(sum(counts))


def visit_once(base: str, paths: list[str]) -> None:
    connection = http.client.HTTPConnection(urlsplit(base).netloc, timeout=120)
    for path in paths:
        connection.request("GET", path)
        connection.getresponse().read()
    connection.close()


def rate(base: str, paths: list[str]) -> float:
    """Return the pages a second of visitors in a process of their own: this one saves meanwhile."""
    command = [sys.executable, "-m", "bench.scale_edits", "visit", base, str(SECONDS), *paths]
    output = subprocess.run(command, cwd=serving.ROOT, check=True, stdout=subprocess.PIPE, text=True)
    return int(output.stdout) / SECONDS


def save_every_second(stop: threading.Event) -> None:
    from django.db import connection  # noqa: PLC0415 - Django is set up now

    from cycles.models import Session  # noqa: PLC0415 - likewise

    session = Session.objects.select_related("cycle").filter(cycle__slug="cycle-1").first()
    assert session is not None  # noqa: S101 - the large cycle has some
    for number in itertools.count():
        if stop.wait(1):
            break
        session.summary = {"fr": f"Résumé {number}", "en": f"Summary {number}"}  # type: ignore[assignment]
        session.save(update_fields=["summary"])
    connection.close()


def workers() -> list[int]:
    """Return the web workers: the children of our one child that serves."""
    results = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            results.append(
                (int(folder.name), int((folder / "stat").read_text().rpartition(")")[2].split()[1]))
            )
        except (OSError, ValueError):
            continue
    ours = {pid for pid, parent in results if parent == os.getpid()}
    return [pid for pid, parent in results if parent in ours]


def main() -> None:
    import django  # noqa: PLC0415 - the settings are named in the environment

    django.setup()
    from django.db import connection  # noqa: PLC0415 - Django is set up now

    from cycles.models import Cycle  # noqa: PLC0415 - likewise

    slugs = list(Cycle.objects.published().order_by("pk").values_list("slug", flat=True))
    connection.close()
    paths = ["/fr/", *(f"/fr/cycles/{slug}/" for slug in slugs[:PAGES])]
    with serving.server(workers=WORKERS) as base:
        # Until each process has built every page.
        for _time in range(WORKERS * 3):
            visit_once(base, paths)
        pairs = []
        for _round in range(ROUNDS):
            calm = rate(base, paths)
            stop = threading.Event()
            saving = threading.Thread(target=save_every_second, args=(stop,))
            saving.start()
            time.sleep(1)
            busy = rate(base, paths)
            stop.set()
            saving.join()
            pairs.append((busy, calm))
            print(f"  {busy:.0f} pages a second while saving, {calm:.0f} in calm", flush=True)
        print(f"edits_ratio: {statistics.median(busy / calm for busy, calm in pairs):.2f}", flush=True)
        many = [
            f"/{code}/cycles/{slug}{end}" for slug in slugs for code in ("fr", "en") for end in ("/", ".ics")
        ]
        connection_to = http.client.HTTPConnection(urlsplit(base).netloc, timeout=60)
        for path in [*many, "/fr/calendar.ics", "/en/calendar.ics", *many[:100]]:
            connection_to.request("GET", path)
            connection_to.getresponse().read()
        print(f"worker_rss_mb: {max(memory(pid, 'VmRSS') for pid in workers()):.0f}")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        visit(sys.argv[2], sys.argv[4:], float(sys.argv[3]))
    else:
        main()
