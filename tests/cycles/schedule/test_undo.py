"""Undoing the last change of a schedule while its notice waits."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from cycles.models import Session
from cycles.schedule import planning
from notifications.models import Occurrence
from tests import make

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.django_db

AT = dt.datetime(2026, 11, 2, 9, 0, tzinfo=dt.UTC)
SOON = AT + dt.timedelta(minutes=9, seconds=59)


def state(session: Session) -> tuple[str, dt.datetime | None, dt.datetime | None, str]:
    row = Session.objects.get(pk=session.pk)
    return row.status, row.starts_at, row.ends_at, str(row.cancel_reason)


CHANGES: dict[str, Callable[[Session], object]] = {
    "moved": lambda s: planning.move(s, to=make.paris(2026, 12, 3), by=None, at=AT),
    "postponed": lambda s: planning.postpone(s, by=None, at=AT),
    "cancelled": lambda s: planning.cancel(s, reason="Grève", by=None, at=AT),
}


@pytest.mark.parametrize("status", ["tentative", "confirmed"])
@pytest.mark.parametrize("kind", CHANGES)
def test_undone_in_time_all_is_as_before_and_nobody_is_told(kind: str, status: str) -> None:
    session = make.session(status=status, planned_date=dt.date(2026, 11, 19))
    before = state(session)
    CHANGES[kind](session)
    assert state(session) != before
    change = planning.undo(session, by=None, at=SOON)
    assert state(session) == before
    # Calendars that saw the first change must see the second.
    assert (change.revision, Session.objects.get(pk=session.pk).revision) == (2, 2)
    waiting = Occurrence.objects.filter(session=session, step=None, state=Occurrence.State.PLANNED)
    assert waiting.count() == 0


def test_a_new_date_and_a_restoring_are_undone_too() -> None:
    session = make.session()
    planning.postpone(session, by=None, at=AT - dt.timedelta(days=1))
    new = make.paris(2026, 12, 3)
    planning.move(session, to=new, until=new + dt.timedelta(hours=1), by=None, at=AT)
    planning.undo(session, by=None, at=SOON)
    assert state(session)[:2] == ("postponed", None)
    other = make.session()
    planning.cancel(other, reason="Grève", by=None, at=AT - dt.timedelta(days=1))
    cancelled = state(other)
    planning.restore(other, by=None, at=AT)
    planning.undo(other, by=None, at=SOON)
    assert state(other) == cancelled


def test_what_is_too_old_or_never_happened_is_not_undone() -> None:
    session = make.session()
    with pytest.raises(planning.PlanningError):
        planning.undo(session, by=None, at=AT)
    change = planning.move(session, to=make.paris(2026, 12, 3), by=None, at=AT)
    late = AT + planning.grace()
    session.refresh_from_db()
    assert planning.can_undo(session, change, at=SOON) is True
    assert planning.can_undo(session, change, at=late) is False
    assert planning.can_undo(session, None, at=AT) is False
    with pytest.raises(planning.PlanningError):
        planning.undo(session, by=None, at=late)
    assert state(session)[1] == make.paris(2026, 12, 3)
    with pytest.raises(planning.StaleError):
        planning.undo(session, by=None, at=SOON, seen=AT - dt.timedelta(days=30))
