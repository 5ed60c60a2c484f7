"""Everything that a programme file can say has a field in the desk: the two lists are compared, not typed twice."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from cycles.content.editing.tables import TABLES
from cycles.imports.programme.file import source
from cycles.imports.programme.file.document import Document
from cycles.imports.programme.file.records import MODELS, Row, SessionRecord
from cycles.imports.programme.report import Report
from cycles.models import Cycle, Event, Membership, Session
from desk.content.editors.kinds import KINDS
from desk.content.editors.session import SegmentForm, SessionForm, SlotForm
from desk.planner.forms import RuleForm
from desk.terms.forms import TermsForm
from tests import make
from tests.desk.browsing import filled

if TYPE_CHECKING:
    from django.db.models import Model
    from django.test import Client

    from desk.content.editors.fields import ContentForm

FILE = Path(__file__).parents[3] / "cycles" / "data" / "programme.yaml"
# Where a fact comes from: kept for researchers by the file alone, shown on no page.
ORIGIN = {"certainty", "source", "note"}
# What has a page of its own beside the editor, or is no organiser's to write.
ELSEWHERE: dict[str, dict[str, str]] = {
    "cycles": {
        "run_number": "counted when a run is opened from its module",
        "price": "the page “Price and contact” of a run",
        "module": "a run is opened from its module",
        "capacity": "the page “Registration”",
        "demo_shift_years": "how far the demonstration was moved",
        **dict.fromkeys(
            ("timezone", "planned_count", "frequency", "nth", "weekday", "month_day", "interval"),
            "the planner",
        ),
        **dict.fromkeys(("first_date", "last_date", "local_start", "minutes"), "the planner"),
    },
    "workshops": {"kind": "a code of the file that no page shows"},
    "news": {"position": "the newest stands on top", "links": "the rows “About” and “Announces”"},
    "sessions": {},
}


def written_by_the_file() -> dict[str, set[str]]:
    """Return the columns, references, sets and rows that a file writes, by section."""
    document = Document(source.read(FILE), Report(), months=0, at=make.AT)
    result: dict[str, set[str]] = {}
    for record in document.records:
        section = "sessions" if isinstance(record, SessionRecord) else record.section
        names = {*record.fields, *record.refs, *record.many, *(rows.name for rows in record.rows)}
        if section == "sessions":
            names |= {"track"}
        result.setdefault("cycles" if section == "runs" else section, set()).update(names - ORIGIN)
    return result


def offered_by_a_form(form: type[ContentForm]) -> set[str]:
    names = {*form.base_fields, *form.two, *(kind.name for kind in form.row_kinds)} - {"seen"}
    return {name.removesuffix("_id") for name in names}


def form_of(model: type[Model]) -> type[ContentForm]:
    (kind,) = [kind for kind in KINDS.values() if kind.model is model]
    return kind.form


def test_each_section_of_the_file_has_every_field_in_the_desk() -> None:
    written = written_by_the_file()
    assert set(written) == {*MODELS, "sessions"} - {"runs"}
    missing = {}
    for section, names in written.items():
        form = SessionForm if section == "sessions" else form_of(MODELS[section])
        left = names - offered_by_a_form(form) - set(ELSEWHERE.get(section, {}))
        if left:
            missing[section] = sorted(left)
    assert missing == {}


def test_what_the_file_writes_on_other_pages_is_really_there() -> None:
    planner = {name for name, page in ELSEWHERE["cycles"].items() if page == "the planner"}
    # The planner says "day" as the file does, the column "month_day".
    assert planner - set(RuleForm.base_fields) == set()
    assert "capacity" in TermsForm.base_fields


def test_the_agenda_of_the_file_is_the_agenda_of_the_desk() -> None:
    document = Document(source.read(FILE), Report(), months=0, at=make.AT)
    segments, slots = set(), set()
    for record in document.records:
        for rows in record.rows:
            if rows.name != "segments":
                continue
            for row in rows.rows:
                segments |= {*row.fields, *row.refs}
                for inner in rows_of(row):
                    slots |= {*inner.fields, *inner.refs}
    assert segments - {*SegmentForm.base_fields, *SegmentForm.two} - {"order", "topic"} == set()
    offered = {name.removesuffix("_id") for name in SlotForm.base_fields}
    assert slots - offered - {"order"} == set()


def rows_of(row: Row) -> list[Row]:
    return [inner for rows in row.rows for inner in rows.rows]


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_a_form_offers_what_its_verb_writes(kind: object) -> None:
    table = TABLES[kind.model]  # type: ignore[attr-defined]  # a Kind
    form = kind.form  # type: ignore[attr-defined]  # a Kind
    names = {*form.base_fields, *form.two, *(each.name for each in form.row_kinds)} - {"seen"}
    assert names == {*table.columns, *table.sets, *table.parts}


@pytest.fixture
def session(client: Client) -> Session:
    cycle = make.cycle(slug="tour", programme=make.programme(slug="quais"))
    client.force_login(make.membership(programme=cycle.programme, role=Membership.Role.ORGANISER).user)
    return make.session(cycle=cycle, slug="escale-02", number=2)


@pytest.mark.django_db
def test_the_place_of_a_session_is_written_and_read_again(client: Client, session: Session) -> None:
    page = "/en/desk/cycles/tour/sessions/escale-02/"
    make.organisation(slug="aff", name="Association des fleuves")
    track = session.cycle.tracks.create(slug="amont", name={"en": "Upstream"})
    topics = [make.topic(slug=f"t{n}", name={"en": f"Topic {n}"}) for n in range(3)]
    data = filled(client, page) | {
        "number": "7",
        "host_id": "association des FLEUVES",
        "track_id": str(track.pk),
        "legal_frame": "training_action",
        "topics": [str(topic.pk) for topic in topics],
    }
    assert client.post(page, data).status_code == 302
    session.refresh_from_db()
    assert (session.number, str(session.host), session.track, session.legal_frame) == (
        7,
        "Association des fleuves",
        track,
        "training_action",
    )
    assert list(session.topics.order_by("slug")) == topics
    before = session.revised_at
    assert client.post(page, filled(client, page)).status_code == 302
    session.refresh_from_db()
    assert session.revised_at == before


@pytest.mark.django_db
def test_a_number_that_another_session_has_is_refused_in_words(client: Client, session: Session) -> None:
    make.session(cycle=session.cycle, slug="escale-03", number=3)
    page = "/en/desk/cycles/tour/sessions/escale-02/"
    answer = client.post(page, filled(client, page) | {"number": "3", "title_fr": "Gardé"})
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "Another session of this cycle has the number 3: choose a free one." in text
    assert 'value="Gardé"' in text


@pytest.mark.django_db
def test_a_cycle_names_its_events_its_host_and_its_reading_paths(client: Client, session: Session) -> None:
    page = "/en/desk/content/cycles/tour/"
    event = Event.objects.create(slug="forum", title={"en": "Forum"}, programme=session.cycle.programme)
    before = make.cycle(slug="avant", title={"en": "Before"}, programme=session.cycle.programme)
    Cycle.objects.filter(pk=session.cycle_id).update(color="")
    data = filled(client, page) | {
        "opening_event_id": "forum",
        "closing_event_id": "Forum",
        "follows_id": "before",
        "tracks": ["n1", "n2"],
        "tracks-n1-name_en": "Upstream",
        "tracks-n2-name_en": "Upstream",
    }
    assert client.post(page, data).status_code == 302
    cycle = Cycle.objects.get(slug="tour")
    assert (cycle.opening_event, cycle.closing_event, cycle.follows) == (event, event, before)
    assert list(cycle.tracks.values_list("slug", "order")) == [("upstream", 1), ("upstream-2", 2)]
    again = filled(client, page)
    again["tracks"] = again["tracks"][::-1]
    client.post(page, again)
    assert list(cycle.tracks.order_by("order").values_list("slug", flat=True)) == ["upstream-2", "upstream"]


@pytest.mark.django_db
def test_a_cycle_with_people_registered_here_is_not_sent_elsewhere(client: Client, session: Session) -> None:
    make.registration(session=session)
    page = "/en/desk/content/cycles/tour/"
    answer = client.post(
        page, filled(client, page) | {"is_external": "on", "external_url": "https://e.example.org"}
    )
    assert answer.status_code == 422
    assert not Cycle.objects.get(slug="tour").is_external


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "values", "expected"),
    [
        (
            "series",
            {"title_en": "Panorama", "first_year": "2004", "known_issues": "1, 2 3"},
            {"first_year": 2004, "known_issues": [1, 2, 3]},
        ),
        (
            "databases",
            {"name": "Cartes", "size_at_launch": "1 200", "date_precision": "unknown"},
            {"name": "Cartes", "size_at_launch": "1 200"},
        ),
        (
            "organisations",
            {"name": "AFF", "aliases": "Asso des fleuves\n\nA.F.F.", "kind": "other"},
            {"aliases": ["Asso des fleuves", "A.F.F."]},
        ),
        (
            "events",
            {"title_en": "Forum", "kind": "forum", "date_precision": "unknown", "is_external": "on"},
            {"kind": "forum", "is_external": True},
        ),
        (
            "resources",
            {
                "title_en": "Guide",
                "kind": "guide",
                "date_precision": "unknown",
                "key_figures_fr": "Un\n\nMême",
                "key_figures_en": "One\nTwo\nMême",
            },
            {"key_figures": [{"fr": "Un", "en": "One"}, {"en": "Two"}, "Même"], "questions": []},
        ),
    ],
)
def test_what_a_file_alone_could_say_is_written_here(
    client: Client, session: Session, kind: str, values: dict[str, str], expected: dict[str, Any]
) -> None:
    page = f"/en/desk/content/{kind}/new/"
    data = filled(client, page) | values
    if "programme_id" in data:
        data["programme_id"] = str(session.cycle.programme_id)
    answer = client.post(page, data)
    assert answer.status_code == 302, answer.context["form"].errors
    row = KINDS[kind].model._default_manager.latest("pk")
    assert {name: getattr(row, name) for name in expected} == expected
    # Saved as it stands, it stays what it is.
    client.post(answer.headers["Location"], filled(client, answer.headers["Location"]))
    row.refresh_from_db()
    assert {name: getattr(row, name) for name in expected} == expected
