"""The same state gives the same bytes, on SQLite and on PostgreSQL (`make test-services` runs this there)."""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid
from typing import TYPE_CHECKING

import pytest
import time_machine

from cycles.models import Segment, SpeakerSlot
from cycles.schedule import planning
from tests import make

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db

# When one of these changes on purpose, so must entries.FORM_CHANGED_AT: see test_calendar_revision.py beside this.
DIGESTS = {
    "/fr/cycles/voyage.ics": "289472327b165ee1c1c85e1f1fde5af3",
    "/en/cycles/voyage.ics": "017547386fe940064b7bf1a6fea408c7",
    "/fr/calendar.ics": "e8e3e7e33b7a770cdfe8bfa82aeeb27d",
    "/fr/cycles/voyage/escale-01.ics": "eab1e98cffc324d07a38d6b322252c29",
}


def build() -> None:
    """Make a cycle whose rows come in no order that a database would choose: collations differ, numbers do not."""
    cycle = make.cycle(slug="voyage", title={"fr": "Le voyage", "en": "The journey"})
    topics = [
        make.topic(slug=slug, name={"fr": name, "en": name})
        for slug, name in (
            ("zoe", "zèbre"),
            ("ecole", "École"),
            ("ecran", "écran"),
            ("a-b", "Zinc"),
            ("ab", "eau"),
        )
    ]
    for number in range(1, 5):
        session = make.session(
            cycle=cycle,
            uid=uuid.UUID(int=number),
            slug=f"escale-{number:02d}",
            number=number,
            title={"fr": f"Thème {number}, « suite » ; fin 🎓", "en": f"Theme {number}"},
            # Two of them begin at the same moment.
            starts_at=make.paris(2026, 11, 19 + number // 2),
            created_at=make.AT,
            revised_at=make.AT,
        )
        session.topics.set(topics[number - 1 :] + topics[: number - 1])
        segment = Segment.objects.create(session=session, order=1, title={"fr": "Accueil", "en": "Welcome"})
        for order in (2, 1):
            person = make.person(slug=f"p-{number}-{order}", family_name=f"Équinoxe {order}")
            SpeakerSlot.objects.create(segment=segment, order=order, person=person)
    planning.move(
        cycle.sessions.get(number=2), to=make.paris(2026, 12, 3), by=None, at=make.AT, reason={"fr": "x"}
    )
    planning.cancel(cycle.sessions.get(number=3), by=None, at=make.AT, reason={"fr": "Malade", "en": "Ill"})


def test_the_bytes_are_these_on_every_database(client: Client) -> None:
    with time_machine.travel(make.AT, tick=False) as clock:
        build()
        clock.shift(dt.timedelta(hours=1))
        result = {
            address: hashlib.sha256(client.get(address).content).hexdigest()[:32] for address in DIGESTS
        }
    assert result == DIGESTS
