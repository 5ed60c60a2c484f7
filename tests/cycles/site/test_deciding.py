"""What one decides from, on ticket, cycle and session: places, who comes, price, language, recording, order."""

from __future__ import annotations

import datetime as dt
import io
import re
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.utils.translation import override
from PIL import Image

from cycles.models import Cycle, CycleException, Session, Track
from cycles.site import crowds
from cycles.site.page_cache import snapshots
from cycles.site.pages import facts, lines
from notifications.plan import defaults, planner
from registrations import places_left
from registrations.models import State
from tests import make
from tests.make import AT, paris

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test import Client
    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db

FULL = "Complet · liste d’attente (2 avant vous)"


@pytest.fixture(autouse=True)
def _at() -> Iterator[None]:
    snapshots.store.clear()
    with time_machine.travel(AT, tick=False):
        yield
    snapshots.store.clear()


def read(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200, path
    return re.sub("[ \n]+", " ", response.content.decode())


def take(session: Session, *, seated: int, waiting: int = 0) -> None:
    for state, count in ((State.CONFIRMED, seated), (State.WAITLISTED, waiting)):
        for _ in range(count):
            make.registration(session=session, state=state)


class TestPlaces:
    @pytest.mark.parametrize(
        ("seated", "waiting", "words"),
        [
            (0, 0, "3 places libres"),
            (2, 0, "1 place libre"),
            # A place is free, and somebody who waits has it.
            (2, 1, "Complet · liste d’attente (1 avant vous)"),
            (3, 0, "Complet · liste d’attente (personne avant vous)"),
            (3, 2, FULL),
        ],
    )
    def test_ticket_cycle_session_and_lists_say_the_same(
        self, client: Client, seated: int, waiting: int, words: str
    ) -> None:
        session = make.session(cycle=make.cycle(slug="tour"), slug="une", capacity=3)
        take(session, seated=seated, waiting=waiting)
        pages = {
            path: words in read(client, path)
            for path in ("/fr/", "/fr/upcoming/", "/fr/cycles/tour/", "/fr/cycles/tour/une/")
        }
        assert pages == dict.fromkeys(pages, True)

    @pytest.mark.parametrize(
        ("of_run", "seated", "waiting", "words"),
        [
            (True, 2, 0, "1 place libre"),
            (True, 3, 0, "Complet · liste d’attente (personne avant vous)"),
            (True, 3, 2, FULL),
            (True, 2, 2, FULL),
            (False, 3, 2, FULL),
        ],
    )
    def test_a_run_says_the_same_as_a_date(
        self, client: Client, *, of_run: bool, seated: int, waiting: int, words: str
    ) -> None:
        module = make.module(slug="lire", programme=make.programme())
        run = make.run(slug="lire-1", module=module, capacity=3 if of_run else None)
        first, _second = make.half_days(run, capacity=None if of_run else 3)
        for state, count in ((State.CONFIRMED, seated), (State.WAITLISTED, waiting)):
            for number in range(count):
                person = make.participant(email=f"{state}-{number}@example.org")
                queued = AT if state == State.WAITLISTED else None
                owner = make.cycle_registration(
                    cycle=run,
                    participant=person,
                    state=state if of_run else State.CONFIRMED,
                    queued_at=queued if of_run else None,
                )
                if not of_run:
                    make.registration(
                        session=first, participant=person, cycle_registration=owner, state=state
                    )
        pages = {
            path: words in read(client, path)
            for path in ("/fr/modules/", "/fr/modules/lire/", "/fr/cycles/lire-1/")
        }
        assert pages == dict.fromkeys(pages, True)

    def test_a_full_date_offers_the_waiting_list_and_no_place(self, client: Client) -> None:
        session = make.session(cycle=make.cycle(slug="tour"), slug="une", capacity=1)
        before = read(client, "/fr/cycles/tour/une/")
        take(session, seated=1)
        snapshots.store.clear()
        after = read(client, "/fr/cycles/tour/une/")
        assert ["liste d’attente" in page for page in (before, after)] == [False, True]
        assert ["M’inscrire à cette séance" in page for page in (before, after)] == [True, False]

    def test_the_places_of_the_cycle_count_for_each_of_its_dates(self) -> None:
        cycle = make.cycle(capacity=2)
        first = make.session(cycle=cycle, capacity=5)
        second = make.session(cycle=cycle, planned_date=None, starts_at=paris(2026, 11, 5))
        for state in (State.CONFIRMED, State.CONFIRMED):
            make.cycle_registration(cycle=cycle, state=state)
        make.cycle_registration(cycle=cycle, state=State.WAITLISTED, queued_at=AT)
        expected = crowds.Seats(left=0, waiting=1)
        assert places_left.seats([first, second]) == {first.pk: expected, second.pk: expected}

    @pytest.mark.parametrize("count", [1, 3])
    def test_counting_costs_the_same_queries(
        self, count: int, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        cycle = make.cycle(capacity=50)
        sessions = [
            make.session(cycle=cycle, planned_date=None, starts_at=paris(2026, 11, 2 + n), capacity=4)
            for n in range(count)
        ]
        with django_assert_num_queries(2):
            assert len(crowds.seats(sessions)) == count
        without = make.session(cycle=make.cycle())
        with django_assert_num_queries(0):
            assert crowds.seats([without]) == {}

    def test_a_place_taken_is_told_within_a_minute(self, client: Client) -> None:
        session = make.session(cycle=make.cycle(slug="tour"), slug="une", capacity=1)
        assert "1 place libre" in read(client, "/fr/cycles/tour/une/")
        take(session, seated=1)
        with time_machine.travel(AT + crowds.PLACES_HOLD, tick=False):
            assert "Complet" in read(client, "/fr/cycles/tour/une/")


class TestCrowd:
    def people(self, session: Session, organisations: list[str]) -> None:
        for name in organisations:
            make.registration(session=session, participant=make.participant(organisation_name=name))

    def test_people_and_organisations_are_told_from_ten_on(self, client: Client) -> None:
        session = make.session(cycle=make.cycle(slug="tour"), slug="une")
        self.people(session, ["Ker Asso", "ker asso ", *([""] * 7)])
        assert "personnes de" not in read(client, "/fr/cycles/tour/une/")
        self.people(session, ["La Halte"])
        snapshots.store.clear()
        for path in ("/fr/cycles/tour/une/", "/fr/cycles/tour/"):
            assert "10 personnes de 2 organisations" in read(client, path)

    def test_a_large_crowd_is_counted_once_in_ten_minutes(self, monkeypatch: pytest.MonkeyPatch) -> None:
        session = make.session()
        self.people(session, ["Ker Asso"])
        monkeypatch.setattr(crowds, "MANY", 1)
        monkeypatch.setattr(crowds, "_kept", {})
        # One more than MANY: before, each change is seen at once.
        assert crowds.of_session(session.pk, at=AT) == (1, 1)
        self.people(session, ["La Halte"])
        assert crowds.of_session(session.pk, at=AT) == (2, 2)
        self.people(session, ["Le Relais"])
        for minutes, people in ((9, 2), (10, 3)):
            assert crowds.of_session(session.pk, at=AT + dt.timedelta(minutes=minutes)).people == people
        assert crowds.of_cycle(session.cycle_id, at=AT).people == 3

    def test_who_only_waits_or_has_cancelled_is_not_counted(self) -> None:
        session = make.session()
        take(session, seated=2, waiting=3)
        make.registration(session=session, state=State.CANCELLED, cancelled_at=AT)
        assert places_left.of_session(session.pk) == (2, 0)

    @pytest.mark.parametrize(
        ("crowd", "words"),
        [
            ((9, 9), ""),
            ((10, 0), "10 people"),
            ((10, 1), "10 people from 1 organisation"),
            ((46, 22), "46 people from 22 organisations"),
        ],
    )
    def test_words(self, crowd: tuple[int, int], words: str) -> None:
        with override("en"):
            assert crowds.Crowd(*crowd).words == words


class TestFacts:
    def told(self, cycle: Cycle, *sessions: Session) -> dict[str, str]:
        cycle.refresh_from_db()
        for session in sessions:
            session.refresh_from_db()
        with override("en"):
            return {fact.term: fact.words for fact in facts.of_cycle(cycle, sessions, crowd=None, at=AT)}

    def test_everything_that_is_known_is_told(self) -> None:
        lead = make.organisation(name="Les Quais")
        cycle = make.cycle(
            programme=make.programme(lead=lead, contact_email="quais@example.org"),
            spoken_language="fr",
            price={"en": "30 €"},
            registration_mode=Cycle.RegistrationMode.APPROVAL,
        )
        session = make.session(
            cycle=cycle, is_recorded=True, modality="hybrid", place={"en": "3 quay street"}
        )
        assert self.told(cycle, session) == {
            "How": "On site and online · 3 quay street",
            "Price": "30 €",
            "Registration": "The organisers look at each request and answer it by email.",
            "Language": "French",
            "Recorded": "Yes, a replay follows",
            "Organised by": "Les Quais",
            "Contact": "quais@example.org",
        }

    @pytest.mark.parametrize("is_published", [True, False])
    def test_the_mailbox_is_the_one_that_emails_name(self, *, is_published: bool) -> None:
        programme = make.programme(contact_email="quais@example.org", is_published=is_published)
        cycle = make.cycle(programme=programme)
        assert self.told(cycle, make.session(cycle=cycle))["Contact"] == "quais@example.org"

    def test_one_without_a_price_is_free_and_one_not_recorded_says_so(self) -> None:
        cycle = make.cycle()
        told = self.told(cycle, make.session(cycle=cycle))
        assert (told["How"], told["Price"], told["Recorded"]) == ("Online", "Free", "No")

    def test_nothing_is_offered_of_what_is_over(self) -> None:
        cycle = make.cycle()
        session = make.session(cycle=cycle, starts_at=AT - dt.timedelta(days=3))
        assert set(self.told(cycle, session)) == {"How", "Contact"}

    def test_what_one_learns_stands_on_the_page_line_by_line(self, client: Client) -> None:
        make.session(cycle=make.cycle(slug="tour", outcomes={"fr": "Lire un bilan\n\nÉcrire un budget\n"}))
        page = read(client, "/fr/cycles/tour/")
        assert re.findall(r"<li>(Lire un bilan|Écrire un budget)</li>", page) == [
            "Lire un bilan",
            "Écrire un budget",
        ]
        assert "Ce que vous apprendrez" in page


class TestOrder:
    def test_an_added_date_stands_between_its_neighbours_with_its_reason(self, client: Client) -> None:
        cycle = make.cycle(slug="tour", planned_count=2)
        make.session(
            cycle=cycle, number=1, slug="a", planned_date=dt.date(2026, 10, 15), starts_at=paris(2026, 10, 15)
        )
        make.session(
            cycle=cycle, number=2, slug="b", planned_date=dt.date(2026, 11, 19), starts_at=paris(2026, 11, 19)
        )
        make.session(cycle=cycle, number=3, slug="c", planned_date=None, starts_at=paris(2026, 11, 3))
        CycleException.objects.create(
            cycle=cycle,
            planned_date=dt.date(2026, 11, 3),
            kind="added",
            reason={"fr": "à la demande de tous"},
        )
        page = read(client, "/fr/cycles/tour/")
        line = page[page.index('id="line"') :]
        assert re.findall(r'<h3><a href="/fr/cycles/tour/(\w)/">', line) == ["a", "c", "b"]
        assert line.count("date ajoutée") == 1
        assert "à la demande de tous" in line
        assert "sur 2 prévues" not in page
        assert "date ajoutée" in read(client, "/fr/cycles/tour/c/")

    def test_a_postponed_date_keeps_its_place(self) -> None:
        cycle = make.cycle()
        rows = [
            make.session(
                cycle=cycle, number=1, planned_date=dt.date(2026, 10, 15), starts_at=paris(2026, 10, 15)
            ),
            make.session(
                cycle=cycle,
                number=2,
                planned_date=dt.date(2026, 11, 19),
                starts_at=None,
                ends_at=None,
                status="postponed",
            ),
            make.session(
                cycle=cycle, number=3, planned_date=dt.date(2026, 12, 17), starts_at=paris(2026, 12, 17)
            ),
            make.session(
                cycle=cycle, number=4, planned_date=None, starts_at=None, ends_at=None, status="postponed"
            ),
            make.session(cycle=cycle, number=5, planned_date=None, starts_at=paris(2026, 11, 2)),
        ]
        assert [session.number for session in lines.in_date_order(rows)] == [1, 5, 2, 3, 4]


class TestDailyCycle:
    def test_each_day_has_its_text_or_its_address_and_a_track_its_own_line(self, client: Client) -> None:
        cycle = make.cycle(slug="jours", kind=Cycle.Kind.DAILY)
        field = Track.objects.create(cycle=cycle, slug="terrain", name={"fr": "Terrain"}, order=1)
        office = Track.objects.create(cycle=cycle, slug="bureau", name={"fr": "Bureau"}, order=2)
        days: list[tuple[Track | None, dict[str, Any]]] = [
            (field, {"article": {"fr": "Lire **ceci**"}}),
            (office, {"article_url": "https://blog.example.org/2"}),
            (None, {}),
        ]
        for number, (track, more) in enumerate(days, start=1):
            make.session(
                cycle=cycle,
                number=number,
                slug=f"j{number}",
                track=track,
                planned_date=None,
                starts_at=paris(2026, 10, 4 + number, 0),
                ends_at=paris(2026, 10, 5 + number, 0),
                is_all_day=True,
                **more,
            )
        assert "<p>Lire <strong>ceci</strong></p>" in read(client, "/fr/cycles/jours/j1/")
        assert 'href="https://blog.example.org/2"' in read(client, "/fr/cycles/jours/j2/")
        shown = {
            path: re.findall(
                r'<h3><a href="/fr/cycles/jours/(j\d)/">', read(client, path).partition('id="line"')[2]
            )
            for path in (
                "/fr/cycles/jours/",
                "/fr/cycles/jours/tracks/terrain/",
                "/fr/cycles/jours/tracks/bureau/",
            )
        }
        assert shown == {
            "/fr/cycles/jours/": ["j1", "j2", "j3"],
            "/fr/cycles/jours/tracks/terrain/": ["j1", "j3"],
            "/fr/cycles/jours/tracks/bureau/": ["j2", "j3"],
        }
        assert client.get("/fr/cycles/jours/tracks/ailleurs/").status_code == 404


@pytest.mark.parametrize("capacity", [None, 1])
def test_reminders_are_promised_where_there_is_a_place(client: Client, capacity: int | None) -> None:
    session = make.session(cycle=make.cycle(slug="tour"), slug="une", capacity=capacity)
    defaults.default_steps(session.cycle)
    planner.replan_all([session.pk])
    make.registration(session=session)
    snapshots.store.clear()
    page = read(client, "/fr/cycles/tour/une/")
    promises = ("Rappels\u202f:", "Un e-mail vous prévient dès qu’une place se libère.")
    assert [words in page for words in promises] == [capacity is None, capacity is not None]


class TestSharing:
    def test_a_page_names_a_picture_that_is_drawn_and_a_mail_to_write(self, client: Client) -> None:
        make.session(cycle=make.cycle(slug="tour"), slug="une", title={"fr": "Bien & bon ?"})
        for path, card in (
            ("/fr/cycles/tour/", "/fr/cycles/tour/card.png"),
            ("/fr/cycles/tour/une/", "/fr/cycles/tour/une/card.png"),
        ):
            page = read(client, path)
            assert f'<meta property="og:image" content="http://testserver{card}">' in page
            assert f"body=http%3A%2F%2Ftestserver{path.replace('/', '%2F')}" in page
            picture = client.get(card)
            assert (picture.status_code, picture["Content-Type"]) == (200, "image/png")
            # The width and height of a PNG stand at a fixed place (RFC 2083, 11.2.1).
            assert [int.from_bytes(picture.content[n : n + 4]) for n in (16, 20)] == [1200, 630]
        assert "mailto:?subject=Escale%E2%80%AF%3A%20Bien%20%26%20bon%20%3F&amp;body=" in page

    @pytest.mark.parametrize(("accent", "color"), [("", "#0b5f66"), ("navy", "#1f3a7d")])
    def test_the_picture_has_the_colour_of_the_programme(
        self, client: Client, accent: str, color: str
    ) -> None:
        programme = make.programme(accent=accent)
        make.session(cycle=make.cycle(slug="tour", programme=programme), slug="une")
        for card in ("/fr/cycles/tour/card.png", "/fr/cycles/tour/une/card.png"):
            with Image.open(io.BytesIO(client.get(card).content)) as picture:
                left = picture.convert("RGB").crop((5, 300, 6, 301))
                assert f"#{left.tobytes().hex()}" == color

    def test_signs_that_no_font_has_are_left_out_and_a_draft_has_none(self, client: Client) -> None:
        make.session(cycle=make.cycle(slug="tour", title={"fr": "Fête 🎈 日本"}), slug="une")
        assert client.get("/fr/cycles/tour/card.png").status_code == 200
        make.cycle(slug="brouillon", status=Cycle.Status.DRAFT)
        assert client.get("/fr/cycles/brouillon/card.png").status_code == 404
