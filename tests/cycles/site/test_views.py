"""The public pages through HTTP: what they say, what they hide, what they cost, what they set."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING

import pytest
import time_machine

from cycles.imports.programme import import_programme
from cycles.models import (
    CycleException,
    Module,
    News,
    NewsLink,
    Objective,
    Partnership,
    Resource,
    Segment,
    Session,
    SpeakerSlot,
    Topic,
)
from cycles.schedule import planning
from cycles.site.page_cache import snapshots
from tests import make
from tests.cycles.imports.programme.files import PROGRAMME

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test import Client
    from pytest_django import DjangoAssertNumQueries

    from cycles.models import Cycle

pytestmark = pytest.mark.django_db

AT = dt.datetime(2026, 11, 23, 9, 0, tzinfo=dt.UTC)
# So many dates of `filled_cycle` are over.
PAST = 5


@pytest.fixture(autouse=True)
def _at() -> Iterator[None]:
    """The clock stands at AT, and no page is kept from another test."""
    snapshots.store.clear()
    with time_machine.travel(AT, tick=False):
        yield
    snapshots.store.clear()


def read(client: Client, path: str) -> str:
    """Return a page that is there, its line breaks and indents as single spaces."""
    response = client.get(path)
    assert response.status_code == 200, path
    return re.sub("[ \n]+", " ", response.content.decode())


def filled_cycle(sessions: int) -> Cycle:
    """A cycle with so many sessions, each with two agenda items, three speakers, topics and a recap."""
    programme = make.programme(slug="programme")
    Objective.objects.create(programme=programme, order=1, text={"fr": "Partager"})
    lead = make.organisation(slug="lead")
    Partnership.objects.create(programme=programme, organisation=lead, role=Partnership.Role.LEAD, order=1)
    cycle = make.cycle(slug="tour", programme=programme)
    topic = Topic.objects.create(slug="theme", name={"fr": "Thème"})
    for number in range(1, sessions + 1):
        day = dt.date(2026, 10, 22) + dt.timedelta(days=7 * (number - 1))
        session = make.session(
            cycle=cycle,
            slug=f"escale-{number}",
            number=number,
            planned_date=day - dt.timedelta(days=1),
            starts_at=make.paris(day.year, day.month, day.day),
        )
        session.topics.add(topic)
        CycleException.objects.create(
            cycle=cycle,
            planned_date=day - dt.timedelta(days=1),
            kind=CycleException.Kind.MOVED,
            reason={"fr": "grève"},
        )
        for order in (1, 2):
            segment = Segment.objects.create(session=session, order=order, topic=topic)
            SpeakerSlot.objects.create(segment=segment, order=1, person=make.person())
            SpeakerSlot.objects.create(segment=segment, order=2, organisation=lead, illustrates=topic)
        news = News.objects.create(slug=f"recap-{number}", kind=News.Kind.RECAP, programme=programme)
        NewsLink.objects.create(news=news, relation=NewsLink.Relation.ABOUT, session=session)
        resource = Resource.objects.create(
            slug=f"resource-{number}",
            kind=Resource.Kind.SLIDES,
            title={"fr": f"Diaporama {number}"},
            session=session,
            programme=programme,
        )
        resource.publishers.add(lead)
        resource.topics.add(topic)
    module = Module.objects.create(slug="module", title={"fr": "Le module"}, programme=programme)
    module.owners.add(lead)
    return cycle


@pytest.mark.parametrize("sessions", [1, 3, 12, 100])
def test_queries_do_not_depend_on_the_number_of_sessions(
    sessions: int, client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    filled_cycle(sessions)
    queries = {
        "/fr/": 8,
        "/fr/programmes/programme/": 11,
        # Who comes is asked where a date is to come.
        "/fr/cycles/tour/": 9 if sessions > PAST else 8,
        "/fr/cycles/tour/escale-1/": 8,
        "/fr/cycles/tour/subscribe/": 3,
        "/fr/modules/": 4,
        # A module asks for its programme sheet, too.
        "/fr/modules/module/": 8,
        "/fr/resources/": 7,
        "/fr/news/": 4,
        "/fr/news/recap-1/": 7,
        "/fr/privacy/": 1,
        "/fr/accessibility/": 1,
    }
    for path, number in queries.items():
        # The first question of each is the content version.
        snapshots.store.clear()
        with django_assert_num_queries(number):
            assert client.get(path).status_code == 200


class TestRealProgramme:
    """What issue 2 asks of the page of the twelve stops."""

    @pytest.fixture(autouse=True)
    def _imported(self) -> None:
        import_programme(PROGRAMME, at=AT, shift_months=72)

    def test_cycle_in_french(self, client: Client) -> None:
        page = read(client, "/fr/cycles/reconnaissance-2020-2021/")
        for said in (
            "chaque 3e jeudi du mois, 13\u202fh\u202f00 – 14\u202fh\u202f30",
            "Données de démonstration\u202f: dates décalées de 6 ans.",
            "jeudi 22 octobre 2026, 13\u202fh\u202f00 – 14\u202fh\u202f30 (heure de Paris)",
            "était prévue le <del>jeudi 15 octobre 2026</del>",
            "<del>jeudi 19 août 2027</del> · pas de séance cette fois\u202f: pause estivale",
            "Stéphane Rozès",
            'Pro Bono Lab</a><span class="soft">témoigne sur\u202f: Richesses humaines</span>',
            "12 dates\u202f: 2 passées, 10 à venir",
            "dans 24\u00a0jours",
            "Croix-Rouge française",
            "Partager une culture commune de la diversité des modèles.",
            "21 jours pour convaincre",
            "Modèles économiques associatifs",
            "Atelier de co-construction",
            "Retour sur Escale\u00a01",
        ):
            assert said in page, said
        assert page.count('<li class="stop ') == 13
        assert page.count("Thème à annoncer") == 11  # ten stops and the ticket of the next one

    def test_cycle_in_english_marks_what_stays_french(self, client: Client) -> None:
        page = read(client, "/en/cycles/reconnaissance-2020-2021/")
        for said in (
            "<h1>The journey in 12 stops</h1>",
            "every 3rd Thursday of the month, 13:00–14:30",
            "Thursday 22 October 2026, 13:00–14:30 (Paris time)",
            "4th Thursday",
            '<span lang="fr">Flybook du référentiel MSE</span>',
            "12 dates: 2 past, 10 to come",
        ):
            assert said in page, said

    def test_organiser_moves_and_cancels_and_the_page_follows(self, client: Client) -> None:
        path = "/fr/cycles/reconnaissance-2020-2021/"
        before = client.get(path)
        claire = make.user()
        third = Session.objects.get(slug="escale-03")
        with time_machine.travel(AT + dt.timedelta(seconds=1), tick=False):
            planning.move(third, to=make.paris(2026, 12, 18), by=claire, at=AT, reason="Salle prise")
            planning.cancel(Session.objects.get(slug="escale-04"), by=claire, at=AT, reason="Grève")
        snapshots.store.recheck()
        after = client.get(path)
        page = read(client, path)
        assert before["ETag"] != after["ETag"]
        assert "vendredi 18 décembre 2026, 13\u202fh\u202f00 – 14\u202fh\u202f30 (heure de Paris)" in page
        assert "<del>jeudi 17 décembre 2026</del>" in page
        assert "Salle prise" in page
        assert '<span class="state cancelled">annulée</span>' in page
        assert "Grève" in page

    def test_session_to_come(self, client: Client) -> None:
        page = read(client, "/en/cycles/reconnaissance-2020-2021/escale-03/")
        for said in (
            "Thursday 17 December 2026, 13:00–14:30 (Paris time)",
            "in 24\u00a0days",
            "<dt>Réunion time</dt><dd>16:00–17:30</dd>",
            "/en/register/reconnaissance-2020-2021/?stop=escale-03",
            "/en/cycles/reconnaissance-2020-2021/escale-03.ics",
            "https://calendar.google.com/calendar/render?",
            "This date is still to be confirmed.",
        ):
            assert said in page, said

    def test_session_gone_by_offers_its_recap_and_no_registration(self, client: Client) -> None:
        page = read(client, "/fr/cycles/reconnaissance-2020-2021/escale-01/")
        assert "/fr/news/recap-escale-01/" in page
        assert "/fr/register/" not in page
        assert "escale-01.ics" not in page
        assert "Levier 2\u202f: ressources financières" in page

    def test_daily_and_external_cycles(self, client: Client) -> None:
        daily = read(client, "/fr/cycles/21-jours-pour-convaincre-2019/")
        external = read(client, "/fr/cycles/odd-innovations-societales-2019/")
        assert daily.count("<li><a href=") >= 21
        assert "Étape du jour 21, mercredi 25 septembre 2019" in daily
        assert "S’inscrire" not in daily
        assert "l’inscription n’est pas sur ce site" in external
        assert "jeudi 26 septembre 2019" in external

    def test_resources_without_an_address_show_no_dead_link(self, client: Client) -> None:
        page = read(client, "/fr/resources/")
        assert Resource.objects.filter(url="").count() == 17
        assert page.count('<h3><a href="/fr/resources/') == page.count("<h3>") == 17
        one = read(client, "/fr/resources/kit-mse/")
        assert "Son adresse n’est pas connue ici" in one
        assert 'href=""' not in page + one


class TestHidden:
    def test_drafts_are_nowhere(self, client: Client) -> None:
        cycle = make.cycle(slug="tour", programme=make.programme(slug="programme"))
        make.session(cycle=cycle, slug="visible", number=1, title={"fr": "Visible"})
        make.session(cycle=cycle, slug="cache", number=2, title={"fr": "Caché"}, status=Session.Status.DRAFT)
        make.cycle(slug="brouillon", title={"fr": "Brouillon"}, status="draft")
        make.programme(slug="secret", title={"fr": "Secret"}, is_published=False)
        for path in ("/fr/", "/fr/programmes/programme/", "/fr/cycles/tour/", "/fr/cycles/tour/visible/"):
            page = read(client, path)
            assert [word for word in ("Caché", "Brouillon", "Secret") if word in page] == []
        hidden = (
            "cycles/brouillon/",
            "cycles/tour/cache/",
            "programmes/secret/",
            "cycles/brouillon/subscribe/",
        )
        assert [client.get(f"/fr/{path}").status_code for path in hidden] == [404] * 4

    @pytest.mark.parametrize(
        "path",
        [
            "programmes/x/",
            "cycles/x/",
            "cycles/x/y/",
            "cycles/x/subscribe/",
            "modules/x/",
            "news/x/",
            "nothing/",
        ],
    )
    def test_unknown_address_is_told_in_its_language(self, path: str, client: Client) -> None:
        french, english = client.get(f"/fr/{path}"), client.get(f"/en/{path}")
        assert (french.status_code, english.status_code) == (404, 404)
        assert "<h1>Cette page n’existe pas</h1>" in french.content.decode()
        assert '<a class="button" href="/fr/">Retour aux programmes</a>' in french.content.decode()
        assert "<h1>This page does not exist</h1>" in english.content.decode()
        assert '<html lang="en">' in english.content.decode()


def test_pages_set_no_cookie_and_vary_on_encoding_only(client: Client) -> None:
    filled_cycle(1)
    for path in ("/fr/", "/fr/cycles/tour/", "/fr/cycles/tour/escale-1/", "/fr/news/"):
        response = client.get(path, headers={"accept-language": "en", "cookie": "django_language=en"})
        assert response.cookies == {}
        assert response["Vary"] == "Accept-Encoding"
        assert response["Cache-Control"] == "public, max-age=0, must-revalidate"
        assert '<html lang="fr">' in response.content.decode()


def test_query_of_a_visitor_never_enters_the_page(client: Client) -> None:
    filled_cycle(1)
    plain = client.get("/fr/cycles/tour/escale-1/").content
    snapshots.store.clear()
    assert client.get("/fr/cycles/tour/escale-1/?tz=Mars/Phobos&lang=xx").content == plain


def test_address_that_is_not_its_own_names_the_other_language(client: Client) -> None:
    make.cycle(slug="tour")
    page = read(client, "/fr/cycles/tour/")
    assert '<link rel="canonical" href="http://testserver/fr/cycles/tour/">' in page
    assert '<link rel="alternate" hreflang="en" href="http://testserver/en/cycles/tour/">' in page


def test_text_of_organisers_is_shown_as_text(client: Client) -> None:
    cycle = make.cycle(slug="tour", title={"fr": "<script>alert(1)</script>"}, banner={"fr": "<b>demo</b>"})
    make.session(cycle=cycle, slug="un", title={"fr": '"><img src=x>'})
    News.objects.create(
        slug="post",
        kind=News.Kind.ANNOUNCEMENT,
        title={"fr": "Annonce"},
        body={"fr": "# Titre\n\n<script>alert(2)</script> [lien](javascript:alert(3)) **gras**"},
    )
    for path in ("/fr/", "/fr/cycles/tour/", "/fr/cycles/tour/un/"):
        page = read(client, path)
        page = page.replace('<script type="application/ld+json">', "")
        assert [bad for bad in ("<script", "<img", "<b>demo") if bad in page] == []
    post = read(client, "/fr/news/post/")
    assert "<h2>Titre</h2>" in post
    assert "<strong>gras</strong>" in post
    assert [bad for bad in ("<script", 'href="javascript') if bad in post] == []


def test_empty_site_says_so(client: Client) -> None:
    assert "Rien n’est encore publié. Revenez bientôt." in read(client, "/fr/")
    assert "Nothing is published yet. Come back soon." in read(client, "/en/news/")
    assert "Rien n’est encore publié. Revenez bientôt." in read(client, "/fr/resources/")


def test_cycle_without_dates_says_so(client: Client) -> None:
    make.cycle(slug="tour")
    page = read(client, "/fr/cycles/tour/")
    assert "Les dates ne sont pas encore publiées." in page
    assert "/fr/register/" not in page
