"""Events and questions between apps: inside the transaction, each kind by itself, all of it or nothing."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, dataclass

import pytest
from django.db import transaction
from django.db.transaction import TransactionManagementError

from accounts.events import Event, receives
from accounts.questions import Question
from cycles import events as cycles_events
from registrations import events as registrations_events
from tests import make


@dataclass(frozen=True, kw_only=True)
class Opened(Event):
    number: int


@dataclass(frozen=True, kw_only=True)
class Closed(Event):
    number: int


@pytest.fixture(autouse=True)
def _no_receivers() -> None:
    Opened.receivers.clear()
    Closed.receivers.clear()


@pytest.mark.django_db
@pytest.mark.parametrize("count", [0, 1, 3])
def test_each_receiver_of_a_kind_gets_it_in_order(count: int) -> None:
    heard: list[tuple[int, int]] = []
    for place in range(count):
        receives(Opened)(lambda event, place=place: heard.append((place, event.number)))  # type: ignore[misc]
    Opened(number=7).send()
    Closed(number=8).send()
    assert heard == [(place, 7) for place in range(count)]


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_nothing_is_told() -> None:
    heard: list[Event] = []
    receives(Opened)(heard.append)
    with pytest.raises(TransactionManagementError, match="Opened is sent outside the transaction"):
        Opened(number=7).send()
    assert heard == []


@pytest.mark.django_db(transaction=True)
def test_what_receivers_wrote_goes_with_the_change() -> None:
    receives(Opened)(lambda event: make.programme(slug=f"p{event.number}"))  # type: ignore[arg-type]

    class Crash(Exception):  # noqa: N818 - reads as what happens
        pass

    @receives(Opened)
    def fail(_event: Opened) -> None:
        raise Crash

    @transaction.atomic
    def change() -> None:
        make.programme(slug="change")
        Opened(number=7).send()

    before = make.programme()
    with pytest.raises(Crash):
        change()
    assert list(type(before).objects.all()) == [before]


def test_an_event_says_what_happened_and_cannot_be_changed() -> None:
    kinds = [
        kind
        for module in (cycles_events, registrations_events)
        for kind in vars(module).values()
        if isinstance(kind, type) and issubclass(kind, Event) and kind is not Event
    ]
    assert len(kinds) == 17
    # A kind that nobody hears is not sent.
    assert [kind.__name__ for kind in kinds if not kind.receivers] == []
    assert [kind.__name__ for kind in kinds if not kind.__dataclass_params__.frozen] == []  # type: ignore[attr-defined]
    event = Opened(number=7)
    with pytest.raises(FrozenInstanceError):
        event.number = 8  # type: ignore[misc]


@pytest.mark.parametrize("count", [0, 1, 3])
def test_a_question_gets_every_answer_in_order(count: int) -> None:
    question: Question[[int], str] = Question()
    for place in range(count):
        question.answer(lambda number, place=place: f"{place}: {number}")  # type: ignore[misc]
    assert question.ask(7) == [f"{place}: 7" for place in range(count)]
