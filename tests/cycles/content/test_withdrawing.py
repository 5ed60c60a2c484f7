"""A published cycle made a draft again, put in the archive and taken out of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.utils import translation

from accounts.models import AuditEntry
from cycles.content import editing
from cycles.models import Cycle, Session
from cycles.schedule import planning
from cycles.site.page_cache.snapshots import store
from registrations.models import State
from tests import make

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable

    from django.test import Client

pytestmark = pytest.mark.django_db

AT = make.AT
OVER = make.paris(2026, 11, 20)
PAGE, FEED = "/en/cycles/tour/", "/en/cycles/tour.ics"


@pytest.fixture
def cycle() -> Cycle:
    cycle = make.cycle(slug="tour")
    make.session(cycle=cycle)
    return cycle


def refusal(verb: Callable[..., None], cycle: Cycle, *, at: dt.datetime) -> str:
    with translation.override("en"), pytest.raises(planning.PlanningError) as refused:
        verb(cycle, by=None, at=at)
    return str(refused.value)


def answers(client: Client) -> tuple[int, int]:
    # Pages are kept until a change is committed, which never happens in a test.
    store.clear()
    return client.get(PAGE).status_code, client.get(FEED).status_code


def test_a_cycle_that_nobody_joined_leaves_pages_and_feeds(client: Client, cycle: Cycle) -> None:
    assert answers(client) == (200, 200)
    editing.withdraw(cycle, by=make.user(), at=AT)
    cycle.refresh_from_db()
    assert (cycle.status, cycle.revised_at > AT) == ("draft", True)
    assert answers(client) == (404, 404)


@pytest.mark.parametrize("status", ["postponed", "draft"])
def test_what_waits_for_a_date_or_to_be_published_is_still_going_on(cycle: Cycle, status: str) -> None:
    make.cycle_registration(cycle=cycle)
    cycle.sessions.update(status=status)
    assert refusal(editing.withdraw, cycle, at=AT) == (
        "This cycle has sessions ahead and people who registered: cancel these sessions first."
    )
    assert refusal(editing.archive, cycle, at=AT) == (
        "This cycle is not over: a session is ahead, or waits for a new date."
    )


@pytest.mark.parametrize("state", [State.PENDING, State.IN_REVIEW, State.CONFIRMED])
def test_who_is_in_or_asked_keeps_a_cycle_with_dates_ahead(cycle: Cycle, state: str) -> None:
    row = make.cycle_registration(cycle=cycle, state=state)
    assert refusal(editing.withdraw, cycle, at=AT) == (
        "This cycle has sessions ahead and people who registered: cancel these sessions first."
    )
    assert Cycle.objects.get().status == "published"
    type(row).objects.update(state=State.CANCELLED, cancelled_at=AT)
    editing.withdraw(cycle, by=None, at=AT)
    assert Cycle.objects.get().status == "draft"


def test_a_cycle_that_is_over_is_archived_and_its_page_stays(client: Client, cycle: Cycle) -> None:
    claire = make.user()
    editing.archive(cycle, by=claire, at=OVER)
    assert (Cycle.objects.get().status, answers(client)) == ("archived", (200, 200))
    assert refusal(editing.archive, cycle, at=OVER) == "Only a published cycle can be archived."
    editing.unarchive(cycle, by=claire, at=OVER)
    assert Cycle.objects.get().status == "published"
    assert refusal(editing.unarchive, cycle, at=OVER) == "This cycle is not archived."
    assert list(AuditEntry.objects.order_by("pk").values_list("verb", flat=True)) == [
        "cycle.archive",
        "cycle.unarchive",
    ]


def test_a_cycle_with_dates_ahead_is_not_archived(cycle: Cycle) -> None:
    ahead = "This cycle is not over: a session is ahead, or waits for a new date."
    assert refusal(editing.archive, cycle, at=AT) == ahead
    planning.postpone(Session.objects.get(), by=None, at=AT)
    assert refusal(editing.archive, cycle, at=OVER) == ahead
    planning.cancel(Session.objects.get(), reason="Grève", by=None, at=AT)
    editing.archive(cycle, by=None, at=AT)
    assert Cycle.objects.get().status == "archived"
