"""Rates of mail: never more than may leave, all workers together, and nothing lost of what waits."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
from django.core import mail

from notifications.delivery.run import leases, sending
from notifications.models import Delivery
from notifications.transport import throttle
from tests import make
from tests.make import AT

if TYPE_CHECKING:
    from pytest_django import Settings

pytestmark = pytest.mark.django_db
SECOND = dt.timedelta(seconds=1)


def owed(*domains: str) -> None:
    session = make.session()
    for domain in domains:
        row = make.registration(session=session)
        make.delivery(row, kind="registration_confirmed")
        Delivery.objects.filter(registration=row).update(domain=domain)


def left(seconds: float) -> int:
    """Drain until nothing is due at so many seconds after AT; return how many mails have left in all."""
    while sending.drain(clock=AT + dt.timedelta(seconds=seconds)):
        pass
    return len(mail.outbox)


@pytest.mark.parametrize(
    ("rate", "seconds"), [("1/s", 1.0), ("5/s", 0.2), ("120/min", 0.5), (" 3600/h ", 1.0), ("1/h", 3600.0)]
)
def test_a_rate_is_read(rate: str, seconds: float) -> None:
    assert throttle.interval(rate).total_seconds() == seconds


@pytest.mark.parametrize("rate", ["", "5", "0/s", "-1/s", "5/day", "1.5/s", "5 / s", "99999999/s"])
def test_what_is_no_rate_is_refused(rate: str) -> None:
    with pytest.raises(ValueError, match="no rate"):
        throttle.interval(rate)


def test_no_more_leave_than_the_rate_lets(settings: Settings) -> None:
    settings.ESCALE_MAIL_RATE = "2/s"
    owed(*["a.example"] * 9)
    # At first the mails of one second, then two a second.
    assert [left(second) for second in (0, 1, 2, 3, 4)] == [3, 5, 7, 9, 9]
    assert set(Delivery.objects.values_list("state", flat=True)) == {"sent"}


def test_a_domain_keeps_its_rate_and_the_others_do_not_wait(settings: Settings) -> None:
    settings.ESCALE_MAIL_RATE_PER_DOMAIN = {"slow.example": "1/min"}
    owed("slow.example", "fast.example", "slow.example", "fast.example", "slow.example", "fast.example")
    assert [left(second) for second in (0, 30, 61, 121)] == [4, 4, 5, 6]


def test_two_rates_are_both_kept(settings: Settings) -> None:
    settings.ESCALE_MAIL_RATE = "1/s"
    settings.ESCALE_MAIL_RATE_PER_DOMAIN = {"slow.example": "1/min"}
    owed(*["slow.example"] * 2, *["fast.example"] * 3)
    assert [left(second) for second in (0, 1, 2, 3, 58)][-1] == 4
    assert left(62) == 5


def test_workers_share_one_rate(settings: Settings) -> None:
    settings.ESCALE_MAIL_RATE = "1/s"
    owed(*["a.example"] * 6)
    taken = [leases.claim(worker=name, limit=2, clock=AT)[1] for name in ("a", "b", "c")]
    assert sum(len(rows) for rows in taken) == 2


def test_what_waits_has_its_turn_written_down(settings: Settings) -> None:
    settings.ESCALE_MAIL_RATE = "1/s"
    owed(*["a.example"] * 4)
    left(0)
    waiting = Delivery.objects.filter(state="pending").order_by("next_at")
    assert [row.next_at - AT for row in waiting] == [SECOND, 2 * SECOND]
    assert throttle.next_turn(at=AT) == AT + SECOND


def test_without_a_rate_nobody_waits_for_a_turn() -> None:
    owed("a.example")
    Delivery.objects.update(next_at=AT + SECOND)
    assert throttle.next_turn(at=AT) is None


def test_a_worker_waits_within_its_turn(settings: Settings) -> None:
    settings.ESCALE_MAIL_RATE = "20/s"
    owed(*["a.example"] * 24)
    assert sending.drain() == 24
    assert len(mail.outbox) == 24
