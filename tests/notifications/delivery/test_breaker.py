"""A mailing refused a few times in the same way waits for a person; what it stopped is lifted in one act."""

from __future__ import annotations

import datetime as dt
import threading
from typing import TYPE_CHECKING

import pytest
from django.db import connection

from notifications.delivery import ledger
from notifications.delivery.run import breaker, leases, sending
from notifications.delivery.run.leases import Outcome
from notifications.models import Delivery, RefusedMailing, Suppression
from notifications.transport import refusals
from tests import make
from tests.faults.test_replies import Reply, Talker
from tests.make import AT

if TYPE_CHECKING:
    from pytest_django import Settings

    from cycles.models import Session

HOUR = dt.timedelta(hours=1)
GONE = Reply(refusals.Stage.RCPT, 550, "5.1.1 <a@example.org> no such user", "no_mailbox")
SPAM = Reply(refusals.Stage.END, 554, "5.6.0 spam detected", "content")


@pytest.fixture(autouse=True)
def _smtp(settings: Settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = "127.0.0.1"
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""


def wave(people: int) -> Session:
    """A mailing: one mail of one kind to each of so many people."""
    session = make.session()
    for _number in range(people):
        make.delivery(make.registration(session=session), kind="registration_confirmed")
    return session


def drain(at: dt.datetime) -> None:
    while sending.drain(clock=at):
        pass


def states() -> dict[str, int]:
    result: dict[str, int] = {}
    for state in Delivery.objects.values_list("state", flat=True):
        result[state] = result.get(state, 0) + 1
    return result


@pytest.mark.django_db
def test_a_mailing_refused_in_the_same_way_waits_for_a_person(settings: Settings) -> None:
    wave(30)
    with Talker() as server:
        settings.EMAIL_PORT = server.port
        server.reply = GONE
        drain(AT)
        drain(AT + HOUR)
    assert states() == {"suppressed": 5, "pending": 25}
    assert Suppression.objects.count() == 5
    held = RefusedMailing.objects.get()
    assert (held.ground, held.count, held.held_at) == ("no_mailbox", 5, AT)
    assert held.example == "550 5.1.1 … no such user"


@pytest.mark.django_db
def test_what_such_a_mailing_stopped_is_lifted_in_one_act_and_leaves(settings: Settings) -> None:
    session = wave(30)
    with Talker() as server:
        settings.EMAIL_PORT = server.port
        server.reply = GONE
        drain(AT)
        person = make.delivery(session.registrations.earliest("pk"), kind="reminder", next_at=AT)
        server.reply = None
        held = RefusedMailing.objects.get()
        assert breaker.stopped_by(held.mailing) == 5
        assert breaker.lift(held, by=None, at=AT + HOUR) == 5
        assert states() == {"pending": 31}
        assert breaker.go_on(held, by=None, at=AT + HOUR) == 30
        drain(AT + HOUR)
        assert len(set(server.accepted)) == 30
    assert Suppression.objects.count() == 0
    assert person.occurrence is None
    # A reminder without a line of the plan is none; all others have arrived.
    assert states() == {"sent": 30, "skipped": 1}


@pytest.mark.django_db
def test_going_on_sends_the_rest_and_asks_again_after_as_many_more(settings: Settings) -> None:
    wave(30)
    with Talker() as server:
        settings.EMAIL_PORT = server.port
        server.reply = GONE
        drain(AT)
        breaker.go_on(RefusedMailing.objects.get(), by=None, at=AT)
        drain(AT)
        assert states() == {"suppressed": 10, "pending": 20}
        breaker.go_on(RefusedMailing.objects.get(), by=None, at=AT)
        server.reply = None
        drain(AT)
    assert states() == {"suppressed": 10, "sent": 20}


@pytest.mark.django_db
def test_going_on_sends_again_what_was_refused_by_our_fault(settings: Settings) -> None:
    wave(9)
    with Talker() as server:
        settings.EMAIL_PORT = server.port
        server.reply = SPAM
        drain(AT)
        assert states() == {"failed": 5, "pending": 4}
        server.reply = None
        breaker.go_on(RefusedMailing.objects.get(), by=None, at=AT)
        drain(AT)
    assert states() == {"sent": 9}
    assert Suppression.objects.count() == 0


@pytest.mark.django_db
def test_a_few_wrong_addresses_of_many_hold_nothing(settings: Settings) -> None:
    settings.ESCALE_REFUSALS_BEFORE_ASKING = 3
    wave(60)
    with Talker() as server:
        settings.EMAIL_PORT = server.port
        rows = list(Delivery.objects.order_by("pk").values_list("pk", flat=True))
        Delivery.objects.filter(pk__in=rows[50:]).update(next_at=AT + HOUR)
        drain(AT)
        server.reply = GONE
        Delivery.objects.filter(pk__in=rows[50:54]).update(next_at=AT)
        drain(AT)
        server.reply = None
        drain(AT + HOUR)
    assert states() == {"sent": 56, "suppressed": 4}
    assert list(RefusedMailing.objects.values_list("count", "held_at")) == [(4, None)]


@pytest.mark.django_db
def test_another_mailing_leaves_while_one_is_held(settings: Settings) -> None:
    wave(6)
    with Talker() as server:
        settings.EMAIL_PORT = server.port
        server.reply = GONE
        drain(AT)
        server.reply = None
        wave(3)
        drain(AT)
        assert len(server.accepted) == 3
    assert states() == {"suppressed": 5, "pending": 1, "sent": 3}


@pytest.mark.django_db
def test_a_held_mail_that_comes_too_late_says_so(settings: Settings) -> None:
    wave(7)
    Delivery.objects.update(not_after=AT + HOUR)
    with Talker() as server:
        settings.EMAIL_PORT = server.port
        server.reply = GONE
        drain(AT)
        drain(AT + 2 * HOUR)
    assert states() == {"suppressed": 5, "skipped": 2}


@pytest.mark.django_db
def test_what_a_worker_had_taken_is_kept_back_by_the_ledger(settings: Settings) -> None:
    wave(6)
    batch, rows = leases.claim(worker="slow", limit=6, clock=AT)
    assert batch is not None
    settings.ESCALE_REFUSALS_BEFORE_ASKING = 1
    refused = Outcome(state=Delivery.State.SUPPRESSED, code=550, error="550 5.1.1 no", refusal="no_mailbox")
    breaker.note(rows[0], refused, at=AT)
    turn = leases.advance(batch, settled=None, reserve=rows[1], clock=AT)
    assert turn is leases.Turn.PASS
    assert Delivery.objects.values_list("state", "next_at").get(pk=rows[1].pk) == (
        "pending",
        AT + breaker.LOOK_AGAIN,
    )


@pytest.mark.service
@pytest.mark.django_db(transaction=True)
def test_several_workers_count_together() -> None:
    wave(4)
    rows = list(Delivery.objects.select_related("cycle_registration", "session"))
    refused = Outcome(state=Delivery.State.SUPPRESSED, code=550, error="550 5.1.1 no", refusal="no_mailbox")

    def work(row: Delivery) -> None:
        try:
            for _time in range(5):
                breaker.note(row, refused, at=AT)
        finally:
            connection.close()

    workers = [threading.Thread(target=work, args=(row,)) for row in rows]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert RefusedMailing.objects.get().count == 20


@pytest.mark.django_db
def test_lifting_what_a_mailing_stopped_writes_to_nobody_who_complained(settings: Settings) -> None:
    wave(6)
    with Talker() as server:
        settings.EMAIL_PORT = server.port
        server.reply = GONE
        drain(AT)
    held = RefusedMailing.objects.get()
    address = Delivery.objects.filter(state="suppressed").earliest("pk").to_address
    # A provider's report about an earlier mail comes a little later.
    ledger.suppress(address, reason=Suppression.Reason.COMPLAINT, at=AT + HOUR)
    assert (breaker.stopped_by(held.mailing), breaker.lift(held, by=None, at=AT + HOUR)) == (4, 4)
    assert list(Suppression.objects.values_list("reason", "mailing")) == [("complaint", "")]
    assert ledger.is_suppressed(address)
