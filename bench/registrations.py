"""Registering against a bare application, and the rush for the last places: `make bench-registrations`.

Needs PostgreSQL, wrk and, for the site's broker, Redis; tools/services.py starts them.
"""

from __future__ import annotations

import datetime as dt
import http.client
import itertools
import os
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench import serving

if TYPE_CHECKING:
    from cycles.models import Cycle

CLIENTS = 8
PLACES, ATTEMPTS = 100, 400
RUNS = int(os.environ.get("BENCH_RUNS", "10"))
MANY = 1_000_000
FORM = "/fr/register/bench/"
runs = itertools.count(1)


def journeys(base: str, form: str, mark: str) -> float:
    """Return how many people a second get from the form to the page after it, with eight browsers."""
    wrk = shutil.which("wrk")
    if wrk is None:
        sys.exit("wrk is not installed. On Debian or Ubuntu: sudo apt install wrk")
    script = str(serving.ROOT / "bench" / "journey.lua")
    command = [wrk, "-t", str(CLIENTS), "-c", str(CLIENTS), "-d", f"{serving.SECONDS}s", "-s", script, base]
    output = subprocess.run(
        [*command, "--", form, mark, f"{os.getpid()}x{next(runs)}"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    match = re.search(r"journeys (\d+) failed (\d+) seconds ([\d.]+)", output)
    if match is None or int(match[2]):
        sys.exit(f"{form} answered errors:\n{output}")
    return int(match[1]) / float(match[3])


def make_cycle(slug: str, *, capacity: int | None, count: int, at: dt.datetime) -> Cycle:
    from tests import make  # noqa: PLC0415 - Django is set up now

    cycle = make.cycle(slug=slug)
    for number in range(count):
        make.session(
            cycle=cycle,
            number=number + 1,
            starts_at=at + dt.timedelta(days=30 * (number + 1)),
            capacity=capacity,
        )
    return cycle


def measure_ratio(mark: str) -> tuple[float, float, float]:
    """Return the ratio, and both rates: medians over rounds measured turn by turn."""
    floor = {**os.environ, "DJANGO_SETTINGS_MODULE": "bench.floor_settings"}
    command = [sys.executable, "-m", "django", "migrate", "--run-syncdb", "--verbosity", "0"]
    subprocess.run(command, env=floor, cwd=serving.ROOT, check=True)
    code = f"from bench.floor.models import Event; Event.objects.create(pk=1, free={MANY})"
    subprocess.run(
        [sys.executable, "-c", f"import django; django.setup(); {code}"],
        env=floor,
        cwd=serving.ROOT,
        check=True,
    )
    with serving.server() as ours, serving.server("bench.floor_settings") as bare:
        for base, form in ((ours, FORM), (bare, "/floor/")):
            journeys(base, form, mark)
        rates = []
        for _round in range(serving.ROUNDS):
            rates.append((journeys(ours, FORM, mark), journeys(bare, "/floor/", mark)))
            print(f"# {rates[-1][0]:.0f} a second, the floor {rates[-1][1]:.0f}", flush=True)
    rates.sort(key=lambda pair: pair[0] / pair[1])
    own, other = rates[len(rates) // 2]
    return own / other, own, other


def count_queries(client: Any, method: str, address: str, data: dict[str, str] | None = None) -> int:
    from django.db import connection  # noqa: PLC0415 - Django is set up now
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415 - likewise

    with CaptureQueriesContext(connection) as captured:
        response = getattr(client, method)(address, data)
    if response.status_code not in (200, 302):
        sys.exit(f"{address} answered {response.status_code}")
    return len(captured)


def measure_queries(cycle: Cycle, mark: str) -> tuple[int, int]:
    """Return the queries of the form, and of the costlier POST of two: the request, the confirmation."""
    from django.test import Client  # noqa: PLC0415 - Django is set up now
    from django.urls import reverse  # noqa: PLC0415 - likewise
    from django.utils import translation  # noqa: PLC0415 - likewise

    from registrations.links import personal_links  # noqa: PLC0415 - likewise
    from registrations.models import CycleRegistration  # noqa: PLC0415 - likewise

    form, post = [], []
    address = f"/fr/register/{cycle.slug}/"
    for number in range(3):
        client = Client()
        form.append(count_queries(client, "get", address))
        typed = {"given_name": "A", "family_name": "B", "email": f"q{number}@example.org"}
        post.append(count_queries(client, "post", address, {**typed, "scope": "all", "started": mark}))
        asked = CycleRegistration.objects.get(cycle=cycle, participant__email=typed["email"])
        with translation.override("fr"):
            confirm = reverse("registrations:confirm", args=[personal_links.confirm_token(asked)])
        post.append(count_queries(client, "post", confirm))
    return max(form[1:]), max(post[2:])


def rush(base: str, cycle: Cycle, *, number: int, at: dt.datetime) -> list[int]:
    """Let 400 people press the button of their mail at once; return the answers' status codes."""
    from django.urls import reverse  # noqa: PLC0415 - Django is set up now
    from django.utils import translation  # noqa: PLC0415 - likewise

    from registrations import booking  # noqa: PLC0415 - likewise
    from registrations.links import personal_links  # noqa: PLC0415 - likewise
    from registrations.models import CycleRegistration  # noqa: PLC0415 - likewise

    paths = []
    for person in range(ATTEMPTS):
        applicant = booking.Applicant(
            email=f"r{number}.{person}@example.org", given_name="R", family_name=str(person)
        )
        asked = booking.register(cycle, applicant=applicant, scope=CycleRegistration.Scope.ALL, at=at)
        with translation.override("fr"):
            paths.append(reverse("registrations:confirm", args=[personal_links.confirm_token(asked)]))
    host = urlsplit(base).netloc
    connection = http.client.HTTPConnection(host, timeout=120)
    shown = {}
    for path in paths:
        connection.request("GET", path)
        match = re.search(r'name="seen" value="([^"]+)"', connection.getresponse().read().decode())
        if match is None:
            sys.exit("the page to confirm has no form")
        shown[path] = match[1]
    connection.close()
    headers = {"Content-Type": "application/x-www-form-urlencoded"}

    def press(path: str) -> int:
        line = http.client.HTTPConnection(host, timeout=120)
        line.request("POST", path, body=urlencode({"seen": shown[path]}), headers=headers)
        status = line.getresponse().status
        line.close()
        return status

    with ThreadPoolExecutor(max_workers=40) as pool:
        return list(pool.map(press, paths))


def measure_rush(name: str, at: dt.datetime) -> int:
    """Run the rush several times; return how many places were given too many, and stop at any other fault."""
    from registrations.models import Registration  # noqa: PLC0415 - Django is set up now

    oversold = 0
    with serving.server() as base:
        for run in range(RUNS):
            cycle = make_cycle(f"rush-{name}-{run}", capacity=PLACES, count=1, at=at)
            answers = rush(base, cycle, number=run, at=at)
            queue = Registration.objects.filter(session__cycle=cycle).order_by("queued_at", "pk")
            rows = list(queue.values_list("state", "pk"))
            confirmed = sum(state == "confirmed" for state, _pk in rows)
            oversold = max(oversold, confirmed - PLACES)
            faults = {
                "answers": sorted(set(answers)) != [302],
                "counts": (confirmed, len(rows)) != (PLACES, ATTEMPTS),
                "order": [state for state, _pk in rows]
                != ["confirmed"] * PLACES + ["waitlisted"] * (ATTEMPTS - PLACES),
                "arrival": [pk for _state, pk in rows] != sorted(pk for _state, pk in rows),
            }
            if any(faults.values()):
                sys.exit(f"{name}, run {run + 1}: {faults} {confirmed} of {len(rows)}")
            print(
                f"# {name}, run {run + 1}: {confirmed} confirmed, {len(rows) - confirmed} waiting", flush=True
            )
    return oversold


def main() -> None:
    part = sys.argv[1] if len(sys.argv) > 1 else "all"
    serving.start_django()
    from django.db import connection  # noqa: PLC0415 - Django is set up now
    from django.utils import timezone  # noqa: PLC0415 - likewise

    at = timezone.now()
    name = connection.vendor
    if part == "rush":
        print(f"oversold_{name}: {measure_rush(name, at)}")
        return
    import time_machine  # noqa: PLC0415 - likewise

    from registrations.links import signed_values  # noqa: PLC0415 - likewise

    # A person needs two seconds at least to fill the form; eight browsers of a benchmark do not.
    with time_machine.travel(at - dt.timedelta(minutes=1)):
        mark = signed_values.make("form", int(at.timestamp()) - 60)
    cycle = make_cycle("bench", capacity=None, count=12, at=at)
    queries_form, queries_post = measure_queries(
        make_cycle("counted", capacity=PLACES, count=12, at=at), mark
    )
    connection.close()
    ratio, own, other = measure_ratio(mark)
    print(f"# {own:.0f} registrations a second; the floor {other:.0f}; {cycle.slug}: 12 sessions", flush=True)
    oversold = measure_rush(name, at)
    # The same rush on SQLite, in a process of its own: the settings are read once.
    environment = {
        key: value for key, value in os.environ.items() if key not in ("DATABASE_URL", "ESCALE_VAR")
    }
    command = [sys.executable, __file__, "rush"]
    output = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True).stdout
    sys.stdout.write(output)
    match = re.search(r"oversold_sqlite: (-?\d+)", output)
    oversold = max(oversold, int(match[1]) if match else MANY)
    print(f"registration_ratio: {ratio:.3f}")
    print(f"oversold: {oversold}")
    print(f"queries_form: {queries_form}")
    print(f"queries_post: {queries_post}")


if __name__ == "__main__":
    os.umask(0o077)
    # All come from one network, and most never press the button of their mail.
    os.environ |= {
        "ESCALE_REGISTRATIONS_AT_ONCE": str(MANY),
        "ESCALE_REGISTRATIONS_A_MINUTE": str(MANY),
        "ESCALE_UNCONFIRMED_AN_HOUR": "0",
    }
    main()
