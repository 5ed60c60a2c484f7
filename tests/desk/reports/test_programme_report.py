"""The report of a programme: its cycles beside each other, everybody once, everything that was cancelled."""

from __future__ import annotations

import csv
import datetime as dt
import io
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.utils import translation
from pypdf import PdfReader

from accounts.models import AuditEntry
from cycles.models import Cycle, Membership, Partnership, Programme, Session, Territory
from desk.reports import programme_report, report
from desk.reports.held import Held
from desk.reports.reach import Structure
from registrations.booking import counting
from registrations.models import State
from tests import make
from tests.training.documents.test_tagged_papers import tags

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from django.test import Client

pytestmark = pytest.mark.django_db
AT = make.paris(2027, 1, 30)
PAGE = "/en/desk/programmes/quais/report/"


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def programme() -> Programme:
    return make.programme(slug="quais", lead=make.organisation(name="Les Amis des Quais"))


@pytest.fixture
def cycle(programme: Programme) -> Cycle:
    return make.cycle(slug="tour", programme=programme)


@pytest.fixture
def reader(client: Client, programme: Programme) -> Client:
    client.force_login(make.membership(programme=programme, role=Membership.Role.READER).user)
    AuditEntry.objects.all().delete()
    return client


def came(session: Session, count: int, **fields: Any) -> None:
    for _number in range(count):
        make.attendance(
            registration=make.registration(session=session, participant=make.participant(**fields))
        )


def test_who_waits_is_counted_apart(cycle: Cycle) -> None:
    """Somebody who is in the cycle and waits at its only session has no place; neither has who waits for the cycle."""
    session = make.session(cycle=cycle, starts_at=AT + dt.timedelta(days=3), capacity=3)
    for state in (*[State.CONFIRMED] * 3, *[State.WAITLISTED] * 2):
        make.registration(session=session, state=state)
    make.cycle_registration(cycle=cycle, state=State.WAITLISTED, queued_at=AT)
    make.cycle_registration(cycle=cycle, state=State.REFUSED, decided_at=AT)
    one = Cycle.objects.filter(pk=cycle.pk)
    assert counting.people(one) == counting.People(registered=3, waiting=3)
    assert counting.people_by_cycle(one) == {cycle.pk: counting.People(registered=3, waiting=3)}
    with translation.override("fr"):
        assert report.cycle_report(cycle, at=AT).sentences[:2] == [
            "3 personnes inscrites",
            "3 personnes en attente, sans aucune place",
        ]
    assert counting.people(Cycle.objects.none()) == counting.People(registered=0, waiting=0)


def test_what_was_cancelled_is_in_the_report(reader: Client, cycle: Cycle) -> None:
    done = make.session(cycle=cycle, number=1, starts_at=make.paris(2026, 10, 15))
    make.session(cycle=cycle, number=2, starts_at=make.paris(2026, 11, 15), status="cancelled")
    make.session(cycle=cycle, number=3, starts_at=None, ends_at=None, status="postponed")
    make.session(cycle=cycle, number=4, starts_at=make.paris(2026, 12, 15), status="draft")
    came(done, 2)
    result = reader.get("/en/desk/cycles/tour/report/").context["report"]
    assert result.sessions == Held(held=1, planned=2, cancelled=1, postponed=1)
    assert result.sentences[1:4] == [
        "1 session held of 2",
        "1 session cancelled",
        "1 session waits for a new date",
    ]
    assert [(column.number, column.status, len(column.bars)) for column in result.chart.columns] == [
        ("1", "", 2),
        ("2", "cancelled", 0),
        ("3", "postponed", 0),
    ]
    pdf = PdfReader(io.BytesIO(reader.get("/en/desk/cycles/tour/report.pdf").content))
    text = pdf.pages[0].extract_text()
    assert ("cancelled" in text, "Lead organisation" in text, "Les Amis des Quais" in text) == (
        True,
        True,
        True,
    )


def test_structures_are_counted_and_named_from_five_people_on(cycle: Cycle) -> None:
    upper = Territory.objects.create(slug="haute", name={"fr": "Étang Noir", "en": "Étang Noir"})
    lower = Territory.objects.create(slug="basse", name={"fr": "Fagnes", "en": "Fagnes"})
    sessions = [
        make.session(cycle=cycle, number=n, starts_at=make.paris(2026, 9 + n, 15), territory=place)
        for n, place in enumerate((lower, upper, upper), start=1)
    ]
    for name in (*["Club des Rives"] * 4, " CLUB  des rives ", "École du Gué", "ecole du gue", ""):
        make.registration(session=sessions[0], participant=make.participant(organisation_name=name))
    make.cycle_registration(
        cycle=cycle,
        state=State.CANCELLED,
        cancelled_at=AT,
        participant=make.participant(organisation_name="Zut"),
    )
    with translation.override("en"):
        reach = report.cycle_report(cycle, at=AT).reach
        assert reach.sentences == ["2 structures represented", "2 territories"]
    assert (reach.structures, reach.named, reach.others, reach.territories) == (
        2,
        (Structure(name="Club des Rives", count=5),),
        1,
        ("Étang Noir", "Fagnes"),
    )


def test_a_person_in_two_cycles_counts_once_in_the_programme(programme: Programme, cycle: Cycle) -> None:
    second = make.cycle(slug="suite", programme=programme, first_date=dt.date(2026, 11, 1))
    make.cycle(slug="brouillon", programme=programme, status=Cycle.Status.DRAFT)
    person = make.participant()
    for each in (cycle, second):
        session = make.session(cycle=each, starts_at=make.paris(2026, 12, 1))
        make.attendance(registration=make.registration(session=session, participant=person))
    came(second.sessions.get(), 5)
    with translation.override("en"):
        result = programme_report.programme_report(programme, at=AT)
        assert "present when registered: 7 of 7 (100%)" in result.sentences
    assert [
        (line.cycle.slug, line.people.registered, line.presence and line.presence.came)
        for line in result.lines
    ] == [
        ("tour", 1, 1),
        ("suite", 6, 6),
    ]
    assert (result.people, result.sessions) == (
        counting.People(registered=6, waiting=0),
        Held(held=2, planned=2, cancelled=0, postponed=0),
    )


@pytest.mark.parametrize("count", [1, 3])
def test_it_costs_the_same_however_many_cycles(
    reader: Client, programme: Programme, django_assert_num_queries: Any, count: int
) -> None:
    for number in range(count):
        each = make.cycle(slug=f"c{number}", programme=programme)
        came(make.session(cycle=each, starts_at=make.paris(2026, 12, 1)), 2)
    with django_assert_num_queries(14):
        assert reader.get(PAGE).status_code == 200


def test_the_page_shows_the_logos_of_who_is_behind_it(
    reader: Client, programme: Programme, cycle: Cycle, settings: Any, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path
    make.logo(programme, alt={"en": "Three waves"})
    assert programme.lead is not None
    make.logo(programme.lead, alt={"en": "A quay"}, color="#445566")
    partner = make.organisation(name="Le Phare")
    make.logo(partner, alt="", is_decorative=True, color="#665544")
    for order, each in enumerate((programme.lead, partner, make.organisation(name="Sans logo")), 1):
        Partnership.objects.create(programme=programme, organisation=each, role="partner", order=order)
    for number in range(12):
        make.session(
            cycle=cycle,
            starts_at=make.paris(2026, 12, 1) + dt.timedelta(days=number),
            title={"en": "A " * 60},
        )
    for page in ("programmes/quais", "cycles/tour"):
        pdf = PdfReader(io.BytesIO(reader.get(f"/en/desk/{page}/report.pdf").content))
        root: Any = pdf.trailer["/Root"]
        shown = [str(tag["/Alt"]) for tag in tags(root["/StructTreeRoot"]) if tag["/S"] == "/Figure"]
        assert (len(pdf.pages), shown) == (1, ["Three waves", "A quay", "Le Phare"])
        text = " ".join(pdf.pages[0].extract_text().split())
        assert ("Le Phare" in text, "Sans logo" in text) == (True, True)


def test_it_is_taken_away_as_a_table_and_as_one_page(
    reader: Client, programme: Programme, cycle: Cycle
) -> None:
    came(make.session(cycle=cycle, starts_at=make.paris(2026, 12, 1)), 5)
    lead = programme.lead
    assert lead is not None
    for order, (name, role, words) in enumerate(
        (
            ("Les Amis des Quais", "lead", ""),
            ("Syndicat", "partner", "Prête les salles"),
            ("Le Phare", "media", ""),
        ),
        1,
    ):
        known = lead if name == "Les Amis des Quais" else make.organisation(name=name)
        Partnership.objects.create(
            programme=programme,
            organisation=known,
            role=role,
            role_text={"en": words} if words else "",
            order=order,
        )
    response: Any = reader.get("/en/desk/programmes/quais/report.csv")
    rows = list(
        csv.reader(io.StringIO(b"".join(response.streaming_content).decode("utf-8-sig")), delimiter=";")
    )
    assert rows[1] == [
        "The tour in 12 stages", "October 2026 to October 2027", "1", "1", "0", "5", "0", "5", "5", "0", "100%",
    ]  # fmt: skip
    assert reader.get("/en/desk/programmes/quais/report.xlsx").status_code == 200
    pdf = PdfReader(io.BytesIO(reader.get("/en/desk/programmes/quais/report.pdf").content))
    text = " ".join(pdf.pages[0].extract_text().split())
    assert len(pdf.pages) == 1
    for words in (
        "Lead organisation: Les Amis des Quais",
        "Prête les salles: Syndicat",
        "Media partner: Le Phare",
        "1 of 1",
    ):
        assert words in text
    assert text.count("Les Amis des Quais") == 1
    assert list(AuditEntry.objects.order_by("pk").values_list("verb", "detail")) == [
        ("report.export", "csv"),
        ("report.export", "xlsx"),
        ("report.export", "pdf"),
    ]


def test_runs_of_one_title_are_told_apart(reader: Client, programme: Programme) -> None:
    module = make.module(programme=programme)
    for _number in range(2):
        make.half_days(make.run(module=module, programme=programme))
    here = f"/en/desk/programmes/{programme.slug}/report"
    content = reader.get(f"{here}/").content.decode()
    table = b"".join(reader.get(f"{here}.csv").streaming_content).decode()  # type: ignore[attr-defined]  # streamed
    assert all(f"Run {number}</span>" in content for number in (1, 2))
    assert all(f"Reading a river · Run {number}" in table for number in (1, 2))
