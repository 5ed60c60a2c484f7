"""LAST-MODIFIED rises with every change that a calendar shows, and with no other; SEQUENCE with the schedule only."""

from __future__ import annotations

import datetime as dt
import hashlib
import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import icalendar
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cycles.calendars import calendar_revision, entries, fragments
from cycles.calendars.rfc5545 import ical
from cycles.content import editing
from cycles.models import Cycle, Organisation, Person, Segment, Session, SpeakerSlot, Topic
from cycles.schedule import planning
from tests import make

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.django_db

HOUR = dt.timedelta(hours=1)


@dataclass
class World:
    """A session with an agenda, its cycle, and everything that its entry is made of."""

    session: Session
    cycle: Cycle
    person: Person
    employer: Organisation
    partner: Organisation
    host: Organisation
    topic: Topic
    segment: Segment
    slot: SpeakerSlot

    def fresh(self) -> Session:
        return entries.loaded(Session.objects.filter(pk=self.session.pk)).get()

    def bytes(self) -> bytes:
        session = self.fresh()
        both = (ical.event(entries.entry(session, language=code, with_cycle=True)) for code in ("fr", "en"))
        return b"".join(both)


def world() -> World:
    cycle = make.cycle(slug="voyage", title={"fr": "Le voyage", "en": "The journey"})
    host = make.organisation(slug="host", name="Hôte")
    employer, partner = make.organisation(slug="employer", name="Maison"), make.organisation(slug="partner")
    person = make.person(slug="nadia", organisation=employer)
    topic = make.topic(slug="lever", name={"fr": "Levier", "en": "Lever"})
    session = make.session(cycle=cycle, host=host)
    session.topics.add(topic)
    segment = Segment.objects.create(session=session, order=1, title={"fr": "Accueil", "en": "Welcome"})
    slot = SpeakerSlot.objects.create(segment=segment, order=1, person=person)
    return World(session, cycle, person, employer, partner, host, topic, segment, slot)


def put(row: object, **values: object) -> None:
    for name, value in values.items():
        setattr(row, name, value)
    cast("Session", row).save()


# Each takes the world and a number that makes the new value differ from the last one.
VISIBLE: dict[str, Callable[[World, int], object]] = {
    "title": lambda w, n: editing.edit(w.session, values={"title": {"fr": f"T{n}"}}, by=None, at=make.AT),
    "summary": lambda w, n: editing.edit(w.session, values={"summary": {"en": f"S{n}"}}, by=None, at=make.AT),
    "cycle": lambda w, n: put(w.cycle, title={"fr": f"Voyage {n}"}),
    "word": lambda w, n: put(w.cycle, session_word={"fr": f"Étape {n}"}),
    "speaker": lambda w, n: put(w.person, family_name=f"Belkacem {n}"),
    "employer": lambda w, n: put(w.employer, name=f"Maison {n}"),
    "host": lambda w, n: put(w.host, name=f"Hôte {n}"),
    "topic": lambda w, n: put(w.topic, name={"fr": f"Levier {n}"}),
    "segment": lambda w, n: put(w.segment, title={"fr": f"Accueil {n}"}),
    "added": lambda w, n: SpeakerSlot.objects.create(segment=w.segment, order=n + 10, organisation=w.partner),
}
INVISIBLE: dict[str, Callable[[World, int], object]] = {
    "room": lambda w, n: editing.edit(
        w.session, values={"room_url": f"https://room.example.org/{n}"}, by=None, at=make.AT
    ),
    "places": lambda w, n: editing.edit(w.session, values={"capacity": n + 1}, by=None, at=make.AT),
    "saved as it is": lambda w, _n: w.fresh().save(),
    "speaker's text": lambda w, n: put(w.person, office={"fr": ""}, slug=f"nadia-{n}"),
    "cycle saved": lambda w, _n: w.cycle.save(),
    "other session": lambda w, n: make.session(cycle=w.cycle, slug=f"other-{n}", number=100 + n),
    "bare topic": lambda _w, n: make.topic(slug=f"bare-{n}"),
}
SCHEDULE: dict[str, Callable[[World, int], object]] = {
    "move": lambda w, n: planning.move(
        w.session, to=make.AT + (n + 100) * HOUR, by=None, at=make.AT, reason={"fr": "Salle prise"}
    ),
    "cancel": lambda w, _n: planning.cancel(w.session, reason={"fr": "Malade"}, by=None, at=make.AT),
    "restore": lambda w, _n: planning.restore(w.session, by=None, at=make.AT),
}


@pytest.mark.thorough
@given(st.lists(st.sampled_from([*VISIBLE, *INVISIBLE, *SCHEDULE]), min_size=1, max_size=8))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_rises_over_any_sequence_of_edits(acts: list[str]) -> None:
    w = world()
    counter = itertools.count(1)
    for name in acts:
        before, old_bytes = w.fresh(), w.bytes()
        try:
            {**VISIBLE, **INVISIBLE, **SCHEDULE}[name](w, next(counter))
        except planning.PlanningError:
            assert w.bytes() == old_bytes, name
            continue
        after = w.fresh()
        w.session.refresh_from_db()
        assert after.uid == before.uid
        assert after.revision - before.revision == (1 if name in SCHEDULE else 0), name
        if name in INVISIBLE:
            assert w.bytes() == old_bytes, name
            assert after.shown_at == before.shown_at, name
        else:
            assert before.shown_at is not None
            assert after.shown_at is not None
            assert after.shown_at - before.shown_at >= dt.timedelta(seconds=1), name
            assert w.bytes() != old_bytes, name
    Session.objects.all().delete()
    w.cycle.delete()
    w.person.delete()
    Organisation.objects.all().delete()
    Topic.objects.all().delete()


@pytest.mark.parametrize("what", ["slot", "segment", "topic", "topic link", "topic links", "host"])
def test_what_is_taken_away_is_a_change_too(what: str) -> None:
    w = world()
    before = w.fresh()
    match what:
        case "topic link":
            w.session.topics.remove(w.topic)
        case "topic links":
            w.session.topics.clear()
        case _:
            getattr(w, what).delete()
    after = w.fresh()
    assert before.shown_at is not None
    assert after.shown_at is not None
    assert after.shown_at > before.shown_at


def test_many_rows_saved_as_one_change_are_looked_at_once() -> None:
    w = world()
    before = w.fresh().shown_at
    assert before is not None
    at = before + dt.timedelta(days=1)
    with calendar_revision.one_change(at=at):
        for number in range(5):
            SpeakerSlot.objects.create(segment=w.segment, order=number + 2, organisation=w.partner)
        assert w.fresh().shown_at == before
    assert w.fresh().shown_at == at


def test_a_change_that_fails_shows_nothing() -> None:
    w = world()
    before = w.fresh().shown_at

    def fail() -> None:
        with calendar_revision.one_change(at=make.AT):
            put(w.person, family_name="Perdu")
            raise planning.PlanningError

    with pytest.raises(planning.PlanningError):
        fail()
    assert w.fresh().shown_at == before
    put(w.person, family_name="Gardé")
    assert w.fresh().shown_at != before


def test_kept_events_are_those_that_would_be_rendered() -> None:
    w = world()
    everything = Session.objects.order_by("pk")
    for language in ("fr", "en"):
        for _round in range(2):
            kept, zones = fragments.events(everything, language=language, with_cycle=True)
            assert kept == [ical.event(entries.entry(w.fresh(), language=language, with_cycle=True))]
            assert zones == {"Europe/Paris"}
        put(w.person, family_name=f"Autre {language}")


def test_events_put_together_are_the_calendar() -> None:
    w = world()
    make.session(cycle=w.cycle, slug="second", number=9)
    listed = [
        entries.entry(session, language="fr")
        for session in entries.loaded(Session.objects.order_by("starts_at", "pk"))
    ]
    header = ical.FeedHeader(name="Le voyage")
    whole = ical.calendar(listed, header=header, language="fr")
    events, zones = fragments.events(
        Session.objects.order_by("starts_at", "pk"), language="fr", with_cycle=False
    )
    assert ical.assembled(events, zones=zones, header=header, language="fr") == whole
    assert len(icalendar.Calendar.from_ical(whole).events) == 2


def test_an_entry_of_a_new_form_is_newer_than_the_old_one(monkeypatch: pytest.MonkeyPatch) -> None:
    session = world().fresh()
    before = entries.entry(session, language="fr").revised_at
    monkeypatch.setattr(entries, "FORM_CHANGED_AT", before + HOUR)
    assert entries.entry(session, language="fr").revised_at == before + HOUR


def test_the_form_of_entries_is_what_it_was() -> None:
    """When this fails on purpose: raise entries.FORM_CHANGED_AT to now, and write the new digest here."""
    entry = ical.Entry(
        uid="11111111-1111-4111-8111-111111111111@escale.test",
        sequence=2,
        created_at=make.AT,
        revised_at=make.AT,
        starts_at=make.paris(2026, 11, 19),
        ends_at=make.paris(2026, 11, 19, 14, 30),
        zone="Europe/Paris",
        summary="Escale 2 : « De la connaissance », suite ; fin",
        description="Une ligne\nUne autre",
        location="En ligne",
        url="https://escale.example.org/fr/cycles/voyage/escale-02/",
        categories=("Levier", "Mécénat"),
    )
    digest = hashlib.sha256(ical.event(entry)).hexdigest()
    assert digest == "e0939ecf58aa0d35e50fd6a5442e3ef03f7e3cb06e09c28649e7acaeef1d2726"
