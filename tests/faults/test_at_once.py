"""Two beats and eight workers by mistake or by design, all at the same instant, on PostgreSQL's own locks."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core import mail
from django.db import connection

from notifications.delivery import ledger
from notifications.delivery.run import sending
from notifications.models import Batch, Delivery, Heartbeat, Occurrence, ReminderStep
from notifications.plan import defaults, planner
from tests import make
from tests.make import paris

pytestmark = [pytest.mark.service, pytest.mark.django_db(transaction=True)]
DUE = paris(2026, 11, 19, 12)
PEOPLE = 60
BEATS, WORKERS = 2, 8


def test_two_beats_and_eight_ticks_at_once_send_each_mail_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planner, "CHUNK", 7)
    session = make.session()
    defaults.default_steps(session.cycle)
    ReminderStep.objects.exclude(code="h-1").delete()
    for _ in range(PEOPLE):
        make.registration(session=session)
    start = threading.Barrier(BEATS + WORKERS)

    def act(number: int) -> None:
        try:
            start.wait(timeout=60)
            for _ in range(3):
                # The session was never planned by hand: they all find that out at once, too.
                sending.tick(clock=DUE)
                if number >= BEATS:
                    sending.drain(clock=DUE, limit=5)
        finally:
            connection.close()

    with ThreadPoolExecutor(BEATS + WORKERS) as pool:
        list(pool.map(act, range(BEATS + WORKERS)))
    sending.drain(clock=DUE)

    rows = list(Delivery.objects.values_list("key", "state", "attempts", "doubts"))
    assert [row[1:] for row in rows] == [("sent", 1, 0)] * PEOPLE
    numbers = sorted(str(message.extra_headers["Message-ID"]) for message in mail.outbox)
    assert numbers == sorted(ledger.message_id(key) for key, *_rest in rows)
    assert Occurrence.objects.count() == 1
    assert Heartbeat.objects.filter(name=sending.TICK).count() == 1
    assert not Batch.objects.exists()
