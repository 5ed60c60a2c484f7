"""Cancelling all that is left of a cycle: confirmed by its title, one mail a person, taken back by one button."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.core import mail

from accounts.models import AuditEntry
from cycles.models import Cycle, Membership, Session
from cycles.schedule import planning
from notifications.delivery.run import sending
from tests import make

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test import Client

pytestmark = pytest.mark.django_db

AT = make.paris(2026, 11, 23, 9)
PAGE = "/en/desk/cycles/tour/cancel/"
CYCLE = "/en/desk/cycles/tour/"
TYPED = {"reason_fr": "Grève générale", "reason_en": "", "title": "  the TOUR in 12   stages "}


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def cycle() -> Cycle:
    cycle = make.cycle(slug="tour", programme=make.programme())
    for number, start in enumerate(
        (make.paris(2026, 11, 19), make.paris(2026, 12, 17), make.paris(2027, 1, 21)), start=1
    ):
        make.session(cycle=cycle, slug=f"escale-{number:02d}", number=number, starts_at=start)
    return cycle


@pytest.fixture
def claire(client: Client, cycle: Cycle) -> Client:
    client.force_login(make.membership(programme=cycle.programme, role=Membership.Role.ORGANISER).user)
    AuditEntry.objects.all().delete()
    return client


def states(cycle: Cycle) -> list[str]:
    return list(Session.objects.filter(cycle=cycle).order_by("number").values_list("status", flat=True))


def said(response: Any) -> list[str]:
    return [str(message) for message in response.context["messages"]]


def run(at: dt.datetime) -> None:
    sending.tick(clock=at)
    sending.drain(clock=at)


def test_what_is_left_is_cancelled_and_told_in_one_mail(claire: Client, cycle: Cycle) -> None:
    person = make.participant(language="fr")
    for session in cycle.sessions.all():
        make.registration(session=session, participant=person)
    page = claire.get(PAGE)
    assert [session.slug for session in page.context["sessions"]] == ["escale-02", "escale-03"]
    assert "1 person is told" in page.content.decode()
    done = claire.post(PAGE, TYPED, follow=True)
    assert said(done) == [
        "2 sessions were cancelled. 1 person is told by email at 09:10; until then it can be stopped."
    ]
    assert states(cycle) == ["confirmed", "cancelled", "cancelled"]
    assert "2 dates were changed a moment ago" in done.content.decode()
    run(AT + dt.timedelta(minutes=11))
    # The first stop was held: what follows it is another matter.
    (letter,) = (letter for letter in mail.outbox if "annulées" in letter.subject)
    assert letter.subject == "2 dates annulées\u202f: Le tour en 12 étapes"
    assert "Grève générale" in letter.body
    assert list(AuditEntry.objects.order_by("pk").values_list("verb", flat=True)) == [
        "session.cancel",
        "session.cancel",
        "cycle.cancel",
    ]


def test_one_button_takes_it_back_and_nobody_hears_of_it(claire: Client, cycle: Cycle) -> None:
    make.registration(session=cycle.sessions.get(number=2))
    claire.post(PAGE, TYPED)
    with time_machine.travel(AT + dt.timedelta(minutes=9), tick=False):
        done = claire.post(f"{CYCLE}undo/", follow=True)
    assert said(done)[1:] == ["Undone: everything is as it was before. Nobody is told by email."]
    assert states(cycle) == ["confirmed"] * 3
    # Nothing is left to undo, and above all not the undoing.
    assert done.context["undoable"] == 0
    claire.post(f"{CYCLE}undo/")
    assert states(cycle) == ["confirmed"] * 3
    run(AT + dt.timedelta(minutes=30))
    assert mail.outbox == []


def test_after_the_grace_it_cannot_be_taken_back_at_once(claire: Client, cycle: Cycle) -> None:
    claire.post(PAGE, TYPED)
    with time_machine.travel(AT + dt.timedelta(minutes=11), tick=False):
        done = claire.post(f"{CYCLE}undo/", follow=True)
    assert said(done)[1:] == ["It is too late to undo: make the change that you want instead."]
    assert states(cycle) == ["confirmed", "cancelled", "cancelled"]


def test_several_moves_are_taken_back_together(claire: Client, cycle: Cycle) -> None:
    later = list(cycle.sessions.filter(number__gt=1).order_by("number"))
    before = [session.starts_at for session in later]
    for session in later:
        assert session.starts_at is not None
        planning.move(session, to=session.starts_at + dt.timedelta(days=7), by=None, at=AT)
    claire.post(f"{CYCLE}undo/")
    assert (
        list(cycle.sessions.filter(number__gt=1).order_by("number").values_list("starts_at", flat=True))
        == before
    )


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"title": "The tour"}, "This is not the title"),
        ({"title": ""}, "This is not the title"),
        ({"reason_fr": ""}, "Say why the cycle is cancelled"),
        ({"reason_fr": "x" * 5000}, "5000"),
    ],
)
def test_nothing_is_cancelled_by_mistake(
    claire: Client, cycle: Cycle, fields: dict[str, str], error: str
) -> None:
    answer = claire.post(PAGE, {**TYPED, **fields})
    assert (answer.status_code, error in answer.content.decode()) == (422, True)
    assert states(cycle) == ["confirmed"] * 3


def test_the_french_title_confirms_too_and_nothing_left_is_said(claire: Client, cycle: Cycle) -> None:
    claire.post(PAGE, {**TYPED, "title": "Le tour en 12 étapes"})
    assert states(cycle) == ["confirmed", "cancelled", "cancelled"]
    assert "Nothing is left to cancel" in claire.get(PAGE).content.decode()
    assert claire.post(PAGE, TYPED).status_code == 422
