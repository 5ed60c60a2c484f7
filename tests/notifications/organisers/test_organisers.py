"""Mail to organisers: requests, mails in trouble, a room that is missing, the week; each once, each switched off."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.core import mail

from cycles.models import Cycle, Membership
from notifications.delivery.run import sending
from notifications.models import Delivery, OrganiserStop
from notifications.organisers import owing, told
from tests import make
from tests.make import paris

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test import Client

    from accounts.models import User
    from cycles.models import Session

pytestmark = pytest.mark.django_db
# A Monday.
NOW = paris(2026, 11, 16, 8, 30)
PAGE = "/en/desk/mail/mine/"


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def claire() -> User:
    return make.user(email="claire@example.org", language="en")


@pytest.fixture
def cycle(claire: User) -> Cycle:
    cycle = make.cycle(slug="tour", programme=make.programme())
    make.membership(programme=cycle.programme, user=claire)
    return cycle


def leaving(at: dt.datetime = NOW) -> list[tuple[str, str]]:
    """Owe and send what organisers get at a moment; return each address and subject."""
    mail.outbox.clear()
    owing.owe_due(at=at)
    sending.drain(clock=at)
    return sorted((message.to[0], str(message.subject)) for message in mail.outbox)


def ask(cycle: Cycle, *, at: dt.datetime) -> None:
    make.cycle_registration(cycle=cycle, state="in_review", requested_at=at, queued_at=at)


def test_new_requests_are_told_once_a_day_in_the_morning(cycle: Cycle) -> None:
    tuesday = paris(2026, 11, 17, 8)
    ask(cycle, at=paris(2026, 11, 10))
    assert leaving(tuesday) == []
    for hour in (10, 15, 20):
        ask(cycle, at=paris(2026, 11, 16, hour))
    assert leaving(tuesday - dt.timedelta(minutes=1)) == []
    assert leaving(tuesday) == [("claire@example.org", "3 new requests wait for your answer")]
    body = str(mail.outbox[0].body)
    assert "The tour in 12 stages: 4 wait, 3 of them new" in body
    assert "/en/desk/cycles/tour/registrants/?state=in_review" in body
    assert "/en/desk/mail/mine/" in body
    assert leaving(tuesday + dt.timedelta(hours=3)) == []
    # Still waiting, but nothing new.
    assert leaving(tuesday + dt.timedelta(days=2)) == []


def test_mails_in_trouble_are_told_at_any_hour_once_a_day(cycle: Cycle) -> None:
    night = paris(2026, 11, 17, 3)
    row = make.registration(session=make.session(cycle=cycle, starts_at=paris(2027, 3, 18)))
    make.delivery(row, state="failed", created_at=night - dt.timedelta(hours=1))
    make.delivery(row, state="sent", created_at=night)
    make.delivery(row, state="failed", created_at=night - dt.timedelta(days=3))
    assert leaving(night) == [("claire@example.org", "Some emails did not arrive, or wait for your decision")]
    body = str(mail.outbox[0].body)
    assert "The tour in 12 stages: 1 email was refused or may not have arrived." in body
    assert leaving(night + dt.timedelta(hours=2)) == []


def test_a_room_that_is_missing_is_told_the_day_before(cycle: Cycle) -> None:
    missing = make.session(cycle=cycle, slug="escale-02", number=2, starts_at=paris(2026, 11, 18, 18))
    make.session(cycle=cycle, starts_at=paris(2026, 11, 18, 9), room_url="https://meet.example.org/a")
    make.session(cycle=cycle, starts_at=paris(2026, 11, 19, 9))
    assert [subject for _to, subject in leaving(paris(2026, 11, 17, 8))] == [
        "1 session of tomorrow has no room yet"
    ]
    assert "/en/desk/cycles/tour/sessions/escale-02/" in str(mail.outbox[0].body)
    missing.room_url = "https://meet.example.org/b"
    missing.save()
    Delivery.objects.all().delete()
    assert leaving(paris(2026, 11, 17, 9)) == []


def daily(cycle: Cycle, **fields: Any) -> Session:
    fields = {"number": 1, "starts_at": paris(2026, 11, 18, 0), "ends_at": paris(2026, 11, 19, 0)} | fields
    return make.session(cycle=cycle, is_all_day=True, **fields)


def test_a_day_without_an_article_is_told_the_day_before(cycle: Cycle) -> None:
    days = make.cycle(slug="gestes", kind=Cycle.Kind.DAILY, programme=cycle.programme)
    missing = daily(days, slug="geste-1")
    daily(days, number=2, article_url="https://carnet.example.org/a")
    daily(days, number=3, room_url="https://meet.example.org/a")
    daily(days, number=4, modality="on_site", place={"en": "Quay"})
    before = paris(2026, 11, 17, 8)
    assert [subject for _to, subject in leaving(before)] == ["1 day, tomorrow, has no article yet"]
    body = str(mail.outbox[0].body)
    assert "/en/desk/cycles/gestes/sessions/geste-1/" in body
    assert "Without an article, the email of the day does not leave." in body
    assert "nobody can join" not in body
    Delivery.objects.all().delete()
    make.session(cycle=cycle, slug="escale-02", number=2, starts_at=paris(2026, 11, 18, 18))
    assert [subject for _to, subject in leaving(before)] == ["What is missing for tomorrow"]
    body = str(mail.outbox[0].body)
    assert [body.count(words) for words in ("· no article yet", "· no room yet", "nobody can join")] == [
        1
    ] * 3
    missing.article = {"en": "To read"}
    missing.save()
    Delivery.objects.all().delete()
    assert [subject for _to, subject in leaving(before)] == ["1 session of tomorrow has no room yet"]


def test_the_week_says_which_days_have_no_article(cycle: Cycle) -> None:
    days = make.cycle(slug="gestes", kind=Cycle.Kind.DAILY, programme=cycle.programme)
    daily(days)
    daily(days, number=2, article={"en": "To read"})
    assert leaving() == [("claire@example.org", "Your week")]
    (message,) = mail.outbox
    assert isinstance(message, mail.EmailMultiAlternatives)
    parts = (str(message.body), str(message.alternatives[0][0]))
    assert [part.count("no article yet") for part in parts] == [1, 1]


def test_the_week_is_told_on_mondays_when_it_holds_something(cycle: Cycle) -> None:
    assert leaving() == []
    session = make.session(cycle=cycle, number=2, room_url="https://meet.example.org/a")
    make.session(cycle=cycle, starts_at=paris(2026, 12, 17))
    for state in ("confirmed", "confirmed", "waitlisted"):
        make.registration(session=session, state=state)
    assert leaving(NOW + dt.timedelta(days=1)) == []
    assert leaving() == [("claire@example.org", "Your week")]
    body = str(mail.outbox[0].body)
    assert "2 people have a place, 1 waits" in body
    assert "Thursday 19 November 2026" in body
    assert body.count("people have a place") == 1


def test_the_week_counts_who_waits_for_a_whole_run_at_each_of_its_half_days(cycle: Cycle) -> None:
    run = make.run(programme=cycle.programme, capacity=1)
    days = make.half_days(run, day=(NOW + dt.timedelta(days=3)).date())
    for session in days:
        make.registration(session=session)
    for _ in range(2):
        make.cycle_registration(cycle=run, state="waitlisted", queued_at=NOW)
    make.cycle_registration(cycle=cycle, state="waitlisted", queued_at=NOW)
    assert leaving() == [("claire@example.org", "Your week")]
    body = str(mail.outbox[0].body)
    assert body.count("1 person has a place, 2 wait") == 2
    assert "because you are one of the organisers" in body


def test_each_is_for_those_who_plan_and_can_be_switched_off(
    client: Client, cycle: Cycle, claire: User
) -> None:
    paul = make.user(email="paul@example.org", language="en")
    make.membership(programme=cycle.programme, user=paul, role=Membership.Role.OWNER)
    make.membership(programme=cycle.programme, role=Membership.Role.READER)
    make.membership()
    ask(cycle, at=NOW - dt.timedelta(hours=1))
    client.force_login(claire)
    form = client.get(PAGE).context["form"]
    assert {name: form.initial[name] for name in form.fields} == dict.fromkeys(told.kinds(), True)
    client.post(PAGE, dict.fromkeys(["organiser_trouble", "organiser_room", "organiser_week"], "on"))
    assert list(OrganiserStop.objects.values_list("user", "kind")) == [(claire.pk, "organiser_requests")]
    assert client.get(PAGE).context["form"].initial["organiser_requests"] is False
    assert leaving() == [
        ("claire@example.org", "Your week"),
        ("paul@example.org", "1 new request waits for your answer"),
        ("paul@example.org", "Your week"),
    ]
    client.post(PAGE, dict.fromkeys(told.kinds(), "on"))
    assert not OrganiserStop.objects.exists()
