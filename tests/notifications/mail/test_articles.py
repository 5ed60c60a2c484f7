"""Each morning of a daily cycle its article comes by mail, to whoever has a place; nothing else of the plan does."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.urls import reverse
from django.utils import translation

from cycles.models import Cycle, Session
from cycles.schedule import planning
from cycles.site.page_cache import snapshots
from desk.home import needs
from notifications.delivery.run import sending
from notifications.mail import compose
from notifications.models import Delivery, Occurrence, ReminderStep
from notifications.plan import audiences, defaults, planner, policy, promises
from registrations import booking
from registrations.events import RegistrationChanged
from registrations.models import CycleRegistration
from tests import make
from tests.make import AT, paris

if TYPE_CHECKING:
    from django.core.mail import EmailMultiAlternatives
    from django.test import Client

pytestmark = pytest.mark.django_db
NARROW = "\u202f"
HOUR = dt.timedelta(hours=1)
MINUTE = dt.timedelta(minutes=1)
EIGHT = dt.time(8)
TEXT = {
    "fr": "Choisissez **un seul endroit**.\n\n- le niveau\n- [la couleur](https://rives.example.org/couleur)",
    "en": "Choose **one place**.\n\n- the level\n- [the colour](https://rives.example.org/colour)",
}
EVERY_MORNING = {
    "fr": "Le matin de chaque jour choisi, son article vous arrive par e-mail.",
    "en": "On the morning of each day you choose, its article comes to you by email.",
}


def days(count: int, **fields: Any) -> list[Session]:
    """The days of a daily cycle from 3 November 2026 on, each with an article, and its default plan."""
    cycle = make.cycle(
        slug="gestes",
        kind=Cycle.Kind.DAILY,
        title={"fr": "Trois gestes", "en": "Three gestures"},
        session_word={"fr": "Geste du jour", "en": "Gesture of the day"},
        frequency="daily",
        first_date=dt.date(2026, 11, 3),
        last_date=dt.date(2026, 11, 2 + count),
    )
    fields.setdefault("article", TEXT)
    rows = [
        make.session(
            cycle=cycle,
            number=number,
            slug=f"geste-{number}",
            title={"fr": "Regarder", "en": "Look"},
            starts_at=paris(2026, 11, 2 + number, 0),
            ends_at=paris(2026, 11, 3 + number, 0),
            is_all_day=True,
            **fields,
        )
        for number in range(1, count + 1)
    ]
    defaults.default_steps(cycle)
    planner.replan_all([row.pk for row in rows])
    return rows


def registered(rows: list[Session], language: str = "fr", *, zone: str = "", **fields: Any) -> None:
    person = make.participant(language=language, timezone=zone)
    whole = make.cycle_registration(cycle=rows[0].cycle, participant=person)
    for row in rows:
        make.registration(session=row, participant=person, cycle_registration=whole, **fields)


def plan() -> list[tuple[str, int, str, dt.datetime]]:
    rows = Occurrence.objects.select_related("session").order_by("due_at", "pk")
    return [(row.session.slug, row.revision, row.state, row.due_at) for row in rows if row.step_id]


def of_the_day(language: str, **fields: Any) -> EmailMultiAlternatives:
    registered(days(1, **fields), language)
    planner.open_due(at=paris(2026, 11, 3, 8))
    return compose.message(Delivery.objects.get(), at=paris(2026, 11, 3, 8))


def html(mail: EmailMultiAlternatives) -> str:
    return str(mail.alternatives[0][0])


def test_the_default_plan_of_a_daily_cycle_is_one_line() -> None:
    days(1)
    assert list(ReminderStep.objects.values_list("code", "kind", "moment", "day_delta", "local_time")) == [
        ("article", "article", "local_time", 0, EIGHT)
    ]


@pytest.mark.parametrize("count", [1, 3])
def test_each_day_has_one_mailing_at_eight(count: int) -> None:
    days(count)
    assert plan() == [(f"geste-{n}", 0, "planned", paris(2026, 11, 2 + n, 8)) for n in range(1, count + 1)]


def test_who_has_a_place_gets_the_article_of_every_day() -> None:
    """Although each day begins as the one before ends (R7)."""
    registered(days(3))
    line = ReminderStep.objects.get()
    counted = audiences.counts(line, list(Session.objects.order_by("pk")), at=paris(2026, 11, 6))
    assert list(counted.values()) == [1, 1, 1]
    assert [planner.open_due(at=paris(2026, 11, day, 8)) for day in (3, 4, 5)] == [1, 1, 1]


def test_an_article_is_of_use_until_the_evening_of_its_day() -> None:
    registered(days(1))
    assert Occurrence.objects.get().not_after == paris(2026, 11, 3, 20)
    sending.tick(clock=paris(2026, 11, 3, 20))
    assert list(Delivery.objects.values_list("state", "reason")) == [("skipped", "too_late")]


@pytest.mark.parametrize(
    ("language", "subject", "body", "inside"),
    [
        (
            "fr",
            f"Geste du jour 1{NARROW}: Regarder",
            "Choisissez un seul endroit.\n\n- le niveau\n- la couleur (https://rives.example.org/couleur)\n",
            "Choisissez <strong>un seul endroit</strong>.",
        ),
        (
            "en",
            "Gesture of the day 1: Look",
            "Choose one place.\n\n- the level\n- the colour (https://rives.example.org/colour)\n",
            "Choose <strong>one place</strong>.",
        ),
    ],
)
def test_the_mail_holds_the_article_its_page_and_how_to_stop(
    language: str, subject: str, body: str, inside: str
) -> None:
    mail = of_the_day(language)
    assert mail.subject == subject
    assert body in mail.body
    assert inside in html(mail)
    page = f"/{language}/cycles/gestes/geste-1/"
    stop = {"fr": "Pour ne plus recevoir d’articles", "en": "To receive no more articles"}[language]
    for text in (mail.body, html(mail)):
        assert page in text
        assert stop in text
        assert "/my/" in text
        assert "/join/" not in text
    assert mail.extra_headers["List-Unsubscribe"].startswith("<http")


@pytest.mark.parametrize(("language", "label"), [("fr", "Lire l’article"), ("en", "Read the article")])
def test_an_article_that_stands_elsewhere_is_a_link(language: str, label: str) -> None:
    mail = of_the_day(language, article="", article_url="https://carnet.example.org/releves")
    assert f"{label}\nhttps://carnet.example.org/releves\n" in mail.body
    button = re.search(r'<a class="button" href="([^"]*)"[^>]*>([^<]*)</a>', html(mail))
    assert button is not None
    assert button.groups() == ("https://carnet.example.org/releves", label)


def test_an_article_in_the_other_language_says_so() -> None:
    assert '<div lang="fr">' in html(of_the_day("en", article={"fr": "Lire", "en": ""}))


@pytest.mark.parametrize("article", ["", {"fr": "", "en": ""}])
def test_nothing_is_sent_for_a_day_without_anything_to_read(article: Any, mailoutbox: list[Any]) -> None:
    registered(days(1, article=article))
    at = paris(2026, 11, 3, 8)
    sending.tick(clock=at)
    sending.drain(clock=at)
    assert list(Delivery.objects.values_list("kind", "state", "reason")) == [
        ("article", "skipped", "no_article")
    ]
    assert mailoutbox == []


def test_an_article_that_is_there_leaves(mailoutbox: list[Any]) -> None:
    registered(days(1))
    at = paris(2026, 11, 3, 8)
    sending.tick(clock=at)
    sending.drain(clock=at)
    assert [mail.subject for mail in mailoutbox] == [f"Geste du jour 1{NARROW}: Regarder"]


def test_a_moved_day_takes_its_article_along() -> None:
    (day,) = days(1)
    planning.move(day, to=paris(2026, 11, 10, 0), by=None, at=AT)
    assert plan() == [("geste-1", 1, "planned", paris(2026, 11, 10, 8))]


@pytest.mark.parametrize("zone", ["Indian/Reunion", "America/Toronto", "Pacific/Noumea"])
def test_a_day_is_the_same_day_wherever_its_reader_is(zone: str) -> None:
    rows = days(2)
    registered(rows, "en", zone=zone)
    whole = CycleRegistration.objects.select_related("participant", "cycle").get()
    RegistrationChanged(kind="confirmed", registration=whole, registration_ids=[], at=AT).send()
    confirmed = compose.message(Delivery.objects.get(kind="registration_confirmed"), at=AT)
    assert "Gesture of the day 1: Look\n  Tuesday 3 November 2026\n" in confirmed.body
    planning.move(rows[0], to=paris(2026, 11, 10, 0), by=None, at=AT)
    sending.tick(clock=AT + HOUR)
    moved = compose.message(Delivery.objects.get(kind="session_moved"), at=AT + HOUR)
    assert "Before: Tuesday 3 November 2026\nNow: Tuesday 10 November 2026\n" in moved.body


def test_a_cancelled_day_sends_no_article() -> None:
    first, _second = rows = days(2)
    registered(rows)
    planning.cancel(first, reason="Grève", by=None, at=AT)
    assert plan() == [
        ("geste-1", 0, "cancelled", paris(2026, 11, 3, 8)),
        ("geste-2", 0, "planned", paris(2026, 11, 4, 8)),
    ]


def test_who_leaves_a_day_out_gets_the_others() -> None:
    rows = days(2)
    registered(rows)
    booking.cancel(rows[0].registrations.get(), at=AT)
    Delivery.objects.all().delete()
    assert [planner.open_due(at=paris(2026, 11, day, 8)) for day in (3, 4)] == [0, 1]


@pytest.mark.parametrize(
    ("kind", "fields", "words"),
    [
        (Cycle.Kind.WEBINAR, {}, "Only a daily cycle has an article of the day."),
        (
            Cycle.Kind.DAILY,
            {"count": 1},
            "The article leaves on its own day: write 0 days, and an hour.",
        ),
        (
            Cycle.Kind.DAILY,
            {"audience": "cycle"},
            "The article of the day goes to people who have a place.",
        ),
    ],
)
def test_a_line_for_articles_is_refused_where_it_makes_no_sense(
    kind: Cycle.Kind, fields: dict[str, Any], words: str
) -> None:
    timing = policy.Timing(count=fields.pop("count", 0), unit="days", hour=EIGHT)
    values = {"kind": "article", "audience": "confirmed"} | fields
    with translation.override("en"), pytest.raises(policy.PolicyError, match=re.escape(words)):
        policy.add(make.cycle(kind=kind), timing=timing, values=values, by=None, at=AT)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_pages_promise_the_article_while_the_plan_sends_it(client: Client, language: str) -> None:
    days(2)
    pages = [
        f"/{language}/cycles/gestes/geste-2/",
        f"/{language}" + reverse("registrations:register", args=["gestes"])[3:],
    ]
    with time_machine.travel(AT, tick=False):
        assert [EVERY_MORNING[language] in client.get(page).content.decode() for page in pages] == [
            True,
            True,
        ]
        policy.switch(ReminderStep.objects.get(), on=False, by=None, at=AT)
        # A page stands for a moment after a change: the store is asked to forget it.
        snapshots.store.clear()
        assert [EVERY_MORNING[language] in client.get(page).content.decode() for page in pages] == [
            False,
            False,
        ]


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_confirmation_promises_articles_and_no_room(language: str) -> None:
    rows = days(2)
    registered(rows, language)
    at = paris(2026, 11, 3, 9)
    row = rows[0].registrations.get()
    RegistrationChanged(
        kind="confirmed", registration=row.cycle_registration, registration_ids=[], at=at
    ).send()
    mail = compose.message(Delivery.objects.get(), at=at)
    for text in (mail.body, html(mail)):
        assert EVERY_MORNING[language] in text
        assert "/join/" not in text
    assert "It has just begun" not in mail.body
    assert not promises.reminded(row.cycle_registration_id, at=AT)


DAY_WORDS = {
    "fr": (
        "Je choisis mes jours",
        "Les jours que vous choisissez",
        "2 jours à venir",
        "M’inscrire à ce jour",
    ),
    "en": ("I choose my days", "The days you choose", "2 days to come", "Register for this day"),
}


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_daily_cycle_has_days_to_choose_and_no_sessions(client: Client, language: str) -> None:
    days(2)
    form = f"/{language}" + reverse("registrations:register", args=["gestes"])[3:]
    *of_form, of_page = DAY_WORDS[language]
    with time_machine.travel(AT, tick=False):
        page = client.get(form).content.decode().partition("<main")[2]
        assert [words in page for words in of_form] == [True] * 3
        assert not re.search("séance|session(?!s\\b|_)", re.sub("<[^>]*>", "", page), re.IGNORECASE)
        for path in (f"/{language}/cycles/gestes/", f"/{language}/cycles/gestes/geste-1/"):
            assert of_page in client.get(path).content.decode()
        answer = client.post(form, {"scope": "chosen"}).content.decode()
        words = {"fr": "Cochez au moins un jour", "en": "Tick at least one day"}
        assert words[language] in answer


@pytest.mark.parametrize("language", ["fr", "en"])
def test_mails_about_registering_for_a_daily_cycle_speak_of_days(language: str) -> None:
    rows = days(2)
    registered(rows, language)
    whole = rows[0].registrations.get().cycle_registration
    for kind, said in (
        (
            "registration_confirmed",
            {"fr": ("Vos jours", "le prochain jour"), "en": ("Your days", "the next day")},
        ),
        ("confirm_address", {"fr": ("vous êtes inscrit·e",), "en": ("you are registered",)}),
    ):
        row = Delivery.objects.create(
            key=f"test:{kind}",
            kind=kind,
            cycle_registration=whole,
            participant=whole.participant,
            to_address=whole.participant.email,
            language=language,
            created_at=AT,
            next_at=AT,
        )
        mail = compose.message(row, at=AT)
        for text in (mail.body, html(mail)):
            assert [words in text for words in said[language]] == [True] * len(said[language])


def test_the_day_before_organisers_are_told_what_is_missing() -> None:
    rows = days(3, article="")
    Session.objects.filter(pk=rows[1].pk).update(article=TEXT)
    cycles = Cycle.objects.all()

    def missing(at: dt.datetime) -> list[tuple[str, list[str]]]:
        with translation.override("en"):
            found = needs.needs(planned=cycles, written_to=cycles, at=at)
        return [(need.about.split(",")[0], [lack.text for lack in need.lacks]) for need in found]

    empty = ["There is nothing to read for this day: neither an article nor its address."]
    assert missing(paris(2026, 11, 1, 23)) == []
    assert missing(paris(2026, 11, 2, 9)) == [("Gesture of the day 1", empty)]
    assert missing(paris(2026, 11, 3, 9)) == [("Gesture of the day 1", empty)]
    assert missing(paris(2026, 11, 4, 9)) == [("Gesture of the day 3", empty)]
