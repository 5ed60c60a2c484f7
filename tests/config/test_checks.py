"""A public server refuses to start when it is set up wrong, and says what to set (journey J11, step 2)."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from config.environment import Environment
from tests.preloaded import ROOT, Preloaded

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.preloaded import Program

    Start = Callable[..., Program]

GOOD = {
    "SECRET_KEY": "k3y-" * 4 + "abcdefghijklmnopqrstuvwxyz0123456789",
    "ESCALE_BASE_URL": "https://webinaires.asso.test",
    "ALLOWED_HOSTS": "webinaires.asso.test",
    "ESCALE_UID_DOMAIN": "webinaires.asso.test",
    "ESCALE_CONTROLLER": "Asso",
    "ESCALE_CONTACT_EMAIL": "contact@asso.test",
    "EMAIL_URL": "smtp+tls://u:p@mail.asso.test:587",
    "DEFAULT_FROM_EMAIL": "Asso <contact@asso.test>",
}
BREVO = {
    "EMAIL_URL": None,
    "EMAIL_BACKEND": "anymail.backends.brevo.EmailBackend",
    "ANYMAIL_BREVO_API_KEY": "key",
    "ANYMAIL_WEBHOOK_SECRET": "postman:a-long-random-word",
}


# What the site takes from elsewhere and can be imported before there are settings.
LIBRARIES = (
    *("anymail.message", "babel.dates", "celery.app", "css_inline", "environ", "fido2.server", "holidays"),
    *(
        "icalendar",
        "i18nfield.strings",
        "markdown_it",
        "nh3",
        "PIL.Image",
        "psycopg",
        "redis",
        "requests",
        "segno",
    ),
    *("django.core.management.commands.check", "django.core.wsgi", "django.forms", "whitenoise.middleware"),
    *("xlsxwriter", "yaml"),
)


@pytest.fixture(scope="module")
def python() -> Iterator[Preloaded]:
    with Preloaded({"PATH": os.environ["PATH"]}, *LIBRARIES) as preloaded:
        yield preloaded


@pytest.fixture
def start(python: Preloaded, tmp_path: Path) -> Start:
    """Return a function that imports the WSGI application as gunicorn does, with the production settings."""
    (tmp_path / "static").mkdir()

    def begin(**changes: str | None) -> Program:
        chosen = {**GOOD, **changes}
        environment = {key: value for key, value in chosen.items() if value is not None}
        environment |= {"ESCALE_VAR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "config.settings.prod"}
        program = python.start(["-c", "import config.wsgi"], **environment)
        program.wait()
        return program

    return begin


def test_a_good_set_up_starts(start: Start) -> None:
    done = start()
    assert (done.returncode, done.stderr) == (0, "")


def test_a_provider_set_up_well_starts(start: Start) -> None:
    done = start(**BREVO)
    assert (done.returncode, done.stderr) == (0, "")


def test_an_address_of_a_mail_server_that_cannot_be_read_says_how_it_is_written(start: Start) -> None:
    done = start(EMAIL_URL="mail.asso.test:587")
    assert done.returncode != 0
    assert "write smtp+tls://user:password@host:587" in done.stderr


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("DATABASE_URL", "postgres://escale:s3cr3t#b", "In a password write %23 for #"),
        ("DATABASE_URL", "mysql://escale:s3cr3t@db/escale", "write postgres://user:password@host:5432/name"),
        ("REDIS_URL", "redis:6379", "REDIS_URL cannot be read: write redis://:password@host:6379/0"),
        ("EMAIL_URL", "smtp+tls://u:s3cr3t@host:port", "EMAIL_URL: the port is no number"),
        ("EMAIL_URL", "pigeon://u:s3cr3t@host", "EMAIL_URL cannot be read"),
        ("DATABASE_POOL", "0", "DATABASE_POOL=0: a process needs at least one connection"),
        (
            "DATABASE_POOL",
            "s3cr3t",
            "DATABASE_POOL is no whole number: write digits only, as in DATABASE_POOL=8",
        ),
        ("ESCALE_KEEP_MAILS_MONTHS", "s3cr3t", "ESCALE_KEEP_MAILS_MONTHS is no whole number"),
        (
            "SECURE_SSL_REDIRECT",
            "s3cr3t",
            "SECURE_SSL_REDIRECT is neither on nor off: write SECURE_SSL_REDIRECT=1",
        ),
        ("LOG_LEVEL", "s3cr3t", "LOG_LEVEL is none of DEBUG, INFO, WARNING, ERROR"),
        ("ESCALE_TIME_ZONE", "s3cr3t", "write a continent and a city, as in ESCALE_TIME_ZONE=Europe/Paris"),
    ],
)
def test_an_address_of_a_service_that_cannot_be_read_names_the_setting_and_no_secret(
    start: Start, name: str, value: str, words: str
) -> None:
    database = {"DATABASE_URL": "postgres://u:p@127.0.0.1:9/x"} if name == "DATABASE_POOL" else {}
    done = start(**{**database, name: value})
    assert done.returncode != 0
    assert words in done.stderr
    assert "s3cr3t" not in done.stderr


def test_an_empty_address_of_the_database_is_none(start: Start) -> None:
    done = start(DATABASE_URL="", REDIS_URL="")
    assert (done.returncode, done.stderr) == (0, "")


def test_what_is_left_empty_is_what_it_is_by_default(start: Start) -> None:
    left = (
        *("ESCALE_PROXY_COUNT", "ESCALE_DOCUMENT_MB", "ESCALE_SENDERS", "SECURE_HSTS_SECONDS"),
        *("SECURE_SSL_REDIRECT", "LOG_LEVEL", "ESCALE_TIME_ZONE", "DATABASE_POOL"),
    )
    done = start(**dict.fromkeys(left, " "))
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(("written", "on"), [("1", True), ("Yes", True), (" off ", False), ("0", False)])
def test_a_switch_is_on_or_off(monkeypatch: pytest.MonkeyPatch, written: str, *, on: bool) -> None:
    monkeypatch.setenv("SOME_SWITCH", written)
    assert Environment().bool("SOME_SWITCH", default=not on) is on


GUNICORN = ["gunicorn", "config.wsgi:application", "--bind", "127.0.0.1:0", "--no-control-socket"]


@pytest.mark.parametrize(
    "command",
    [
        ["manage.py", "check"],
        ["-m", *GUNICORN],
        ["-m", "celery", "-A", "config", "worker"],
        ["-m", "celery", "-A", "config", "beat"],
    ],
    ids=["manage.py", "gunicorn", "worker", "beat"],
)
def test_each_process_says_what_cannot_be_read_without_a_traceback(
    tmp_path: Path, command: list[str]
) -> None:
    environment = {"PATH": os.environ["PATH"], "ESCALE_VAR": str(tmp_path), "ESCALE_SENDERS": "s3cr3t"}
    done = subprocess.run(
        [sys.executable, *command], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    told = "A setting cannot be read. ESCALE_SENDERS is no whole number: write digits only, as in ESCALE_SENDERS=4"
    # The server's own log may come before it.
    assert (done.returncode, done.stderr.splitlines()[-1]) == (1, told)
    assert "Traceback" not in done.stderr + done.stdout


def test_the_server_ends_with_what_the_checks_say(tmp_path: Path) -> None:
    environment = {"PATH": os.environ["PATH"], "ESCALE_VAR": str(tmp_path)}
    environment["DJANGO_SETTINGS_MODULE"] = "config.settings.prod"
    command = [sys.executable, "-m", *GUNICORN]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert done.stderr.count("escale.E001") == 1
    assert "Set ESCALE_BASE_URL=https://" in done.stderr
    assert "Traceback" not in done.stderr + done.stdout


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"SECRET_KEY": None}, "escale.E001"),
        ({"SECRET_KEY": "a" * 60}, "escale.E001"),
        ({"ESCALE_BASE_URL": "http://webinaires.asso.test"}, "escale.E002"),
        ({"ESCALE_BASE_URL": "https://webinaires.asso.test/webinaires"}, "escale.E002"),
        ({"ESCALE_KEEP_MAILS_MONTHS": "-1"}, "escale.E017"),
        ({"ESCALE_KEEP_ATTENDANCE_MONTHS": "13"}, "escale.E031"),
        ({"ESCALE_KEEP_NEEDS_DAYS": "29", "ESCALE_KEEP_REGISTRATIONS_MONTHS": "1"}, "escale.E031"),
        ({"ESCALE_STATUS_TOKEN": "short"}, "escale.E032"),
        ({"ESCALE_CONFIRM_DAYS": "0"}, "escale.E033"),
        ({"ESCALE_GRACE_MINUTES": "-1"}, "escale.E033"),
        ({"ESCALE_GRACE_MINUTES": "30"}, "escale.E034"),
        (
            {
                "ESCALE_BASE_URL": "https://webinaires.example.org",
                "ALLOWED_HOSTS": "webinaires.example.org",
            },
            "escale.E002",
        ),
        ({"ALLOWED_HOSTS": "*"}, "escale.E003"),
        ({"ALLOWED_HOSTS": "autre.asso.test"}, "escale.E004"),
        ({"ESCALE_UID_DOMAIN": None}, "escale.E005"),
        ({"ESCALE_UID_DOMAIN": "webinaires.example.org"}, "escale.E005"),
        ({"ESCALE_CONTROLLER": None}, "escale.E015"),
        ({"ESCALE_CONTROLLER": " "}, "escale.E015"),
        ({"ESCALE_CONTACT_EMAIL": None}, "escale.E016"),
        ({"ESCALE_CONTACT_EMAIL": ""}, "escale.E016"),
        ({"ESCALE_CONTACT_EMAIL": "asso.test"}, "escale.E016"),
        ({"EMAIL_URL": None}, "escale.E006"),
        ({"DEFAULT_FROM_EMAIL": None}, "escale.E007"),
        ({"EMAIL_URL": None, "EMAIL_BACKEND": "anymail.backends.unknown.EmailBackend"}, "escale.E009"),
        ({"EMAIL_URL": None, "EMAIL_BACKEND": "anymail.backends.brevo.Backend"}, "escale.E009"),
        ({"ESCALE_MAIL_RATE": "fast"}, "escale.E014"),
        ({"ESCALE_MAIL_RATE_PER_DOMAIN": "orange.fr=0/s"}, "escale.E014"),
        ({**BREVO, "ANYMAIL_BREVO_API_KEY": None}, "escale.E010"),
        ({"EMAIL_URL": "smtp://"}, "escale.E011"),
        ({**BREVO, "ANYMAIL_WEBHOOK_SECRET": None}, "escale.E012"),
        ({**BREVO, "ANYMAIL_WEBHOOK_SECRET": "name:short"}, "escale.E012"),
        ({**BREVO, "ANYMAIL_WEBHOOK_SECRET": "no-colon-but-long-enough"}, "escale.E012"),
        (
            {
                **BREVO,
                "EMAIL_BACKEND": "anymail.backends.mailersend.EmailBackend",
                "ANYMAIL_MAILERSEND_API_TOKEN": "key",
            },
            "escale.E013",
        ),
    ],
)
def test_a_wrong_set_up_is_refused_with_a_hint(
    start: Start, changes: dict[str, str | None], code: str
) -> None:
    done = start(**changes)
    assert done.returncode != 0
    assert f"({code})" in done.stderr
    assert "HINT" in done.stderr
