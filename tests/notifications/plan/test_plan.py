"""From sessions to mailings and owed mails: rules R1 to R4, moves, cancellations, healing."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.db.models import F

from cycles.models import Session
from cycles.schedule import planning
from notifications.models import Delivery, Occurrence, ReminderStep
from notifications.plan import defaults, healing, planner
from tests import default_plan, make
from tests.make import AT, paris

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)
DAY = dt.timedelta(days=1)


def planned_session(**fields: object) -> Session:
    """A session on 19 November 2026, 13:00 in Paris, with the default plan."""
    session = make.session(**fields)
    defaults.default_steps(session.cycle)
    planner.replan(session)
    return session


def mailings(session: Session) -> list[tuple[str, int, str, dt.datetime]]:
    rows = (
        Occurrence.objects.filter(session=session).select_related("step").order_by("revision", "due_at", "pk")
    )
    return [(row.step.code if row.step else row.kind, row.revision, row.state, row.due_at) for row in rows]


def owed() -> list[tuple[str, str, str]]:
    rows = Delivery.objects.order_by("pk")
    return [(row.key.split(":")[0] + f" r{row.revision}", row.state, row.reason) for row in rows]


def test_the_default_plan_of_a_session() -> None:
    assert mailings(planned_session()) == [
        ("chase-21", 0, "planned", paris(2026, 10, 29)),
        ("chase-14", 0, "planned", paris(2026, 11, 5)),
        ("j-7", 0, "planned", paris(2026, 11, 12)),
        ("chase-7", 0, "planned", paris(2026, 11, 12)),
        ("speakers-j-3", 0, "planned", paris(2026, 11, 16)),
        ("j-1", 0, "planned", paris(2026, 11, 18)),
        ("h-1", 0, "planned", paris(2026, 11, 19, 12)),
        ("speakers-h-1", 0, "planned", paris(2026, 11, 19, 12)),
        ("thanks", 0, "planned", paris(2026, 11, 19, 16, 30)),
        ("missed", 0, "planned", paris(2026, 11, 19, 16, 30)),
        ("follow-up", 0, "planned", paris(2026, 11, 20, 14, 30)),
        ("speakers-thanks", 0, "planned", paris(2026, 11, 20, 14, 30)),
    ]


def test_planning_again_changes_nothing() -> None:
    session = planned_session()
    before = list(Occurrence.objects.order_by("pk").values())
    defaults.default_steps(session.cycle)
    planner.replan(session)
    assert list(Occurrence.objects.order_by("pk").values()) == before


def test_a_session_made_late_owes_only_what_lies_ahead() -> None:
    session = planned_session(created_at=paris(2026, 11, 15))
    assert [(code, state) for code, _, state, _ in mailings(session)] == [
        (code, "missed" if code in ("chase-21", "chase-14", "chase-7", "j-7") else "planned")
        for code in default_plan.MAILINGS
    ]


def test_a_due_step_owes_one_mail_a_person() -> None:
    session = planned_session()
    rows = [make.registration(session=session) for _ in range(3)]
    step = ReminderStep.objects.get(code="j-7")
    assert planner.open_due(at=paris(2026, 11, 12)) == 3
    assert sorted(Delivery.objects.values_list("key", "to_address", "domain", "state")) == sorted(
        (f"rem:{step.pk}:{session.pk}:0:{row.pk}", row.participant.email, "example.org", "pending")
        for row in rows
    )


def test_nothing_is_owed_before_its_time() -> None:
    make.registration(session=planned_session())
    assert planner.open_due(at=paris(2026, 11, 12) - MINUTE) == 0


def test_r1_a_late_registration_is_not_owed_what_is_past() -> None:
    session = planned_session()
    make.registration(session=session, confirmed_at=paris(2026, 11, 12) + MINUTE)
    assert planner.open_due(at=paris(2026, 11, 12) + 5 * MINUTE) == 0
    assert planner.open_due(at=paris(2026, 11, 18)) == 1


def test_r2_running_the_tick_again_owes_nothing_more() -> None:
    make.registration(session=planned_session())
    at = paris(2026, 11, 12)
    assert [planner.open_due(at=at + minutes * MINUTE) for minutes in (0, 1, 20, 21)] == [1, 0, 0, 0]
    assert Occurrence.objects.get(step__code="j-7").state == "closed"


def test_a_confirmation_committed_during_the_first_pass_is_found_by_the_second() -> None:
    session = planned_session()
    at = paris(2026, 11, 12)
    assert planner.open_due(at=at) == 0
    make.registration(session=session, confirmed_at=at - dt.timedelta(seconds=1))
    assert planner.open_due(at=at + MINUTE) == 0
    assert planner.open_due(at=at + 15 * MINUTE) == 1


def test_fan_out_resumes_at_its_cursor(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planner, "CHUNK", 2)
    session = planned_session()
    for _ in range(5):
        make.registration(session=session)
    at = paris(2026, 11, 12)
    # The speakers are chased before: out of the way, and nobody is owed a mail.
    assert planner.open_due(at=at - MINUTE) == 0
    assert [planner.open_due(at=at, chunks=1) for _ in range(3)] == [2, 2, 1]
    assert Delivery.objects.count() == 5


@pytest.mark.parametrize(
    ("fields", "reminders"),
    [
        ({"state": "waitlisted"}, 0),
        # Held for somebody who has not said yes: the offer speaks for itself.
        ({"state": "offered", "offer_ends_at": AT}, 0),
        ({"state": "pending"}, 0),
        ({"state": "cancelled", "cancelled_at": AT}, 0),
    ],
)
def test_who_gets_reminders(fields: dict[str, object], reminders: int) -> None:
    make.registration(session=planned_session(), **fields)
    assert planner.open_due(at=paris(2026, 11, 12)) == reminders


def test_who_stopped_reminders_gets_none() -> None:
    participant = make.participant(reminders_stopped_at=AT)
    make.registration(session=planned_session(), participant=participant)
    assert planner.open_due(at=paris(2026, 11, 12)) == 0


def test_r3_a_move_before_opening_moves_the_mailings() -> None:
    session = planned_session()
    at = paris(2026, 11, 2)
    planning.move(session, to=paris(2026, 11, 26), by=None, at=at)
    assert mailings(session) == [
        ("session_moved", 1, "planned", at + 10 * MINUTE),
        ("chase-21", 1, "planned", paris(2026, 11, 5)),
        ("chase-14", 1, "planned", paris(2026, 11, 12)),
        ("j-7", 1, "planned", paris(2026, 11, 19)),
        ("chase-7", 1, "planned", paris(2026, 11, 19)),
        ("speakers-j-3", 1, "planned", paris(2026, 11, 23)),
        ("j-1", 1, "planned", paris(2026, 11, 25)),
        ("h-1", 1, "planned", paris(2026, 11, 26, 12)),
        ("speakers-h-1", 1, "planned", paris(2026, 11, 26, 12)),
        ("thanks", 1, "planned", paris(2026, 11, 26, 16, 30)),
        ("missed", 1, "planned", paris(2026, 11, 26, 16, 30)),
        ("follow-up", 1, "planned", paris(2026, 11, 27, 14, 30)),
        ("speakers-thanks", 1, "planned", paris(2026, 11, 27, 14, 30)),
    ]


def test_r3_a_move_after_opening_supersedes_what_waits_and_keeps_what_was_sent() -> None:
    session = planned_session()
    first, _ = make.registration(session=session), make.registration(session=session)
    planner.open_due(at=paris(2026, 11, 12))
    Delivery.objects.filter(registration=first).update(state="sent", sent_at=AT)
    planning.move(session, to=paris(2026, 11, 26), by=None, at=paris(2026, 11, 12, 14))
    assert owed() == [("rem r0", "sent", ""), ("rem r0", "skipped", "superseded")]
    assert planner.open_due(at=paris(2026, 11, 12, 14) + 10 * MINUTE) == 2
    assert planner.open_due(at=paris(2026, 11, 19)) == 2
    assert owed()[2:] == [("session_moved r1", "pending", "")] * 2 + [("rem r1", "pending", "")] * 2


def test_two_moves_within_the_grace_give_one_notice_from_the_first_date() -> None:
    session = planned_session()
    make.registration(session=session)
    at = paris(2026, 11, 2)
    planning.move(session, to=paris(2026, 11, 26), by=None, at=at)
    planning.move(session, to=paris(2026, 11, 27), by=None, at=at + 5 * MINUTE)
    assert planner.open_due(at=at + 20 * MINUTE) == 1
    notice = Delivery.objects.get()
    assert notice.occurrence is not None
    assert (notice.kind, notice.revision, notice.occurrence.since_revision) == ("session_moved", 2, 0)


def test_a_move_taken_back_within_the_grace_gives_no_notice() -> None:
    session = planned_session()
    make.registration(session=session)
    at = paris(2026, 11, 2)
    planning.move(session, to=paris(2026, 11, 26), by=None, at=at)
    planning.move(session, to=paris(2026, 11, 19), by=None, at=at + 5 * MINUTE)
    assert planner.open_due(at=at + 30 * MINUTE) == 0


def test_r4_a_cancellation_stops_the_reminders_and_gives_one_notice() -> None:
    session = planned_session()
    make.registration(session=session)
    at = paris(2026, 11, 12)
    planner.open_due(at=at)
    planning.cancel(session, reason="Grève", by=None, at=at + MINUTE)
    assert owed() == [("rem r0", "skipped", "superseded")]
    assert [planner.open_due(at=at + days * DAY) for days in range(1, 8)] == [1, 0, 0, 0, 0, 0, 0]
    assert owed()[1:] == [("session_cancelled r1", "pending", "")]


def test_a_cancellation_taken_back_within_the_grace_gives_no_notice_and_the_plan_again() -> None:
    session = planned_session()
    at = paris(2026, 11, 2)
    planning.cancel(session, reason="Grève", by=None, at=at)
    planning.restore(session, by=None, at=at + MINUTE)
    assert [(code, state) for code, revision, state, _ in mailings(session) if revision == 2] == [
        (code, "missed" if code == "chase-21" else "planned") for code in default_plan.MAILINGS
    ]
    assert Occurrence.objects.filter(step=None, state="planned").count() == 0


def test_a_restored_session_is_told_after_the_cancellation_was() -> None:
    session = planned_session()
    make.registration(session=session)
    at = paris(2026, 11, 2)
    planning.cancel(session, reason="Grève", by=None, at=at)
    planner.open_due(at=at + 10 * MINUTE)
    Delivery.objects.update(state="sent", sent_at=AT)
    planning.restore(session, by=None, at=at + DAY)
    planner.open_due(at=at + DAY + 10 * MINUTE)
    assert owed() == [("session_cancelled r1", "sent", ""), ("session_restored r2", "pending", "")]


def test_r5_a_worker_down_for_two_days_misses_the_step_and_says_so() -> None:
    session = planned_session()
    make.registration(session=session)
    assert planner.open_due(at=paris(2026, 11, 14)) == 0
    assert [row for row in mailings(session) if row[2] == "missed"] == [
        ("chase-21", 0, "missed", paris(2026, 10, 29)),
        ("chase-14", 0, "missed", paris(2026, 11, 5)),
        ("j-7", 0, "missed", paris(2026, 11, 12)),
        ("chase-7", 0, "missed", paris(2026, 11, 12)),
    ]


def test_r6_a_catch_up_in_the_night_leaves_in_the_morning() -> None:
    make.registration(session=planned_session())
    planner.open_due(at=paris(2026, 11, 12, 23))
    assert Delivery.objects.get().next_at == paris(2026, 11, 13, 8)


def test_the_tick_heals_what_nobody_planned() -> None:
    session = make.session()
    assert healing.heal_some(at=AT) == 1
    assert [code for code, *_ in mailings(session)] == list(default_plan.MAILINGS)
    assert healing.heal_some(at=AT) == 0


def more_statements(rows: int, *, values: int) -> int:
    """Return how many statements beyond the first so many rows take: SQLite has 999 values in each."""
    most = connection.features.max_query_params
    return (rows - 1) // (most // values) if most else 0


@pytest.mark.parametrize("count", [1, 3, 12])
def test_many_sessions_are_replanned_in_as_many_queries_as_one(
    django_assert_num_queries: Any, count: int
) -> None:
    cycle = make.cycle()
    defaults.default_steps(cycle)
    sessions = [
        make.session(cycle=cycle, number=number, starts_at=paris(2026, 11, 19) + 7 * number * DAY)
        for number in range(count)
    ]
    pks = [session.pk for session in sessions]
    rows = count * len(default_plan.ON)
    with django_assert_num_queries(6 + more_statements(rows, values=12)):
        planner.replan_all(pks)
    # Some dates change, one line is counted anew, one is switched off: all in one go.
    Session.objects.update(starts_at=F("starts_at") + DAY, ends_at=F("ends_at") + DAY, revision=1)
    ReminderStep.objects.filter(code="j-7").update(day_delta=-5)
    ReminderStep.objects.filter(code="h-1").update(is_enabled=False)
    with django_assert_num_queries(10 + more_statements(rows - count, values=9)):
        planner.replan_all(pks)
    for number, session in enumerate(sessions):
        week, found = 7 * number * DAY, mailings(session)
        assert [row for row in found if row[0] in ("j-7", "j-1", "h-1")] == [
            ("h-1", 0, "cancelled", paris(2026, 11, 19, 12) + week),
            ("j-7", 1, "planned", paris(2026, 11, 15) + week),
            ("j-1", 1, "planned", paris(2026, 11, 19) + week),
        ]
        after = {row[:3] for row in found if row[0] in ("thanks", "missed", "follow-up")}
        assert after == {("thanks", 1, "planned"), ("missed", 1, "planned"), ("follow-up", 1, "planned")}
