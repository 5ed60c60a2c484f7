"""The session that the editors open, and Claire who organises it."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
import time_machine

from cycles.models import (
    Membership,
    Segment,
    Session,
    Topic,
)
from tests import make
from tests.desk.content.editors.pages import NOW

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test import Client


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def session() -> Session:
    """Escale 2 with one item of its agenda, in a cycle that Claire organises."""
    programme = make.programme(slug="odd-17")
    cycle = make.cycle(slug="tour", programme=programme)
    session = make.session(cycle=cycle, slug="escale-02", number=2, planned_date=dt.date(2026, 11, 19))
    topic = Topic.objects.create(slug="richesses", name={"fr": "Richesses humaines"}, kind="lever")
    segment = Segment.objects.create(
        session=session, order=1, kind="case_study", title={"fr": "Étude de cas"}
    )
    quais = make.organisation(slug="quais", name="Association des Quais")
    segment.slots.create(order=1, organisation=quais, illustrates=topic)
    return session


@pytest.fixture
def claire(client: Client, session: Session) -> Client:
    membership = make.membership(programme=session.cycle.programme, role=Membership.Role.ORGANISER)
    client.force_login(membership.user)
    return client
