"""Redis away, swallowing what it is sent, or refusing the password: nobody waits for it, and nothing fails."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import os
import socket
import ssl
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pytest
from celery import Celery
from django.core import mail
from django.core.cache import caches
from django.core.cache.backends.locmem import LocMemCache
from django.test import Client
from django.utils import timezone

from notifications.delivery import nudge
from notifications.delivery.run import sending
from notifications.models import Delivery
from registrations.links import signed_values
from registrations.models import CycleRegistration
from tests import make
from tests.preloaded import ROOT
from tools import services
from web import caching

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pytest_django import Settings

pytestmark = pytest.mark.django_db(transaction=True)

# Far below what a socket without an end would wait (the broker's fifteen seconds), far above a busy machine's need.
PATIENCE = 5.0


def swallow(connection: socket.socket) -> None:
    with connection, contextlib.suppress(OSError):
        while connection.recv(4096):
            pass


def refuse(connection: socket.socket) -> None:
    with connection, contextlib.suppress(OSError):
        while connection.recv(4096):
            connection.sendall(b"-WRONGPASS invalid username-password pair or user is disabled.\r\n")


@contextlib.contextmanager
def listening(answer: Callable[[socket.socket], None]) -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def take() -> None:
            with contextlib.suppress(OSError):
                while True:
                    threading.Thread(target=answer, args=(server.accept()[0],), daemon=True).start()

        threading.Thread(target=take, daemon=True).start()
        yield f"redis://:secret-word@127.0.0.1:{server.getsockname()[1]}/0"


@pytest.fixture(params=["away", "swallows", "refuses"])
def redis(
    request: pytest.FixtureRequest, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> Iterator[str]:
    with contextlib.ExitStack() as life:
        if request.param == "away":
            url = f"redis://:secret-word@127.0.0.1:{services.free_port()}/0"
        else:
            url = life.enter_context(listening(swallow if request.param == "swallows" else refuse))
        settings.REDIS_URL = url
        settings.CACHES = {
            "default": {
                "BACKEND": "web.caching.PatientRedisCache",
                "LOCATION": url,
                "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 1},
            }
        }
        monkeypatch.setattr(caching._away, "until", 0.0)
        LocMemCache("redis is away", {}).clear()
        app = Celery("faults", broker=url, set_as_current=False)
        app.conf.broker_transport_options = {"socket_timeout": 15, "socket_connect_timeout": 5}
        monkeypatch.setattr(nudge, "nudge", nudge.Nudge(app))
        yield url
        settings.REDIS_URL = ""


def took(act: Callable[[], Any]) -> float:
    began = time.monotonic()
    act()
    return time.monotonic() - began


@pytest.mark.usefixtures("redis")
def test_no_registration_waits_or_fails(settings: Settings) -> None:
    session = make.session(cycle=make.cycle(slug="tour"), starts_at=timezone.now() + dt.timedelta(days=9))
    client, typed = Client(), {"given_name": "Amina", "family_name": "Diallo", "scope": "all"}
    typed["started"] = signed_values.make("form", int(time.time()) - 60)
    settings.ESCALE_REGISTRATIONS_AT_ONCE = 60
    assert client.get("/fr/register/tour/").status_code == 200
    answers: list[int] = []
    for number in range(3):
        typed["email"] = f"p{number}@asso.test"
        assert took(lambda: answers.append(client.post("/fr/register/tour/", typed).status_code)) < PATIENCE
    assert answers == [302] * 3
    assert CycleRegistration.objects.filter(cycle=session.cycle).count() == 3
    # The tick sends what nobody was told of.
    sending.tick()
    assert (sending.drain(), len(mail.outbox)) == (3, 3)
    assert [row.state for row in Delivery.objects.all()] == ["sent"] * 3


@pytest.mark.usefixtures("redis")
def test_sign_in_codes_are_still_sent_and_still_limited() -> None:
    user, statuses = make.user(), []

    def ask() -> None:
        statuses.append(Client().post("/fr/account/login/", {"email": user.email}).status_code)

    for _time in range(5):
        assert took(ask) < PATIENCE
    assert (statuses, len(mail.outbox)) == ([302, 302, 302, 200, 200], 3)


def test_the_cache_remembers_in_this_process_meanwhile(redis: str, caplog: pytest.LogCaptureFixture) -> None:
    cache = caches["default"]
    assert [cache.add("seen", 1, 60), cache.add("seen", 1, 60), cache.incr("seen"), cache.get("seen")] == [
        True,
        False,
        2,
        2,
    ]
    cache.set_many({"a": 1, "b": 2})
    assert cache.get_many(["a", "b", "c"]) == {"a": 1, "b": 2}
    assert [cache.delete("a"), cache.has_key("a"), cache.get("a", "none")] == [True, False, "none"]
    assert caching._away.until > time.monotonic()
    assert len([record for record in caplog.records if record.name == "web.caching"]) == 1
    assert "secret-word" not in caplog.text
    assert redis.startswith("redis://")


@pytest.mark.usefixtures("redis")
def test_a_nudge_returns_at_once_and_gives_up_without_a_word_of_the_password(
    caplog: pytest.LogCaptureFixture,
) -> None:
    for _time in range(20):
        assert took(sending.publish) < 1
    assert "secret-word" not in caplog.text


def test_a_nudge_reaches_a_broker_that_is_there() -> None:
    app = Celery("faults", broker="memory://", set_as_current=False)
    ours = nudge.Nudge(app)
    assert [ours.ask("notifications.drain"), ours.wait(PATIENCE * 6)] == [True, True]
    with app.connection_for_read() as connection:
        queue = connection.SimpleQueue("celery")
        assert queue.get(timeout=PATIENCE).headers["task"] == "notifications.drain"


def test_a_rush_is_told_in_few_messages_and_its_last_request_is_told() -> None:
    told, speaks, go_on = [], threading.Event(), threading.Event()

    class Broker:
        def send_task(self, task: str, **_options: object) -> None:
            told.append(task)
            speaks.set()
            assert go_on.wait(PATIENCE * 6)

    ours = nudge.Nudge(cast("Celery", Broker()))
    ours.ask("notifications.drain")
    assert speaks.wait(PATIENCE * 6)
    # The worker that is being told may have looked for mail before these were noted.
    assert all(ours.ask("notifications.drain") for _time in range(500))
    go_on.set()
    assert ours.wait(PATIENCE * 6)
    assert told == ["notifications.drain"] * 2


KNOCK = """
import json
import django
django.setup()
from django.core.cache import caches
from config.celery import app
told = []
for knock in (
    lambda: caches["default"]._cache.get_client(write=True).ping(),
    lambda: app.connection_for_write().ensure_connection(max_retries=1, interval_start=0),
):
    try:
        knock()
    except Exception as error:
        told.append("certificate verify failed" in str(error))
print(json.dumps(told))
"""


def test_over_tls_cache_and_broker_both_check_the_certificate(tmp_path: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    # Signed by nobody whom this machine trusts.
    context.load_cert_chain(Path(__file__).with_name("files") / "expired.pem")

    def shake(connection: socket.socket) -> None:
        with contextlib.suppress(OSError), context.wrap_socket(connection, server_side=True) as secured:
            secured.recv(4096)

    with listening(shake) as url:
        environment = {
            "PATH": os.environ["PATH"],
            "DJANGO_SETTINGS_MODULE": "config.settings.dev",
            "ESCALE_VAR": str(tmp_path),
            "REDIS_URL": url.replace("redis://", "rediss://"),
        }
        done = subprocess.run(
            [sys.executable, "-c", KNOCK],
            cwd=ROOT,
            env=environment,
            check=True,
            capture_output=True,
            text=True,
        )
    assert json.loads(done.stdout) == [True, True]
