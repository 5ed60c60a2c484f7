"""Log lines: one form of time, the request they belong to, JSON on demand, and nobody's address or link."""

from __future__ import annotations

import datetime as dt
import io
import json
import logging
import re
import time
from typing import TYPE_CHECKING

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from notifications.delivery.run import sending
from registrations import booking
from registrations.calendar import feed_tokens
from registrations.links import personal_links, signed_values
from registrations.models import CycleRegistration, Participant
from tests import make
from tests.make import AT
from web import logs
from web.errors import error_mails, sentry
from web.redaction import redact

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_django import DjangoCaptureOnCommitCallbacks, Settings


@pytest.fixture
def lines(request: pytest.FixtureRequest) -> Iterator[io.StringIO]:
    """Everything that the process logs, in the form that the site writes."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logs.formatter())
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield stream
    root.removeHandler(handler)
    root.setLevel(level)
    del request


FORM = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00 [A-Z]+ [\w.]+ \[([0-9a-f]{16}|-)\]: .+")


def test_a_line_says_when_with_its_offset_and_for_which_request(lines: io.StringIO) -> None:
    logging.getLogger("a.b").warning("it rains")
    assert Client().get("/fr/nowhere/").status_code == 404
    first, *others = lines.getvalue().splitlines()
    assert (first.endswith(" WARNING a.b [-]: it rains"), FORM.fullmatch(first) is not None) == (True, True)
    results = [line for line in others if "/fr/nowhere/" in line]
    assert [FORM.fullmatch(line) is not None for line in results] == [True]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("given", "kept"), [("from-the-proxy-1", True), ("x", False), ("a\nb" * 9, False), ("é" * 20, False)]
)
def test_the_number_of_a_request_is_the_one_of_the_server_in_front(given: str, *, kept: bool) -> None:
    answer = Client().get("/livez", headers={"X-Request-ID": given})
    assert (answer.headers["X-Request-ID"] == given) is kept
    assert logs.request_id.get() == "-"


def test_json_is_one_object_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOG_FORMAT", "JSON")
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logs.formatter())
    logger = logging.getLogger("escale.json")
    logger.addHandler(handler)
    try:
        logger.warning("two\nlines for %s", "é")
        try:
            int("x")
        except ValueError:
            logger.exception("no number")
    finally:
        logger.removeHandler(handler)
    first, second = map(json.loads, stream.getvalue().splitlines())
    assert (first["level"], first["logger"], first["message"], first["request"]) == (
        "WARNING",
        "escale.json",
        "two\nlines for é",
        "-",
    )
    assert list(first) == ["time", "level", "logger", "request", "process", "message"]
    assert second["traceback"].splitlines()[-1] == "ValueError: invalid literal for int() with base 10: 'x'"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("550 <amina.diallo+web@asso-test.example.org> unknown", "550 <[address]> unknown"),
        ("GET /x?email=amina%40asso.test&b=1", "GET /x?email=[address]&b=1"),
        ("to=['zoé@exämple.fr', \"o'brien@a.b.c\"]", "to=['[address]', \"[address]\"]"),
        ("postgres://escale@db.internal:5432/x", "postgres://escale@db.internal:5432/x"),
        ("celery@worker1 ready", "celery@worker1 ready"),
        ("at 14:40, 40%", "at 14:40, 40%"),
    ],
)
def test_no_address_of_a_person_stays(text: str, shown: str) -> None:
    assert redact(text) == shown


@pytest.mark.django_db
def test_a_whole_journey_leaves_nobody_in_the_log(
    lines: io.StringIO, settings: Settings, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    settings.SECURE_SSL_REDIRECT = False
    cycle = make.cycle(slug="tour")
    make.session(cycle=cycle, slug="un", starts_at=timezone.now() + dt.timedelta(days=9))
    client = Client(raise_request_exception=False)
    typed = {"given_name": "Amina", "family_name": "Diallo", "scope": "all", "email": "amina@asso.test"}
    typed["started"] = signed_values.make("form", int(time.time()) - 60)
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post("/fr/register/tour/", typed).status_code == 302
    row = CycleRegistration.objects.get()
    person = row.participant
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("registrations:confirm", args=[personal_links.confirm_token(row)]))
        person.refresh_from_db()
        my = reverse("registrations:my-registrations", args=[personal_links.manage_token(person)])
        assert client.get(my).status_code == 200
        client.post(f"{my}address/", {"email": "amina@ailleurs.test"})
        client.put(my)
        client.get(f"{my}nowhere/")
        client.get(f"/fr/calendar/{feed_tokens.reset(person, at=AT)}.ics")
        client.post("/fr/link/", {"email": "amina@asso.test"})
        client.post("/fr/account/login/", {"email": "nobody@asso.test"})
    sending.tick()
    sending.drain()
    text = lines.getvalue()
    addresses = {
        person.email,
        "amina@ailleurs.test",
        "zoe@asso.test",
        *(to for m in mail.outbox for to in m.to),
    }
    tokens = {
        piece
        for message in mail.outbox
        for piece in re.findall(
            r"/(?:my|confirm|join|address|calendar|stop|link)/([\w:=-]{16,})", str(message.body)
        )
    }
    assert (len(tokens) > 0, len(text) > 0) == (True, True)
    assert [word for word in {*addresses, *tokens, person.link_secret} if word in text] == []
    assert Participant.objects.filter(email="amina@asso.test").count() == 1
    assert booking.ALIVE


class TestErrorMails:
    @pytest.fixture
    def logger(self, settings: Settings) -> Iterator[logging.Logger]:
        settings.ADMINS = [("root@asso.test", "root@asso.test")]
        logger = logging.getLogger("escale.errors")
        # The site's own handler stands at the root.
        logger.propagate = False
        handler = error_mails.ErrorMails()
        handler.setLevel(logging.ERROR)
        logger.addHandler(handler)
        yield logger
        logger.removeHandler(handler)
        logger.propagate = True

    def fail(self, logger: logging.Logger, times: int) -> None:
        import threading  # noqa: PLC0415 - beside its use

        for _time in range(times):
            try:
                int("amina@asso.test")
            except ValueError:
                logger.exception("failed for %s", "amina@asso.test")
        for thread in threading.enumerate():
            if thread.name == "error-mail":
                thread.join()

    def test_an_error_is_told_once_without_anybodys_address(self, logger: logging.Logger) -> None:
        self.fail(logger, 3)
        logger.warning("no error")
        (told,) = mail.outbox
        assert told.to == ["root@asso.test"]
        assert "failed for [address]" in told.subject
        assert "ValueError" in told.body
        assert "amina@asso.test" not in told.subject + str(told.body)

    def test_nobody_is_told_where_nobody_is_named(self, logger: logging.Logger, settings: Settings) -> None:
        settings.ADMINS = []
        self.fail(logger, 1)
        assert mail.outbox == []


class TestSentry:
    def test_nothing_of_a_person_is_in_a_report(self) -> None:
        event = {
            "user": {"ip_address": "192.0.2.1"},
            "request": {"url": "https://x/fr/my/abc/", "cookies": "sessionid"},
            "breadcrumbs": {"values": [{"message": "amina@asso.test"}]},
            "logentry": {"message": "550 amina@asso.test at /fr/my/4Hk9TheToken/"},
            "exception": {"values": [{"type": "ValueError", "value": "amina@asso.test"}]},
            "level": "error",
        }
        assert sentry.clean(event, {}) == {
            "logentry": {"message": "550 [address] at /fr/my/[token]/"},
            "exception": {"values": [{"type": "ValueError", "value": "[address]"}]},
            "level": "error",
        }

    def test_a_dsn_that_is_none_is_refused_without_showing_it(self) -> None:
        from django.core.exceptions import ImproperlyConfigured  # noqa: PLC0415 - beside its use

        with pytest.raises(ImproperlyConfigured) as refused:
            sentry.start("https://secret-key@/")
        assert str(refused.value) == (
            "SENTRY_DSN cannot be read: copy it from your project's settings, https://key@host/number"
        )
