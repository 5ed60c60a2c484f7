"""Surveys in the desk: who reads what, what may still be changed, and that the pages cost the same for many."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.test import Client

from accounts.models import AuditEntry
from cycles.models import Membership
from desk.planner import seasons
from surveys.answering import links
from surveys.answering import verbs as answering
from surveys.models import Answer, Guest, Question, Survey
from tests import make
from tests.surveys import build

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_django import DjangoAssertNumQueries

    from cycles.models import Cycle
    from registrations.models import Registration

pytestmark = pytest.mark.django_db
AFTER = make.paris(2026, 11, 19, 16, 30)
PAGE = "/en/desk/cycles/tour/surveys/"


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(AFTER, tick=False):
        yield


@pytest.fixture
def cycle() -> Cycle:
    return make.cycle(slug="tour", programme=make.programme())


def signed_in(cycle: Cycle, role: str = "organiser") -> Client:
    client = Client()
    client.force_login(make.membership(programme=cycle.programme, role=role).user)
    return client


def answer(survey: Survey, place: Registration, mark: str, text: str = "") -> None:
    first, second = survey.questions.order_by("order")[:2]
    asked = links.find(links.token(survey, place))
    assert asked is not None
    texts = {str(second.pk): text} if text else {}
    answering.answer(asked, answering.Said(values={str(first.pk): mark}, texts=texts), at=AFTER)


def answered(cycle: Cycle, sessions: int = 1) -> Survey:
    survey = build.opened(cycle)
    for number in range(1, sessions + 1):
        session = make.session(cycle=cycle, slug=f"escale-{number}", number=number)
        for place in build.came(session, 5, name=f"s{number}-"):
            answer(survey, place, "4", f"dit à l’escale {number}")
    return survey


def read(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200, path
    return response.content.decode()


@pytest.mark.parametrize(
    ("role", "texts", "file"),
    [
        (Membership.Role.READER, False, 403),
        (Membership.Role.PRIVACY, False, 403),
        (Membership.Role.TRAINER, True, 200),
        (Membership.Role.ORGANISER, True, 200),
    ],
)
def test_figures_are_for_whoever_sees_the_cycle_texts_for_those_who_organise_or_train(
    cycle: Cycle, *, role: str, texts: bool, file: int
) -> None:
    answered(cycle)
    client = signed_in(cycle, role)
    for path in (f"{PAGE}session/", "/en/desk/cycles/tour/sessions/escale-1/survey/"):
        page = read(client, path)
        assert ["4.0 of 5" in page, "dit à l’escale" in page] == [True, texts], path
    assert client.get(f"{PAGE}session.csv").status_code == file
    assert ("Open it" in read(client, PAGE)) is False
    assert ("Close it" in read(client, PAGE)) is (role == Membership.Role.ORGANISER)


def test_a_survey_is_opened_closed_and_opened_again_with_its_questions(cycle: Cycle) -> None:
    client = signed_in(cycle)
    assert client.get(f"{PAGE}session/").headers["Location"] == PAGE
    assert client.get(f"{PAGE}session/open/").status_code == 302
    assert not Survey.objects.exists()
    for act in ("open", "close", "open"):
        assert client.post(f"{PAGE}session/{act}/").headers["Location"] == PAGE
    survey = Survey.objects.get()
    assert [survey.is_open, survey.questions.count()] == [True, 2]
    # A webinar has none of those around a training.
    assert client.post(f"{PAGE}needs/open/").status_code == 404
    entries = AuditEntry.objects.filter(verb__startswith="survey.").order_by("pk")
    assert list(entries.values_list("verb", flat=True)) == [
        "survey.open",
        "survey.close",
        "survey.open",
    ]


def question(**fields: str) -> dict[str, str]:
    return {
        "label_fr": "Et la salle ?",
        "label_en": "And the room?",
        "kind": "choice",
        "choices_fr": "Trop petite\nBien",
        "choices_en": "Too small\nGood",
        "order": "3",
        **fields,
    }


def test_questions_are_the_organisers_own(cycle: Cycle) -> None:
    survey = answered(cycle)
    client = signed_in(cycle)
    new = f"{PAGE}session/questions/new/"
    for wrong, message in (
        ({"choices_fr": "Une seule"}, "Give two choices at least"),
        ({"choices_en": "One\nTwo\nThree"}, "Give the same choices as in French"),
        ({"kind": "scale", "choices_fr": "Mal"}, "Give two lines, the words of 1 and of 5, or none."),
        ({"label_fr": ""}, "This field is required"),
    ):
        response = client.post(new, question(**wrong))
        assert (response.status_code, message in response.content.decode()) == (422, True), wrong
    assert client.post(new, question()).status_code == 302
    row = survey.questions.get(order=3)
    assert [row.options("fr"), row.options("en")] == [["Trop petite", "Bien"], ["Too small", "Good"]]
    # There are answers: words may be corrected, what they mean may not change.
    page = f"{PAGE}session/questions/{row.pk}/"
    assert client.post(page, question(choices_fr="Petite\nBien")).status_code == 302
    for wrong in ({"choices_fr": "A\nB\nC", "choices_en": ""}, {"kind": "text"}):
        response = client.post(page, question(**wrong))
        assert (response.status_code, "This survey has answers" in response.content.decode()) == (422, True)
    row.refresh_from_db()
    assert [row.kind, row.options("fr")] == ["choice", ["Petite", "Bien"]]


def test_a_question_is_asked_no_more_and_the_last_stays(cycle: Cycle) -> None:
    survey = answered(cycle)
    client = signed_in(cycle)
    first, second = survey.questions.order_by("order")
    client.post(f"{PAGE}session/questions/{second.pk}/retire/")
    # What was said to it is still read.
    assert "dit à l’escale 1" in read(client, f"{PAGE}session/")
    client.post(f"{PAGE}session/questions/{first.pk}/retire/")
    assert "This is the last question" in read(client, PAGE)
    assert [q.is_retired for q in survey.questions.order_by("order")] == [False, True]
    # Without an answer it is gone.
    other = build.opened(make.cycle())
    gone = Question.objects.filter(survey=other).first()
    assert gone is not None
    organiser = Client()
    organiser.force_login(make.user(is_superuser=True, is_staff=True))
    organiser.post(f"/en/desk/cycles/{other.cycle.slug}/surveys/session/questions/{gone.pk}/retire/")
    assert other.questions.count() == 1


@pytest.mark.parametrize("sessions", [1, 3])
def test_pages_cost_the_same_for_many_people(
    cycle: Cycle, django_assert_num_queries: DjangoAssertNumQueries, sessions: int
) -> None:
    answered(cycle, sessions)
    client = signed_in(cycle)
    for path, count in (
        (PAGE, 11),
        (f"{PAGE}session/", 15),
        ("/en/desk/cycles/tour/sessions/escale-1/survey/", 8),
    ):
        with django_assert_num_queries(count):
            read(client, path)


def test_named_answers_are_read_person_by_person_and_leave_as_a_table() -> None:
    run = make.run(slug="tour", programme=make.programme())
    make.half_days(run, day=AFTER.date().replace(day=30))
    survey = build.opened(run, "needs")
    client = signed_in(run)
    for name, text in (("Zoé", "=1+1"), ("Ali", "Tout")):
        row = make.cycle_registration(
            cycle=run, participant=make.participant(given_name=name, family_name="X")
        )
        expects = survey.questions.get(order=2)
        knows = survey.questions.get(order=3)
        Answer.objects.create(
            survey=survey,
            cycle_registration=row,
            answers={str(expects.pk): text, str(knows.pk): "1"},
            # Shortly after midnight in Paris: the day there, not in UTC.
            answered_at=make.paris(2026, 11, 20, 0),
        )
    page = read(client, f"{PAGE}needs/")
    assert ["Zoé X" in page, "Ali X" in page, "1 – I am a beginner" in page] == [True] * 3
    table = b"".join(client.get(f"{PAGE}needs.csv").streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]  # a file
    assert [[*line.split(";")[:2], *line.split(";")[3::3]] for line in table.splitlines()[1:]] == [
        ["Zoé X", "2026-11-20", "'=1+1", ""],
        ["Ali X", "2026-11-20", "Tout", ""],
    ]


def test_the_next_season_asks_the_same_and_nothing_is_answered(cycle: Cycle) -> None:
    answered(cycle)
    guests: dict[str, Any] = {"survey": build.opened(make.run(), "employer"), "email": "rh@example.org"}
    Guest.objects.create(**guests)
    copy = seasons.next_season(cycle, by=None, at=AFTER)
    survey = copy.surveys.get()
    assert [survey.moment, survey.questions.count(), survey.urns.count(), survey.turns.count()] == [
        "session",
        2,
        0,
        0,
    ]


@pytest.mark.parametrize(
    ("moment", "first", "words"),
    [
        (
            "needs",
            make.paris(2026, 12, 21),
            "stand in the reminder plan, where you can change when they leave.",
        ),
        (
            "needs",
            make.paris(2026, 11, 23),
            "none leaves unless you add a line to the reminder plan. Whoever it asks",
        ),
        ("needs", make.paris(2026, 11, 19, 9), "too late to open this survey"),
        (
            "hot",
            make.paris(2026, 11, 16),
            "none leaves unless you add a line to the reminder plan. Whoever it asks",
        ),
        ("trainer", make.paris(2026, 11, 9), "none leaves unless you add a line to the reminder plan.<"),
    ],
)
def test_opening_a_survey_promises_only_what_can_still_be_sent(moment: str, first: Any, words: str) -> None:
    run = make.run(programme=make.programme(), slug="tour")
    make.session(
        cycle=run, starts_at=first, ends_at=first + dt.timedelta(hours=3), legal_frame="training_action"
    )
    client = signed_in(run)
    is_over = "too late" in words
    assert (f"{PAGE}{moment}/open/" in read(client, PAGE)) == (not is_over)
    after = client.post(f"{PAGE}{moment}/open/", follow=True).content.decode()
    assert words in after
    assert Survey.objects.filter(cycle=run, moment=moment).exists() == (not is_over)
