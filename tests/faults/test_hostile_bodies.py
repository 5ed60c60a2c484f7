"""A real gunicorn under hostile bodies: /livez, the pages and the forms go on answering throughout."""

from __future__ import annotations

import contextlib
import os
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from tests.faults.test_database_stops import ask, run, server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.migrated import Migrated

pytestmark = pytest.mark.slow

THREADS = 4
# More than there are threads, as the attack had it; each sends a byte now and then, and is never done.
SLOW = 17
DRIPS_EVERY = 0.2
# Only ends what would never end: a machine under load is slow, a stopped server never answers.
PATIENCE = 120.0
ROUNDS = 20
MAKE = """
from django.core.management import call_command
call_command("migrate", verbosity=0)  # finds nothing left to do
call_command("createcachetable", verbosity=0)
import datetime as dt
from django.utils import timezone
from tests import make
cycle = make.cycle(slug="tour")
make.session(cycle=cycle, number=2, starts_at=timezone.now() + dt.timedelta(days=7))
"""


@pytest.fixture(scope="module")
def base(migrated: Migrated, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A site of its own on SQLite, whose temporary files would lie in a folder that the test can see."""
    folder = tmp_path_factory.mktemp("bodies")
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "config.settings.dev",
        "DATABASE_URL": f"sqlite:///{folder / 'site.sqlite3'}",
        "REDIS_URL": "",
        "ESCALE_VAR": str(folder / "var"),
        "ESCALE_PROXY_COUNT": "1",
        "ALLOWED_HOSTS": "127.0.0.1",
        "TMPDIR": str(folder / "tmp"),
    }
    (folder / "tmp").mkdir()
    (folder / "var").mkdir()
    migrated.copy_file(folder / "site.sqlite3")
    run(MAKE, environment)
    with server(environment) as url:
        yield url


@pytest.fixture
def temporary(base: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    assert base
    return next(tmp_path_factory.getbasetemp().glob("bodies*")) / "tmp"


def connect(base: str) -> socket.socket:
    address = urlsplit(base)
    return socket.create_connection((address.hostname, address.port), timeout=PATIENCE)


def head(path: str, *headers: str) -> bytes:
    lines = [f"POST {path} HTTP/1.1", "Host: 127.0.0.1", *headers]
    return "\r\n".join([*lines, "", ""]).encode()


def form(length: int) -> tuple[str, str]:
    return "Content-Type: application/x-www-form-urlencoded", f"Content-Length: {length}"


ATTACKS = {
    "a form that never ends": head("/fr/register/tour/", *form(1000)),
    "a page that takes no form": head("/fr/", *form(1000)),
    "no page at all": head("/no/such/page/", *form(1000)),
    "pieces without a length": head("/fr/register/tour/", "Transfer-Encoding: chunked"),
    "a body that is too large": head("/fr/register/tour/", *form(50_000_000)),
    "a file for which nobody signed in": head(
        "/fr/desk/cycles/tour/import/",
        "Content-Type: multipart/form-data; boundary=x",
        "Content-Length: 5000000",
    ),
}


BODY = b"given_name=Amina"
WHOLE = head("/fr/register/tour/", *form(len(BODY))) + BODY


@contextlib.contextmanager
def dripping(base: str, start: bytes) -> Iterator[None]:
    """Hold SLOW connections that send a byte now and then, and open a new one for each that was closed."""
    is_over = threading.Event()

    def drip(number: int) -> None:
        while not is_over.is_set():
            # Somebody behind each of many addresses: no limit of one network helps.
            mine = start.replace(b"\r\n\r\n", f"\r\nX-Forwarded-For: 198.51.{number}.1\r\n\r\n".encode())
            with contextlib.suppress(OSError), connect(base) as connection:
                connection.sendall(mine)
                while not is_over.wait(DRIPS_EVERY):
                    connection.sendall(b"a")

    threads = [threading.Thread(target=drip, args=(number,), daemon=True) for number in range(SLOW)]
    for thread in threads:
        thread.start()
    try:
        # Long enough for all of them to be where they want to be.
        time.sleep(2)
        yield
    finally:
        is_over.set()
        for thread in threads:
            thread.join()


def statuses(base: str, path: str, *, rounds: int) -> list[int]:
    return [ask(f"{base}{path}", patience=PATIENCE).status for _ in range(rounds)]


@pytest.mark.parametrize("attack", sorted(ATTACKS))
def test_the_probe_and_the_pages_answer_while_bodies_drip(base: str, attack: str) -> None:
    with dripping(base, ATTACKS[attack]):
        assert statuses(base, "/livez", rounds=ROUNDS) == [200] * ROUNDS
        assert statuses(base, "/fr/register/tour/", rounds=3) == [200] * 3
        # Without its token, as any form from elsewhere: read, and refused by the page itself.
        assert [answer(base, WHOLE) for _round in range(3)] == [403] * 3


def answer(base: str, request: bytes) -> int:
    """Send a whole request; return the status of the answer."""
    with connect(base) as connection:
        with contextlib.suppress(OSError):
            connection.sendall(request)
        return int(connection.makefile("rb").readline().split()[1])


def test_a_third_of_a_megabyte_of_marks_is_refused_before_it_is_read(base: str) -> None:
    body = b"given_name=a" + "\u0301\u0323".encode() * 75_000
    results: list[int] = []
    request = head("/fr/register/tour/", *form(len(body))) + body
    senders = [threading.Thread(target=lambda: results.append(answer(base, request))) for _ in range(3)]
    for sender in senders:
        sender.start()
    assert statuses(base, "/livez", rounds=ROUNDS) == [200] * ROUNDS
    for sender in senders:
        sender.join()
    assert results == [413] * 3


def test_what_strangers_upload_never_reaches_the_disk(base: str, temporary: Path) -> None:
    start = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.bin"\r\n\r\n'
    body = start + b"a" * 4_000_000 + b"\r\n--x--\r\n"
    kind = "Content-Type: multipart/form-data; boundary=x"
    seen: set[str] = set()
    is_over = threading.Event()

    def look() -> None:
        while not is_over.wait(0.005):
            seen.update(path.name for path in temporary.rglob("*upload*"))

    looking = threading.Thread(target=look)
    looking.start()
    results = [
        answer(base, head(path, kind, f"Content-Length: {len(body)}") + body)
        for path in (
            "/fr/register/tour/",
            "/fr/account/login/",
            "/fr/desk/cycles/tour/import/",
            "/no/such/page/",
        )
    ]
    is_over.set()
    looking.join()
    # The third is told to sign in, and sends the file once more; nothing of it was kept.
    assert results == [413, 413, 403, 404]
    assert seen == set()


@pytest.mark.parametrize("pause", [0.0, DRIPS_EVERY])
def test_a_form_is_answered_after_all_that_in_one_piece_or_two(base: str, pause: float) -> None:
    with connect(base) as connection:
        connection.sendall(WHOLE[:-5])
        time.sleep(pause)
        connection.sendall(WHOLE[-5:])
        assert connection.recv(4096).split(maxsplit=2)[1] == b"403"


def test_people_behind_one_address_send_their_forms_at_once(base: str) -> None:
    with ThreadPoolExecutor(max_workers=THREADS * 3) as pool:
        assert set(pool.map(lambda _number: answer(base, WHOLE), range(THREADS * 30))) == {403}
