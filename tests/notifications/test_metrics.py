"""/metrics: for the machine itself and who holds the token, numbers of nobody, added up over processes."""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.utils import timezone

from notifications import metrics
from notifications.delivery import restored
from notifications.delivery.run import sending
from notifications.models import Heartbeat
from tests import make
from web.counters import counters, labelled, total

if TYPE_CHECKING:
    from pathlib import Path

    from django.test import Client
    from pytest_django import Settings

pytestmark = pytest.mark.django_db
TOKEN = "a-token-of-many-characters"


@pytest.fixture(autouse=True)
def _own_folder(settings: Settings, tmp_path: Path) -> None:
    settings.VAR_DIR = tmp_path
    settings.ESCALE_STATUS_TOKEN = TOKEN
    counters.clear()


def series(client: Client) -> dict[str, float]:
    body = client.get("/metrics").content.decode()
    pairs = (line.rsplit(" ", 1) for line in body.splitlines() if not line.startswith("#"))
    return {name: float(value) for name, value in pairs}


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"REMOTE_ADDR": "127.0.0.1"}, 200),
        ({"REMOTE_ADDR": "::1"}, 200),
        ({"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "192.0.2.1"}, 404),
        ({"REMOTE_ADDR": "127.0.0.1", "HTTP_VIA": "1.1 caddy"}, 404),
        ({"REMOTE_ADDR": "192.0.2.1"}, 404),
        ({"REMOTE_ADDR": ""}, 404),
        ({"REMOTE_ADDR": "192.0.2.1", "HTTP_AUTHORIZATION": f"Bearer {TOKEN}"}, 200),
        ({"REMOTE_ADDR": "192.0.2.1", "HTTP_AUTHORIZATION": "Bearer x"}, 404),
    ],
)
def test_who_may_read_them(client: Client, headers: dict[str, str], status: int) -> None:
    assert client.get("/metrics", **headers).status_code == status  # type: ignore[arg-type]  # WSGI's names


def test_what_is_due_and_what_became_of_mails(client: Client) -> None:
    now = timezone.now()
    row = make.registration()
    make.delivery(row, kind="registration_confirmed", next_at=now - dt.timedelta(minutes=5))
    before = series(client)
    assert (before["escale_up"], before["escale_mails_due"], before["escale_registrations"]) == (
        1.0,
        1.0,
        1.0,
    )
    assert 300 <= before["escale_oldest_due_seconds"] < 1000
    assert before["escale_last_tick_seconds"] == -1.0
    sending.tick()
    sending.drain()
    after = series(client)
    assert len(mail.outbox) == 1
    assert (after["escale_mails_due"], after["escale_ticks_total"]) == (0.0, 1.0)
    assert after['escale_mails_total{outcome="sent",reply="none"}'] == 1.0
    assert after["escale_last_tick_seconds"] >= 0


def test_requests_pages_and_times_are_counted(client: Client) -> None:
    make.cycle(slug="tour")
    for _time in range(3):
        client.get("/fr/cycles/tour/")
    client.get("/fr/nowhere/")
    result = series(client)
    assert result['escale_page_cache_total{answer="built"}'] == 1.0
    assert result['escale_page_cache_total{answer="stored"}'] == 2.0
    assert result['escale_http_requests_total{status="4xx"}'] == 1.0
    assert (
        result["escale_http_request_seconds_count"]
        == result['escale_http_request_seconds_bucket{le="+Inf"}']
        == 2.0
    )
    assert result["escale_page_cache_bytes"] > 0


def test_every_series_has_its_help_and_type(client: Client) -> None:
    sending.tick()
    body = client.get("/metrics").content.decode()
    typed = {
        line.split(" ")[2]: line.split(" ")[3] for line in body.splitlines() if line.startswith("# TYPE")
    }
    assert typed == {name: metrics.HELP[name][0] for name in typed}
    for line in body.splitlines():
        if not line.startswith("#"):
            name = line.partition("{")[0].partition(" ")[0]
            assert name in typed or name.rpartition("_")[0] in typed, line
    assert body.endswith("\n")


def test_processes_add_up_and_a_broken_file_harms_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "metrics"
    folder.mkdir()
    (folder / "other-1.json").write_text(json.dumps({"escale_ticks_total": 4}))
    (folder / "other-2.json").write_text('{"escale_ti')
    counters.add("escale_ticks_total")
    assert total() == {"escale_ticks_total": 5.0}


def test_a_label_is_escaped() -> None:
    assert labelled("x", {"a": 'q"\\\n'}) == 'x{a="q\\"\\\\\\n"}'


class TestTestMail:
    def test_a_command_says_what_the_server_answered(self, capsys: pytest.CaptureFixture[str]) -> None:
        call_command("send_test_mail", "claire@asso.test", "--language", "en")
        (sent,) = mail.outbox
        assert (sent.to, sent.subject) == (["claire@asso.test"], "Test email of Escale")
        assert "mailbox page" in capsys.readouterr().out

    def test_a_server_that_is_away_is_named(self, settings: Settings) -> None:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
        with pytest.raises(CommandError, match="did not take it: ConnectionRefusedError"):
            call_command("send_test_mail", "claire@asso.test", "--language", "en")

    def test_the_button_is_for_administrators(self, client: Client) -> None:
        client.force_login(make.membership(role="owner").user)
        assert [
            client.get("/en/desk/status/").status_code,
            client.post("/en/desk/status/test-mail/").status_code,
        ] == [
            403,
            403,
        ]
        assert mail.outbox == []
        root = make.user(is_superuser=True)
        client.force_login(root)
        answer = client.post("/en/desk/status/test-mail/", follow=True)
        assert "The mail server took it" in answer.content.decode()
        assert [message.to for message in mail.outbox] == [[root.email]]


class TestStatus:
    def words(self, client: Client) -> dict[str, tuple[str, bool]]:
        facts = client.get("/en/desk/status/").context["facts"]
        return {fact.name: (fact.words, fact.is_wrong) for fact in facts}

    def test_it_says_what_stands_still(self, client: Client) -> None:
        client.force_login(make.user(is_superuser=True))
        result = self.words(client)
        assert result["Worker"] == ("never seen: start Celery with beat, or manage.py send_due --loop", True)
        assert result["Emails that are due"] == ("none", False)
        make.delivery(make.registration(), next_at=timezone.now() - dt.timedelta(hours=3))
        Heartbeat.objects.create(name=sending.TICK, at=timezone.now() - dt.timedelta(hours=2))
        result = self.words(client)
        assert result["Worker"][1] is True
        assert result["Emails that are due"][1] is True
        assert result["Version"][0].startswith("Escale 0.2.0 ")


def test_mail_status_tells_of_a_restore_before_any_worker_ticked(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(restored, "_places", lambda: ("7:1:100", "7:1:200"))
    call_command("mail", "status", "--language", "en")
    assert (
        capsys.readouterr().out.splitlines()[0]
        == "All email is paused: a backup was restored, or the database moved."
    )


@pytest.mark.parametrize(
    ("changes", "refused"),
    [
        ({"EMAIL_HOST": "smtp.asso.test", "EMAIL_PORT": 587}, True),
        ({"EMAIL_HOST": "smtp.asso.test", "EMAIL_PORT": 1025, "EMAIL_HOST_USER": "u"}, True),
        ({"EMAIL_BACKEND": "anymail.backends.brevo.EmailBackend"}, True),
        ({"EMAIL_HOST": "mail", "EMAIL_PORT": 1025}, False),
        ({"ESCALE_MAILBOX": True}, False),
    ],
)
def test_the_demonstration_is_not_loaded_where_it_would_write_to_somebody(
    settings: Settings, changes: dict[str, object], *, refused: bool
) -> None:
    from desk import demo  # noqa: PLC0415 - the desk stands above

    settings.ESCALE_MAILBOX = False
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST_USER = ""
    for name, value in changes.items():
        setattr(settings, name, value)
    assert demo.would_mail() is refused
    if refused:
        with pytest.raises(CommandError, match="Email leaves this site for real"):
            call_command("demo", "load", "--language", "en")
