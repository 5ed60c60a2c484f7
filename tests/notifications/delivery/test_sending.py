"""The whole way, from a session to a mail, with Django's in-memory mail backend."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from django.core import mail
from django.core.management import call_command
from django.utils import timezone

from notifications.delivery import interventions, ledger, restored
from notifications.delivery.run import sending
from notifications.models import Delivery, Heartbeat, ReminderStep
from notifications.plan import defaults, planner
from registrations.links import finding
from registrations.models import LinkRequest
from speakers.models import SpeakerConsent
from tests import make
from tests.make import paris

if TYPE_CHECKING:
    from django.test import Client
    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db
DUE = paris(2026, 11, 19, 12)
TICK_QUERIES = 25


def ready(people: int) -> None:
    session = make.session(number=2)
    defaults.default_steps(session.cycle)
    ReminderStep.objects.exclude(code="h-1").delete()
    planner.replan(session)
    for _ in range(people):
        make.registration(session=session)


def test_a_due_reminder_reaches_its_readers_once() -> None:
    ready(3)
    assert sending.tick(clock=DUE) == 3
    assert [sending.drain(clock=DUE) for _ in range(2)] == [3, 0]
    assert sending.tick(clock=DUE) == 0
    assert sorted(message.to[0] for message in mail.outbox) == sorted(
        Delivery.objects.values_list("to_address", flat=True)
    )
    assert set(Delivery.objects.values_list("state", "sent_at")) == {("sent", DUE)}


def test_one_mail_that_cannot_be_written_stops_no_other() -> None:
    ready(3)
    sending.tick(clock=DUE)
    broken = Delivery.objects.order_by("pk")[1]
    Delivery.objects.filter(pk=broken.pk).update(cycle_registration=None, session=None, revision=None)
    sending.drain(clock=DUE)
    assert list(Delivery.objects.order_by("pk").values_list("state", flat=True)) == ["sent", "failed", "sent"]
    assert len(mail.outbox) == 2


def test_a_resting_server_is_left_in_peace() -> None:
    ready(1)
    sending.tick(clock=DUE)
    sending.beat(sending.TRANSPORT, at=DUE + sending.PAUSE, detail="refused")
    assert sending.drain(clock=DUE) == 0
    assert sending.drain(clock=DUE + sending.PAUSE) == 1


@pytest.mark.parametrize("people", [1, 50])
def test_a_tick_asks_the_same_questions_for_one_and_for_fifty(
    people: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    ready(people)
    restored.look(at=DUE)
    with django_assert_num_queries(TICK_QUERIES):
        assert sending.tick(clock=DUE) == people


def test_a_cron_can_take_the_place_of_celery(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("send_due")
    assert capsys.readouterr().out == "0 mails handled\n"
    assert Heartbeat.objects.filter(name="tick").count() == 1


def test_a_cron_answers_who_looks_for_their_registrations() -> None:
    make.participant(email="amina@example.org")
    finding.ask(email="amina@example.org", at=timezone.now())
    call_command("send_due")
    assert ([message.to for message in mail.outbox], LinkRequest.objects.count()) == (
        [["amina@example.org"]],
        0,
    )


def test_a_cron_settles_what_time_changes_of_those_who_speak() -> None:
    session = make.session(replay_url="https://video.example.org/1")
    contact = make.contact("nadia@example.org")
    SpeakerConsent.objects.create(
        contact=contact,
        session=session,
        purpose=SpeakerConsent.Purpose.PUBLICATION,
        is_given=False,
        text="Mon image peut être publiée.",
        language="fr",
        given_at=timezone.now(),
    )
    call_command("send_due")
    session.refresh_from_db()
    assert session.is_replay_held


def test_a_worker_ticks_when_no_beat_does() -> None:
    sending.tick_if_nobody_does()
    first = Heartbeat.objects.get(name="tick").at
    sending.tick_if_nobody_does()
    assert Heartbeat.objects.get(name="tick").at == first


def test_the_address_of_a_refused_person_is_stopped_for_all_mail() -> None:
    ready(1)
    sending.tick(clock=DUE)
    address = Delivery.objects.get().to_address
    ledger.suppress(address, reason="bounce", at=DUE)  # type: ignore[arg-type]  # the plain word will do
    sending.drain(clock=DUE)
    assert Delivery.objects.get().state == "suppressed"
    assert mail.outbox == []


def test_the_process_is_alive(client: Client) -> None:
    response = client.get("/livez")
    assert (response.status_code, response.content) == (200, b"ok\n")


TOKEN = {"Authorization": "Bearer a-long-token"}


def test_a_site_without_a_worker_is_not_ready(client: Client, settings: Any) -> None:
    settings.ESCALE_STATUS_TOKEN = "a-long-token"
    response = client.get("/readyz", headers=TOKEN)
    assert response.status_code == 503
    assert json.loads(response.content) == {
        "ready": False,
        "status": "not ok",
        "reasons": ["no worker has ticked yet: start Celery with beat, or manage.py send_due --loop"],
        "last_tick": None,
        "oldest_due_seconds": 0,
        "mail_paused": None,
    }


def test_a_silent_worker_is_named(client: Client, settings: Any) -> None:
    settings.ESCALE_STATUS_TOKEN = "a-long-token"
    sending.beat(sending.TICK, at=timezone.now() - 3 * sending.DOMAIN_PAUSE)
    response = client.get("/readyz", headers=TOKEN)
    assert response.status_code == 503
    assert json.loads(response.content)["reasons"] == [
        "no tick for more than two minutes: is a worker running (Celery with beat, or send_due --loop)?"
    ]


@pytest.mark.parametrize("token", ["", "a-long-token"])
@pytest.mark.parametrize(
    "sent", ["", "Bearer ", "Bearer", "Bearer another", "Basic a-long-token", "a-long-token", "Bearer é"]
)
def test_strangers_hear_a_word_only(client: Client, settings: Any, token: str, sent: str) -> None:
    """Neither who paused the mail, nor what the mail server said, nor by coming from the machine itself."""
    settings.ESCALE_STATUS_TOKEN = token
    interventions.pause(by=make.user(name="Claire Secrète"), at=timezone.now())
    sending.beat(sending.TRANSPORT, at=timezone.now() + sending.DOMAIN_PAUSE, detail="550 no <a@b.org>")
    headers = {"Authorization": sent} if sent else {}
    away = client.get("/readyz", headers=headers, REMOTE_ADDR="127.0.0.1")
    assert (away.status_code, json.loads(away.content)) == (503, {"ready": False, "status": "not ok"})
    sending.beat(sending.TICK, at=timezone.now())
    at_work = client.get("/readyz", headers=headers, REMOTE_ADDR="127.0.0.1")
    assert (at_work.status_code, json.loads(at_work.content)) == (200, {"ready": True, "status": "ok"})


def test_organisers_hear_why(client: Client) -> None:
    interventions.pause(by=make.user(name="Claire"), at=timezone.now())
    client.force_login(make.user())
    assert "mail_paused" not in json.loads(client.get("/readyz").content)
    client.force_login(make.membership().user)
    assert json.loads(client.get("/readyz").content)["mail_paused"] == "Claire"


def test_a_site_at_work_is_ready(client: Client) -> None:
    sending.beat(sending.TICK, at=timezone.now())
    assert client.get("/readyz").status_code == 200
