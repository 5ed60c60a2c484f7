"""Who cancelled reads, before they press, what coming back would be: a place, a place in a queue, or a request."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
import time_machine

from registrations import booking
from tests.make import AT
from tests.registrations.pages.test_my_registrations import join, path, press, registered

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test import Client

    from registrations.models import CycleRegistration

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with time_machine.travel(AT, tick=False):
        yield


def buttons(client: Client, registration: CycleRegistration) -> list[str]:
    """What the buttons of the cycle and of its dates are called, without the hidden rest of each."""
    page = re.sub(
        r'<span class="visually-hidden">.*?</span>', "", client.get(path(registration)).content.decode()
    )
    start = page.index('<section class="stack" aria-labelledby="cycle-')
    return re.findall(r'<button[^>]*type="submit">([^<]+)</button>', page[start : page.index("<aside")])


WAIT = "Entrer en liste d’attente"


def test_who_comes_back_to_a_full_cycle_reads_that_they_wait(client: Client) -> None:
    mine = registered(2)
    mine.cycle.capacity = 1
    mine.cycle.save(update_fields=["capacity"])
    assert press(client, mine, "my-cancel-all", mine.pk).startswith("Toutes vos places aux dates à venir")
    assert buttons(client, mine) == [
        "Reprendre ma place",
        "Reprendre ma place",
        "M’inscrire de nouveau, comme avant",
    ]
    assert "Il n’y a plus de place" not in client.get(path(mine)).content.decode()
    join(mine.cycle, "zoe@example.org")
    assert buttons(client, mine) == [WAIT, WAIT, f"{WAIT} pour les mêmes dates"]
    assert "Il n’y a plus de place\u202f: si vous revenez" in client.get(path(mine)).content.decode()
    # Twice, as a finger does: the second time says the same.
    first = mine.cycle.sessions.order_by("pk")[0]
    answers = [press(client, mine, "my-take", mine.pk, first.pk) for _ in range(2)]
    assert (
        answers
        == ["Toutes les places sont prises\u202f: vous êtes sur la liste d’attente, dans l’ordre d’arrivée."]
        * 2
    )
    assert press(client, mine, "my-take-all", mine.pk) == answers[0]
    # The date that is waited for is not said to be cancelled; the other one was given back, and stays so.
    page = client.get(path(mine)).content.decode()
    lines = [
        words
        for words in ("Vous n’avez pas encore de place", "Vous n’êtes plus inscrit·e")
        for _ in re.findall(words, page)
    ]
    assert lines == ["Vous n’avez pas encore de place", "Vous n’êtes plus inscrit·e"]


def test_who_comes_back_to_full_dates_reads_that_they_wait(client: Client) -> None:
    mine = registered(2, capacity=1)
    press(client, mine, "my-cancel-all", mine.pk)
    zoe = join(mine.cycle, "zoe@example.org")
    assert buttons(client, mine) == [WAIT, WAIT, f"{WAIT} pour les mêmes dates"]
    booking.cancel(zoe.registrations.order_by("pk")[0], at=AT)
    assert buttons(client, mine) == ["Reprendre ma place", WAIT, "M’inscrire de nouveau, comme avant"]


def test_who_withdrew_a_request_reads_that_they_ask_again(client: Client) -> None:
    mine = registered(1, capacity=1)
    cycle = mine.cycle
    cycle.registration_mode = cycle.RegistrationMode.APPROVAL
    cycle.save(update_fields=["registration_mode"])
    zoe = join(cycle, "zoe@example.org")
    press(client, zoe, "my-cancel-all", zoe.pk)
    assert buttons(client, zoe) == ["Demander cette date", "Redemander une place aux mêmes dates"]
    assert press(client, zoe, "my-restore", zoe.pk) == (
        "L’équipe d’organisation répondra à votre demande par e-mail."
    )
