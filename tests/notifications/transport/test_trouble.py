"""When the mail server refuses us: who is told, how long all mail rests, and that it ends by itself."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
from django.core import mail

from notifications.models import Heartbeat
from notifications.transport import transports, trouble
from tests import make
from tests.make import AT

if TYPE_CHECKING:
    from pytest_django import Settings

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)


def refused(ground: str = "login", minutes: int = 0) -> dt.timedelta:
    error = transports.TransportDown(
        f"535 5.7.8 <claire@site.example> not accepted ({ground})", refusal=ground
    )
    return trouble.note(error, at=AT + minutes * MINUTE)


def test_the_rest_grows_with_the_time_that_the_trouble_lasts() -> None:
    rests = [refused(minutes=minutes) / MINUTE for minutes in (0, 2, 4, 10, 20, 40, 600)]
    assert rests == [2, 2, 2, 5, 10, 15, 15]
    trouble.accepted(at=AT + 601 * MINUTE)
    assert refused(minutes=602) / MINUTE == 2


def test_a_server_that_is_merely_away_is_no_refusal() -> None:
    assert trouble.note(transports.TransportDown("timed out"), at=AT) == transports.REST
    assert trouble.now() is None


def test_administrators_are_told_once_by_the_other_way_and_again_after_it_was_mended(
    settings: Settings,
) -> None:
    settings.ESCALE_ALERT_EMAIL = {"EMAIL_BACKEND": "django.core.mail.backends.locmem.EmailBackend"}
    settings.ESCALE_ALERT_FROM = "alerte@ailleurs.example"
    make.user(email="root@site.example", is_superuser=True)
    make.user(email="claire@site.example")
    refused()
    refused(minutes=5)
    [alert] = mail.outbox
    assert (alert.to, alert.from_email) == (["root@site.example"], "alerte@ailleurs.example")
    assert alert.subject == "Aucun e-mail ne part de Escale"
    assert (
        "le serveur d’envoi n’accepte pas notre identifiant et notre mot de passe (EMAIL_URL)" in alert.body
    )
    assert "535 5.7.8 … not accepted (login)" in alert.body
    assert "claire@" not in alert.body
    trouble.accepted(at=AT + 9 * MINUTE)
    refused("sender", minutes=10)
    assert len(mail.outbox) == 2


def test_without_another_way_nobody_is_written_to() -> None:
    make.user(email="root@site.example", is_superuser=True)
    refused()
    assert mail.outbox == []


def test_an_alert_that_does_not_leave_is_tried_again(settings: Settings) -> None:
    make.user(email="root@site.example", is_superuser=True)
    settings.ESCALE_ALERT_EMAIL = {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": "127.0.0.1",
        # Nobody listens there.
        "EMAIL_PORT": 1,
    }
    refused()
    assert not Heartbeat.objects.filter(name=trouble.TOLD).exists()
    settings.ESCALE_ALERT_EMAIL = {"EMAIL_BACKEND": "django.core.mail.backends.locmem.EmailBackend"}
    refused(minutes=2)
    assert [one.to for one in mail.outbox] == [["root@site.example"]]
