"""The editors of programmes, posts, modules and the address book: each kind made, changed, published."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse

from cycles.content import editing
from cycles.models import (
    Cycle,
    Membership,
    Module,
    News,
    NewsLink,
    Organisation,
    Person,
    Programme,
    Resource,
    Segment,
    Session,
    Territory,
    Workshop,
)
from cycles.site.page_cache import snapshots
from tests import make
from tests.desk.browsing import filled, messages_of, page
from tests.desk.content.editors.pages import EDIT, NOW

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db


# programmes


def test_a_programme_has_objectives_and_partners_in_order(claire: Client, session: Session) -> None:
    programme = session.cycle.programme
    assert programme is not None
    address = page("content-edit", "programmes", "odd-17")
    make.organisation(slug="fonda", name="La Fondation")
    data = filled(claire, address) | {
        "objectives": ["n2", "n1"],
        "objectives-n1-text_fr": "Deuxième",
        "objectives-n2-text_fr": "Premier",
        "objectives-n2-text_en": "First",
        "partnerships": ["n1", "n2"],
        "partnerships-n1-organisation_id": "La Fondation",
        "partnerships-n1-role": "lead",
        "partnerships-n2-organisation_id": "Association des Quais",
        "partnerships-n2-role": "partner",
        "partnerships-n2-name_at_the_time": "Les Quais",
    }
    assert claire.post(address, data).status_code == 302
    assert [o.text.data for o in programme.objectives.order_by("order")] == [
        {"fr": "Premier", "en": "First"},
        {"fr": "Deuxième"},
    ]
    partners = programme.partnerships.order_by("order")
    assert [(p.organisation.slug, p.role, str(p)) for p in partners] == [
        ("fonda", "lead", "La Fondation"),
        ("quais", "partner", "Les Quais"),
    ]
    # The two exchange their places, in which each organisation may stand once.
    data = filled(claire, address)
    data["partnerships"].reverse()
    assert claire.post(address, data).status_code == 302
    assert [p.organisation.slug for p in programme.partnerships.order_by("order")] == ["quais", "fonda"]
    first, second = data["partnerships"]
    data = filled(claire, address) | {f"partnerships-{second}-organisation_id": "Association des Quais"}
    response = claire.post(address, data)
    assert [error for _where, _what, error in response.context["form"].row_errors()] == [
        "This organisation is in the list already."
    ]
    assert first != second


def test_a_new_programme_is_a_draft_of_the_one_who_began_it(claire: Client) -> None:
    address = page("content-new", "programmes")
    assert claire.post(address, {"title_fr": ""}).status_code == 422
    response = claire.post(address, {"title_fr": "Été à quai"}, follow=True)
    programme = Programme.objects.get(slug="ete-a-quai")
    assert (programme.is_published, programme.title.data) == (False, {"fr": "Été à quai"})
    assert programme.memberships.get().role == "owner"
    assert response.redirect_chain == [(page("programme", "ete-a-quai"), 302)]
    assert claire.post(address, {"title_fr": "Été à quai !"}).status_code == 302
    assert Programme.objects.filter(slug="ete-a-quai-2").exists()


# news


def recap(session: Session, **fields: Any) -> News:
    news = News.objects.create(
        slug="recap", kind="recap", programme=session.cycle.programme, is_published=False, **fields
    )
    NewsLink.objects.create(news=news, relation="about", session=session)
    return news


def test_a_recap_is_written_looked_at_and_published(claire: Client, client: Client, session: Session) -> None:
    following = make.session(cycle=session.cycle, number=3, starts_at=make.paris(2026, 12, 17))
    news = recap(session)
    address = page("content-edit", "news", "recap")
    data = filled(claire, address) | {
        "body_fr": "Bravo **à tous** <script>alert(1)</script> [lien](javascript:alert(1))",
        "announces": ["n1"],
        "announces-n1-target": "Stop 3: A title: “the trial” (The tour in 12 stages)",
    }
    shown = claire.post(f"{address}preview/fr/", data).content.decode()
    assert "<strong>à tous</strong>" in shown
    assert "<script>alert" not in shown
    assert 'href="javascript' not in shown
    assert messages_of(claire.post(address, data, follow=True)) == ["Saved."]
    assert [link.session for link in news.links.order_by("relation")] == [session, following]
    public = reverse("cycles:news-detail", args=["recap"])
    assert client.get(public).status_code == 404
    response = claire.post(page("content-publish", "news", "recap"), follow=True)
    assert messages_of(response) == ["Published: everyone can read it now."]
    assert client.get(public).status_code == 200
    claire.post(page("content-withdraw", "news", "recap"))
    # Nothing is committed in a test, so the store of pages hears of nothing.
    snapshots.store.clear()
    assert client.get(public).status_code == 404


def test_a_new_post_stands_on_top(claire: Client, session: Session) -> None:
    first = News.objects.create(slug="ancien", kind="recap", programme=session.cycle.programme)
    programme = str(session.cycle.programme_id)
    form = {
        "title_fr": "Neuf",
        "kind": "announcement",
        "programme_id": programme,
        "date_precision": "unknown",
    }
    assert claire.post(page("content-new", "news"), form).status_code == 302
    first.refresh_from_db()
    assert (News.objects.get(slug="neuf").position, first.position) == (0, 1)
    response = claire.post(page("content-new", "news"), form | {"title_fr": ""})
    assert response.context["form"].errors == {"title_fr": ["Give a title, or say what the post is about."]}


@pytest.mark.parametrize(
    ("fields", "errors"),
    [
        ({"date_precision": "day"}, {"date_from"}),
        ({"date_precision": "unknown", "date_from": "2026-11-02"}, {"date_precision"}),
        ({"date_precision": "between", "date_from": "2026-11-02"}, {"date_until"}),
        (
            {"date_precision": "between", "date_from": "2026-11-02", "date_until": "2026-11-01"},
            {"date_until"},
        ),
        ({"date_precision": "day", "date_from": "hier"}, {"date_from"}),
        ({"date_precision": "day", "date_from": "2026-11-02", "date_until": "2026-11-09"}, set()),
    ],
)
def test_dates_are_given_as_well_as_they_are_known(
    claire: Client, session: Session, fields: dict[str, str], errors: set[str]
) -> None:
    recap(session)
    address = page("content-edit", "news", "recap")
    response = claire.post(address, filled(claire, address) | fields)
    assert response.status_code == (422 if errors else 302)
    if errors:
        assert set(response.context["form"].errors) == errors
    else:
        assert News.objects.get().date_until is None


# the others


def test_each_kind_is_made_and_changed(claire: Client, session: Session) -> None:
    programme = str(session.cycle.programme_id)
    quais = str(Organisation.objects.get(slug="quais").pk)
    made: dict[str, dict[str, Any]] = {
        "cycles": {"title_fr": "Deuxième tour", "programme_id": programme, "kind": "webinar"},
        "modules": {
            "title_fr": "Se former",
            "programme_id": programme,
            "kind": "mooc",
            "status": "open",
            "legal_frame": "information",
            "owners": [quais],
            "platform_id": "Association des Quais",
        },
        "resources": {
            "title_fr": "Guide",
            "programme_id": programme,
            "kind": "guide",
            "date_precision": "year",
            "date_from": "2026-01-01",
        },
        "organisations": {"name": "Les Amarres", "kind": "association"},
        "people": {"role_fr": "Présidente de la République"},
        "topics": {"name_fr": "Alliances", "kind": "lever"},
        "territories": {"name_fr": "Rives du Sud", "kind": "région"},
    }
    for name, form in made.items():
        assert claire.post(page("content-new", name), form).status_code == 302, name
    module = Module.objects.get(slug="se-former")
    assert (module.is_published, list(module.owners.values_list("slug", flat=True))) == (False, ["quais"])
    workshop = {
        "title_fr": "Atelier",
        "module_id": str(module.pk),
        "modality": "online",
        "date_precision": "unknown",
    }
    assert claire.post(page("content-new", "workshops"), workshop).status_code == 302
    assert Workshop.objects.get(slug="atelier").module == module
    cycle = Cycle.objects.get(slug="deuxieme-tour")
    assert (cycle.status, cycle.revised_at, cycle.rule) == ("draft", NOW, None)
    assert Resource.objects.get(slug="guide").is_published is False
    assert str(Person.objects.get(slug="person")) == "Présidente de la République"
    for name, slug in (
        ("cycles", "deuxieme-tour"),
        ("modules", "se-former"),
        ("workshops", "atelier"),
        ("resources", "guide"),
        ("organisations", "les-amarres"),
        ("people", "person"),
        ("topics", "alliances"),
        ("territories", "rives-du-sud"),
    ):
        address = page("content-edit", name, slug)
        data = filled(claire, address)
        other = {"organisations": "name", "people": "given_name"} | dict.fromkeys(
            ("topics", "territories"), "name_en"
        )
        field = other.get(name, "title_en")
        assert claire.post(address, data | {field: "New words"}).status_code == 302, name
        assert filled(claire, address)[field] == "New words"
        stale = claire.post(address, data | {field: "Other words"})
        assert [(d.theirs, d.yours) for d in stale.context["differences"]] == [("New words", "Other words")]
        assert stale.status_code == 409


def test_an_unpublished_module_and_resource_are_not_shown(claire: Client, session: Session) -> None:
    module = Module.objects.create(
        slug="m", title={"fr": "Module caché"}, programme=session.cycle.programme, is_published=False
    )
    Resource.objects.create(
        slug="r", kind="guide", title={"fr": "Guide caché"}, session=session, is_published=False
    )
    for address in (
        reverse("cycles:resource-list"),
        reverse("cycles:session-detail", args=["tour", "escale-02"]),
        reverse("cycles:programme-detail", args=["odd-17"]),
    ):
        content = claire.get(address).content.decode()
        assert "caché" not in content
    assert claire.get(reverse("cycles:module-detail", args=["m"])).status_code == 404
    editing.publish(module, by=None, at=NOW)
    assert claire.get(reverse("cycles:module-detail", args=["m"])).status_code == 200


def test_a_cycle_is_published_with_its_sessions_and_not_taken_back_under_people(
    claire: Client, session: Session
) -> None:
    Cycle.objects.update(status="draft")
    assert messages_of(claire.post(page("content-publish", "cycles", "tour"), follow=True)) == [
        "Published: everyone can read it now."
    ]
    make.cycle_registration(cycle=session.cycle)
    assert messages_of(claire.post(page("content-withdraw", "cycles", "tour"), follow=True)) == [
        "This cycle has sessions ahead and people who registered: cancel these sessions first."
    ]
    assert Cycle.objects.get(pk=session.cycle_id).status == "published"
    empty = make.cycle(slug="vide", programme=session.cycle.programme, status="draft")
    assert messages_of(claire.post(page("content-publish", "cycles", "vide"), follow=True)) == [
        "This cycle has no session yet: plan its dates before you publish it."
    ]
    empty.refresh_from_db()
    assert empty.status == "draft"


SHARED = (("organisations", "quais"), ("topics", "richesses"), ("territories", "rives"))


def test_a_kind_that_is_refused_is_not_offered(claire: Client, session: Session) -> None:
    def offered(path: str) -> list[str]:
        form = claire.get(f"/en/desk/content/cycles/{path}/").context["form"]
        return [value for value, _label in form.fields["kind"].choices]

    run = make.run(slug="riviere", programme=session.cycle.programme)
    others = ["webinar", "daily", "other"]
    assert [offered("new"), offered(session.cycle.slug), offered(run.slug)] == [others, others, ["run"]]


def test_the_address_book_is_every_planner_s_and_no_reader_s(client: Client, session: Session) -> None:
    Territory.objects.create(slug="rives", name="Rives")
    for role, status in ((Membership.Role.READER, 403), (Membership.Role.ORGANISER, 200)):
        client.force_login(make.membership(programme=session.cycle.programme, role=role).user)
        for kind, slug in SHARED:
            assert client.get(page("content-edit", kind, slug)).status_code == status
            assert client.get(page("content-list", kind)).status_code == status
            assert client.get(page("content-new", kind)).status_code == status
    client.force_login(make.user())
    for kind, slug in SHARED:
        assert client.get(page("content-edit", kind, slug)).status_code == 404


def test_lists_hold_what_one_may_edit_and_find_by_name(claire: Client, session: Session) -> None:
    recap(session)
    News.objects.create(slug="ailleurs", kind="recap", programme=make.programme())
    items = claire.get(page("content-list", "news")).context["items"]
    assert [(name, is_public) for _row, name, is_public in items] == [
        ("Looking back on Stop\xa02: A title: “the trial”", False)
    ]
    make.organisation(name="Les Amarres")
    result = claire.get(page("content-list", "organisations"), {"q": "amar"}).context["items"]
    assert [name for _row, name, _is_public in result] == ["Les Amarres"]


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(
    ("address", "queries"),
    [
        (EDIT, 13),
        (("content-edit", "programmes", "odd-17"), 9),
        (("content-edit", "news", "recap"), 16),
        (("content-list", "news"), 8),
        (("content-new", "news"), 12),
    ],
)
def test_editors_count_their_queries(  # noqa: PLR0917 - fixtures and parameters
    claire: Client,
    session: Session,
    django_assert_num_queries: Any,
    address: tuple[str, ...],
    queries: int,
    rows: int,
) -> None:
    news = recap(session)
    programme = session.cycle.programme
    assert programme is not None
    for number in range(2, 2 + rows):
        segment = Segment.objects.create(session=session, order=number)
        segment.slots.create(order=1, organisation=make.organisation(name=f"{number}"))
        programme.objectives.create(order=number, text="x")
        NewsLink.objects.create(news=news, relation="about", order=number, session=session)
    with django_assert_num_queries(queries):
        assert claire.get(page(*address)).status_code == 200
