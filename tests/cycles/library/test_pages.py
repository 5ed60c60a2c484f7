"""The pages of publications, series, events and organisations."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cycles.imports.programme import import_programme
from cycles.library import pages
from cycles.models import Event, Partnership, Resource, ResourceSeries, Workshop
from cycles.models.shared import DatePrecision
from cycles.site.page_cache import snapshots
from tests import make
from tests.cycles.imports.programme.files import PROGRAMME
from tests.make import AT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from django.test import Client
    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _at() -> Iterator[None]:
    snapshots.store.clear()
    with time_machine.travel(AT, tick=False):
        yield
    snapshots.store.clear()


def read(client: Client, path: str) -> str:
    """Return the words of a page's main part, without its marks."""
    response = client.get(path)
    assert response.status_code == 200, path
    main = response.content.decode().partition("<main")[2].partition("</main>")[0]
    return " ".join(re.sub("<[^>]*>", " ", main).split())


def test_publications_under_their_year() -> None:
    for slug, date in (("a", dt.date(2018, 7, 1)), ("b", None), ("c", dt.date(2020, 7, 15))):
        Resource.objects.create(
            slug=slug,
            kind=Resource.Kind.NOTE,
            title={"fr": slug},
            date_from=date,
            date_precision=DatePrecision.DAY if date else DatePrecision.UNKNOWN,
        )
    rows = pages.by_year(Resource.objects.all())
    assert [(year, [r.slug for r in listed]) for year, listed in rows] == [
        (2020, ["c"]),
        (2018, ["a"]),
        (None, ["b"]),
    ]


class TestSeed:
    @pytest.fixture(autouse=True)
    def _imported(self) -> None:
        import_programme(PROGRAMME, at=AT)

    def test_a_series_shows_its_gaps(self, client: Client) -> None:
        page = read(client, "/fr/resources/series/juris-mse/")
        assert "depuis 2013 · un par an" in page
        lines = re.findall(r"Nº (\d) : (Dossier|manque|paru)", page.replace("\u202f:", " :"))
        assert lines == [
            ("1", "Dossier"), ("2", "manque"), ("3", "manque"), ("4", "manque"),
            ("5", "manque"), ("6", "Dossier"), ("7", "manque"), ("8", "Dossier"),
        ]  # fmt: skip

    def test_a_report_shows_its_questions_and_a_study_its_figures(self, client: Client) -> None:
        report = read(client, "/fr/resources/rapport-odd17/")
        assert "Questions traitées Conduire le changement quand les besoins montent" in report
        study = read(client, "/fr/resources/etude-accompagnement-2018/")
        assert "Chiffres clés 1 association sur 2" in study
        for said in ("Publication Recherches & Solidarités", "Avec ADASI"):
            assert said in study.replace("&amp;", "&")

    def test_an_issue_names_its_coordinator_its_series_and_the_others(self, client: Client) -> None:
        page = read(client, "/fr/resources/juris-dossier-2020/")
        for said in ("Coordination Le RAMEAU", "Nº 8", "Dans la même collection"):
            assert said in page

    def test_a_form_names_what_it_is_a_form_of_and_where_it_was_launched(self, client: Client) -> None:
        page = read(client, "/fr/resources/flybook-mse/")
        assert "Lancée lors de Transformer son modèle socio-économique" in page
        assert "Autres formes Modèles socio-économiques d'intérêt général" in page.replace("&#x27;", "'")
        assert "Conclut 21 jours pour convaincre" in read(client, "/fr/resources/note-hybridation/")

    def test_one_without_an_address_says_so_and_has_no_dead_link(self, client: Client) -> None:
        assert "Son adresse n’est pas connue ici" in read(client, "/fr/resources/kit-mse/")

    def test_events_name_hosts_people_and_what_they_open(self, client: Client) -> None:
        page = read(client, "/fr/events/convergences-2019/")
        for said in (
            "5 septembre 2019",
            "Dans le cadre de Forum Mondial Convergences",
            "Gabriel Attal secrétaire d'État (2019)",
            "21 jours pour convaincre Ouverture",
        ):
            assert said in page.replace("&#x27;", "'").lower() or said in page.replace("&#x27;", "'")
        assert "Président de la République" in read(client, "/fr/events/onu-2019/")

    def test_an_organisation_shows_what_it_does(self, client: Client) -> None:
        page = read(client, "/fr/organisations/le-rameau/")
        for said in (
            "Pilote",
            "L'hybridation des modèles socio-économiques en pratique",
            "Modèles économiques associatifs",
        ):
            assert said in page.replace("&#x27;", "'")

    def test_the_list_leads_to_the_pages(self, client: Client) -> None:
        page = client.get("/fr/resources/").content.decode()
        assert set(re.findall(r'"/fr/resources/([\w-]+)/"', page)) == set(
            Resource.objects.values_list("slug", flat=True)
        )


def test_drafts_and_the_unnamed_have_no_page(client: Client) -> None:
    Resource.objects.create(slug="brouillon", kind="note", title={"fr": "Note"}, is_published=False)
    make.organisation(slug="personne")
    for path in ("resources/brouillon", "organisations/personne", "events/rien", "resources/series/rien"):
        assert client.get(f"/fr/{path}/").status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_pages_cost_the_same_queries(
    client: Client, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    programme = make.programme(slug="p")
    host = make.organisation(slug="hote")
    series = ResourceSeries.objects.create(slug="cahiers", title={"fr": "Cahiers"}, known_issues=[9])
    event = Event.objects.create(slug="fete", title={"fr": "Fête"}, programme=programme)
    event.hosts.add(host)
    topic = make.topic(slug="theme")
    for n in range(count):
        event.people.add(make.person())
        resource = Resource.objects.create(
            slug=f"r{n}", kind="note", title={"fr": f"Note {n}"}, series=series, issue=n + 1,
            launched_at=event, date_from=dt.date(2026, 1, n + 1), date_precision="day",
        )  # fmt: skip
        resource.publishers.add(host, make.organisation())
        resource.topics.add(topic)
        session = make.session(cycle=make.cycle(), host=host)
        make.slot(session, organisation=host)
    for path, number in {
        "/fr/resources/r0/": 7,
        "/fr/resources/series/cahiers/": 4,
        "/fr/events/fete/": 8,
        "/fr/organisations/hote/": 11,
        "/fr/topics/theme/": 9,
    }.items():
        snapshots.store.clear()
        with django_assert_num_queries(number):
            assert client.get(path).status_code == 200


def test_logos_stand_beside_the_names_of_organisations_and_cost_no_query(
    client: Client, settings: Any, tmp_path: Path
) -> None:
    """The organiser of a cycle and of a session, partners, who built a module, who published something."""
    settings.MEDIA_ROOT = tmp_path
    host = make.organisation(slug="hote", name="Les Quais")
    programme = make.programme(slug="quais", lead=host)
    Partnership.objects.create(programme=programme, organisation=host, order=1)
    cycle = make.cycle(slug="tour", programme=programme, host=host)
    session = make.session(cycle=cycle, slug="escale-02")
    module = make.module(slug="lire", programme=programme, platform=host)
    module.owners.add(host, make.organisation())
    module.partners.add(host)
    resource = Resource.objects.create(slug="note", kind="note", title={"fr": "Note"})
    resource.publishers.add(host, make.organisation())
    event = Event.objects.create(slug="fete", kind="conference", title={"fr": "Fête"})
    event.hosts.add(host)
    marks = {
        "/fr/programmes/quais/": 2,
        "/fr/cycles/tour/": 2,
        f"/fr/cycles/tour/{session.slug}/": 1,
        "/fr/modules/lire/": 3,
        "/fr/resources/note/": 1,
        "/fr/events/fete/": 1,
        "/fr/organisations/hote/": 0,
    }
    counts = []
    for has_logo in (False, True):
        if has_logo:
            make.logo(host)
        for path, most in marks.items():
            snapshots.store.clear()
            with CaptureQueriesContext(connection) as queries:
                text = client.get(path).content.decode()
            found = re.findall(r'<img class="mark" src="/media/pictures/[0-9a-f]{64}-t[.]webp"[^>]*>', text)
            assert len(found) == (most if has_logo else 0), path
            assert all('alt=""' in tag and 'loading="lazy"' in tag for tag in found)
            counts.append(len(queries))
    assert counts[: len(marks)] == counts[len(marks) :]


def test_the_workshops_of_a_module_stand_in_the_order_of_their_dates(client: Client) -> None:
    module = make.module(slug="lire")
    days = {"c": (2026, 3, 5), "a": (2026, 11, 5), "b": (2025, 6, 5), "d": (2026, 3, 5)}
    for slug, day in days.items():
        Workshop.objects.create(
            slug=slug,
            module=module,
            title={"fr": f"Atelier {slug}"},
            date_from=dt.date(*day),
            date_precision="day",
        )
    Workshop.objects.create(slug="0", module=module, title={"fr": "Atelier 0"}, date_precision="unknown")
    Workshop.objects.filter(slug="d").update(starts_at=dt.datetime(2026, 3, 5, 8, tzinfo=dt.UTC))
    Workshop.objects.filter(slug="c").update(starts_at=dt.datetime(2026, 3, 5, 13, tzinfo=dt.UTC))
    page = client.get("/fr/modules/lire/").content.decode()
    assert re.findall(r"<h3>Atelier (.)</h3>", page) == ["b", "d", "c", "a", "0"]


def test_nothing_is_to_be_announced_of_a_workshop_that_is_over(client: Client) -> None:
    module = make.module(slug="lire")
    days = {
        "day": dt.date(2026, 10, 6),
        "month": dt.date(2026, 10, 1),
        "year": dt.date(2026, 1, 1),
        "between": dt.date(2026, 10, 1),
    }
    for precision, day in days.items():
        Workshop.objects.create(
            slug=precision,
            module=module,
            title={"fr": precision},
            date_from=day,
            date_until=dt.date(2026, 10, 30) if precision == "between" else None,
            date_precision=precision,
        )
    still = {}
    for moment in ((2026, 10, 6), (2026, 10, 7), (2026, 10, 31), (2026, 11, 1), (2027, 1, 1)):
        snapshots.store.clear()
        with time_machine.travel(make.paris(*moment), tick=False):
            page = client.get("/fr/modules/lire/").content.decode()
        items = re.findall(r"<h3>(\w+)</h3>(.*?)</li>", page, re.DOTALL)
        assert len(items) == 4
        still[moment] = sorted(
            name for name, rest in items if "lieu à préciser" in rest or "annoncer" in rest
        )
    assert still == {
        (2026, 10, 6): ["between", "day", "month", "year"],
        (2026, 10, 7): ["between", "month", "year"],
        (2026, 10, 31): ["month", "year"],
        (2026, 11, 1): ["year"],
        (2027, 1, 1): [],
    }
