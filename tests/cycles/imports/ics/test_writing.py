"""Events as sessions: once each, by the verbs of planning, and all of a file or nothing."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from cycles.imports import ics
from cycles.imports.ics import Step
from cycles.models import Cycle, CycleException, Session
from cycles.schedule import planning
from registrations.models import Registration
from tests import make

from .files import bring, calendar

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db

ROOM = "https://room.example.org/abc"


def event(day: str, *, title: str = "A", hour: str = "130000", more: str = "") -> str:
    return f"DTSTART;TZID=Europe/Paris:{day}T{hour}\nDURATION:PT90M\nSUMMARY:{title}\nLOCATION:{ROOM}\n{more}"


TWO = calendar(event("20261022"), event("20261119", title="B"))


@pytest.fixture
def cycle() -> Cycle:
    return make.cycle(slug="tour", programme=make.programme())


def acts(outcome: ics.Outcome) -> list[str]:
    return [step.act.value for step in outcome.steps]


def rows(cycle: Cycle) -> list[tuple[int | None, str, str, dt.date | None]]:
    result = cycle.sessions.order_by("number")
    return [(s.number, s.slug, str(s.title), s.planned_date) for s in result]


def test_events_become_numbered_sessions(cycle: Cycle) -> None:
    assert acts(bring(cycle, TWO)) == ["created", "created"]
    assert rows(cycle) == [
        (1, "escale-01", "A", None),
        (2, "escale-02", "B", dt.date(2026, 11, 19)),
    ]
    second = cycle.sessions.get(number=2)
    assert (second.starts_at, second.ends_at, second.status, second.room_url) == (
        make.paris(2026, 11, 19),
        make.paris(2026, 11, 19, 14, 30),
        "confirmed",
        ROOM,
    )
    # The 22nd of October is not a third Thursday; the 19th of November is not proposed again.
    assert list(cycle.exceptions.values_list("planned_date", "kind")) == [
        (dt.date(2026, 10, 22), CycleException.Kind.ADDED)
    ]
    assert dt.date(2026, 11, 19) not in {o.planned_date for o in planning.propose(cycle)}


def test_twice_is_the_same_as_once(cycle: Cycle) -> None:
    bring(cycle, TWO)
    before = list(Session.objects.order_by("pk").values())
    outcome = bring(cycle, TWO)
    assert (acts(outcome), outcome.has_changes) == (["same", "same"], False)
    assert list(Session.objects.order_by("pk").values()) == before


def test_a_look_writes_nothing(cycle: Cycle) -> None:
    outcome = ics.preview(cycle, data=TWO, language="fr", at=make.AT)
    assert acts(outcome) == ["created", "created"]
    assert Session.objects.count() == 0


def test_one_wrong_event_is_left_out_with_its_line_and_the_others_are_written(cycle: Cycle) -> None:
    outcome = bring(cycle, calendar(event("20261022"), "DTSTART:never\nSUMMARY:B"))
    assert [remark.line for remark in outcome.problems] == [13]
    assert acts(outcome) == ["created"]
    assert not outcome.is_all_there


def test_nothing_but_wrong_events_is_refused(cycle: Cycle) -> None:
    with pytest.raises(ics.ImportRefused) as refused:
        bring(cycle, calendar("DTSTART:never\nSUMMARY:B"))
    assert [remark.line for remark in refused.value.report.errors] == [6]
    assert Session.objects.count() == 0


def test_an_event_that_cannot_be_planned_stays_and_says_why(cycle: Cycle) -> None:
    bring(cycle, TWO)
    # The first is new; the second would move into the past.
    outcome = bring(
        cycle,
        calendar(
            event("20261210", title="New", more="UID:new"),
            event("20260901", title="B", more="UID:event-2@example.org"),
        ),
    )
    assert [step.act.value for step in outcome.steps] == ["kept", "created", "gone"]
    assert outcome.steps[0].note == "Ce moment est passé\u202f: choisissez-en un à venir."
    assert [row[2] for row in rows(cycle)] == ["A", "B", "New"]


def test_a_corrected_file_moves_and_renames(cycle: Cycle) -> None:
    bring(cycle, TWO)
    uid = cycle.sessions.get(number=2).uid
    outcome = bring(cycle, calendar(event("20261022"), event("20261126", title="C")))
    assert acts(outcome) == ["same", "moved"]
    moved = cycle.sessions.get(number=2)
    assert (moved.uid, moved.revision, str(moved.title)) == (uid, 1, "C")
    assert moved.starts_at == make.paris(2026, 11, 26)
    assert [change.kind for change in moved.changes.all()] == ["moved"]
    assert "26 novembre" in outcome.steps[1].when
    assert "19 novembre" in outcome.steps[1].before


def test_cancelled_and_restored(cycle: Cycle) -> None:
    bring(cycle, TWO)
    off = calendar(event("20261022"), event("20261119", title="B", more="STATUS:CANCELLED"))
    assert acts(bring(cycle, off)) == ["same", "cancelled"]
    session = cycle.sessions.get(number=2)
    assert (session.status, str(session.cancel_reason)) == ("cancelled", "Annulée dans l’agenda importé.")
    assert acts(bring(cycle, off)) == ["same", "same"]
    assert acts(bring(cycle, TWO)) == ["same", "restored"]
    assert cycle.sessions.get(number=2).status == "confirmed"


def test_a_cancellation_of_something_unknown_is_left_out(cycle: Cycle) -> None:
    outcome = bring(cycle, calendar(event("20261119", more="STATUS:CANCELLED")))
    assert (acts(outcome), len(outcome.warnings)) == (["left_out"], 1)
    assert Session.objects.count() == 0


def test_a_tentative_date_can_be_confirmed(cycle: Cycle) -> None:
    bring(cycle, calendar(event("20261119", more="STATUS:TENTATIVE")))
    assert cycle.sessions.get().status == "tentative"
    assert acts(bring(cycle, calendar(event("20261119", more="STATUS:CONFIRMED")))) == ["changed"]
    session = cycle.sessions.get()
    assert (session.status, session.revision) == ("confirmed", 0)


def test_what_an_organiser_moved_stays(cycle: Cycle) -> None:
    bring(cycle, TWO)
    planning.move(
        cycle.sessions.get(number=2),
        to=make.paris(2026, 12, 3),
        by=make.user(),
        at=make.AT,
        reason={"fr": "x"},
    )
    outcome = bring(cycle, TWO)
    assert [(step.act.value, step.note) for step in outcome.steps] == [
        ("same", ""),
        ("kept", "elle garde la date qu’un organisateur lui a donnée ici"),
    ]
    assert cycle.sessions.get(number=2).starts_at == make.paris(2026, 12, 3)


def test_what_is_over_stays_and_the_past_can_be_brought_in(cycle: Cycle) -> None:
    bring(cycle, calendar(event("20260903")))
    assert cycle.sessions.get().status == "confirmed"
    outcome = bring(cycle, calendar(event("20260910")))
    assert acts(outcome) == ["kept"]


def test_our_own_feed_brought_back_changes_nothing(cycle: Cycle) -> None:
    session = make.session(cycle=cycle, number=2, title={"fr": "Titre"})
    own = calendar(f"UID:{session.uid}@escale.test\n{event('20261119', title='Titre')}")
    assert acts(bring(cycle, own)) == ["changed"]  # the room, which feeds do not tell
    assert acts(bring(cycle, own)) == ["same"]
    assert Session.objects.get().uid == session.uid


def test_the_same_file_in_two_cycles(cycle: Cycle) -> None:
    other = make.cycle(slug="autre")
    bring(cycle, TWO)
    assert acts(bring(other, TWO)) == ["created", "created"]
    assert Session.objects.count() == 4


def test_words_of_the_other_language_are_added(cycle: Cycle) -> None:
    bring(cycle, calendar(event("20261119", title="Savoir")))
    assert acts(bring(cycle, calendar(event("20261119", title="Knowing")), language="en")) == ["changed"]
    assert cycle.sessions.get().title.data == {"fr": "Savoir", "en": "Knowing"}


def test_a_clash_is_told(cycle: Cycle) -> None:
    make.session(cycle=cycle, slug="escale-02", number=2)
    outcome = bring(cycle, calendar(event("20261119")))
    assert [remark.message for remark in outcome.warnings] == [
        "une autre séance commence à ce moment\u202f: escale-02"
    ]


def test_people_registered_for_the_cycle_get_new_dates_but_no_past_ones(cycle: Cycle) -> None:
    make.cycle_registration(cycle=cycle)
    bring(cycle, calendar(event("20260903"), event("20261119", title="B")))
    assert [str(row.session.title) for row in Registration.objects.all()] == ["B"]


def test_the_steps_are_in_words(cycle: Cycle) -> None:
    assert bring(cycle, calendar(event("20261119"))).steps == (
        Step(
            line=4,
            act=ics.Act.CREATED,
            title="A",
            when="jeudi 19 novembre 2026, 13\u202fh\u202f00 – 14\u202fh\u202f30 (heure de Paris)",
        ),
    )


def test_a_file_is_read_before_anything_is_locked(
    cycle: Cycle, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    hostile = calendar("DTSTART:20270101T120000Z\nSUMMARY:A\nRRULE:FREQ=SECONDLY")
    with django_assert_num_queries(0), pytest.raises(ics.ImportRefused):
        bring(cycle, hostile)
