"""Our own feed: into the same site it changes nothing, into an empty one it gives the same sessions."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
import time_machine
from django.utils import timezone
from django.utils.translation import override

from cycles.calendars import entries
from cycles.calendars.rfc5545 import ical
from cycles.imports import ics
from cycles.models import Cycle, ImportedEvent, Session, SessionChange, Topic
from cycles.schedule import planning
from cycles.site.page_cache.snapshots import store
from tests import make

if TYPE_CHECKING:
    from django.test import Client
    from pytest_django.fixtures import Settings

pytestmark = pytest.mark.django_db

AT = make.AT + dt.timedelta(hours=1)


def build() -> Cycle:
    """Make a cycle with a session of each kind that a feed shows."""
    cycle = make.cycle(slug="voyage", title={"fr": "Le voyage", "en": "The journey"})
    topics = [
        make.topic(slug=slug, name={"fr": name, "en": name})
        for slug, name in (("a", "Coopérer, ensemble"), ("b", "Gouverner; autrement"))
    ]
    common = {"cycle": cycle, "created_at": make.AT, "revised_at": make.AT}
    summary = {"fr": "Un texte\n\nen deux parties : https://exemple.org\ntél. 01 70 37 22 46", "en": "A text"}
    first = make.session(
        **common,
        number=1,
        slug="escale-01",
        title={"fr": "Fini : et après ?", "en": "Over"},
        starts_at=make.paris(2026, 9, 3),
    )
    second = make.session(
        **common,
        number=2,
        slug="escale-02",
        summary=summary,
        starts_at=make.paris(2026, 11, 19),
        room_url="https://room.example.org/abc",
    )
    make.session(
        **common,
        number=3,
        slug="escale-03",
        title="",
        has_theme=False,
        status="tentative",
        starts_at=make.paris(2026, 12, 17),
    )
    off = make.session(
        **common,
        number=4,
        slug="escale-04",
        title={"fr": "Quatre", "en": "Four"},
        starts_at=make.paris(2027, 1, 21),
    )
    make.session(
        **common,
        number=7,
        slug="escale-07",
        title={"fr": "Jours", "en": "Days"},
        is_all_day=True,
        starts_at=make.paris(2027, 2, 18, 0),
        ends_at=make.paris(2027, 2, 20, 0),
    )
    later = make.session(
        **common,
        number=8,
        slug="escale-08",
        title={"fr": "Remise", "en": "Later"},
        starts_at=make.paris(2027, 3, 18),
    )
    first.topics.set(topics)
    second.topics.set(topics[1:])
    planning.cancel(off, reason={"fr": "Malade", "en": "Ill"}, by=None, at=make.AT)
    planning.postpone(later, by=None, at=make.AT, reason={"fr": "x"})
    return cycle  # fmt: skip


def shown(cycle: Cycle, language: str) -> list[tuple[object, ...]]:
    rows = cycle.sessions.order_by("number")
    return [
        (
            session.number,
            session.title.localize(language),
            session.has_theme,
            session.status,
            session.starts_at,
            session.ends_at,
            session.is_all_day,
            session.cancel_reason.localize(language),
            [
                (change.kind, change.from_starts_at, change.from_ends_at, str(change.reason))
                for change in session.changes.filter(kind="postponed")
            ],
            sorted(topic.name.localize(language) for topic in session.topics.all()),
        )
        for session in rows
    ]


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("address", ["/{}/cycles/voyage.ics", "/{}/calendar.ics"])
def test_into_the_same_site_it_changes_nothing(client: Client, address: str, language: str) -> None:
    with time_machine.travel(AT, tick=False):
        cycle = build()
        data = client.get(address.format(language)).content
        before = list(Session.objects.order_by("pk").values())
        for _once_more in range(2):
            outcome = ics.import_calendar(cycle, data=data, language=language, by=None, at=AT)
            assert {step.act.value for step in outcome.steps} == {"same"}
            assert outcome.is_all_there
        assert list(Session.objects.order_by("pk").values()) == before


@pytest.mark.parametrize("language", ["fr", "en"])
def test_into_an_empty_site_it_gives_the_same_sessions(
    client: Client, settings: Settings, language: str
) -> None:
    with time_machine.travel(AT, tick=False):
        expected = shown(build(), language)
        data = client.get(f"/{language}/cycles/voyage.ics").content
    ImportedEvent.objects.all().delete()
    Session.objects.all().delete()
    Topic.objects.all().delete()
    settings.ESCALE_UID_DOMAIN = "elsewhere.example.org"
    cycle = make.cycle(slug="ailleurs")
    outcome = ics.import_calendar(cycle, data=data, language=language, by=None, at=AT)
    assert {step.act.value for step in outcome.steps} == {"created"}
    assert shown(cycle, language) == expected
    assert set(cycle.sessions.values_list("room_url", flat=True)) == {""}
    again = ics.import_calendar(cycle, data=data, language=language, by=None, at=AT)
    assert (again.is_all_there, Topic.objects.count()) == (True, 2)


def test_one_session_that_was_downloaded_changes_nothing(client: Client) -> None:
    with time_machine.travel(AT, tick=False):
        cycle = build()
        data = client.get("/fr/cycles/voyage/escale-02.ics").content
        outcome = ics.import_calendar(cycle, data=data, language="fr", by=None, at=AT)
    assert outcome.is_all_there


def elsewhere(settings: Settings) -> Cycle:
    """Forget what is here, as on another site."""
    ImportedEvent.objects.all().delete()
    SessionChange.objects.all().delete()
    Session.objects.all().delete()
    settings.ESCALE_UID_DOMAIN = "elsewhere.example.org"
    return make.cycle(slug="ailleurs")


def test_a_site_that_follows_another_postpones_dates_anew_and_cancels(
    client: Client, settings: Settings
) -> None:
    cycle = make.cycle(slug="voyage")
    session = make.session(cycle=cycle, number=1, slug="escale-01", starts_at=make.paris(2027, 3, 18))
    files = []
    with time_machine.travel(AT, tick=False) as clock:

        def read() -> None:
            # Nothing is committed here, which is when a process forgets.
            store.clear()
            files.append(client.get("/fr/cycles/voyage.ics").content)
            clock.shift(dt.timedelta(hours=1))

        read()
        planning.postpone(session, by=None, at=timezone.now(), reason={"fr": "Grève", "en": "Strike"})
        read()
        planning.move(
            session,
            to=make.paris(2027, 4, 15),
            until=make.paris(2027, 4, 15, 14),
            by=None,
            at=timezone.now(),
        )
        read()
        planning.postpone(session, by=None, at=timezone.now())
        planning.cancel(session, reason={"fr": "Malade", "en": "Ill"}, by=None, at=timezone.now())
        read()
    other = elsewhere(settings)
    seen = []
    for data in files:
        outcome = ics.import_calendar(other, data=data, language="fr", by=None, at=AT)
        copy = other.sessions.get()
        seen.append(([step.act.value for step in outcome.steps], copy.status, copy.starts_at))
    assert seen == [
        (["created"], "confirmed", make.paris(2027, 3, 18)),
        (["changed"], "postponed", None),
        (["moved"], "confirmed", make.paris(2027, 4, 15)),
        (["cancelled"], "cancelled", make.paris(2027, 4, 15)),
    ]
    assert [(change.kind, change.reason.localize("fr")) for change in copy.changes.all()] == [
        ("postponed", "Grève"),
        ("moved", ""),
        ("cancelled", "Malade"),
    ]


def test_a_private_calendar_is_refused() -> None:
    """What one person gave back is cancelled there, not for everybody."""
    cycle = make.cycle(slug="voyage")
    session = make.session(cycle=cycle, number=1, slug="escale-01", starts_at=make.paris(2027, 3, 18))
    entry = entries.entry(session, language="en", join_url="https://example.org/j/1", is_withdrawn=True)
    data = ical.calendar([entry], header=None, language="en")
    with override("en"), pytest.raises(ics.ImportRefused) as refusal:
        ics.import_calendar(cycle, data=data, language="en", by=None, at=AT)
    assert [(error.line, error.message) for error in refusal.value.report.errors] == [
        (
            data.split(b"\r\n").index(b"BEGIN:VEVENT") + 1,
            "this is somebody's private calendar: import the public calendar of the cycle instead",
        )
    ]
    session.refresh_from_db()
    assert session.status == "confirmed"
