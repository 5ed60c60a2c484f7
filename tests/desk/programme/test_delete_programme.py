"""A draft of a programme that nobody counts on is deleted whole, by an owner; anything else says why it stays."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from accounts.models import AuditEntry
from cycles.content import editing
from cycles.models import (
    Cycle,
    Event,
    Invitation,
    Membership,
    Module,
    News,
    Objective,
    Organisation,
    Partnership,
    Programme,
    Resource,
)
from cycles.schedule.revision import PlanningError
from tests import make
from tests.desk.browsing import messages_of, page

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db
BUTTON = "Delete the programme</button>"


@pytest.fixture
def draft() -> Programme:
    """A programme as one is that was begun: an aim, a partner, somebody invited, a cycle with a date."""
    programme = make.programme(slug="quais", is_published=False)
    Objective.objects.create(programme=programme, order=1, text={"fr": "Relier"})
    partner = Organisation.objects.create(slug="amis", name="Les amis des quais")
    Partnership.objects.create(programme=programme, organisation=partner, order=1)
    make.invitation(programme=programme)
    cycle = make.cycle(slug="tour", programme=programme, status="draft")
    make.session(cycle=cycle, status="tentative")
    return programme


@pytest.fixture
def owner(client: Client, draft: Programme) -> Client:
    client.force_login(make.membership(programme=draft, role=Membership.Role.OWNER).user)
    return client


def text(client: Client) -> str:
    return client.get(page("programme-delete", "quais")).content.decode()


def test_all_that_goes_is_told_and_goes(owner: Client, draft: Programme) -> None:
    other = make.cycle(programme=make.programme())
    assert page("programme-delete", "quais") in owner.get(page("programme", "quais")).content.decode()
    shown = text(owner)
    for words in ("Cycles (1)", "Sessions (1)", "Objectives (1)", "Partners (1)", "Roles in programmes (1)"):
        assert words in shown, words
    assert BUTTON in shown
    assert Programme.objects.filter(pk=draft.pk).exists()
    answer = owner.post(page("programme-delete", "quais"), follow=True)
    assert answer.redirect_chain == [(page("cycles"), 302)]
    assert messages_of(answer) == ["“Trial programme” is deleted."]
    assert list(Programme.objects.all()) == [other.programme]
    assert list(Cycle.objects.all()) == [other]
    assert [model.objects.count() for model in (Objective, Partnership, Invitation, Membership)] == [0] * 4
    assert Organisation.objects.count() == 1
    noted = AuditEntry.objects.filter(programme_id=draft.pk, verb__endswith=".delete").order_by("pk")
    assert [(line.verb, line.target_kind) for line in noted] == [
        ("cycle.delete", "cycles.cycle"),
        ("programme.delete", "cycles.programme"),
    ]


@pytest.mark.parametrize("held", ["published", "cycle", "registered", "module", "news", "resource", "event"])
def test_what_people_count_on_stays_and_says_why(owner: Client, draft: Programme, held: str) -> None:
    cycle = draft.cycles.get()
    if held == "published":
        Programme.objects.filter(pk=draft.pk).update(is_published=True)
    elif held == "cycle":
        Cycle.objects.filter(pk=cycle.pk).update(status="published")
    elif held == "registered":
        make.registration(session=cycle.sessions.get())
    elif held == "module":
        make.module(programme=draft)
    elif held == "news":
        News.objects.create(slug="n", title="Billet", kind="recap", programme=draft)
    elif held == "resource":
        Resource.objects.create(slug="g", title="Guide", kind="guide", programme=draft)
    else:
        Event.objects.create(slug="e", title="Forum", programme=draft)
    move = "delete them or move them to another programme first."
    said = {
        "published": "It is published: unpublish it before you delete it.",
        "cycle": "The tour in 12 stages: It is published: unpublish it before you delete it.",
        "registered": "The tour in 12 stages: People have registered for it, or have asked to.",
        "module": f"Training modules (1): {move}",
        "news": f"News (1): {move}",
        "resource": f"Resources (1): {move}",
        "event": "Events (1): visitors see them; move them to another programme first.",
    }[held]
    shown = text(owner)
    assert said in shown
    assert BUTTON not in shown
    assert owner.post(page("programme-delete", "quais")).status_code == 422
    with pytest.raises(PlanningError):
        editing.delete_programme(draft, by=None, at=make.AT)
    assert Programme.objects.filter(pk=draft.pk).exists()
    assert (draft.objectives.count(), cycle.sessions.count(), Module.objects.count()) == (
        1,
        1,
        int(held == "module"),
    )


@pytest.mark.parametrize("role", [role for role in Membership.Role if role != Membership.Role.OWNER])
def test_only_an_owner_deletes(client: Client, draft: Programme, role: Membership.Role) -> None:
    client.force_login(make.membership(programme=draft, role=role).user)
    assert page("programme-delete", "quais") not in client.get(page("programme", "quais")).content.decode()
    assert client.get(page("programme-delete", "quais")).status_code == 403
    assert client.post(page("programme-delete", "quais")).status_code == 403
    assert Programme.objects.filter(pk=draft.pk).exists()


def test_it_is_offered_for_a_draft_only(owner: Client, draft: Programme) -> None:
    Programme.objects.filter(pk=draft.pk).update(is_published=True)
    assert page("programme-delete", "quais") not in owner.get(page("programme", "quais")).content.decode()
