"""Whatever an export does to names, hours and rules, each event stays the session that it was."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from cycles.imports import ics
from cycles.models import Session
from cycles.schedule import planning
from registrations.models import Registration
from tests import make

from .files import calendar
from .test_cases import AT, acts, bring, held, titles

if TYPE_CHECKING:
    from cycles.models import Cycle

pytestmark = pytest.mark.django_db


@pytest.fixture
def cycle() -> Cycle:
    return make.cycle(slug="agenda", frequency="", nth=None, weekday=None, first_date=None, last_date=None)


def single(title: str, day: str, uid: str, *, hour: str = "13", more: str = "") -> str:
    return f"UID:{uid}\nSUMMARY:{title}\nDTSTART;TZID=Europe/Paris:{day}T{hour}0000\nDURATION:PT1H\n{more}"


def weekly(*, start: str = "20270107T130000", count: int = 3, uid: str = "rule", more: str = "") -> str:
    return (
        f"UID:{uid}\nSUMMARY:Cours\nDTSTART;TZID=Europe/Paris:{start}\nDURATION:PT1H\n"
        f"RRULE:FREQ=WEEKLY;COUNT={count}\n{more}"
    )


UNROLLED = [single("Cours", day, "x") for day in ("20270107", "20270114", "20270121")]


@pytest.mark.parametrize(
    "second",
    [
        # Named anew at each export, as Office 365 does.
        calendar(weekly(uid="other")),
        calendar(*(event.replace("UID:x", f"UID:n{n}") for n, event in enumerate(UNROLLED))),
        # The rule written out, under one UID.
        calendar(*(event.replace("UID:x", "UID:rule") for event in UNROLLED)),
        calendar(*(event.replace("UID:x\n", "") for event in UNROLLED)).replace(b"UID:event-", b"X-UID:"),
        # In another zone, or in UTC.
        calendar(weekly(start="20270107T130000").replace("Europe/Paris", "Europe/Brussels")),
        calendar(weekly().replace(";TZID=Europe/Paris:20270107T130000", ":20270107T120000Z")),
    ],
)
def test_another_export_of_the_same_dates_changes_nothing(cycle: Cycle, second: bytes) -> None:
    bring(cycle, calendar(weekly()))
    make.cycle_registration(cycle=cycle)
    before = list(Session.objects.order_by("pk").values())
    outcome = bring(cycle, second)
    assert (acts(outcome), outcome.is_all_there) == (["same"] * 3, True)
    assert list(Session.objects.order_by("pk").values()) == before
    assert Registration.objects.count() == 0
    # And once known by the new names, moved under them.
    moved = second.replace(b"20270121T13", b"20270122T13")
    if moved != second and b"UID:event" not in second.replace(b"X-UID:", b"UID:event"):
        assert acts(bring(cycle, moved)) == ["same", "same", "moved"]


def test_another_hour_moves_each_date(cycle: Cycle) -> None:
    bring(cycle, calendar(weekly()))
    later = calendar(weekly(start="20270107T150000"))
    assert acts(bring(cycle, later)) == ["moved"] * 3
    assert held(cycle) == ["2027-01-07 15:00", "2027-01-14 15:00", "2027-01-21 15:00"]
    anew = calendar(weekly(start="20270107T160000", uid="anew"))
    assert acts(bring(cycle, anew)) == ["moved"] * 3
    assert Session.objects.count() == 3


def test_another_weekday_moves_each_date_in_its_order(cycle: Cycle) -> None:
    bring(cycle, calendar(weekly()))
    assert acts(bring(cycle, calendar(weekly(start="20270105T130000")))) == ["moved"] * 3
    assert held(cycle) == ["2027-01-05 13:00", "2027-01-12 13:00", "2027-01-19 13:00"]
    assert Session.objects.count() == 3


def test_a_date_that_is_excluded_later_is_gone_and_kept_unless_said_otherwise(cycle: Cycle) -> None:
    bring(cycle, calendar(weekly()))
    shorter = calendar(weekly(more="EXDATE:20270114T120000Z"))
    outcome = bring(cycle, shorter)
    assert (acts(outcome), outcome.is_all_there) == (["same", "same", "gone"], False)
    assert len(held(cycle)) == 3
    assert acts(bring(cycle, shorter, gone="cancel")) == ["same", "same", "cancelled"]
    assert held(cycle) == ["2027-01-07 13:00", "2027-01-21 13:00"]
    assert acts(bring(cycle, shorter)) == ["same", "same"]
    cancelled = Session.objects.get(status="cancelled")
    assert str(cancelled.cancel_reason) == "N’est plus dans l’agenda importé."


def test_what_a_message_about_one_event_does_not_hold_is_not_gone(cycle: Cycle) -> None:
    bring(cycle, calendar(single("A", "20270107", "a"), single("B", "20270114", "b")))
    for head in ("METHOD:REQUEST", "METHOD:CANCEL"):
        outcome = bring(cycle, calendar(single("A", "20270107", "a"), head=head))
        assert outcome.gone == 0
    assert [s.status for s in Session.objects.order_by("starts_at")] == ["cancelled", "confirmed"]


def test_another_calendar_says_nothing_of_what_is_gone_from_the_first(cycle: Cycle) -> None:
    bring(cycle, calendar(single("A", "20270107", "a")))
    assert acts(bring(cycle, calendar(single("B", "20270114", "b")))) == ["created"]


def test_what_was_planned_here_is_recognised(cycle: Cycle) -> None:
    planned = make.session(
        cycle=cycle, slug="s1", number=1, title={"fr": "Savoir"}, starts_at=make.paris(2027, 1, 7)
    )
    open_ = make.session(
        cycle=cycle, slug="s2", number=2, title="", has_theme=False, starts_at=make.paris(2027, 1, 14)
    )
    file = calendar(single("Savoir", "20270107", "a"), single("Partager", "20270114", "b"))
    outcome = bring(cycle, file)
    assert Session.objects.count() == 2
    assert acts(outcome) == ["moved", "moved"]  # to the hour at which they end
    open_.refresh_from_db()
    planned.refresh_from_db()
    assert (str(planned.title), str(open_.title), open_.has_theme) == ("Savoir", "Partager", True)


def test_a_title_that_was_given_here_is_a_question(cycle: Cycle) -> None:
    make.session(cycle=cycle, slug="s1", number=1, title={"fr": "Savoir"}, starts_at=make.paris(2027, 1, 7))
    file = calendar(single("SAVOIR", "20270128", "a"))
    with pytest.raises(ics.Unanswered):
        bring(cycle, file)
    assert Session.objects.count() == 1
    assert acts(bring(cycle, file, unsure="leave")) == ["left_out"]
    assert acts(bring(cycle, file, unsure="same")) == ["moved"]
    assert held(cycle) == ["2027-01-28 13:00"]


def test_two_that_exchange_their_dates_under_new_names(cycle: Cycle) -> None:
    bring(cycle, calendar(single("A", "20270107", "a"), single("B", "20270114", "b")))
    outcome = bring(cycle, calendar(single("B", "20270107", "c"), single("A", "20270114", "d")))
    assert acts(outcome) == ["moved", "moved"]
    assert titles(cycle) == ["B", "A"]


def test_words_changed_here_stay_until_the_file_changes_its_own(cycle: Cycle) -> None:
    file = calendar(single("A", "20270107", "a", more="DESCRIPTION:Texte"))
    bring(cycle, file)
    session = Session.objects.get()
    session.title, session.summary = "Mieux", "Plus long"
    session.save()
    assert acts(bring(cycle, file)) == ["same"]
    session.refresh_from_db()
    assert (str(session.title), str(session.summary)) == ("Mieux", "Plus long")
    assert acts(bring(cycle, file.replace(b"SUMMARY:A", b"SUMMARY:C"))) == ["changed"]
    session.refresh_from_db()
    assert session.title.localize("fr") == "C"


def test_moved_here_and_named_anew_there_it_stays_where_it_is(cycle: Cycle) -> None:
    bring(cycle, calendar(single("A", "20270107", "a")))
    planning.move(Session.objects.get(), to=make.paris(2027, 1, 8), by=make.user(), at=AT, reason={"fr": "x"})
    outcome = bring(cycle, calendar(single("A", "20270107", "anew")))
    assert acts(outcome) == ["kept"]
    assert held(cycle) == ["2027-01-08 13:00"]


def test_several_events_of_one_uid_are_several_sessions(cycle: Cycle) -> None:
    assert acts(bring(cycle, calendar(*UNROLLED))) == ["created"] * 3
    assert acts(bring(cycle, calendar(*UNROLLED))) == ["same"] * 3
    assert acts(bring(cycle, calendar(*UNROLLED[:2], UNROLLED[2].replace("0121", "0122")))) == [
        "same",
        "same",
        "moved",
    ]


def test_the_same_event_twice_in_a_file_is_taken_once(cycle: Cycle) -> None:
    outcome = bring(cycle, calendar(single("A", "20270107", "a"), single("A", "20270107", "b")))
    assert acts(outcome) == ["created"]
    assert [remark.line for remark in outcome.warnings] == [10]


def test_a_past_session_is_not_moved_or_renamed_by_its_rule(cycle: Cycle) -> None:
    file = calendar(weekly(start="20261105T130000", count=6))
    bring(cycle, file)
    assert len(held(cycle)) == 6
    renamed = calendar(weekly(start="20261105T140000", count=6).replace("Cours", "Leçon"))
    outcome = bring(cycle, renamed)
    assert acts(outcome) == ["kept"] * 4 + ["moved"] * 2
    assert titles(cycle) == ["Cours"] * 4 + ["Leçon"] * 2
    assert [s.starts_at for s in cycle.sessions.order_by("starts_at")][:1] == [
        dt.datetime(2026, 11, 5, 12, tzinfo=dt.UTC)
    ]


def test_an_event_that_is_wrong_now_is_not_gone(cycle: Cycle) -> None:
    bring(
        cycle,
        calendar(single("A", "20270107", "a"), single("B", "20270114", "b"), single("C", "20270121", "c")),
    )
    wrong = single("B", "20270114", "b").replace("DURATION:PT1H", "DURATION:PT0H")
    outcome = bring(cycle, calendar(single("A", "20270107", "a"), wrong))
    assert (acts(outcome), len(outcome.problems)) == (["same", "gone"], 1)
    assert [step.title for step in outcome.steps][1:] == ["Escale 3\u202f: C"]
