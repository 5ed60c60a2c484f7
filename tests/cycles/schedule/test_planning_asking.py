"""What may be done with a session: the verbs refuse exactly what planning says that they refuse."""

from __future__ import annotations

import datetime as dt
import functools
from typing import TYPE_CHECKING

import pytest
from django.db import transaction

from cycles.content import editing
from cycles.models import Session
from cycles.schedule import planning
from cycles.schedule.planning import Act
from tests import make

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.django_db

AT = make.AT
START = make.paris(2026, 11, 19)
LATER = make.paris(2027, 1, 21)
Status = Session.Status
DATED = (Status.DRAFT, Status.TENTATIVE, Status.CONFIRMED, Status.CANCELLED)
SESSIONS: dict[str, Callable[[], Session]] = {
    **{status: functools.partial(make.session, status=status) for status in DATED},
    "draft, in a draft": lambda: make.session(cycle=make.cycle(status="draft")),
    "draft without a date": lambda: make.session(status=Status.DRAFT, starts_at=None, ends_at=None),
    "never dated": lambda: make.session(status=Status.POSTPONED, starts_at=None, ends_at=None),
    "postponed": lambda: _after(lambda s: planning.postpone(s, by=None, at=AT)),
    "postponed, then cancelled": lambda: _after(
        lambda s: planning.postpone(s, by=None, at=AT), lambda s: _cancel(s, AT)
    ),
    "and restored": lambda: _after(
        lambda s: planning.postpone(s, by=None, at=AT),
        lambda s: _cancel(s, AT),
        lambda s: planning.restore(s, by=None, at=AT),
    ),
}
MOMENTS = {
    "at once": AT + dt.timedelta(minutes=1),
    "before": START - dt.timedelta(days=1),
    "during": START + dt.timedelta(minutes=1),
    "over": START + dt.timedelta(days=1),
}


def _after(*changes: Callable[[Session], object]) -> Session:
    session = make.session()
    for change in changes:
        change(session)
    return Session.objects.select_related("cycle").get(pk=session.pk)


def _cancel(session: Session, at: dt.datetime) -> object:
    return planning.cancel(session, reason="Grève", by=None, at=at)


VERBS: dict[Act, Callable[[Session, dt.datetime], object]] = {
    Act.CONFIRM: lambda s, at: editing.confirm_date(s, by=None, at=at),
    Act.MOVE: lambda s, at: planning.move(s, to=LATER, until=LATER + dt.timedelta(hours=1), by=None, at=at),
    Act.POSTPONE: lambda s, at: planning.postpone(s, by=None, at=at),
    Act.CANCEL: _cancel,
    Act.RESTORE: lambda s, at: planning.restore(s, by=None, at=at),
    Act.DELETE: lambda s, at: planning.delete(s, by=None, at=at),
}


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("name", SESSIONS)
def test_a_verb_refuses_what_it_said_that_it_refuses_and_nothing_else(name: str, moment: str) -> None:
    session, at = SESSIONS[name](), MOMENTS[moment]
    done = {}
    for act, verb in VERBS.items():
        with transaction.atomic():
            try:
                verb(session, at)
                done[act] = ""
            except planning.PlanningError as error:
                done[act] = str(error)
            transaction.set_rollback(True)
    assert {act: planning.refusal(act, session, at=at) for act in Act} == done
    assert planning.allowed(session, at=at) == {act for act in Act if not done[act]}


@pytest.mark.parametrize(
    ("name", "moment", "acts"),
    [
        # Its first date has passed; cancelled, it still has no date to lose.
        ("postponed, then cancelled", "over", {Act.RESTORE}),
        ("never dated", "before", {Act.MOVE, Act.DELETE}),
        ("confirmed", "over", set()),
        ("tentative", "before", {Act.CONFIRM, Act.MOVE, Act.POSTPONE, Act.CANCEL}),
        ("tentative", "at once", {Act.CONFIRM, Act.MOVE, Act.POSTPONE, Act.CANCEL, Act.DELETE}),
        ("draft, in a draft", "before", {Act.MOVE, Act.POSTPONE, Act.CANCEL, Act.DELETE}),
        ("draft without a date", "before", {Act.MOVE, Act.DELETE}),
    ],
)
def test_what_a_session_accepts(name: str, moment: str, acts: set[Act]) -> None:
    assert planning.allowed(SESSIONS[name](), at=MOMENTS[moment]) == acts


def test_what_never_had_a_date_does_not_keep_the_rest_from_being_cancelled() -> None:
    cycle = make.cycle()
    make.session(cycle=cycle, status=Status.POSTPONED, starts_at=None, ends_at=None)
    dated = make.session(cycle=cycle)
    assert planning.cancellable(cycle, at=AT) == [dated]
    made = planning.cancel_all(cycle, reason="Grève", by=None, at=AT)
    assert [change.session for change in made] == [dated]
