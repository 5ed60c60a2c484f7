"""What a mail server may answer, and what the ledger makes of it; against a real server on loopback."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from notifications.delivery.run import sending
from notifications.models import Delivery, Heartbeat, Suppression
from notifications.transport import transports
from notifications.transport.refusals import Stage
from registrations.events import RegistrationChanged
from tests import make
from tests.make import AT

from .smtp_sink import Mode, Sink

if TYPE_CHECKING:
    from pytest_django import Settings

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _smtp(settings: Settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = "127.0.0.1"
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""


def owe(people: int = 1) -> None:
    cycle = make.cycle()
    for _ in range(people):
        row = make.cycle_registration(cycle=cycle)
        RegistrationChanged(kind="confirmed", registration=row, registration_ids=[], at=AT).send()


def facts() -> list[tuple[str, int | None, int]]:
    rows = Delivery.objects.order_by("pk")
    return [(row.state, row.last_code, round((row.next_at - AT) / MINUTE)) for row in rows]


@pytest.mark.parametrize(
    ("mode", "fact", "accepted"),
    [
        ("accept", ("sent", None, 0), 1),
        ("temp", ("pending", 451, 1), 0),
        ("perm", ("failed", 554, 0), 0),
        ("rcpt-temp", ("pending", 450, 1), 0),
        ("rcpt-perm", ("suppressed", 550, 0), 0),
        ("throttle", ("pending", 421, 1), 0),
        ("drop", ("pending", None, 0), 0),
        ("drop-accepted", ("pending", None, 0), 1),
    ],
)
def test_what_the_ledger_makes_of_an_answer(
    mode: Mode, fact: tuple[str, int | None, int], accepted: int, settings: Settings
) -> None:
    owe()
    with Sink(mode) as sink:
        settings.EMAIL_PORT = sink.port
        assert sending.drain(clock=AT, batches=1) == 1
        assert len(sink.accepted) == accepted
    assert facts() == [fact]


def test_an_accepted_mail_whose_reply_was_lost_comes_twice_with_one_number(settings: Settings) -> None:
    owe()
    with Sink("drop-accepted", "accept") as sink:
        settings.EMAIL_PORT = sink.port
        sending.drain(clock=AT)
        assert len(sink.accepted) == 2
        assert len(set(sink.accepted)) == 1
    assert facts() == [("sent", None, 0)]


def test_a_second_doubt_is_held_for_the_organiser(settings: Settings) -> None:
    owe()
    with Sink("drop-accepted") as sink:
        settings.EMAIL_PORT = sink.port
        sending.drain(clock=AT)
        assert len(sink.accepted) == 2
    assert facts() == [("uncertain", None, 0)]


def test_one_refusal_stops_nobody_else(settings: Settings) -> None:
    owe(3)
    with Sink("accept", "rcpt-perm", "accept") as sink:
        settings.EMAIL_PORT = sink.port
        sending.drain(clock=AT)
        assert len(sink.accepted) == 2
    assert facts() == [("sent", None, 0), ("suppressed", 550, 0), ("sent", None, 0)]
    assert Suppression.objects.count() == 1


def test_after_a_cut_the_others_leave_on_a_new_connection(settings: Settings) -> None:
    owe(3)
    with Sink("accept", "throttle", "accept") as sink:
        settings.EMAIL_PORT = sink.port
        sending.drain(clock=AT)
        assert len(sink.accepted) == 1
    # The whole domain was asked to slow down.
    assert facts() == [("sent", None, 0), ("pending", 421, 1), ("pending", None, 1)]


def test_temporary_refusals_wait_longer_and_longer(settings: Settings) -> None:
    owe()
    at, waits = AT, []
    with Sink("temp") as sink:
        settings.EMAIL_PORT = sink.port
        for _ in range(6):
            sending.drain(clock=at, batches=1)
            next_at = Delivery.objects.get().next_at
            waits.append((next_at - at) / MINUTE)
            at = next_at
    for wait, rule in zip(waits, [1, 5, 15, 30, 60, 60], strict=True):
        assert 0.8 * rule <= wait <= 1.2 * rule
    assert waits != [1, 5, 15, 30, 60, 60]


def test_mails_refused_together_do_not_return_together() -> None:
    waits = {transports.back_off(3, of=f"<{number}@example.org>") for number in range(50)}
    assert len(waits) == 50
    assert min(waits) >= 12 * MINUTE
    assert max(waits) <= 18 * MINUTE


def test_a_mail_without_an_end_is_given_up_after_three_days() -> None:
    last = transports.Hand("<1@example.org>", transports.ATTEMPTS_AT_MOST)
    assert last.refused(451, "later", stage=Stage.RCPT).state == "failed"
    assert transports.Hand("<1@example.org>", 1).refused(451, "later", stage=Stage.RCPT).state == "pending"


def test_a_refused_sender_stops_all_mail_and_blames_none(settings: Settings) -> None:
    owe(2)
    with Sink("sender-perm") as sink:
        settings.EMAIL_PORT = sink.port
        assert sending.drain(clock=AT) == 1
    assert list(Delivery.objects.order_by("pk").values_list("state", "attempts")) == [("pending", 0)] * 2
    assert Heartbeat.objects.get(name="transport").detail == "530 5.7.0 Authentication required"


@pytest.mark.parametrize(("mode", "state"), [("accept-252", "sent"), ("nonsense", "pending")])
def test_an_unusual_last_answer(mode: Mode, state: str, settings: Settings) -> None:
    owe()
    with Sink(mode) as sink:
        settings.EMAIL_PORT = sink.port
        sending.drain(clock=AT, batches=1)
    assert Delivery.objects.values_list("state", "doubts").get() == (state, int(state != "sent"))


def test_a_mail_that_cannot_be_put_into_bytes_stops_no_other(settings: Settings) -> None:
    owe(3)
    broken = Delivery.objects.order_by("pk")[1]
    Delivery.objects.filter(pk=broken.pk).update(to_address="two\nlines@example.org")
    with Sink() as sink:
        settings.EMAIL_PORT = sink.port
        assert sending.drain(clock=AT) == 3
        assert len(sink.accepted) == 2
    assert [state for state, _, _ in facts()] == ["sent", "failed", "sent"]


def test_a_server_that_is_down_costs_no_mail_an_attempt(settings: Settings) -> None:
    owe()
    with Sink() as sink:
        settings.EMAIL_PORT = sink.port
    assert sending.drain(clock=AT) == 0
    assert Delivery.objects.values_list("state", "attempts").get() == ("pending", 0)
    assert Heartbeat.objects.get(name="transport").at == AT + sending.PAUSE
