"""Whoever is registered and lost the link is led to it from where they look for it."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
import time_machine

from cycles.models import Cycle
from cycles.site.page_cache import snapshots
from tests import make

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db
START = make.paris(2026, 10, 22)
MINUTE = dt.timedelta(minutes=1)
FIND = 'href="/en/link/"'


def main_of(client: Client, path: str, *, at: dt.datetime) -> str:
    snapshots.store.clear()
    with time_machine.travel(at, tick=False):
        page = client.get(path).content.decode()
    return page.partition("<main")[2].partition("</main>")[0]


@pytest.mark.parametrize(
    ("minutes", "mode", "is_led"),
    [
        (-60, Cycle.RegistrationMode.OPEN, False),
        (-60, Cycle.RegistrationMode.CLOSED, True),
        (10, Cycle.RegistrationMode.OPEN, True),
        (10, Cycle.RegistrationMode.CLOSED, True),
        (600, Cycle.RegistrationMode.OPEN, False),
    ],
)
def test_the_page_of_a_session_in_progress_or_closed(
    client: Client, minutes: int, mode: str, *, is_led: bool
) -> None:
    session = make.session(cycle=make.cycle(registration_mode=mode), starts_at=START)
    path = f"/en/cycles/{session.cycle.slug}/{session.slug}/"
    assert (FIND in main_of(client, path, at=START + minutes * MINUTE)) is is_led


@pytest.mark.parametrize("mode", [Cycle.RegistrationMode.OPEN, Cycle.RegistrationMode.CLOSED])
def test_the_form_open_and_closed(client: Client, mode: str) -> None:
    session = make.session(cycle=make.cycle(registration_mode=mode), starts_at=START)
    assert FIND in main_of(client, f"/en/register/{session.cycle.slug}/", at=START - 60 * MINUTE)
