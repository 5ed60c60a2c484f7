"""A draft of a cycle that nobody counts on is deleted whole; anything else says why it stays."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from accounts.models import AuditEntry
from cycles.content import editing
from cycles.models import Cycle, CycleException, Membership, News, NewsLink, Resource, Session
from cycles.schedule.revision import PlanningError
from notifications.models import Delivery, ReminderStep
from notifications.plan import defaults, planner
from tests import make
from tests.desk.browsing import messages_of, page

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft() -> Cycle:
    """A cycle as one is that was begun: dates, a theme, a date left out, a plan of reminders."""
    cycle = make.cycle(slug="tour", programme=make.programme(slug="quais"), status="draft")
    for number in (1, 2):
        make.session(cycle=cycle, number=number, status="tentative")
    make.slot(cycle.sessions.get(number=1))
    CycleException.objects.create(cycle=cycle, planned_date="2026-12-24", kind="skipped")
    defaults.default_steps(cycle)
    planner.replan_all(list(cycle.sessions.values_list("pk", flat=True)))
    return cycle


@pytest.fixture
def claire(client: Client, draft: Cycle) -> Client:
    client.force_login(make.membership(programme=draft.programme, role=Membership.Role.ORGANISER).user)
    return client


def text(client: Client) -> str:
    return client.get(page("cycle-delete-all", "tour")).content.decode()


def test_all_that_goes_is_told_and_goes(claire: Client, draft: Cycle) -> None:
    post = News.objects.create(slug="n", title="Billet", kind="recap", programme=draft.programme)
    NewsLink.objects.create(news=post, relation="about", cycle=draft)
    guide = Resource.objects.create(
        slug="g", kind="guide", title="Guide", session=draft.sessions.get(number=1)
    )
    assert page("cycle-delete-all", "tour") in claire.get(page("cycle-detail", "tour")).content.decode()
    shown = text(claire)
    for words in ("Sessions (2)", "Exceptions to the rhythm (1)", "Speakers (1)", "Agenda items (1)"):
        assert words in shown, words
    assert Cycle.objects.count() == 1
    answer = claire.post(page("cycle-delete-all", "tour"), follow=True)
    assert answer.redirect_chain == [(page("programme", "quais"), 302)]
    assert messages_of(answer) == ["“The tour in 12 stages” is deleted."]
    assert [model.objects.count() for model in (Cycle, Session, ReminderStep, CycleException)] == [0] * 4
    guide.refresh_from_db()
    assert (guide.session_id, News.objects.count()) == (None, 1)
    noted = AuditEntry.objects.filter(verb="cycle.delete")
    assert list(noted.values_list("target_id", "programme_id")) == [(draft.pk, draft.programme_id)]


def test_a_run_is_deleted_by_the_same_page(client: Client) -> None:
    run = make.run(status="draft", programme=make.programme())
    client.force_login(make.membership(programme=run.programme).user)
    assert "Delete the run</button>" in client.get(page("cycle-delete-all", run.slug)).content.decode()
    client.post(page("cycle-delete-all", run.slug))
    assert not Cycle.objects.filter(pk=run.pk).exists()


@pytest.mark.parametrize("held", ["published", "registered", "cancelled", "mail", "report"])
def test_what_people_count_on_stays_and_says_why(claire: Client, draft: Cycle, held: str) -> None:
    session = draft.sessions.get(number=1)
    if held == "published":
        Cycle.objects.filter(pk=draft.pk).update(status="published")
    elif held in ("registered", "cancelled"):
        left = {"state": "cancelled", "cancelled_at": make.AT} if held == "cancelled" else {}
        make.registration(session=session, **left)
    elif held == "mail":
        other = make.registration(session=make.session())
        sent = make.delivery(other, state=Delivery.State.SENT)
        Delivery.objects.filter(pk=sent.pk).update(cycle=draft)
    else:
        make.attendance_report(session=session)
    said = {
        "published": "It is published: unpublish it before you delete it.",
        "registered": "People have registered for it, or have asked to.",
        "cancelled": "People have registered for it, or have asked to.",
        "mail": "Emails about it have left, or wait to leave.",
        "report": "The attendance of one of its sessions was noted.",
    }[held]
    assert said in text(claire)
    assert "Delete the cycle</button>" not in text(claire)
    assert claire.post(page("cycle-delete-all", "tour")).status_code == 422
    with pytest.raises(PlanningError):
        editing.delete_cycle(draft, by=None, at=make.AT)
    assert draft.sessions.count() == 2


def test_who_only_reads_deletes_nothing(client: Client, draft: Cycle) -> None:
    client.force_login(make.membership(programme=draft.programme, role=Membership.Role.READER).user)
    assert page("cycle-delete-all", "tour") not in client.get(page("cycle-detail", "tour")).content.decode()
    assert client.post(page("cycle-delete-all", "tour")).status_code == 403
    assert Cycle.objects.count() == 1
