"""The editor of a session: both languages, an agenda without JavaScript, conflicts, previews, drafts."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.http import QueryDict

from cycles.content import editing
from cycles.models import (
    Cycle,
    Segment,
    Session,
    Territory,
    Topic,
)
from desk.ui.forms.rows import reshaped
from tests import make
from tests.desk.browsing import filled, messages_of, page
from tests.desk.content.editors.pages import ARRANGE, EDIT, NOW

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db


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
