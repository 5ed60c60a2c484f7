"""The session of journey J9, and Claire who organises it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cycles.models import Membership
from notifications.plan import defaults
from tests import make
from tests.journeys.speakers.acting import HOSTS, ROOM, START

if TYPE_CHECKING:
    from pathlib import Path

    from django.test import Client
    from pytest_django import Settings

    from accounts.models import User
    from cycles.models import Session


@pytest.fixture(autouse=True)
def media(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def session() -> Session:
    """Stop 2, recorded, with the default plan, in a programme that Claire organises."""
    cycle = make.cycle(slug="tour", programme=make.programme(slug="quais"))
    defaults.default_steps(cycle)
    return make.session(
        cycle=cycle,
        slug="escale-02",
        number=2,
        starts_at=START,
        room_url=ROOM,
        room_host_url=HOSTS,
        is_recorded=True,
    )


@pytest.fixture
def claire(session: Session) -> User:
    user = make.user(email="claire@example.org", language="fr")
    make.membership(user=user, programme=session.cycle.programme, role=Membership.Role.ORGANISER)
    return user


@pytest.fixture
def desk(client: Client, claire: User) -> Client:
    client.force_login(claire)
    return client
