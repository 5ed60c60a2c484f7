"""How many people mailings to come reach: what `audiences` says of each, by a few statements for all of them."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest

from cycles.models import Cycle
from cycles.schedule import planning
from notifications.mail.kinds import DIGEST
from notifications.models import NewsStop, Occurrence, ReminderStep
from notifications.notices import digests, recaps, speakers
from notifications.plan import audiences, defaults, planner, reach
from registrations.attendance.models import Attendance
from registrations.models import Registration
from speakers.models import Engagement
from tests import make
from tests.make import paris

if TYPE_CHECKING:
    from cycles.models import Session

pytestmark = pytest.mark.django_db
AT = paris(2026, 11, 2, 9)
FIRST = {"starts_at": paris(2026, 11, 19, 9), "ends_at": paris(2026, 11, 19, 10, 30)}
CLOSE = {"starts_at": paris(2026, 11, 19, 11), "ends_at": paris(2026, 11, 19, 12)}
DAY = dt.timedelta(days=1)
LATER = {"starts_at": paris(2026, 12, 17, 9), "ends_at": paris(2026, 12, 17, 10)}


def planned() -> list[Occurrence]:
    rows = Occurrence.objects.exclude(state=Occurrence.State.CANCELLED)
    return list(rows.select_related("step", "session__cycle"))


def one_by_one(mailings: list[Occurrence]) -> dict[int, int]:
    """Return what the code that sends finds, one mailing at a time."""
    result = {}
    for row in mailings:
        if row.step is not None:
            result[row.pk] = audiences.count(row.step, row.session, due_at=max(row.due_at, AT))
        else:
            result[row.pk] = audiences.of(row).count() + len(
                speakers.told(row.session, kind=speakers.kind_of(row) or "") if speakers.kind_of(row) else []
            )
    return result


def people(session: Session, *states: str) -> list[Registration]:
    more: dict[str, dict[str, Any]] = {
        "cancelled": {"cancelled_at": AT},
        "offered": {"offer_ends_at": paris(2026, 11, 4)},
    }
    return [make.registration(session=session, state=state, **more.get(state, {})) for state in states]


@pytest.mark.parametrize("kind", [Cycle.Kind.WEBINAR, Cycle.Kind.RUN])
def test_it_counts_whom_each_line_reaches(kind: str) -> None:
    """Seats, waiting lists, attendance, whole cycles, sessions close by (R7), speakers who are silent or said yes."""
    cycle = make.run(slug="tour") if kind == Cycle.Kind.RUN else make.cycle(slug="tour")
    defaults.default_steps(make.cycle(slug="other"))
    for step in ReminderStep.objects.all():
        step.pk, step.cycle = None, cycle
        step.save()
    for audience in ("waitlisted", "cycle"):
        line = {"moment": "local_time", "day_delta": -4, "kind": "note", "audience": audience}
        ReminderStep.objects.create(cycle=cycle, code=audience, **line)
    first, close, later = (make.session(cycle=cycle, **dates) for dates in (FIRST, CLOSE, LATER))
    both, *_rest = people(first, "confirmed", "confirmed", "waitlisted", "cancelled", "offered")
    make.registration(session=close, participant=both.participant)
    people(close, "confirmed", "waitlisted")
    stopped, came, missed, _unknown = people(later, *["confirmed"] * 4)
    stopped.participant.reminders_stopped_at = AT
    stopped.participant.save()
    for row, state in ((came, Attendance.State.PRESENT), (missed, Attendance.State.ABSENT)):
        Attendance.objects.create(registration=row, state=state, source="hand", noted_at=AT)
    make.cycle_registration(cycle=cycle)
    make.slot(first, state="accepted", contact_email="yes@example.org")
    for number, invited_at in enumerate([make.AT, AT], start=1):
        email = f"silent{number}@example.org"
        make.slot(later, state="invited", contact_email=email)
        Engagement.objects.create(session=later, contact=make.contact(email), invited_at=invited_at)
    planner.replan_all([first.pk, close.pk, later.pk])
    rows = planned()
    result = reach.people(rows, at=AT)
    assert result == one_by_one(rows)
    assert {0, 1, 2} <= set(result.values())


def test_it_counts_whom_notices_and_news_reach(django_assert_num_queries: Any) -> None:
    cycle = make.cycle(slug="tour")
    sessions = [make.session(cycle=cycle, **dates) for dates in (FIRST, LATER)]
    for session in sessions:
        people(session, "confirmed", "waitlisted", "cancelled")
        make.slot(session, state="accepted")
    speaker = make.registration(session=sessions[1], participant=make.participant(email="nadia@example.org"))
    NewsStop.objects.create(participant=speaker.participant, cycle=cycle, at=AT)
    planning.move(sessions[0], to=paris(2026, 11, 20, 9), by=None, at=AT)
    planning.cancel(sessions[1], reason={"fr": "Panne"}, by=None, at=AT)
    people(sessions[0], "confirmed")
    Registration.objects.filter(pk=Registration.objects.latest("pk").pk).update(
        confirmed_at=paris(2026, 11, 3)
    )
    recaps.announce(make.session(cycle=cycle, **CLOSE), at=AT)
    rows = [row for row in planned() if row.step is None]
    assert {row.kind for row in rows} == {"session_moved", "session_cancelled", "themes_announced"}
    assert reach.people(rows, at=AT) == one_by_one(rows)
    with django_assert_num_queries(4):
        reach.people(rows, at=AT)


def test_nobody_without_an_address_is_counted() -> None:
    """Notices of changes, their digest, news, and lines to the whole cycle: pages would promise mails to nobody."""
    cycle = make.cycle(slug="tour")
    first, later = (make.session(cycle=cycle, **dates) for dates in (FIRST, LATER))
    line = {"moment": "local_time", "day_delta": -4, "kind": "note", "audience": "cycle"}
    ReminderStep.objects.create(cycle=cycle, code="cycle", **line)
    reached, silent = people(first, "confirmed", "confirmed")
    for row in (reached, silent):
        make.registration(session=later, participant=row.participant)
    silent.participant.email = ""
    silent.participant.save()
    for session, dates in ((first, FIRST), (later, LATER)):
        planning.move(session, to=dates["starts_at"] + 2 * DAY, until=None, by=None, at=AT)
    recaps.announce(make.session(cycle=cycle, **CLOSE), at=AT)
    digests.join(at=AT + DAY / 24)
    rows = planned()
    assert {row.kind for row in rows} >= {"themes_announced", "note", DIGEST}
    result = reach.people(rows, at=AT)
    assert result == one_by_one(rows)
    assert set(result.values()) == {1}
