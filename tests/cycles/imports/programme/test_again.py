"""Importing again: what is changed in the file changes here, what organisers changed here stays."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
from django.utils import translation

from cycles.events import ScheduleChanged, SessionsAdded
from cycles.models import Cycle, CycleException, Organisation, Programme, Segment, Session, SpeakerSlot
from cycles.schedule import planning
from tests import make
from tests.cycles.imports.programme.files import BEFORE, SMALL, changed, load, refusal, schedule
from tests.hearing import hearing

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.django_db
LATER = BEFORE + dt.timedelta(minutes=5)


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def heard() -> Iterator[list[str]]:
    """What the other apps are told, in order."""
    results: list[str] = []

    def on_change(event: ScheduleChanged) -> None:
        results.append(f"{event.change.kind} {event.change.session.slug}")

    def on_added(event: SessionsAdded) -> None:
        results.append(f"added {len(event.session_ids)}")

    with hearing(ScheduleChanged, on_change), hearing(SessionsAdded, on_added):
        yield results


def tuesdays() -> Cycle:
    return Cycle.objects.get(slug="mardis")


def test_new_sessions_are_told_once(tmp_path: Path, heard: list[str]) -> None:
    load(tmp_path, SMALL)
    load(tmp_path, SMALL, at=LATER)
    assert heard == ["added 3"]


def test_the_hour_of_a_date_is_that_of_the_rhythm(tmp_path: Path) -> None:
    load(tmp_path, SMALL)
    assert schedule(tuesdays()) == [
        ("un", "2026-01-06", "2026-01-06 18:00+0100", "confirmed"),
        ("deux", "2026-02-03", "2026-02-03 18:00+0100", "confirmed"),
        ("trois", "2026-03-03", "2026-03-03 18:00+0100", "tentative"),
    ]


def test_a_title_that_changed_is_written_and_nobody_is_told(tmp_path: Path, heard: list[str]) -> None:
    load(tmp_path, SMALL)
    revised = Session.objects.get(slug="un").revised_at
    report = load(tmp_path, changed('en: "One"', 'en: "The first"'), at=LATER)
    session = Session.objects.get(slug="un")
    assert (dict(report.created), dict(report.changed)) == ({}, {"sessions": 1})
    assert (session.title.localize("en"), session.revision) == ("The first", 0)
    assert session.revised_at > revised
    assert heard == ["added 3"]


def test_a_date_that_changed_is_a_move(tmp_path: Path, heard: list[str]) -> None:
    load(tmp_path, SMALL)
    text = changed(
        "deux, cycle: mardis, number: 2, date: 2026-02-03", "deux, cycle: mardis, number: 2, date: 2026-02-10"
    )
    text = changed(
        "      exceptions:\n",
        '      exceptions:\n        - {kind: move, from: 2026-02-03, to: 2026-02-10, reason_fr: "salle prise"}\n',
        text,
    )
    report = load(tmp_path, text, at=LATER)
    session = Session.objects.get(slug="deux")
    change = session.changes.get()
    assert (report.warnings, dict(report.changed)) == ([], {"sessions": 1})
    assert (session.planned_date, session.local_date, session.revision) == (
        dt.date(2026, 2, 3),
        dt.date(2026, 2, 10),
        1,
    )
    assert (change.kind, change.reason.localize("fr"), change.by) == ("moved", "salle prise", None)
    assert tuesdays().exceptions.filter(kind=CycleException.Kind.MOVED).count() == 1
    assert heard == ["added 3", "moved deux"]
    assert dict(load(tmp_path, text, at=LATER).changed) == {}


def test_a_session_cancelled_in_the_file_and_taken_back(tmp_path: Path, heard: list[str]) -> None:
    load(tmp_path, SMALL)
    cancelled = changed(
        'title: {fr: "Deux"}, status: confirmed',
        'title: {fr: "Deux"}, status: cancelled, cancel_reason: {fr: "grève", en: "strike"}',
    )
    load(tmp_path, cancelled, at=LATER)
    session = Session.objects.get(slug="deux")
    assert (session.status, session.cancel_reason.localize("en")) == ("cancelled", "strike")
    load(tmp_path, SMALL, at=LATER)
    session.refresh_from_db()
    assert (session.status, str(session.cancel_reason), session.revision) == ("confirmed", "", 2)
    assert heard == ["added 3", "cancelled deux", "restored deux"]


def test_a_session_that_is_over_is_corrected_in_silence(tmp_path: Path, heard: list[str]) -> None:
    load(tmp_path, SMALL)
    text = changed(
        "date: 2026-01-06",
        'starts_at: "2026-01-06T18:30:00+01:00", ends_at: "2026-01-06T19:30:00+01:00"',
    )
    after = dt.datetime(2026, 1, 7, 9, 0, tzinfo=dt.UTC)
    load(tmp_path, text, at=after)
    assert schedule(tuesdays())[0] == ("un", "2026-01-06", "2026-01-06 18:30+0100", "confirmed")
    assert heard == ["added 3"]


def test_moving_a_coming_session_into_the_past_is_refused(tmp_path: Path) -> None:
    load(tmp_path, SMALL)
    text = changed(
        "date: 2026-02-03",
        'starts_at: "2026-01-03T18:00:00+01:00", ends_at: "2026-01-03T19:00:00+01:00"',
    )
    with pytest.raises(Exception, match="31: sessions/deux: That moment is in the past: choose a later one"):
        load(tmp_path, text)


def test_what_an_organiser_moved_stays_where_they_put_it(tmp_path: Path, heard: list[str]) -> None:
    load(tmp_path, SMALL)
    session = Session.objects.get(slug="deux")
    planning.move(
        session, to=make.paris(2026, 2, 17, 18), by=make.user(), at=BEFORE, reason={"fr": "congrès"}
    )
    report = load(tmp_path, SMALL, at=LATER)
    assert [str(warning) for warning in report.warnings] == [
        (
            "31: sessions/deux: keeps the schedule that an organiser gave it here: "
            "Tuesday 17 February 2026, 18:00–19:00 (Paris time)"
        )
    ]
    assert schedule(tuesdays())[1] == ("deux", "2026-02-03", "2026-02-17 18:00+0100", "confirmed")
    assert tuesdays().exceptions.get(kind="moved").reason.localize("fr") == "congrès"
    assert heard == ["added 3", "moved deux"]


def test_what_an_organiser_cancelled_stays_cancelled(tmp_path: Path) -> None:
    load(tmp_path, SMALL)
    planning.cancel(Session.objects.get(slug="trois"), reason="grève", by=make.user(), at=BEFORE)
    report = load(tmp_path, SMALL, at=LATER)
    assert [warning.where for warning in report.warnings] == ["sessions/trois"]
    assert Session.objects.get(slug="trois").status == "cancelled"


def test_sessions_may_change_numbers(tmp_path: Path) -> None:
    load(tmp_path, SMALL)
    text = changed("number: 2", "number: 9")
    text = changed("number: 1", "number: 2", text)
    text = changed("number: 9", "number: 1", text)
    load(tmp_path, text, at=LATER)
    assert {s.slug: s.number for s in Session.objects.all()} == {"un": 2, "deux": 1, "trois": 3}


def test_partners_may_change_places(tmp_path: Path) -> None:
    load(tmp_path, SMALL)
    text = changed("{organisation: atelier, role: lead, order: 1}", "{organisation: fabrique, order: 1}")
    text = changed(
        "{organisation: fabrique, order: 2}", "{organisation: atelier, role: lead, order: 2}", text
    )
    report = load(tmp_path, text, at=LATER)
    assert dict(report.changed) == {"programmes": 1}
    assert [p.organisation.slug for p in Programme.objects.get().partnerships.all()] == [
        "fabrique",
        "atelier",
    ]


def test_an_agenda_keeps_its_rows_and_loses_what_the_file_dropped(tmp_path: Path) -> None:
    agenda = (
        ", segments: [{order: 1, kind: illustration, topic: gouverner, speakers: [{organisation: atelier}, "
        "{organisation: fabrique}]}, {order: 2, title_fr: Échanges}]}"
    )
    text = changed(
        'title: {fr: "Trois"}, status: tentative}', 'title: {fr: "Trois"}, status: tentative' + agenda
    )
    load(tmp_path, text)
    slot = SpeakerSlot.objects.get(organisation__slug="atelier")
    SpeakerSlot.objects.filter(pk=slot.pk).update(state="declined")
    shorter = changed(", {order: 2, title_fr: Échanges}", "", text)
    shorter = changed(", {organisation: fabrique}", "", shorter)
    assert dict(load(tmp_path, shorter, at=LATER).changed) == {"sessions": 1}
    slot.refresh_from_db()
    assert (slot.state, str(slot.illustrates), Segment.objects.count(), SpeakerSlot.objects.count()) == (
        "declined",
        "Governing",
        1,
        1,
    )


def test_what_an_organiser_unpublished_stays_unpublished(tmp_path: Path) -> None:
    load(tmp_path, SMALL)
    Programme.objects.update(is_published=False)
    Cycle.objects.update(status=Cycle.Status.DRAFT)
    load(tmp_path, SMALL, at=LATER)
    assert (Programme.objects.get().is_published, tuesdays().status) == (False, "draft")


def test_what_the_file_does_not_name_is_left_alone(tmp_path: Path) -> None:
    load(tmp_path, SMALL)
    extra = make.session(cycle=tuesdays(), slug="ajout", starts_at=make.paris(2026, 2, 20, 18))
    other = make.organisation(slug="ailleurs")
    load(tmp_path, SMALL, at=LATER)
    assert Session.objects.filter(pk=extra.pk).exists()
    assert Organisation.objects.filter(pk=other.pk).exists()


def test_a_second_file_may_name_what_the_first_brought(tmp_path: Path) -> None:
    load(tmp_path, SMALL)
    second = """\
        schema_version: 1
        resources:
          - {slug: guide, kind: guide, title_fr: "Guide", publishers: [atelier], concludes: mardis, topics: [gouverner]}
        """
    assert dict(load(tmp_path, second, at=LATER).created) == {"resources": 1}


def test_the_zone_of_a_cycle_with_sessions_cannot_change(tmp_path: Path) -> None:
    load(tmp_path, SMALL)
    other = changed("    kind: webinar_cycle\n", "    kind: webinar_cycle\n    timezone: Indian/Reunion\n")
    told = "The time zone of a cycle that has sessions cannot change: their hours would be told wrongly."
    assert refusal(tmp_path, other) == [f"19: cycles/mardis: timezone: {told}"]
    assert Cycle.objects.get().timezone == "Europe/Paris"


def test_the_target_of_a_move_without_a_session_is_kept_and_proposed(tmp_path: Path) -> None:
    moved = changed(
        '{kind: skip, date: 2026-04-07, reason_fr: "vacances"}',
        '{kind: move, from: 2026-04-07, to: 2026-04-14, reason_fr: "vacances"}',
    )
    load(tmp_path, moved)
    cycle = Cycle.objects.get()
    exception = cycle.exceptions.get()
    assert (exception.kind, exception.planned_date, exception.moved_to) == (
        "moved",
        dt.date(2026, 4, 7),
        dt.date(2026, 4, 14),
    )
    assert [(o.planned_date, o.starts_at) for o in planning.propose(cycle)] == [
        (dt.date(2026, 4, 7), make.paris(2026, 4, 14, 18))
    ]
    assert load(tmp_path, moved, at=LATER).has_changes is False
    (session,) = planning.confirm(cycle, by=None, at=LATER)
    assert (session.planned_date, session.starts_at) == (dt.date(2026, 4, 7), make.paris(2026, 4, 14, 18))


@pytest.mark.parametrize(("offset", "hour"), [("+02:00", 0), ("+01:00", 1)])
def test_an_offset_says_which_of_two_hours_is_meant(tmp_path: Path, offset: str, hour: int) -> None:
    twice = changed(
        "number: 2, date: 2026-02-03,",
        f'number: 2, starts_at: "2026-10-25T02:30:00{offset}", ends_at: "2026-10-25T03:30:00+01:00",',
    )
    report = load(tmp_path, twice)
    starts_at, ends_at = Session.objects.values_list("starts_at", "ends_at").get(slug="deux")
    assert starts_at == dt.datetime(2026, 10, 25, hour, 30, tzinfo=dt.UTC)
    assert ends_at == dt.datetime(2026, 10, 25, 2, 30, tzinfo=dt.UTC)
    assert not any("twice" in remark.message for remark in report.warnings)
    assert load(tmp_path, twice, at=LATER).has_changes is False
