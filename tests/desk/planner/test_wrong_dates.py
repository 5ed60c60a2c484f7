"""What is wrong with single dates is told at the top of the plan, where an organiser looks after the button."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from cycles.models import Membership
from tests import make

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db


def test_a_wrong_date_is_named_at_the_top(client: Client) -> None:
    cycle = make.cycle(slug="tour", programme=make.programme())
    client.force_login(make.membership(programme=cycle.programme, role=Membership.Role.ORGANISER).user)
    form = client.get("/en/desk/cycles/tour/plan/").context["form"]
    data = {field.name: field.value() for field in form if field.value() is not None}
    data |= {"first_date": "2030-01-01", "last_date": "2030-02-28", "date": ["2030-01-17", "2030-02-21"]}
    data |= {"20300117-choice": "skip", "20300221-choice": "move"}
    response = client.post("/en/desk/cycles/tour/plan/create/", data)
    assert response.status_code == 422
    content = response.content.decode()
    summary = content.partition('id="errors"')[2].partition("</div>")[0]
    told = re.findall(r'<li><a href="#([^"]+)">([^<]+)</a> ([^<]+)</li>', summary)
    assert told == [
        (
            "id_20300117-reason_fr",
            "Thursday 17 January 2030 · Reason in French",
            "Say why this date is left out: the page of the cycle shows it.",
        ),
        ("id_20300221-to", "Thursday 21 February 2030 · Other day", "On which other day?"),
    ]
    assert all(f'id="{address}"' in content for address, _label, _error in told)
