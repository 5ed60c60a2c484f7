"""What the public pages work out before the template: states, the line, titles, what stands around."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
from django.utils import translation

from cycles.models import (
    CycleException,
    Module,
    News,
    NewsLink,
    Objective,
    Resource,
    Session,
    SpeakerSlot,
    Workshop,
)
from cycles.models.shared import DatePrecision
from cycles.schedule import first_dates, planning
from cycles.site import pages
from tests import make

if TYPE_CHECKING:
    from django.db.models import Model
    from django.test import Client
    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db

AT = make.paris(2026, 11, 23, 10)


def line_of(*sessions: Session, at: dt.datetime = AT) -> pages.Line:
    cycle = sessions[0].cycle
    return pages.line(cycle, list(cycle.sessions.in_order()), at=at, exceptions=cycle.exceptions.all())


def stops_of(line: pages.Line) -> list[pages.Stop]:
    return [item for item in line.items if isinstance(item, pages.Stop)]


class TestStop:
    def test_states_follow_the_clock(self) -> None:
        session = make.session(starts_at=make.paris(2026, 12, 17), status=Session.Status.TENTATIVE)
        seen = [
            (stop.state, stop.state_word, stop.countdown)
            for at in (
                AT,
                make.paris(2026, 12, 16),
                make.paris(2026, 12, 17, 13),
                make.paris(2026, 12, 17, 14, 29),
                make.paris(2026, 12, 17, 14, 30),
            )
            for stop in [pages.stop(session, at=at)]
        ]
        assert seen == [
            ("tentative", "date à confirmer", "dans 24\u00a0jours"),
            ("tentative", "date à confirmer", "demain"),
            ("live", "en cours", ""),
            ("live", "en cours", ""),
            ("done", "passée", ""),
        ]

    def test_next_one_says_so_while_it_has_not_begun(self) -> None:
        session = make.session(starts_at=make.paris(2026, 12, 17))
        before = pages.stop(session, at=AT, is_next=True)
        during = pages.stop(session, at=make.paris(2026, 12, 17, 13), is_next=True)
        assert (before.state, before.state_word, before.is_next) == ("next", "prochaine", True)
        assert (during.state, during.is_next) == ("live", False)

    def test_the_next_one_hides_no_doubt_about_its_date(self) -> None:
        at = make.paris(2026, 12, 17)
        unsure = make.session(starts_at=at, status=Session.Status.TENTATIVE)
        sure = make.session(starts_at=at, status=Session.Status.CONFIRMED, cycle=unsure.cycle)
        assert pages.stop(unsure, at=AT, is_next=True).is_unsure
        assert not pages.stop(unsure, at=AT).is_unsure
        assert not pages.stop(unsure, at=at, is_next=True).is_unsure
        assert not pages.stop(sure, at=AT, is_next=True).is_unsure

    def test_leaf_of_the_calendar_in_two_languages(self) -> None:
        session = make.session(starts_at=make.paris(2027, 2, 18))
        french = pages.date_block(session)
        with translation.override("en"):
            english = pages.date_block(session)
        assert french == pages.DateBlock(weekday="jeu.", day="18", month="févr.")
        assert english == pages.DateBlock(weekday="Thu", day="18", month="Feb")

    def test_leaf_shows_the_day_of_the_cycles_own_zone(self) -> None:
        cycle = make.cycle(timezone="Pacific/Noumea")
        session = make.session(cycle=cycle, starts_at=dt.datetime(2026, 12, 17, 22, 0, tzinfo=dt.UTC))
        assert pages.date_block(session) == pages.DateBlock(weekday="ven.", day="18", month="déc.")

    def test_moved_one_keeps_its_planned_date_the_rank_and_the_reason(self) -> None:
        session = make.session(starts_at=make.paris(2026, 10, 22), planned_date=dt.date(2026, 10, 15))
        CycleException.objects.create(
            cycle=session.cycle,
            planned_date=dt.date(2026, 10, 15),
            kind=CycleException.Kind.MOVED,
            reason={"fr": "jour du lancement"},
        )
        (stop,) = stops_of(line_of(session))
        assert (stop.is_moved, stop.planned, stop.rank, str(stop.reason)) == (
            True,
            dt.date(2026, 10, 15),
            "4e jeudi",
            "jour du lancement",
        )
        assert pages.reasons_of([session]).keys() == {dt.date(2026, 10, 15)}

    def test_one_on_its_day_is_not_moved(self) -> None:
        session = make.session(starts_at=make.paris(2026, 11, 19), planned_date=dt.date(2026, 11, 19))
        (stop,) = stops_of(line_of(session))
        assert (stop.is_moved, stop.planned, stop.reason) == (False, None, None)

    def test_one_beside_the_rule_that_was_moved_keeps_its_first_date_and_why_it_was_added(self) -> None:
        at = make.paris(2026, 10, 1)
        cycle = make.cycle(frequency="daily", first_date=dt.date(2026, 10, 1), last_date=dt.date(2027, 6, 1))
        session = planning.add(
            cycle,
            starts_at=make.paris(2026, 12, 1),
            ends_at=make.paris(2026, 12, 1, 14),
            title={"fr": "Bilan"},
            reason={"fr": "une question de plus"},
            by=None,
            at=at,
        )
        (stop,) = stops_of(line_of(session, at=at))
        assert (stop.is_moved, str(getattr(stop.added, "reason", ""))) == (False, "une question de plus")
        planning.postpone(session, by=None, at=at, reason={"fr": "grève"})
        planning.move(session, to=make.paris(2026, 12, 8), until=make.paris(2026, 12, 8, 14), by=None, at=at)
        planning.move(session, to=make.paris(2026, 12, 9), by=None, at=at, reason={"fr": "salle prise"})
        (stop,) = stops_of(line_of(session, at=at))
        assert (stop.planned, stop.rank, str(stop.reason), str(getattr(stop.added, "reason", ""))) == (
            dt.date(2026, 12, 1),
            "",
            "salle prise",
            "une question de plus",
        )

    def test_first_dates_of_many_are_read_with_them(
        self, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        cycle = make.cycle()
        for day in (1, 2, 3):
            session = make.session(cycle=cycle, starts_at=make.paris(2026, 12, day))
            planning.move(session, to=make.paris(2026, 12, day + 7), by=None, at=make.AT)
        with django_assert_num_queries(1):
            listed = first_dates.annotated(cycle.sessions.select_related("cycle").in_order())
            assert [left and left.date.day for left in map(first_dates.left, listed)] == [1, 2, 3]
        session = cycle.sessions.select_related("cycle").get(pk=session.pk)
        with django_assert_num_queries(1):
            assert [
                left and left.date.day for left in (first_dates.left(session), first_dates.left(session))
            ] == [
                3,
                3,
            ]


class TestLine:
    def test_line_in_order_with_the_skipped_date_in_its_place(self) -> None:
        cycle = make.cycle()
        for number, starts_at in enumerate(
            (make.paris(2026, 11, 19), make.paris(2027, 1, 21), make.paris(2027, 2, 18)), start=1
        ):
            make.session(
                cycle=cycle, number=number, starts_at=starts_at, planned_date=starts_at.date(), title={}
            )
        CycleException.objects.create(
            cycle=cycle, planned_date=dt.date(2026, 12, 17), kind=CycleException.Kind.SKIPPED, reason="Noël"
        )
        line = line_of(*cycle.sessions.all())
        assert [
            item.date if isinstance(item, pages.Skipped) else item.session.number for item in line.items
        ] == [1, dt.date(2026, 12, 17), 2, 3]
        assert [stop.state for stop in stops_of(line)] == ["done", "next", "confirmed"]
        assert [stop.year for stop in stops_of(line)] == ["", "2027", ""]
        assert line.progress == "3 dates\u202f: 1 passée, 2 à venir"
        assert line.next_stop is not None
        assert line.next_stop.session.number == 2
        assert line.can_register

    def test_live_session_stays_the_next_thing_to_do(self) -> None:
        session = make.session(starts_at=make.paris(2026, 11, 23, 9))
        make.session(cycle=session.cycle, starts_at=make.paris(2026, 12, 17))
        line = line_of(session, at=make.paris(2026, 11, 23, 10))
        assert line.next_stop is not None
        assert (line.next_stop.session, line.next_stop.state) == (session, "live")

    def test_cancelled_and_postponed_ones_are_never_next(self) -> None:
        cycle = make.cycle()
        claire = make.user()
        early, late = (
            make.session(cycle=cycle, number=n, starts_at=make.paris(2026, 12, 10 + n)) for n in (1, 2)
        )
        planning.cancel(early, by=claire, at=AT, reason="malade")
        planning.postpone(late, by=claire, at=AT, reason="malade")
        line = line_of(early)
        assert [stop.state for stop in stops_of(line)] == ["cancelled", "postponed"]
        assert (line.next_stop, line.can_register) == (None, False)
        assert line.progress == "2 dates\u202f: 1 annulée, 1 à venir"

    def test_line_of_nothing(self) -> None:
        line = pages.line(make.cycle(), [], at=AT)
        assert (line.items, line.next_stop, line.route, line.progress) == ((), None, None, "")
        assert not line.is_past_and_bare

    def test_past_cycle_without_a_theme_is_shown_by_its_leaves(self) -> None:
        session = make.session(starts_at=make.paris(2026, 11, 19), has_theme=False, title={})
        assert line_of(session).is_past_and_bare
        assert not line_of(session, at=make.AT).is_past_and_bare

    @pytest.mark.parametrize(
        ("fields", "expected"),
        [
            ({}, True),
            ({"is_external": True}, False),
            ({"status": "archived"}, False),
            ({"kind": "daily"}, True),
            ({"registration_mode": "closed"}, False),
            ({"registration_mode": "approval"}, True),
            ({"registration_opens_at": AT}, True),
            ({"registration_opens_at": AT + dt.timedelta(seconds=1)}, False),
            ({"registration_closes_at": AT}, False),
            ({"registration_closes_at": AT + dt.timedelta(seconds=1)}, True),
        ],
    )
    def test_when_a_cycle_registers(self, fields: dict[str, object], expected: bool) -> None:  # noqa: FBT001 - a case
        session = make.session(cycle=make.cycle(**fields), starts_at=make.paris(2026, 12, 17))
        assert pages.takes_registrations(session.cycle, at=AT) is expected
        assert pages.is_registrable(session, at=AT) is expected
        assert line_of(session).can_register is expected
        assert not pages.is_registrable(session, at=make.paris(2026, 12, 17, 14, 30))


def test_page_is_true_until_a_session_begins_or_ends_or_midnight_comes() -> None:
    session = make.session(starts_at=make.paris(2026, 11, 23, 13))
    zone = session.zone
    moments = [
        pages.true_until([session], zone=zone, at=at)
        for at in (make.paris(2026, 11, 23, 10), make.paris(2026, 11, 23, 13), make.paris(2026, 11, 23, 15))
    ]
    assert moments == [
        make.paris(2026, 11, 23, 13),
        make.paris(2026, 11, 23, 14, 30),
        make.paris(2026, 11, 24, 0),
    ]


class TestOtherZones:
    """The check values of the domain: escales 1, 2 and 6."""

    @pytest.mark.parametrize(
        ("date", "expected"),
        [
            ((2026, 10, 22), ["7", "7", "8", "15", "14", "22", "1", "7"]),
            ((2026, 11, 19), ["8", "8", "9", "16", "15", "23", "2", "7"]),
            ((2027, 3, 18), ["8", "8", "9", "16", "15", "23", "2", "8"]),
        ],
    )
    def test_hours_elsewhere(self, date: tuple[int, int, int], expected: list[str]) -> None:
        session = make.session(starts_at=make.paris(*date))
        zones = pages.other_zones(session)
        assert [zone.text.partition("\u202fh")[0] for zone in zones] == expected
        assert [zone.place for zone in zones] == [
            "heure de la Martinique",
            "heure de la Guadeloupe",
            "heure de la Guyane",
            "heure de La Réunion",
            "heure de Mayotte",
            "heure de Nouméa",
            "heure de Tahiti",
            "heure de Montréal",
        ]

    def test_day_is_named_where_it_is_another_one(self) -> None:
        session = make.session(starts_at=make.paris(2026, 11, 19, 20))
        texts = {zone.place: zone.text for zone in pages.other_zones(session)}
        assert texts["heure de Nouméa"] == ("vendredi 20 novembre 2026, 6\u202fh\u202f00 – 7\u202fh\u202f30")
        assert texts["heure de La Réunion"] == "23\u202fh\u202f00 – 0\u202fh\u202f30"

    def test_whole_days_and_undated_sessions_have_none(self) -> None:
        whole = make.session(is_all_day=True)
        undated = make.session(status=Session.Status.POSTPONED, starts_at=None)
        assert pages.other_zones(whole) == pages.other_zones(undated) == ()


class TestNews:
    def test_post_is_called_by_its_title_or_by_what_it_is_about(self) -> None:
        session = make.session(number=1, title={"fr": "Un modèle au service de quoi ?"})
        resource = Resource.objects.create(slug="guide", kind=Resource.Kind.GUIDE, title={"fr": "Le guide"})
        about: dict[str, dict[str, Model]] = {
            "own": {},
            "recap": {"session": session},
            "guide": {"resource": resource},
            "programme": {"programme": make.programme(title={"fr": "Le programme"})},
            "nothing": {},
        }
        for position, (slug, target) in enumerate(about.items()):
            kind = {"recap": News.Kind.RECAP, "programme": News.Kind.LAUNCH}.get(slug, News.Kind.PUBLICATION)
            news = News.objects.create(
                slug=slug, kind=kind, position=position, title={"fr": "Mon titre"} if slug == "own" else {}
            )
            if target:
                ((name, thing),) = target.items()
                link = NewsLink(news=news, relation=NewsLink.Relation.ABOUT)
                setattr(link, name, thing)
                link.save()
        assert [post.title for post in pages.posts()] == [
            "Mon titre",
            "Retour sur Escale\u00a01\u202f: Un modèle au service de quoi ?",
            "Le guide",
            "Lancement\u202f: Le programme",
            "Publication",
        ]

    def test_recap_looks_back_on_one_session_and_announces_the_next(self) -> None:
        cycle = make.cycle()
        first = make.session(cycle=cycle, number=1, starts_at=make.paris(2026, 11, 19))
        second = make.session(cycle=cycle, number=2, starts_at=make.paris(2026, 12, 17))
        news = News.objects.create(slug="recap", kind=News.Kind.RECAP)
        for relation, session in ((NewsLink.Relation.ABOUT, first), (NewsLink.Relation.ANNOUNCES, second)):
            NewsLink.objects.create(news=news, relation=relation, session=session)
        (post,) = pages.posts()
        page = pages.news_page(post, at=AT)
        assert [stop.session for stop in page.looked_back] == [first]
        assert page.announced is not None
        assert (page.announced.session, page.announced.is_next, page.can_register) == (second, True, True)
        later = pages.news_page(post, at=make.paris(2027, 1, 1))
        assert later.announced is not None
        assert (later.announced.state, later.can_register) == ("done", False)

    def test_unpublished_post_is_nowhere(self) -> None:
        session = make.session()
        news = News.objects.create(slug="secret", kind=News.Kind.RECAP, is_published=False)
        NewsLink.objects.create(news=news, relation=NewsLink.Relation.ABOUT, session=session)
        assert pages.posts() == []
        assert pages.recaps_of(session.cycle) == ((), {})


class TestAround:
    def test_everything_beside_a_cycle_newest_first(self) -> None:
        programme = make.programme()
        cycle = make.cycle(programme=programme)
        other = make.cycle(
            title={"fr": "Autre"}, first_date=dt.date(2019, 9, 5), last_date=dt.date(2019, 9, 25)
        )
        make.cycle(title={"fr": "D'un autre programme"}, programme=make.programme())
        make.cycle(title={"fr": "Brouillon"}, status="draft")
        for order, text in ((2, "deux"), (10, "dix"), (1, "un")):
            Objective.objects.create(programme=programme, order=order, text={"fr": text})
        module = Module.objects.create(slug="module", title={"fr": "Le module"}, programme=programme)
        Workshop.objects.create(
            slug="atelier",
            title={"fr": "L'atelier"},
            module=module,
            date_from=dt.date(2026, 10, 6),
            date_precision=DatePrecision.DAY,
        )
        for year in range(2010, 2018):
            Resource.objects.create(
                slug=f"r{year}",
                kind=Resource.Kind.REPORT,
                title={"fr": f"Rapport {year}"},
                date_from=dt.date(year, 1, 1),
                date_precision=DatePrecision.YEAR,
            )
        result = pages.around(programme, besides=cycle)
        assert [str(text) for text in result.objectives] == ["un", "deux", "dix"]
        assert [(str(b.title), b.when, b.address) for b in result.cycles] == [
            ("Autre", "du 5 septembre au 25 septembre 2019", f"/fr/cycles/{other.slug}/")
        ]
        assert [(str(b.title), b.word, b.when, b.address) for b in result.training] == [
            ("L'atelier", "atelier", "6 octobre 2026", "/fr/modules/module/"),
            ("Le module", "module de formation", "", "/fr/modules/module/"),
        ]
        assert [(str(b.title), b.when) for b in result.resources] == [
            (f"Rapport {year}", f"{year}") for year in range(2017, 2011, -1)
        ]
        assert result.events == []


@pytest.mark.parametrize("state", SpeakerSlot.State.values)
def test_who_was_asked_is_announced_by_organisation_and_named_after_a_yes(client: Client, state: str) -> None:
    slot = make.slot(
        make.session(cycle=make.cycle(slug="tour"), slug="escale-02"),
        state=state,
        person=make.person(family_name="Belkacem-Rey"),
    )
    assert slot.organisation is not None
    page = client.get("/fr/cycles/tour/escale-02/").content.decode()
    outcome = slot.organisation.name in page
    assert outcome is (state not in {"proposed", "replaced"})
    calendar = client.get("/fr/cycles/tour.ics").content.decode()
    assert (slot.organisation.name in calendar) is outcome
    assert ["Belkacem-Rey" in text for text in (page, calendar)] == [state == "accepted"] * 2


def test_the_lines_of_the_home_page_ask_nothing_about_each_moved_date(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    cycle = make.cycle(slug="by-hand")
    for number in (1, 2, 3):
        session = make.session(
            cycle=cycle, number=number, slug=f"s-{number}", starts_at=make.paris(2026, 12, number)
        )
        planning.move(session, to=make.paris(2026, 12, 10 + number), by=None, at=make.AT)
    with django_assert_num_queries(1):
        (line,) = pages.lines_of([cycle], at=make.AT)
    assert len(line.items) == 3
