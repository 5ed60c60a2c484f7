"""The desk's page of a run: it is called a run, and who waits for a place in it waits at each half-day ahead."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING

import pytest
import time_machine

from cycles.models import Cycle, Membership, Module
from registrations.models import State
from tests import make

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test import Client

pytestmark = pytest.mark.django_db

AT = make.paris(2026, 11, 23, 9)
SPACES = re.compile(r"\s+")


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def run() -> Cycle:
    return make.run(slug="lire", programme=make.programme(), capacity=3)


@pytest.fixture
def claire(client: Client, run: Cycle) -> Client:
    client.force_login(make.membership(programme=run.programme, role=Membership.Role.ORGANISER).user)
    return client


def main(client: Client, path: str = "cycles/lire/") -> str:
    response = client.get(f"/en/desk/{path}")
    assert response.status_code == 200
    words = re.sub(r"<[^>]+>", " ", response.content.decode().partition("<main")[2].partition("</main>")[0])
    return SPACES.sub(" ", words)


@pytest.mark.parametrize("status", ["draft", "published", "archived"])
@pytest.mark.parametrize("day", [None, dt.date(2026, 10, 6), dt.date(2026, 12, 21)])
def test_a_run_is_not_called_a_cycle(claire: Client, run: Cycle, status: str, day: dt.date | None) -> None:
    run.status = status
    run.save(update_fields=["status"])
    if day is not None:
        make.half_days(run, day=day)
    words = main(claire)
    aside = words.partition("Next step")[2]
    assert ("This run" in aside, re.findall(r"\b[Cc]ycle\b", aside)) == (True, [])


def test_who_waits_for_the_run_is_counted_at_each_half_day_ahead(claire: Client, run: Cycle) -> None:
    make.half_days(run, day=dt.date(2026, 11, 20))
    ahead = make.session(cycle=run, number=3, starts_at=make.paris(2026, 12, 21))
    for state in (State.CONFIRMED, State.WAITLISTED, State.WAITLISTED):
        row = make.cycle_registration(
            cycle=run, state=state, queued_at=AT if state == State.WAITLISTED else None
        )
        if state == State.CONFIRMED:
            make.registration(session=ahead, participant=row.participant, cycle_registration=row)
    words = main(claire)
    # Its card, and its place in the line: not the half-days that are over.
    assert words.count("1 person registered · 2 waiting") == 2
    assert words.count("2 waiting") == 2
    assert "1 person registered · 2 waiting" in main(claire, "")


def test_what_is_wrong_with_a_half_day_stands_at_the_top(claire: Client, run: Cycle) -> None:
    assert run.module is not None
    Module.objects.filter(pk=run.module.pk).update(programme=run.programme)
    data = {"day-TOTAL_FORMS": "2", "day-INITIAL_FORMS": "1", "registration_mode": "open"}
    data |= {"day-0-date": "2027-03-01", "day-0-modality": "on_site", "day-1-modality": "on_site"}
    data |= {"day-1-date": "2027-03-02", "day-1-starts": "09:00"}
    response = claire.post(f"/en/desk/modules/{run.module.slug}/runs/new/", data)
    assert response.status_code == 422
    summary = response.content.decode().partition('id="errors"')[2].partition("</div>")[0]
    assert '<a href="#id_day-1-ends">Half-day 2 · To</a> Give both hours' in summary


def test_what_is_wrong_with_added_half_days_stands_at_the_top(claire: Client, run: Cycle) -> None:
    rows = {"day-TOTAL_FORMS": "1", "day-INITIAL_FORMS": "0"}
    typed = {
        "day-0-date": "2026-12-21",
        "day-0-starts": "12:00",
        "day-0-ends": "09:00",
        "day-0-modality": "online",
    }
    address = "/en/desk/cycles/lire/half-days/"
    for sent, link, words in (
        (rows, "#id_day-0-date", "Give the date and the hours of one half-day at least."),
        ({**rows, **typed}, "#id_day-0-ends", "A half-day ends after it starts: check the hours."),
    ):
        answer = claire.post(address, sent)
        page = answer.content.decode()
        summary = page.partition('id="errors"')[2].partition("</div>")[0]
        assert (answer.status_code, f'href="{link}"' in summary, words in summary) == (422, True, True)
        assert f'id="{link[1:]}"' in page
    assert not run.sessions.exists()
