"""The programme that comes with the project, shifted by six years as the demo has it."""

from __future__ import annotations

import datetime as dt

import pytest

from cycles.models import (
    Cycle,
    CycleException,
    Event,
    Module,
    News,
    Organisation,
    Programme,
    Resource,
    Session,
    Workshop,
)
from cycles.schedule import planning
from tests.cycles.imports.programme.files import journey, schedule

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("shifted")]


def test_shifted_by_six_years_the_dates_are_the_rules_own() -> None:
    cycle = journey()
    rows = schedule(cycle)
    assert rows[:3] == [
        ("escale-01", "2026-10-15", "2026-10-22 13:00+0200", "confirmed"),
        ("escale-02", "2026-11-19", "2026-11-19 13:00+0100", "confirmed"),
        ("escale-03", "2026-12-17", "2026-12-17 13:00+0100", "tentative"),
    ]
    assert rows[-1] == ("escale-12", "2027-10-21", "2027-10-21 13:00+0200", "tentative")
    assert (cycle.first_date, cycle.last_date, cycle.demo_shift_years) == (
        dt.date(2026, 10, 1),
        dt.date(2027, 10, 31),
        6,
    )
    assert planning.propose(cycle) == ()


def test_moved_and_skipped_keep_their_reasons() -> None:
    assert [
        (e.planned_date, e.kind, e.reason.localize("fr"), e.certainty)
        for e in CycleException.objects.order_by("planned_date")
    ] == [
        (dt.date(2026, 10, 15), "moved", "le 15 octobre est le jour du lancement du programme", "stated"),
        (dt.date(2027, 8, 19), "skipped", "pause estivale", "hypothesis"),
    ]
    first = Session.objects.get(slug="escale-01")
    assert (first.is_off_rule, first.revision, first.changes.count()) == (True, 0, 0)


def test_banner_only_on_what_is_shifted() -> None:
    words = "Données de démonstration\u202f: dates décalées de 6 ans."
    assert {cycle.slug: cycle.banner.localize("fr") for cycle in Cycle.objects.all()} == {
        "reconnaissance-2020-2021": words,
        "21-jours-pour-convaincre-2019": "",
        "odd-innovations-societales-2019": "",
        "mooc-modeles-economiques-associatifs-1": "",
    }
    # That of a programme would stand on the pages of its cycles of 2019, too.
    assert str(Programme.objects.get().banner) == ""


def test_what_is_about_the_cycle_moves_with_it_and_the_rest_stays() -> None:
    dates = {news.slug: (news.date_from, news.date_until) for news in News.objects.all()}
    assert dates["lancement"] == (dt.date(2026, 10, 15), None)
    assert dates["recap-escale-01"] == (dt.date(2026, 10, 22), dt.date(2026, 11, 19))
    assert dates["module-aff-rameau"] == (dt.date(2026, 7, 15), dt.date(2026, 10, 6))
    assert dates["juris-8"] == (dt.date(2020, 7, 15), None)
    assert dates["cloture-21-jours"] == (dt.date(2019, 9, 25), None)
    assert Programme.objects.get().launched_on == dt.date(2026, 10, 15)
    assert Workshop.objects.get().date_from == dt.date(2026, 10, 6)
    assert {
        event.slug: event.date_from
        for event in Event.objects.filter(slug__in=["lancement-programme", "onu-2019"])
    } == {
        "lancement-programme": dt.date(2026, 10, 15),
        "onu-2019": dt.date(2019, 9, 25),
    }


def test_who_speaks_and_what_they_illustrate() -> None:
    session = Session.objects.get(slug="escale-01")
    assert [
        (segment.kind, [(str(slot), str(slot.illustrates or "")) for slot in segment.slots.all()])
        for segment in session.segments.all()
    ] == [
        ("case_study", [("Stéphane Rozès", ""), ("Observatoire des partenariats", "")]),
        ("illustration", [("Pro Bono Lab", "Richesses humaines")]),
        ("illustration", [("Les Compagnons du Devoir", "Ressources financières")]),
        ("illustration", [("CJD", "Alliances stratégiques")]),
    ]
    assert (str(session.territory), session.topics.count(), session.has_theme) == (
        "Pays de la Loire",
        4,
        True,
    )


def test_a_theme_that_is_not_known_gets_no_title() -> None:
    third = Session.objects.get(slug="escale-03")
    assert (third.has_theme, str(third.title), third.certainty) == (False, "", "computed")


def test_the_daily_cycle_has_twenty_one_whole_days() -> None:
    steps = Cycle.objects.get(slug="21-jours-pour-convaincre-2019").sessions.in_order()
    assert [(step.slug, step.planned_date, step.is_all_day) for step in steps] == [
        (f"etape-du-jour-{n:02d}", dt.date(2019, 9, 4) + dt.timedelta(days=n), True) for n in range(1, 22)
    ]


def test_what_has_no_cycle_here_is_an_event() -> None:
    webinars = Event.objects.filter(kind=Event.Kind.WEBINAR).order_by("slug")
    assert [
        (e.slug, e.date_from, e.date_precision, [h.slug for h in e.hosts.order_by("slug")]) for e in webinars
    ] == [
        ("transformer-son-modele-2019", dt.date(2019, 9, 19), "day", ["innovation-territoriale"]),
        ("webinaire-fundraisers-2020", dt.date(2020, 1, 1), "year", ["aff", "le-rameau"]),
    ]
    assert (
        str(Resource.objects.get(slug="flybook-mse").launched_at) == "Transformer son modèle socio-économique"
    )


def test_resources_may_have_no_address_and_no_date() -> None:
    kit = Resource.objects.get(slug="kit-mse")
    assert (kit.url, kit.date_from, kit.date_precision, kit.certainty, kit.source) == (
        "",
        None,
        "unknown",
        "stated",
        "P4",
    )
    assert Resource.objects.exclude(url="").count() == 0


def test_modules_and_their_owners() -> None:
    assert [
        (m.slug, m.kind, m.status, m.is_external, [o.slug for o in m.owners.order_by("slug")])
        for m in Module.objects.all()
    ] == [
        ("module-mse-aff-rameau", "training_module", "in_design", False, ["aff", "le-rameau"]),
        ("mooc-modeles-economiques-associatifs", "mooc", "open", True, ["essec", "le-rameau"]),
    ]


def test_partners_in_order_with_their_roles() -> None:
    assert [
        (p.order, p.organisation.slug, p.role, p.certainty)
        for p in Programme.objects.get().partnerships.all()
    ] == [
        (1, "le-rameau", "lead", "hypothesis"),
        (2, "men", "institutional_partner", "hypothesis"),
        (3, "banque-des-territoires", "funder_or_partner", "hypothesis"),
        (4, "croix-rouge-francaise", "partner", "hypothesis"),
        (5, "fondation-total", "funder_or_partner", "hypothesis"),
    ]
    assert Organisation.objects.get(slug="juris-associations").aliases == [
        "JURIS-Associations",
        "Juris Association",
        "JURIS Association",
    ]


def test_a_recap_is_about_one_session_and_announces_the_next() -> None:
    recap = News.objects.get(slug="recap-escale-01")
    assert [(link.relation, link.target) for link in recap.links.all()] == [
        ("about", Session.objects.get(slug="escale-01")),
        ("announces", Session.objects.get(slug="escale-02")),
    ]
