"""Sessions that are postponed, cancelled and restored: refusals, and what is left behind."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from cycles.models import Session
from cycles.schedule import planning
from tests import make

if TYPE_CHECKING:
    from cycles.events import ScheduleChanged


from tests.cycles.schedule.planned import AT, REASON, planned, refusal

pytestmark = pytest.mark.django_db


# postpone


def test_postpone_takes_the_date_away(changes: list[ScheduleChanged]) -> None:
    session = planned()
    planning.postpone(session, by=None, at=AT, reason=REASON)
    session.refresh_from_db()
    assert (session.status, session.starts_at, session.ends_at, session.revision) == (
        "postponed",
        None,
        None,
        1,
    )
    change = changes[0].change
    assert (change.kind, change.from_starts_at, change.to_starts_at) == (
        "postponed",
        make.paris(2026, 11, 19),
        None,
    )


def test_postpone_refusals() -> None:
    session = planned()
    begun = make.paris(2026, 11, 19)
    assert refusal(lambda: planning.postpone(session, by=None, at=begun)) == (
        "This session has begun: it can no longer be postponed."
    )
    planning.cancel(session, reason=REASON, by=None, at=AT)
    assert refusal(lambda: planning.postpone(session, by=None, at=AT)) == (
        "Only a planned session can be postponed."
    )


# cancel and restore


def test_cancel_keeps_date_number_and_reason(changes: list[ScheduleChanged]) -> None:
    session = planned(number=2)
    planning.cancel(session, reason=REASON, by=None, at=AT)
    session.refresh_from_db()
    assert (session.status, session.number, session.starts_at, session.revision) == (
        "cancelled",
        2,
        make.paris(2026, 11, 19),
        1,
    )
    assert session.cancel_reason.localize("en") == "Launch of the programme"
    assert [c.change.kind for c in changes] == ["cancelled"]


def test_cancel_refusals() -> None:
    session = planned()
    assert refusal(lambda: planning.cancel(session, reason=" ", by=None, at=AT)) == (
        "Say why the session is cancelled: the people registered will read it."
    )
    over = make.paris(2026, 11, 19, 14, 30)
    assert refusal(lambda: planning.cancel(session, reason=REASON, by=None, at=over)) == (
        "This session is over: it can no longer be cancelled."
    )
    planning.cancel(session, reason=REASON, by=None, at=over - dt.timedelta(seconds=1))
    assert refusal(lambda: planning.cancel(session, reason=REASON, by=None, at=AT)) == (
        "This session is cancelled already."
    )
    draft = make.session(status=Session.Status.DRAFT)
    assert refusal(lambda: planning.cancel(draft, reason=REASON, by=None, at=AT)) == (
        "This session is a draft that nobody sees: delete it instead."
    )


def test_a_postponed_session_is_cancelled_at_its_last_date_and_restored_without_one() -> None:
    session = planned()
    planning.postpone(session, by=None, at=AT)
    planning.cancel(session, reason=REASON, by=None, at=AT)
    session.refresh_from_db()
    assert (session.status, session.starts_at) == ("cancelled", make.paris(2026, 11, 19))
    planning.restore(session, by=None, at=AT)
    session.refresh_from_db()
    assert (session.status, session.starts_at, session.ends_at) == ("postponed", None, None)
    assert list(session.changes.values_list("kind", flat=True)) == ["postponed", "cancelled", "postponed"]


def test_a_postponed_session_that_never_had_a_date_is_not_cancelled() -> None:
    session = make.session(status=Session.Status.POSTPONED, starts_at=None, ends_at=None)
    assert refusal(lambda: planning.cancel(session, reason=REASON, by=None, at=AT)) == (
        "This session never had a date: delete it instead."
    )


@pytest.mark.parametrize("status", [Session.Status.TENTATIVE, Session.Status.CONFIRMED])
def test_restore_gives_back_what_it_was(status: Session.Status, changes: list[ScheduleChanged]) -> None:
    session = planned(status=status)
    planning.cancel(session, reason=REASON, by=None, at=AT)
    planning.restore(session, by=None, at=AT)
    session.refresh_from_db()
    assert (session.status, session.status_before_cancel, str(session.cancel_reason)) == (status, "", "")
    assert (session.revision, session.revised_at) == (2, AT + dt.timedelta(seconds=2))
    assert [c.change.kind for c in changes] == ["cancelled", "restored"]


def test_restore_refusals() -> None:
    session = planned()
    assert refusal(lambda: planning.restore(session, by=None, at=AT)) == "This session is not cancelled."
    planning.cancel(session, reason=REASON, by=None, at=AT)
    begun = make.paris(2026, 11, 19)
    assert refusal(lambda: planning.restore(session, by=None, at=begun)) == (
        "Its date has passed: plan a new session instead."
    )
