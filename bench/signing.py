"""A room of 40 people who sign within one minute, and their sheet: `make bench-signing`.

Two workers; all people behind one address, as in a room; the trainer's list is open and follows. Needs PostgreSQL,
which tools/services.py starts. Any act that is lost, doubled or refused stops the run.
"""

from __future__ import annotations

import datetime as dt
import http.client
import os
import random
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench import serving

if TYPE_CHECKING:
    from cycles.models import Session
    from tests.training.build import Run

PEOPLE = 40
SPREAD = float(os.environ.get("BENCH_SECONDS", "60"))
EVERY = 5.0
SHEETS = 5


@dataclass
class Room:
    """What the people in a room ask of the server, and how long each answer took, in seconds."""

    host: str
    pages: list[float] = field(default_factory=list)
    acts: list[float] = field(default_factory=list)
    lists: list[float] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)

    def ask(self, method: str, path: str, times: list[float]) -> int:
        line = http.client.HTTPConnection(self.host, timeout=60)
        began = time.perf_counter()
        line.request(method, path, body="" if method == "POST" else None)
        answer = line.getresponse()
        answer.read()
        times.append(time.perf_counter() - began)
        line.close()
        return answer.status

    def sign(self, path: str, wait: float) -> None:
        """Open one's own link, press the button twice as impatient people do, and read what it says."""
        time.sleep(wait)
        self.answers.append(self.ask("GET", path, self.pages))
        with ThreadPoolExecutor(max_workers=2) as hands:
            presses = [hands.submit(self.ask, "POST", path, self.acts) for _press in range(2)]
            self.answers += [press.result() for press in presses]
        self.answers.append(self.ask("GET", path, self.pages))


def p95(times: list[float]) -> float:
    """Return the 95th percentile of times in seconds, as milliseconds."""
    return sorted(times)[max(int(len(times) * 0.95 + 0.999) - 1, 0)] * 1000


def a_run(slug: int) -> Run:
    """Build a run of two half-days whose first began a minute ago."""
    from django.utils import timezone  # noqa: PLC0415 - Django is set up now

    from cycles.models import Cycle, Module, Session  # noqa: PLC0415 - likewise
    from tests.training import build  # noqa: PLC0415 - likewise

    # The run of the tests has one address: those of the rounds before give theirs up.
    Cycle.objects.filter(slug="mse-1").update(slug=f"mse-before-{slug}")
    Module.objects.filter(slug="mse").update(slug=f"mse-before-{slug}")
    run = build.run(tuple((f"Prénom{number}", f"Nom-de-Famille{number}") for number in range(PEOPLE)))
    starts_at = timezone.now() - dt.timedelta(minutes=1)
    hours = {"starts_at": starts_at, "ends_at": starts_at + dt.timedelta(hours=3, minutes=30)}
    Session.objects.filter(pk=run.morning.pk).update(**hours)
    run.morning.refresh_from_db()
    return run


def measure_room(base: str, *, spread: float) -> Room:
    """Let everybody sign at a moment of their own within so many seconds; stop at any fault."""
    from django.urls import reverse  # noqa: PLC0415 - Django is set up now
    from django.utils import translation  # noqa: PLC0415 - likewise

    from tests.training.build import MARC  # noqa: PLC0415 - likewise
    from training.models import Signature  # noqa: PLC0415 - likewise
    from training.signing import links  # noqa: PLC0415 - likewise

    run = a_run(int(spread * 1000))
    chance = random.Random(40)  # noqa: S311 - when people arrive is no secret
    with translation.override("fr"):
        paths = [
            reverse("training:sign", args=[links.sign_token(run.row(number))]) for number in range(PEOPLE)
        ]
        live = reverse("training:teach-sheet", args=[links.teach_token(run.morning, email=MARC)])
    room = Room(host=urlsplit(base).netloc)
    is_over = threading.Event()

    def follow() -> None:
        while not is_over.wait(EVERY):
            room.answers.append(room.ask("GET", f"{live}?part=list", room.lists))

    trainer = threading.Thread(target=follow)
    trainer.start()
    with ThreadPoolExecutor(max_workers=PEOPLE) as pool:
        waits = [chance.uniform(0, spread) for _path in paths]
        for done in [pool.submit(room.sign, path, wait) for path, wait in zip(paths, waits, strict=True)]:
            done.result()
    is_over.set()
    trainer.join()
    signed = Signature.objects.filter(registration__session=run.morning).count()
    refused = sorted({status for status in room.answers if status not in (200, 302)})
    if signed != PEOPLE or refused or len(room.acts) != 2 * PEOPLE:
        sys.exit(f"{signed} of {PEOPLE} signatures, answers {refused}")
    return room


def measure_sheet(session: Session) -> tuple[float, int]:
    """Return the CPU seconds to countersign a sheet of 40 with its PDF: the median of some, and the bytes of one."""
    from tests.training import build  # noqa: PLC0415 - Django is set up now
    from training.signing.sheet import freezing  # noqa: PLC0415 - likewise

    times, size = [], 0
    for number in range(SHEETS):
        session.refresh_from_db()
        if session.ends_at is None:
            sys.exit("the half-day has no hours")
        at = session.ends_at + dt.timedelta(minutes=number)
        began = time.process_time()
        document = build.countersign(session, at)
        times.append(time.process_time() - began)
        size = len(bytes(document.pdf))
        freezing.undo(session, reason="bench", by=None, at=at)
    return sorted(times)[SHEETS // 2], size


def main() -> None:
    serving.start_django()
    from cycles.models import Session  # noqa: PLC0415 - Django is set up now

    with serving.server() as base:
        measure_room(base, spread=1)
        room = measure_room(base, spread=SPREAD)
        at_once = measure_room(base, spread=0.5)
    session = Session.objects.filter(cycle__slug="mse-1", number=1).get()
    seconds, size = measure_sheet(session)
    print(f"# {PEOPLE} people in {SPREAD:.0f} s, each presses twice: {PEOPLE} signatures, nobody refused")
    print(f"# a sheet of {PEOPLE}: a PDF of {size / 1024:.0f} KB")
    print(f"sign_p95_ms: {p95(room.acts):.0f}")
    print(f"page_p95_ms: {p95(room.pages):.0f}")
    print(f"sign_at_once_p95_ms: {p95(at_once.acts):.0f}")
    print(f"sheet_cpu_s: {seconds:.2f}")


if __name__ == "__main__":
    os.umask(0o077)
    main()
