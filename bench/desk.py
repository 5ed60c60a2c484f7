"""The table of a hundred thousand people, and its exports: `make bench-desk`.

On PostgreSQL (tools/services.py starts it), then on SQLite.
"""

from __future__ import annotations

import datetime as dt
import http.client
import os
import statistics
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench import serving

if TYPE_CHECKING:
    from cycles.models import Cycle

PEOPLE = int(os.environ.get("BENCH_PEOPLE", "100000"))
STOPS = 12
ROUNDS = 40
BATCH = 5000
AT = dt.datetime(2026, 10, 1, 7, 0, tzinfo=dt.UTC)


def fill(cycle: Cycle) -> None:
    """Register many people for every stop of a cycle, by the set."""
    from django.db import connection  # noqa: PLC0415 - Django is set up now

    from registrations.models import CycleRegistration, Participant, Registration  # noqa: PLC0415 - likewise

    for start in range(0, PEOPLE, BATCH):
        people = Participant.objects.bulk_create(
            Participant(
                email=f"p{number}@example.org",
                email_key=f"p{number}@example.org",
                given_name=f"Prénom {number % 997}",
                family_name=f"Nom {number * 7919 % PEOPLE}",
                organisation_name="Le Phare",
                language="fr",
                created_at=AT,
                confirmed_at=AT,
            )
            for number in range(start, min(start + BATCH, PEOPLE))
        )
        rows = CycleRegistration.objects.bulk_create(
            CycleRegistration(
                cycle=cycle,
                participant=person,
                state="confirmed",
                requested_at=AT + dt.timedelta(seconds=start + number),
                confirmed_at=AT,
            )
            for number, person in enumerate(people)
        )
        for session in cycle.sessions.all():
            Registration.objects.bulk_create(
                Registration(
                    participant=person,
                    session=session,
                    cycle_registration=row,
                    state="confirmed",
                    queued_at=AT,
                    confirmed_at=AT,
                )
                for person, row in zip(people, rows, strict=True)
            )
    with connection.cursor() as cursor:
        # As the database does by itself in a site that lives.
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


class Visitor:
    """An organiser who is signed in, on one kept connection."""

    def __init__(self, base: str, cookie: str) -> None:
        self.connection = http.client.HTTPConnection(urlsplit(base).netloc, timeout=600)
        self.headers = {"Cookie": cookie}

    def get(self, address: str) -> tuple[float, int]:
        """Return seconds to the first byte, and the size of the answer."""
        began = time.perf_counter()
        self.connection.request("GET", address, headers=self.headers)
        answer = self.connection.getresponse()
        first = time.perf_counter() - began
        size = 0
        while piece := answer.read(65536):
            size += len(piece)
        if answer.status != http.client.OK:
            sys.exit(f"{address} answered {answer.status}")
        return first, size


def first_byte(visitor: Visitor, address: str, other: str) -> tuple[float, float]:
    """Return the medians of two addresses, asked turn by turn."""
    for page in (address, other):
        visitor.get(page)
    pairs = [(visitor.get(address)[0], visitor.get(other)[0]) for _round in range(ROUNDS)]
    return statistics.median(own for own, _bare in pairs), statistics.median(bare for _own, bare in pairs)


def memory(pid: int, name: str) -> float:
    """Return a line of /proc/PID/status in MB: VmRSS now, VmHWM at most."""
    for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1]) / 1024
    sys.exit(f"no {name} in /proc/{pid}/status")


def workers() -> list[int]:
    """Return the processes that answer: the children of our one child, the server."""
    results = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            results.append((int(folder.name), parent))
        except (OSError, ValueError):
            continue
    ours = {pid for pid, parent in results if parent == os.getpid()}
    return [pid for pid, parent in results if parent in ours]


def main(mark: str) -> None:
    serving.start_django()
    from django.db import connection  # noqa: PLC0415 - Django is set up now
    from django.test import Client  # noqa: PLC0415 - likewise

    from tests import make  # noqa: PLC0415 - likewise

    programme = make.programme()
    full = make.cycle(slug="full", programme=programme)
    make.cycle(slug="empty", programme=programme)
    for number in range(STOPS):
        make.session(cycle=full, number=number + 1, starts_at=AT + dt.timedelta(days=28 * (number + 1)))
    fill(full)
    client = Client()
    client.force_login(make.membership(programme=programme, role="organiser").user)
    cookie = "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())
    connection.close()
    table, none = (f"/fr/desk/cycles/{slug}/registrants/" for slug in ("full", "empty"))
    with serving.server(workers=1) as base:
        visitor = Visitor(base, cookie)
        own, bare = first_byte(visitor, table, none)
        print(f"registrants_ratio{mark}: {own / bare:.2f}", flush=True)
        for name, query in (("name", "?sort=name"), ("search", "?q=Nom+42"), ("last_page", "?page=9999")):
            slow, bare = first_byte(visitor, table + query, none)
            print(f"registrants_ratio_{name}{mark}: {slow / bare:.2f}", flush=True)
    grown = []
    for ending in ("csv", "xlsx"):
        with serving.server(workers=1) as base:
            visitor = Visitor(base, cookie)
            visitor.get(none)
            (worker,) = workers()
            before = memory(worker, "VmRSS")
            _first, size = visitor.get(f"/fr/desk/cycles/full/registrants.{ending}")
            peak = memory(worker, "VmHWM")
            grown.append(peak - before)
            print(f"export_rss_mb_{ending}{mark}: {grown[-1]:.1f}", flush=True)
            print(f"# {size / 1e6:.1f} MB of {ending}; the worker went from {before:.0f} to {peak:.0f} MB")
    print(f"export_rss_mb{mark}: {max(grown):.1f}", flush=True)


if __name__ == "__main__":
    os.umask(0o077)
    if len(sys.argv) > 1:
        main(sys.argv[1])
    else:
        main("")
        os.environ.pop("DATABASE_URL", None)
        os.execv(sys.executable, [sys.executable, __file__, "_sqlite"])  # noqa: S606 - ourselves, on SQLite
