"""The page of the site's state: spans in words, also when they are shorter than a minute."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone
from django.utils.translation import override

from desk.status import facts
from notifications.delivery import ledger
from notifications.models import Delivery, Heartbeat
from tests import make

pytestmark = pytest.mark.django_db


def said(at: dt.datetime, *names: str) -> list[str]:
    with override("en"):
        return [fact.words for fact in facts.facts(at=at) if fact.name in names]


def test_what_was_less_than_a_minute_ago_was_just_now() -> None:
    at = timezone.now()
    first, second = make.registration(), make.registration(participant=make.participant())
    make.delivery(first, next_at=at)
    make.delivery(second, state=Delivery.State.SENT, sent_at=at)
    Heartbeat.objects.create(name="tick", at=at)
    names = ("Worker", "Emails that are due", "Last email sent")
    assert said(at + dt.timedelta(seconds=59), *names) == ["seen just now", "1, due just now", "just now"]
    assert said(at + dt.timedelta(seconds=60), *names) == [
        "last seen 1\u00a0minute ago",
        "1, the oldest for 1\u00a0minute",
        "1\u00a0minute ago",
    ]


def test_a_clock_that_differs_by_less_than_a_minute_is_told_of_in_seconds() -> None:
    """The database's clock goes on while the page is made: what is asserted holds for a while."""
    (words,) = said(ledger.database_time() + dt.timedelta(seconds=59), "Clock")
    assert words.endswith(" seconds: set both by NTP")
    (words,) = said(ledger.database_time() + dt.timedelta(seconds=119), "Clock")
    assert words == "differs from the database's by 1\u00a0minute: set both by NTP"
