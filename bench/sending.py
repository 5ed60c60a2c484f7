"""Mail through the ledger against a bare Django loop in the same run: `make bench-sending`.

Each figure is taken in a process of its own, on PostgreSQL (with and without fsync) and on SQLite.
"""

from __future__ import annotations

import contextlib
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tools import services  # noqa: E402 - the path is set now

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.core.mail import EmailMessage

MILLION = int(os.environ.get("BENCH_PEOPLE", "1000000"))
MAILS = int(os.environ.get("BENCH_MAILS", "1000"))
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "5"))
CLAIMS = 60
# What the ledger's rows are found by: as many indexes has the bare table.
INDEXED = (
    "key",
    "occurrence_id",
    "session_id",
    "registration_id",
    "cycle_registration_id",
    "participant_id",
    "cycle_id, state",
    "cycle_id, next_at, id",
    "next_at, id",
)
# A server far away: what it takes for a mail, and how many each worker sends to it.
SLOW_SECONDS = 0.05
SLOW_MAILS = 200
MIB = 1024


def setup() -> None:
    import django  # noqa: PLC0415 - the settings must be named first
    from django.conf import settings  # noqa: PLC0415 - likewise

    django.setup()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", int(os.environ["BENCH_SMTP_PORT"])


def prepare(people: int) -> float:
    """Migrate, register so many people, owe them a reminder that is due now; return the planning's seconds."""
    from django.core.management import call_command  # noqa: PLC0415
    from django.utils import timezone  # noqa: PLC0415

    from bench import crowd  # noqa: PLC0415
    from notifications.models import ReminderStep  # noqa: PLC0415
    from notifications.plan import defaults, planner  # noqa: PLC0415
    from tests import make  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    at = timezone.now()
    session = make.session(starts_at=at + timezone.timedelta(minutes=59), number=2)
    defaults.default_steps(session.cycle)
    ReminderStep.objects.exclude(code="h-1").delete()
    planner.replan(session)
    crowd.register(session, people)
    began = time.perf_counter()
    owed = 0
    while new := planner.open_due(at=at):
        owed += new
    if owed != people:
        sys.exit(f"{owed} mails owed instead of {people}")
    return time.perf_counter() - began


def bare(messages: int) -> float:
    """Return the mails per second of a loop that renders text and HTML and sends them on one connection."""
    from django.core.mail import EmailMultiAlternatives, get_connection  # noqa: PLC0415
    from django.template import Context  # noqa: PLC0415

    text, page = _bare_templates()
    connection = get_connection()
    connection.open()
    began = time.perf_counter()
    for number in range(messages):
        context = Context({"name": f"Amina {number}", "link": f"https://example.org/join/{number}/"})
        mail = EmailMultiAlternatives("Demain 13 h", text.render(context), to=[f"p{number}@example.org"])
        mail.attach_alternative(page.render(context), "text/html")
        connection.send_messages([mail])
    seconds = time.perf_counter() - began
    connection.close()
    return messages / seconds


def _one_message() -> EmailMessage:
    from django.utils import timezone  # noqa: PLC0415

    from notifications.mail import compose  # noqa: PLC0415
    from notifications.models import Delivery  # noqa: PLC0415

    return compose.message(Delivery.objects.order_by("-pk")[0], at=timezone.now())


def _bare_templates() -> tuple[Any, Any]:
    """Return templates that write the very bytes of our reminder, with a name and a link to fill in."""
    from django.template import Template  # noqa: PLC0415

    if not _kept:
        mail: Any = _one_message()
        _kept.extend(
            Template(text.replace("Amina", "{{ name }}").replace("/join/", "{{ link }}"))
            for text in (mail.body, mail.alternatives[0][0])
        )
    return _kept[0], _kept[1]


_kept: list[Any] = []


def ledger_rate(mails: int) -> float:
    """Return the mails per second of one worker's loop."""
    from notifications.delivery.run import sending  # noqa: PLC0415

    began = time.perf_counter()
    sent = sending.drain(batches=mails // sending.BATCH)
    return sent / (time.perf_counter() - began)


def measure_ratio() -> None:
    """Bare and ledger turn by turn; the median of their ratios."""
    setup()
    prepare(MAILS * (ROUNDS + 1))
    bare(200)
    ledger_rate(200)
    pairs = [(ledger_rate(MAILS), bare(MAILS)) for _ in range(ROUNDS)]
    for ours, theirs in pairs:
        print(f"  {ours:.0f} against {theirs:.0f} mails a second", file=sys.stderr)
    print(statistics.median(ours / theirs for ours, theirs in pairs))


def measure_render() -> None:
    """CPU milliseconds to write one mail, all its texts included."""
    setup()
    prepare(MAILS)
    from django.utils import timezone  # noqa: PLC0415

    from notifications.delivery.ledger import Now  # noqa: PLC0415
    from notifications.delivery.run import leases  # noqa: PLC0415
    from notifications.mail import compose  # noqa: PLC0415
    from notifications.mail.own_texts.texts import Texts  # noqa: PLC0415

    _, rows = leases.claim(worker="bench", limit=MAILS, clock=Now())
    texts, at = Texts(), timezone.now()
    began = time.process_time()
    for row in rows:
        compose.message(row, at=at, texts=texts)
    print((time.process_time() - began) / len(rows) * 1000)


def measure_million() -> None:
    """How long it takes to owe a million people a reminder, as a multiple of one INSERT … SELECT of as many rows."""
    setup()
    planned = prepare(MILLION)
    print(planned / bare_insert())


def bare_insert() -> float:
    """Return the seconds of one statement that writes the rows of the ledger once more, without its unique key."""
    from django.db import connection  # noqa: PLC0415

    with connection.cursor() as cursor:
        # A table with the same columns and the indexes that every row of the ledger goes through.
        cursor.execute("CREATE TABLE bench_rows AS SELECT * FROM notifications_delivery WHERE 1 = 0")
        for number, column in enumerate(INDEXED):
            cursor.execute(f"CREATE INDEX bench_{number} ON bench_rows ({column})")
        began = time.perf_counter()
        cursor.execute("INSERT INTO bench_rows SELECT * FROM notifications_delivery")
        seconds = time.perf_counter() - began
        cursor.execute("DROP TABLE bench_rows")
    return seconds


def bare_claim(limit: int) -> float:
    """Return the milliseconds of the least that takes so many due rows for itself: read their numbers, mark them."""
    from django.db import connection, transaction  # noqa: PLC0415

    began = time.perf_counter()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM notifications_delivery WHERE state = 'pending' ORDER BY next_at, id LIMIT %s",
            [limit],
        )
        numbers = [number for (number,) in cursor.fetchall()]
        places = ", ".join(["%s"] * len(numbers))
        cursor.execute(
            f"UPDATE notifications_delivery SET attempts = attempts WHERE id IN ({places})",  # noqa: S608 - only %s
            numbers,
        )
    return (time.perf_counter() - began) * 1000


def measure_worker() -> None:
    """A claim as a multiple of a bare one (at their 95th percentiles), peak memory in MiB, mails against the loop."""
    setup()
    from notifications.delivery.ledger import Now  # noqa: PLC0415
    from notifications.delivery.run import leases, sending  # noqa: PLC0415

    bare(200)
    ratio = ledger_rate(MAILS) / bare(MAILS)
    took, bare_took = [], []
    for _ in range(CLAIMS):
        bare_took.append(bare_claim(sending.BATCH))
        began = time.perf_counter()
        batch, _rows = leases.claim(worker="bench", limit=sending.BATCH, clock=Now())
        took.append((time.perf_counter() - began) * 1000)
        if batch is not None:
            leases.release(batch)
    ours, theirs = (statistics.quantiles(times, n=20)[-1] for times in (took, bare_took))
    print(ours / theirs, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MIB, ratio)


def measure_drain() -> None:
    """Mails a second of one worker among several."""
    setup()
    print(ledger_rate(SLOW_MAILS))


def measure_scale() -> None:
    """How many times as fast four workers are as one, where the server takes its time for each mail."""
    setup()
    prepare(SLOW_MAILS * 6)
    ledger_rate(SLOW_MAILS)
    alone = ledger_rate(SLOW_MAILS)
    command = [sys.executable, __file__, "drain"]
    workers = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _number in range(4)]
    print(sum(float(worker.communicate()[0]) for worker in workers) / alone)


def run(name: str, **environment: str) -> list[float]:
    """Run one measurement in a process of its own; return the figures that it printed."""
    command = [sys.executable, __file__, name]
    output = subprocess.run(
        command, env=os.environ | environment, check=True, stdout=subprocess.PIPE, text=True
    )
    return [float(figure) for figure in output.stdout.split()]


@contextlib.contextmanager
def mail_server(folder: Path, mix: str = "accept") -> Iterator[str]:
    """Run the mail server that takes everything; yields its port."""
    port_file = folder / f"port-{mix}"
    command = [
        sys.executable,
        "-m",
        "tests.faults.hostile",
        "--log",
        "/dev/null",
        "--port-file",
        str(port_file),
        "--mix",
        mix,
        "--delay",
        str(SLOW_SECONDS),
    ]
    server = subprocess.Popen(command, cwd=ROOT)
    try:
        while not port_file.exists():
            time.sleep(0.05)
        yield port_file.read_text(encoding="ascii")
    finally:
        server.terminate()
        server.wait()


def main() -> None:
    figures: dict[str, float] = {}
    with tempfile.TemporaryDirectory(prefix="escale-bench-") as name, contextlib.ExitStack() as stack:
        folder = Path(name)
        # Run by root, the database is another user's and must come through.
        folder.chmod(0o711)
        port = stack.enter_context(mail_server(folder))
        common = {"DJANGO_SETTINGS_MODULE": "bench.settings", "ESCALE_VAR": name, "BENCH_SMTP_PORT": port}
        for sync in (False, True):
            word = "sync" if sync else "nosync"
            place = folder / word
            place.mkdir()
            with services.postgresql(place, fsync=sync) as url:
                here = common | {"DATABASE_URL": url}
                (figures[f"mail_ratio_{word}"],) = run("ratio", **here)
                if sync:
                    continue
            lite = common | {
                "DATABASE_URL": f"sqlite:///{place}/ratio.sqlite3",
                "SQLITE_SYNCHRONOUS": "OFF",
            }
            (figures["mail_ratio_nosync_sqlite"],) = run("ratio", **lite)
            (figures["render_ms"],) = run("render", **lite | {"DATABASE_URL": f"sqlite:///{place}/r.sqlite3"})
        lite = common | {"DATABASE_URL": f"sqlite:///{folder}/sync.sqlite3", "SQLITE_SYNCHRONOUS": "FULL"}
        (figures["mail_ratio_sync_sqlite"],) = run("ratio", **lite)
        (figures["four_workers_ratio"],) = _scale(folder, common)
        million = folder / "million"
        million.mkdir()
        with services.postgresql(million) as url:
            _million(figures, common | {"DATABASE_URL": url}, "")
        _million(figures, common | {"DATABASE_URL": f"sqlite:///{folder}/million.sqlite3"}, "_sqlite")
    for figure in sorted(figures, key=lambda figure: figure not in EXTRA):
        print(f"{figure}: {figures[figure]:.3f}")


EXTRA = (
    {f"{name}_sqlite" for name in ("mail_ratio_nosync", "mail_ratio_sync")}
    | {
        f"{name}{database}"
        for name in ("mail_ratio_of_a_million", "claim_ratio", "worker_rss_mb", "planning_ratio")
        for database in ("", "_sqlite")
        if database or name == "mail_ratio_of_a_million"
    }
    | {"four_workers_ratio"}
)


def _scale(folder: Path, environment: dict[str, str]) -> list[float]:
    place = folder / "scale"
    place.mkdir()
    with services.postgresql(place) as url, mail_server(folder, "slow") as port:
        return run("scale", **environment | {"DATABASE_URL": url, "BENCH_SMTP_PORT": port})


def _million(figures: dict[str, float], environment: dict[str, str], database: str) -> None:
    (figures[f"planning_ratio{database}"],) = run("million", **environment)
    claim, memory, ratio = run("worker", **environment)
    figures[f"claim_ratio{database}"] = claim
    figures[f"worker_rss_mb{database}"] = memory
    figures[f"mail_ratio_of_a_million{database}"] = ratio


MEASUREMENTS = {
    "ratio": measure_ratio,
    "render": measure_render,
    "scale": measure_scale,
    "drain": measure_drain,
    "million": measure_million,
    "worker": measure_worker,
}

if __name__ == "__main__":
    os.umask(0o077)
    MEASUREMENTS.get(sys.argv[1] if len(sys.argv) > 1 else "", main)()
