"""Deleting what was made by mistake: only what nobody counts on, and its date is proposed again."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import translation

from accounts.models import AuditEntry
from cycles.models import Cycle, CycleException, Session
from cycles.schedule import planning
from notifications.models import Announcement, Delivery, Occurrence
from tests import make

pytestmark = pytest.mark.django_db

AT = make.AT
LATER = AT + dt.timedelta(days=1)


def refusal(session: Session, *, at: dt.datetime = LATER) -> str:
    with translation.override("en"), pytest.raises(planning.PlanningError) as refused:
        planning.delete(session, by=None, at=at)
    assert Session.objects.filter(pk=session.pk).exists()
    return str(refused.value)


def dates(cycle: Cycle) -> int:
    return len(planning.propose(cycle))


@pytest.mark.parametrize("count", [1, 3])
def test_all_that_was_just_made_is_deleted_and_proposed_again(count: int) -> None:
    cycle = make.cycle()
    before = dates(cycle)
    made = planning.confirm(cycle, by=None, at=AT)[:count]
    claire = make.user()
    ids = [session.pk for session in made]
    assert planning.delete_several(cycle, sessions=ids, by=claire, at=AT) == count
    assert (dates(cycle), cycle.sessions.count()) == (count, before - count)
    assert list(AuditEntry.objects.order_by("pk").values_list("verb", "target_kind", "target_id")) == [
        *(("session.delete", "cycles.session", pk) for pk in sorted(ids)),
        ("cycle.delete-sessions", "cycles.cycle", cycle.pk),
    ]


def test_several_are_deleted_all_or_none() -> None:
    draft, seen = make.session(status="draft"), make.session()
    Session.objects.filter(pk=seen.pk).update(cycle=draft.cycle)
    with pytest.raises(planning.PlanningError):
        planning.delete_several(draft.cycle, sessions=[draft.pk, seen.pk], by=None, at=LATER)
    assert Session.objects.count() == 2
    assert planning.deletable(draft.cycle, at=LATER) == [draft]


def test_what_visitors_have_seen_stays() -> None:
    assert refusal(make.session()) == (
        "Visitors have seen this session, and calendars hold it: cancel it instead."
    )
    moved = make.session()
    planning.move(moved, to=make.paris(2026, 12, 3), by=None, at=AT)
    assert refusal(moved, at=AT).startswith("Visitors have seen")


def test_who_ever_registered_keeps_a_session() -> None:
    session = make.session(status="draft")
    make.registration(session=session, state="cancelled", cancelled_at=AT)
    assert refusal(session) == "People have registered for this session: cancel it instead."


@pytest.mark.parametrize("state", [Delivery.State.SENT, Delivery.State.UNCERTAIN])
def test_a_mail_that_left_keeps_a_session(state: str) -> None:
    session = make.session(cycle=make.cycle(status="draft"))
    mail = make.delivery(make.registration(), state=state)
    Delivery.objects.filter(pk=mail.pk).update(session=session)
    assert refusal(session) == "Emails about this session have left: cancel it instead."


def test_a_mail_that_names_another_session_too_is_not_lost() -> None:
    cycle = make.cycle(status="draft")
    first, second = (make.session(cycle=cycle, number=number) for number in (1, 2))
    mailing = Occurrence.objects.create(
        kind="themes_announced", session=first, revision=0, due_at=AT, not_after=LATER
    )
    for session in (first, second):
        Announcement.objects.create(session=session, at=AT, mailing=mailing)
    assert (
        refusal(first) == "An email about it names another session, too: stop it first, or cancel this one."
    )
    for session in (second, first):
        planning.delete(session, by=None, at=LATER)
    assert not Occurrence.objects.filter(pk=mailing.pk).exists()


def test_a_mail_that_waits_does_not_leave_and_nothing_is_left_behind() -> None:
    cycle = make.cycle(status="draft")
    session = make.session(cycle=cycle, planned_date=dt.date(2026, 11, 19), number=1)
    planning.move(session, to=make.paris(2026, 12, 3), by=None, at=AT, reason="Grève")
    mail = make.delivery(make.registration())
    Delivery.objects.filter(pk=mail.pk).update(session=session)
    planning.delete(session, by=None, at=LATER)
    mail.refresh_from_db()
    assert (mail.state, mail.reason, mail.session) == ("skipped", "session_gone", None)
    assert not CycleException.objects.exists()
    assert not Occurrence.objects.filter(session=session.pk).exists()


def test_why_a_date_was_added_goes_with_it() -> None:
    cycle = make.cycle(status="draft")
    start = make.paris(2026, 11, 3)
    extra = planning.add(
        cycle, starts_at=start, ends_at=start + dt.timedelta(hours=1), title={"fr": "En plus"}, by=None, at=AT
    )
    planning.move(extra, to=make.paris(2026, 11, 5), by=None, at=AT)
    planning.delete(extra, by=None, at=LATER)
    assert not CycleException.objects.exists()


def test_a_session_that_changed_meanwhile_is_not_deleted() -> None:
    session = make.session(status="draft")
    with pytest.raises(planning.StaleError):
        planning.delete(session, by=None, at=LATER, seen=AT - dt.timedelta(days=1))
