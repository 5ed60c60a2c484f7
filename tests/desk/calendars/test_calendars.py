"""The page that says how a cycle's calendars are read."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING

import pytest
import time_machine

from cycles.calendars.readers import audience
from cycles.content import editing
from cycles.models import Membership
from tests import make

if TYPE_CHECKING:
    from django.test import Client
    from pytest_django import DjangoAssertNumQueries

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_readers_apart")]

PAGE = "/en/desk/cycles/tour/calendars/"


def rows(client: Client) -> list[list[str]]:
    """Return the cells of every table of the page, a list a row."""
    page = client.get(PAGE).content.decode()
    return [
        [re.sub(r"<[^>]+>", "", cell).strip() for cell in re.findall(r"<t[hd][^>]*>.*?</t[hd]>", row)]
        for row in re.findall(r"<tr>(.*?)</tr>", page, re.DOTALL)
        if "<td>" in row
    ]


def test_the_page_tells_who_read_and_who_has_seen_the_change(client: Client) -> None:
    programme = make.programme(slug="quais")
    with time_machine.travel(make.AT, tick=False) as clock:
        cycle = make.cycle(slug="tour", programme=programme)
        session = make.session(cycle=cycle)
        client.get("/fr/cycles/tour.ics", headers={"user-agent": "Google-Calendar-Importer"})
        clock.shift(dt.timedelta(hours=1))
        editing.edit(session, values={"title": {"en": "New"}}, by=None, at=make.AT + dt.timedelta(minutes=30))
        for feed in ("/fr/cycles/tour.ics", "/en/cycles/tour.ics", "/fr/programmes/quais.ics"):
            client.get(feed, headers={"user-agent": "Thunderbird/128"})
        audience.tell(at=make.AT)
        client.force_login(make.membership(programme=programme, role=Membership.Role.READER).user)
        assert rows(client) == [
            ["Thunderbird", "Thu 1 Oct 2026, 10:00", "about 2", "2", "seen"],
            ["Google Calendar", "Thu 1 Oct 2026, 09:00", "not known: it reads once for all", "1", "not yet"],
            ["Thunderbird", "Thu 1 Oct 2026, 10:00", "about 1", "1", "seen"],
        ]


def test_before_anyone_read(client: Client) -> None:
    cycle = make.cycle(slug="tour", programme=make.programme())
    client.force_login(make.membership(programme=cycle.programme).user)
    assert rows(client) == []
    assert client.get(PAGE).content.decode().count("No calendar program has read it yet.") == 4


def test_it_costs_the_same_whoever_reads(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    cycle = make.cycle(slug="tour", programme=make.programme())
    client.force_login(make.membership(programme=cycle.programme).user)
    for count in (1, 3):
        for number in range(count):
            client.get("/fr/cycles/tour.ics", headers={"user-agent": ("curl", "khal", "Evolution/3")[number]})
        audience.tell(at=make.AT)
        with django_assert_num_queries(10):
            client.get(PAGE)
