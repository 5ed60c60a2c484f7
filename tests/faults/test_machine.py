"""What befalls a machine: a full disk, a wrong clock, another zone, no locale, an expired certificate."""

from __future__ import annotations

import datetime as dt
import os
import ssl
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import time_machine
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Sink
from django.db import connection
from django.test import Client
from django.utils import timezone

from cycles.site.page_cache import snapshots
from notifications import tasks
from notifications.delivery import clocks
from notifications.delivery.run import sending
from notifications.models import Delivery, Heartbeat
from notifications.plan import defaults, planner
from notifications.transport import transports, trial
from registrations.links import signed_values
from registrations.models import CycleRegistration
from tests import make
from tests.make import AT
from tests.preloaded import ROOT
from tools import services
from web import counters

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_django import Settings

EXPIRED = Path(__file__).with_name("files") / "expired.pem"


class TestDiskFull:
    @pytest.fixture
    def _full(self) -> Iterator[None]:
        """Let SQLite's database grow no further, as on a disk without room."""
        if connection.vendor != "sqlite":
            pytest.skip("PostgreSQL's disk is another machine's: what it says is the same OperationalError")
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA page_count")
            pages = cursor.fetchone()[0]
            cursor.execute(f"PRAGMA max_page_count = {pages}")
        yield
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA max_page_count = 1073741823")

    @pytest.mark.django_db(transaction=True)
    def test_who_registers_is_asked_to_come_back_and_nothing_is_half_written(
        self, request: pytest.FixtureRequest
    ) -> None:
        make.session(cycle=make.cycle(slug="tour"), starts_at=timezone.now() + dt.timedelta(days=9))
        # A person who does not fit into what is left of the last page.
        typed = {
            "given_name": "A" * 120,
            "family_name": "B" * 120,
            "organisation_name": "C" * 200,
            "started": signed_values.make("form", int(time.time()) - 60),
            "scope": "all",
        }
        client = Client(raise_request_exception=False)
        assert client.get("/fr/register/tour/").status_code == 200
        request.getfixturevalue("_full")
        for number in range(200):
            typed["email"] = f"{'p' * 60}{number}@asso.test"
            response = client.post("/fr/register/tour/", typed, REMOTE_ADDR=f"10.0.{number}.1")
            if response.status_code != 302:
                break
        before = CycleRegistration.objects.count()
        assert (response.status_code, response.headers["Retry-After"]) == (503, "20")
        assert "Revenez dans quelques minutes" in response.content.decode()
        assert Delivery.objects.count() == before == number
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA max_page_count = 1073741823")
        assert client.post("/fr/register/tour/", typed, REMOTE_ADDR="10.1.0.1").status_code == 302
        assert (CycleRegistration.objects.count(), Delivery.objects.count()) == (before + 1, before + 1)

    def test_what_is_counted_is_lost_and_nothing_else(self, settings: Settings, tmp_path: Path) -> None:
        # A file where a folder would have to be: as little can be written there as on a full disk.
        (tmp_path / "var").write_text("")
        settings.VAR_DIR = tmp_path / "var"
        settings.ESCALE_WAKE_FILE = tmp_path / "var" / "wake"
        counters.counters.write()
        sending.publish()
        assert counters.total() == {}


@pytest.mark.django_db
class TestClock:
    @pytest.mark.parametrize("hours", [-1, 1])
    def test_a_clock_that_is_wrong_by_an_hour_is_told_of(
        self, hours: int, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(clocks, "_warned_at", float("-inf"))
        client = Client()
        client.force_login(make.user(is_superuser=True))
        with time_machine.travel(dt.datetime.now(tz=dt.UTC) + dt.timedelta(hours=hours)):
            tasks.tick()
            tasks.tick()
            page = client.get("/en/desk/status/").content.decode()
        told = [
            record.getMessage() for record in caplog.records if record.name == "notifications.delivery.clocks"
        ]
        assert len(told) == 1
        assert abs(int(told[0].partition("by ")[2].partition(" ")[0]) - hours * 3600) < 120
        assert "differs from the database&#x27;s by" in page

    def test_a_clock_that_is_right_is_not(self, caplog: pytest.LogCaptureFixture) -> None:
        tasks.tick()
        assert [record for record in caplog.records if record.name == "notifications.delivery.clocks"] == []


@pytest.mark.django_db
def test_a_server_in_new_york_says_and_plans_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    cycle = make.cycle(slug="tour")
    defaults.default_steps(cycle)
    session = make.session(cycle=cycle, slug="un")
    planner.replan(session)

    def everything() -> list[object]:
        snapshots.store.clear()
        with time_machine.travel(AT, tick=False):
            pages = [
                Client().get(path).content for path in ("/fr/", "/fr/cycles/tour/", "/fr/cycles/tour.ics")
            ]
        return [*pages, *session.mailings.order_by("pk").values_list("due_at", "not_after")]

    try:
        monkeypatch.setenv("TZ", "Europe/Paris")
        time.tzset()
        at_home = everything()
        monkeypatch.setenv("TZ", "America/New_York")
        time.tzset()
        session.mailings.all().delete()
        planner.replan(session)
        assert everything() == at_home
        assert b"13" in at_home[1]  # type: ignore[operator]  # the page
    finally:
        monkeypatch.undo()
        time.tzset()


def test_a_terminal_without_a_locale_still_says_french() -> None:
    environment = {
        "PATH": os.environ["PATH"],
        "LANG": "C",
        "LC_ALL": "C",
        "DJANGO_SETTINGS_MODULE": "config.settings.test",
    }
    done = subprocess.run(
        [sys.executable, "manage.py", "send_test_mail", "pas-une-adresse-é", "--language", "fr"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stderr.decode().strip()) == (
        1,
        "CommandError: pas-une-adresse-é n’est pas une adresse e-mail.",
    )


@pytest.fixture
def expired() -> Iterator[int]:
    """A mail server whose certificate has expired; yields its port."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(EXPIRED)
    port = services.free_port()
    server = Controller(Sink(), hostname="127.0.0.1", port=port, tls_context=context, require_starttls=True)
    server.start()
    yield port
    server.stop()


@pytest.mark.django_db
def test_an_expired_certificate_stops_all_mail_and_is_named(
    expired: int, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Trusted, so that its date alone is wrong.
    monkeypatch.setenv("SSL_CERT_FILE", str(EXPIRED))
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS = "127.0.0.1", expired, True
    transport = transports.chosen()
    with pytest.raises(transports.TransportDown):
        transport.open()
    make.delivery(make.registration(), kind="registration_confirmed")
    # Nothing is handed over and no attempt is counted: the mail waits until the certificate is renewed.
    assert sending.drain(clock=AT + dt.timedelta(minutes=1)) == 0
    assert list(Delivery.objects.values_list("state", "attempts")) == [("pending", 0)]
    assert "certificate has expired" in Heartbeat.objects.get(name=sending.TRANSPORT).detail
    done = trial.send("claire@asso.test", at=AT)
    assert (done.is_taken, "certificate has expired" in done.reply) == (False, True)
