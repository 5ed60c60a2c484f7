"""Deleting drafts and names: never what is published, nor what something else names."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest

from accounts.models import AuditEntry
from cycles.content import editing
from cycles.models import (
    Membership,
    Module,
    News,
    NewsLink,
    Organisation,
    Person,
    Resource,
    Segment,
    Territory,
    Topic,
    Workshop,
)
from cycles.schedule.revision import PlanningError
from tests import make
from tests.desk.browsing import messages_of, page

if TYPE_CHECKING:
    from django.test import Client

    from cycles.models import Programme

pytestmark = pytest.mark.django_db
AT = dt.datetime(2026, 11, 2, 9, 0, tzinfo=dt.UTC)


@pytest.fixture
def programme(client: Client) -> Programme:
    programme = make.programme(slug="quais")
    client.force_login(make.membership(programme=programme, role=Membership.Role.ORGANISER).user)
    return programme


def test_each_kind_of_draft_is_deleted(client: Client, programme: Programme) -> None:
    draft: dict[str, Any] = {"is_published": False, "programme": programme}
    module = Module.objects.create(slug="m", title="Module", **draft)
    rows: dict[str, Any] = {
        "workshops": Workshop.objects.create(slug="w", title="Atelier", module=module, is_published=False),
        "modules": module,
        "news": News.objects.create(slug="n", title="Billet", kind="recap", **draft),
        "resources": Resource.objects.create(slug="r", title="Guide", kind="guide", **draft),
        "people": make.person(slug="p"),
        "organisations": make.organisation(slug="o"),
        "topics": make.topic(slug="t"),
        "territories": Territory.objects.create(slug="x", name="Rives"),
    }
    NewsLink.objects.create(news=rows["news"], relation="about", session=make.session())
    for kind, row in rows.items():
        assert (
            page("content-delete", kind, row.slug)
            in client.get(page("content-edit", kind, row.slug)).content.decode()
        )
        shown = client.get(page("content-delete", kind, row.slug))
        assert (shown.status_code, shown.context["references"]) == (200, []), kind
        assert type(row).objects.filter(pk=row.pk).exists()
        response = client.post(page("content-delete", kind, row.slug), follow=True)
        assert response.redirect_chain == [(page("content-list", kind), 302)]
        assert messages_of(response)[0].endswith("is deleted.")
        assert not type(row).objects.filter(pk=row.pk).exists()
    noted = AuditEntry.objects.filter(verb="content.delete").order_by("pk")
    assert list(noted.values_list("target_kind", flat=True)) == [
        row._meta.label_lower for row in rows.values()
    ]
    assert noted[1].programme_id == programme.pk
    assert NewsLink.objects.count() == 0


def test_what_something_names_stays_and_says_what_it_is(client: Client, programme: Programme) -> None:
    organisation = make.organisation(slug="quais")
    topic = make.topic(slug="levier")
    programme.partnerships.create(order=1, organisation=organisation)
    for _number in range(2):
        slot = make.slot(organisation=organisation, illustrates=topic)
        Segment.objects.filter(pk=slot.segment_id).update(topic=topic)
    resource = Resource.objects.create(slug="r", kind="guide", title="Guide", programme=programme)
    resource.publishers.add(organisation)
    for kind, slug, expected in (
        ("organisations", "quais", [("partners", 1), ("speakers", 2), ("resources", 1)]),
        ("topics", "levier", [("agenda items", 2), ("speakers", 2)]),
    ):
        response = client.get(page("content-delete", kind, slug))
        assert sorted(response.context["references"]) == sorted(expected)
        assert "Delete it</button>" not in response.content.decode()
        response = client.post(page("content-delete", kind, slug), follow=True)
        assert messages_of(response) == ["Something else names it: take it away there first."]
    assert (Organisation.objects.filter(slug="quais").count(), Topic.objects.count()) == (1, 1)


def test_what_visitors_read_stays(client: Client, programme: Programme) -> None:
    news = News.objects.create(slug="n", title="Billet", kind="recap", programme=programme)
    assert "Delete it" not in client.get(page("content-edit", "news", "n")).content.decode()
    assert "Delete it</button>" not in client.get(page("content-delete", "news", "n")).content.decode()
    response = client.post(page("content-delete", "news", "n"), follow=True)
    assert messages_of(response) == ["Visitors read it: make it a draft again before you delete it."]
    with pytest.raises(PlanningError):
        editing.delete(news, by=None, at=AT)
    assert News.objects.filter(pk=news.pk).exists()


def test_programmes_cycles_and_other_people_s_drafts_are_not_deleted(
    client: Client, programme: Programme
) -> None:
    make.cycle(slug="tour", programme=programme, status="draft")
    for kind, slug in (("programmes", "quais"), ("cycles", "tour")):
        assert client.post(page("content-delete", kind, slug)).status_code == 404
        assert "Delete it" not in client.get(page("content-edit", kind, slug)).content.decode()
    News.objects.create(slug="n", kind="recap", programme=make.programme(), is_published=False)
    assert client.post(page("content-delete", "news", "n")).status_code == 404
    person = make.person(slug="p")
    client.force_login(make.membership(programme=programme, role=Membership.Role.READER).user)
    assert client.post(page("content-delete", "people", "p")).status_code == 403
    assert (News.objects.count(), Person.objects.get()) == (1, person)
