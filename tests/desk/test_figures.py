"""Each page of the desk asks as many questions of the database for thousands as for one: the numbers, literally."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from cycles.models import Membership
from notifications.plan import defaults, planner
from tests import make

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test import Client

    from cycles.models import Cycle

pytestmark = [pytest.mark.django_db, pytest.mark.thorough]

NOW = make.paris(2026, 11, 20, 9)
OF_CYCLE = {
    "cycle-detail": 11,
    "cycle-plan": 9,
    "cycle-move": 6,
    "cycle-cancel": 11,
    "cycle-delete": 6,
    "registrants": 11,
    "registrants-decide": 9,
    "group-message-new": 17,
    "deliveries": 14,
    "stopped": 5,
    "reminders": 31,
    "messages": 7,
    "registration": 10,
    "calendars": 10,
    "cycle-report": 16,
}
OF_SESSION = {
    "session-edit": 11,
    "session-move": 4,
    "session-cancel": 13,
    "session-report": 11,
    "attendance": 11,
    "session-after": 22,
}


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def cycle() -> Cycle:
    cycle = make.cycle(slug="tour", programme=make.programme())
    defaults.default_steps(cycle)
    return cycle


# As many sessions as SQLite takes in one statement, which is of 999 values at most.
@pytest.mark.parametrize(("ahead", "people"), [(1, 1), (3, 3), (80, 3), (1, 5000)])
def test_every_page_counts_its_queries(client: Client, cycle: Cycle, ahead: int, people: int) -> None:
    """One session was held yesterday, `ahead` are to come; everybody is registered for all of them."""
    client.force_login(make.membership(programme=cycle.programme, role=Membership.Role.ORGANISER).user)
    for number in range(1, ahead + 2):
        start = make.paris(2026, 11, 19) + dt.timedelta(days=7 * (number - 1))
        session = make.session(cycle=cycle, slug=f"escale-{number:02d}", number=number, starts_at=start)
        planner.replan(session)
    make.crowd(cycle, people)
    asked = {}
    with translation.override("en"):
        addresses = {"home": reverse("desk:home")}
        addresses |= {name: reverse(f"desk:{name}", args=["tour"]) for name in OF_CYCLE}
        addresses |= {name: reverse(f"desk:{name}", args=["tour", "escale-01"]) for name in OF_SESSION}
    for name, address in addresses.items():
        client.get(address)
        with CaptureQueriesContext(connection) as queries:
            response = client.get(address)
        assert response.status_code == 200, name
        asked[name] = len(queries)
    assert asked == {"home": 29, **OF_CYCLE, **OF_SESSION}
