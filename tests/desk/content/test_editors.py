"""The editors of content: both languages, rows without JavaScript, conflicts, previews, drafts."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.http import QueryDict
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
    Topic,
    Workshop,
)
from cycles.site.page_cache import snapshots
from desk.ui.forms.rows import reshaped
from tests import make
from tests.desk.browsing import filled, messages_of, page

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test import Client

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 11, 2, 9, 0, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def session() -> Session:
    """Escale 2 with one item of its agenda, in a cycle that Claire organises."""
    programme = make.programme(slug="odd-17")
    cycle = make.cycle(slug="tour", programme=programme)
    session = make.session(cycle=cycle, slug="escale-02", number=2, planned_date=dt.date(2026, 11, 19))
    topic = Topic.objects.create(slug="richesses", name={"fr": "Richesses humaines"}, kind="lever")
    segment = Segment.objects.create(
        session=session, order=1, kind="case_study", title={"fr": "Étude de cas"}
    )
    quais = make.organisation(slug="quais", name="Association des Quais")
    segment.slots.create(order=1, organisation=quais, illustrates=topic)
    return session


@pytest.fixture
def claire(client: Client, session: Session) -> Client:
    membership = make.membership(programme=session.cycle.programme, role=Membership.Role.ORGANISER)
    client.force_login(membership.user)
    return client


EDIT = ("session-edit", "tour", "escale-02")
ARRANGE = ("session-edit-arrange", "tour", "escale-02")


# a session's agenda


def test_an_agenda_comes_back_as_it_was_saved(claire: Client, session: Session) -> None:
    data = filled(claire, page(*EDIT))
    segment = session.segments.get()
    prefix = f"segments-p{segment.pk}"
    slot = f"{prefix}-slots-p{segment.slots.get().pk}"
    assert data[f"{slot}-organisation_id"] == "Association des Quais"
    assert data[f"{slot}-illustrates_id"] == "Richesses humaines"
    make.person(given_name="Nadia", family_name="Belkacem")
    data |= {
        "segments": [f"p{segment.pk}", "n1"],
        f"{prefix}-title_en": "Case study",
        f"{prefix}-minutes": "25",
        "segments-n1-kind": "discussion",
        "segments-n1-title_fr": "Échanges",
        "segments-n1-slots": ["n1"],
        "segments-n1-slots-n1-person_id": "nadia  BELKACEM",
        "segments-n1-slots-n1-organisation_id": "association des quais",
        "segments-n1-slots-n1-state": "invited",
    }
    response = claire.post(page(*EDIT), data, follow=True)
    assert messages_of(response) == [
        "Saved. The public page and the calendars show it now. No email is sent."
    ]
    first, second = session.segments.order_by("order")
    assert (first.pk, first.title.data, first.minutes) == (
        segment.pk,
        {"fr": "Étude de cas", "en": "Case study"},
        25,
    )
    assert (second.order, second.kind, second.title.data) == (2, "discussion", {"fr": "Échanges"})
    speaker = second.slots.get()
    assert (str(speaker), speaker.state) == ("Nadia Belkacem · Association des Quais", "invited")
    session.refresh_from_db()
    assert (session.revised_at, session.revision) == (NOW, 0)
    # Sent again as the page now shows it, nothing differs: no calendar hears of a change.
    with time_machine.travel(NOW + dt.timedelta(hours=1), tick=False):
        claire.post(page(*EDIT), filled(claire, page(*EDIT)))
    session.refresh_from_db()
    assert session.revised_at == NOW


def test_items_exchange_their_places_and_leave(claire: Client, session: Session) -> None:
    Segment.objects.create(session=session, order=2, title={"fr": "Deux"})
    Segment.objects.create(session=session, order=3, title={"fr": "Trois"})
    one, two, three = session.segments.order_by("order")
    data = filled(claire, page(*EDIT))
    data["segments"] = [f"p{three.pk}", f"p{one.pk}"]
    claire.post(page(*EDIT), data)
    assert list(session.segments.order_by("order").values_list("pk", "order")) == [(three.pk, 1), (one.pk, 2)]
    assert not Segment.objects.filter(pk=two.pk).exists()


@pytest.mark.parametrize(
    ("do", "expected"),
    [("up", ["p2", "p1"]), ("down", ["p1", "p2"]), ("remove", ["p1"])],
)
def test_buttons_arrange_rows_and_save_nothing(do: str, expected: list[str]) -> None:
    data = QueryDict("rows=p1&rows=p2&rows-p2-title_fr=Deux")
    changed, focus = reshaped(data, f"{do}:rows:p2")
    assert changed.getlist("rows") == expected
    assert changed["rows-p2-title_fr"] == "Deux"
    assert focus == ("rows" if do == "remove" else "rows-p2")


def test_a_new_row_has_a_key_of_its_own() -> None:
    data = QueryDict("rows=p1&rows=n4&rows=<script>")
    changed, focus = reshaped(data, "add:rows")
    assert (changed.getlist("rows"), focus) == (["p1", "n4", "n5"], "rows-n5")
    for nonsense in ("up:rows:p99", "explode:rows:p1", "up", ""):
        assert reshaped(data, nonsense)[1] == ""


def test_adding_a_row_keeps_what_was_written_and_complains_of_nothing(
    claire: Client, session: Session
) -> None:
    data = filled(claire, page(*EDIT)) | {
        "title_fr": "Pas encore enregistré",
        "capacity": "-3",
        "do": "add:segments",
    }
    response = claire.post(page(*ARRANGE), data)
    content = response.content.decode()
    assert response.status_code == 200
    assert 'value="Pas encore enregistré"' in content
    assert 'class="error"' not in content
    assert 'id="segments-n1" tabindex="-1" autofocus' in content
    assert "Not saved yet" in content
    session.refresh_from_db()
    assert (session.revised_at, session.segments.count()) == (make.AT, 1)


@pytest.mark.usefixtures("session")
def test_an_added_row_begins_as_a_proposed_intervention(claire: Client) -> None:
    data = filled(claire, page(*EDIT)) | {"do": "add:segments"}
    *_others, segment = claire.post(page(*ARRANGE), data).context["form"].row_sets["segments"].rows
    data |= {"segments": ["n1"], "segments-n1-kind": "intervention", "do": "add:segments-n1-slots"}
    (row,) = claire.post(page(*ARRANGE), data).context["form"].row_sets["segments"].rows
    (slot,) = row.parts[0].rows
    assert (segment.form["kind"].value(), slot.form["state"].value()) == ("intervention", "proposed")


def test_a_speaker_is_someone_that_is_known(claire: Client, session: Session) -> None:
    data = filled(claire, page(*EDIT)) | {
        "segments": ["n1"],
        "segments-n1-kind": "welcome",
        "segments-n1-minutes": "0",
        "segments-n1-slots": ["n1", "n2", "n3"],
        "segments-n1-slots-n1-organisation_id": "Inconnue",
        "segments-n1-slots-n2-illustrates_id": "Richesses humaines",
        **{f"segments-n1-slots-n{number}-state": "accepted" for number in (1, 2, 3)},
    }
    response = claire.post(page(*EDIT), data)
    assert response.status_code == 422
    # The third speaker was left empty: it counts for nothing.
    assert response.context["form"].row_errors() == [
        (
            "id_segments-n1-minutes",
            "Item 1 · Minutes",
            "Ensure this value is greater than or equal to 1.",
        ),
        (
            "id_segments-n1-slots-n1-organisation_id",
            "Speaker 1 · Organisation",
            "No organisation has this name: choose one from the list, or add it first.",
        ),
        (
            "id_segments-n1-slots-n2-person_id",
            "Speaker 2 · Person",
            "Name a person, an organisation, or both.",
        ),
    ]
    assert session.segments.get().title.data == {"fr": "Étude de cas"}


def test_the_second_organiser_sees_both_versions_and_keeps_the_own(claire: Client, session: Session) -> None:
    data = filled(claire, page(*EDIT))
    editing.edit(session, values={"title": {"fr": "Le sien"}, "capacity": 30}, by=None, at=NOW)
    segment = session.segments.get()
    data |= {"title_fr": "Le mien", f"segments-p{segment.pk}-title_fr": "Mon étude"}
    response = claire.post(page(*EDIT), data)
    assert response.status_code == 409
    assert [(d.label, d.theirs, d.yours) for d in response.context["differences"]] == [
        ("Theme in French", "Le sien", "Le mien"),
        ("Theme in English", "", "A title: “the trial”"),
        (
            "Agenda",
            "1. case study · Étude de cas · 1. Association des Quais · Richesses humaines · accepted",
            "1. case study · Mon étude · 1. Association des Quais · Richesses humaines · accepted",
        ),
        ("Places", "30", ""),
    ]
    assert 'value="Le mien"' in response.content.decode()
    session.refresh_from_db()
    assert session.title.data == {"fr": "Le sien"}
    # Sent again from the page that showed the other version, it is a choice.
    again = data | {"seen": response.context["form"]["seen"].value()}
    assert claire.post(page(*EDIT), again).status_code == 302


def test_a_form_without_its_version_is_refused(claire: Client, session: Session) -> None:
    for seen in ("", "yesterday", "2026-13-45T00:00:00Z"):
        data = filled(claire, page(*EDIT)) | {"seen": seen, "title_fr": "Perdu ?"}
        response = claire.post(page(*EDIT), data)
        assert response.status_code == 422
        assert "This form is incomplete: open the page again." in response.content.decode()
    session.refresh_from_db()
    assert session.revised_at == make.AT


def test_a_preview_is_the_public_page_and_saves_nothing(claire: Client, session: Session) -> None:
    Session.objects.filter(pk=session.pk).update(status="draft")
    Cycle.objects.update(status="draft")
    data = filled(claire, page(*EDIT)) | {"title_fr": "Aperçu <b>seulement</b>"}
    response = claire.post(f"{page(*EDIT)}preview/fr/", data)
    content = response.content.decode()
    assert response.status_code == 200
    assert "Aperçu &lt;b&gt;seulement&lt;/b&gt;" in content
    assert "Aperçu : rien n’est enregistré" in content.replace("\u202f", " ")
    assert '<html lang="fr">' in content
    assert "no-store" in response.headers["Cache-Control"]
    session.refresh_from_db()
    assert (session.status, session.revised_at, session.cycle.status) == ("draft", make.AT, "draft")


def test_what_is_missing_in_one_language_is_marked(claire: Client, session: Session) -> None:
    Session.objects.filter(pk=session.pk).update(title='{"fr": "Seulement en français"}')
    content = claire.get(page(*EDIT)).content.decode()
    # The theme and the title of the one item.
    assert content.count("to translate") == 2


def test_a_draft_session_is_published(claire: Client, session: Session) -> None:
    Session.objects.filter(pk=session.pk).update(status="draft", starts_at=None, ends_at=None)
    address = page("session-publish", "tour", "escale-02")
    assert messages_of(claire.post(address, follow=True)) == [
        "This session has no date yet: give it one before you publish it."
    ]
    Session.objects.filter(pk=session.pk).update(
        starts_at=make.paris(2026, 11, 19), ends_at=make.paris(2026, 11, 19, 14)
    )
    assert messages_of(claire.post(address, follow=True)) == [
        "Published: everyone can read it now. No email is sent."
    ]
    session.refresh_from_db()
    assert session.status == "tentative"


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


def test_a_new_word_is_chosen_in_a_session(claire: Client, session: Session) -> None:
    claire.post(
        page("content-new", "topics"), {"name_fr": "Alliances", "name_en": "Alliances", "kind": "lever"}
    )
    claire.post(page("content-new", "territories"), {"name_en": "South bank"})
    prefix = f"segments-p{session.segments.get().pk}"
    data = filled(claire, page(*EDIT)) | {"territory_id": "south bank", f"{prefix}-topic_id": "Alliances"}
    assert claire.post(page(*EDIT), data).status_code == 302
    session.refresh_from_db()
    assert session.territory == Territory.objects.get(slug="south-bank")
    assert session.segments.get().topic == Topic.objects.get(slug="alliances")
    items = claire.get(page("content-list", "topics"), {"q": "richesses"}).context["items"]
    assert [(name, row.kind) for row, name, _public in items] == [("Richesses humaines", "lever")]


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


@pytest.mark.parametrize("rows", [1, 3])
def test_saving_an_agenda_counts_its_queries(
    claire: Client, session: Session, django_assert_num_queries: Any, rows: int
) -> None:
    data = filled(claire, page(*EDIT))
    keys = [f"n{number}" for number in range(rows)]
    data["segments"] = [*data["segments"], *keys]
    for key in keys:
        data |= {
            f"segments-{key}-kind": "welcome",
            f"segments-{key}-title_fr": key,
            f"segments-{key}-slots": ["n1"],
        }
        data |= {
            f"segments-{key}-slots-n1-organisation_id": "Association des Quais",
            f"segments-{key}-slots-n1-state": "accepted",
        }
    with django_assert_num_queries(51):
        assert claire.post(page(*EDIT), data).status_code == 302
    assert session.segments.count() == 1 + rows


def test_an_agenda_of_any_length_shows_one_line_for_each_item(claire: Client, session: Session) -> None:
    """What is folded is carried by the page, and unfolds where it is; nothing of it is lost on the way."""
    quais = make.organisation(slug="quais-3", name="Les Quais")
    for number in range(2, 21):
        segment = Segment.objects.create(session=session, order=number, title={"fr": f"Partie {number}"})
        for order in range(1, 4):
            segment.slots.create(order=order, organisation=quais)
    page_of = claire.get(page(*EDIT))
    text = page_of.content.decode()
    assert text.count('value="unfold:segments:') == 20
    assert 'name="segments-p' in text
    assert f'<input type="hidden" name="segments-p{segment.pk}-title_fr" value="Partie 20">' in text
    assert page_of.context["opened"] == set()
    # One is unfolded: its fields show, and the others stay lines.
    data = filled(claire, page(*EDIT)) | {"do": f"unfold:segments:p{segment.pk}"}
    answer = claire.post(page(*ARRANGE), data)
    assert answer.context["opened"] == {f"segments-p{segment.pk}"}
    shown = answer.content.decode()
    assert f'id="id_segments-p{segment.pk}-title_fr"' in shown
    assert shown.count('value="unfold:segments:') == 19
    # So is somebody who speaks in it, and both stay so when a row is added.
    slot = segment.slots.order_by("order")[1]
    inner = f"segments-p{segment.pk}-slots"
    data |= {"do": f"unfold:{inner}:p{slot.pk}", "unfolded": [f"segments-p{segment.pk}"]}
    opened = {f"segments-p{segment.pk}", f"{inner}-p{slot.pk}"}
    assert claire.post(page(*ARRANGE), data).context["opened"] == opened
    data |= {"do": "add:segments", "unfolded": sorted(opened)}
    assert claire.post(page(*ARRANGE), data).context["opened"] == opened | {"segments-n1"}
    # Saved as it stands, nothing has changed.
    assert claire.post(page(*EDIT), filled(claire, page(*EDIT))).status_code == 302
    session.refresh_from_db()
    assert session.revised_at == make.AT
