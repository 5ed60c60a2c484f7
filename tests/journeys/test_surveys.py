"""After an escale those who came say in a minute what it was worth; the organisers read it, and nobody can undo it."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING

import pytest
import time_machine
from django.test import Client

from cycles.models import Membership
from notifications.mail import compose
from notifications.models import Delivery
from notifications.plan import defaults, planner
from registrations.links import personal_links
from surveys.models import Survey, Turn, Urn
from tests import make
from tests.surveys import build

if TYPE_CHECKING:
    from cycles.models import Session

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)
END = make.paris(2026, 11, 19, 14, 30)
AFTER = END + 2 * HOUR


@pytest.fixture
def session() -> Session:
    cycle = make.cycle(slug="tour", programme=make.programme(contact_email="equipe@example.org"))
    defaults.default_steps(cycle)
    result = make.session(cycle=cycle, slug="escale-02", number=2)
    planner.replan(result)
    return result


@pytest.fixture
def claire(session: Session) -> Client:
    client = Client()
    client.force_login(make.membership(programme=session.cycle.programme).user)
    return client


def sign_in_again(client: Client) -> None:
    """Do what an organiser does who comes back a month later."""
    client.force_login(Membership.objects.get().user)


def text(client: Client, path: str) -> str:
    answer = client.get(path, follow=True)
    assert answer.status_code == 200, path
    return answer.content.decode()


def thanks(at: dt.datetime) -> list[Delivery]:
    planner.open_due(at=at)
    return list(Delivery.objects.filter(kind="thanks").order_by("to_address"))


def links_in(body: str) -> list[str]:
    return re.findall(r"http://testserver(/(?:fr|en)/survey/\w+/)", body)


def names(page: str) -> list[str]:
    """Return the names of the questions of a page, in order."""
    return list(dict.fromkeys(re.findall(r'name="(q\d+)"', page)))


def send(path: str, useful: str, missing: str = "") -> str:
    """Answer a survey as somebody's phone does, with no cookie; return where it leads and what is read there."""
    phone = Client(enforce_csrf_checks=True)
    first, second = names(text(phone, path))
    answer = phone.post(path, {first: useful, second: missing}, follow=True)
    assert answer.redirect_chain == [(f"{path}answered/", 302)]
    assert answer.cookies == {}
    return answer.content.decode()


def test_those_who_came_answer_from_the_mail_and_results_are_read_from_five_on(
    session: Session, claire: Client
) -> None:
    build.came(session, 6)
    make.registration(session=session, participant=make.participant(email="absent@example.org"))
    page = "/fr/desk/cycles/tour/surveys/"
    with time_machine.travel(make.AT, tick=False):
        assert "pas ouvert" in text(claire, page)
        claire.post(f"{page}session/open/")
    with time_machine.travel(AFTER, tick=False):
        mails = thanks(AFTER)
        assert [mail.to_address for mail in mails] == [f"p{n}@example.org" for n in range(1, 7)]
        bodies = [str(compose.message(mail, at=AFTER).body) for mail in mails]
        paths = [found for body in bodies for found in links_in(body)]
        assert (len(paths), len(set(paths))) == (6, 6)
        for number, path in enumerate(paths[:4]):
            assert "Merci" in send(path, str(number + 1), f"texte {number}" if number else "=HYPERLINK(A1)")
        # Four: the number, and nothing more.
        of_session = "/fr/desk/cycles/tour/sessions/escale-02/survey/"
        shown = text(claire, of_session)
        assert ["4 réponses sur 6 personnes interrogées" in shown, "texte" in shown] == [True, False]
        assert "<table>" not in shown
        send(paths[4], "5", "<b>un micro</b>")
        shown = text(claire, of_session)
        assert "5 réponses sur 6" in shown
        assert "3,0 sur 5" in shown
        assert [f"texte {n}" in shown for n in range(1, 4)] == [True] * 3
        assert "&lt;b&gt;un micro&lt;/b&gt;" in shown
        # The sixth waits: whoever looks again must not see what one person said.
        send(paths[5], "1", "le sixième")
        shown = text(claire, of_session)
        assert ["6 réponses sur 6" in shown, "3,0 sur 5" in shown, "le sixième" in shown] == [
            True,
            True,
            False,
        ]
        for report in ("/fr/desk/cycles/tour/report/", "/fr/desk/cycles/tour/sessions/escale-02/report/"):
            assert "3,0 sur 5" in text(claire, report), report
    with time_machine.travel(END + dt.timedelta(days=30), tick=False):
        sign_in_again(claire)
        shown = text(claire, of_session)
        assert ["2,7 sur 5" in shown, "le sixième" in shown] == [True, True]
        table = b"".join(claire.get("/fr/desk/cycles/tour/surveys/session.csv").streaming_content)  # type: ignore[attr-defined]  # a file
        lines = table.decode("utf-8-sig").splitlines()
        assert [line.split(";")[1:] for line in lines[1:5]] == [
            ["Nombre de réponses", "", "6"],
            ["Cette séance vous a-t-elle été utile\u202f?", "1 – pas du tout utile", "2"],
            ["Cette séance vous a-t-elle été utile\u202f?", "2", "1"],
            ["Cette séance vous a-t-elle été utile\u202f?", "3", "1"],
        ]
        # No cell is a formula.
        assert [line.split(";")[2] for line in lines if "HYPERLINK" in line] == ["'=HYPERLINK(A1)"]
        sheet = claire.get("/fr/desk/cycles/tour/surveys/session.xlsx")
        assert (sheet.status_code, sheet.content[:2]) == (200, b"PK")


def test_a_link_says_what_to_do_when_it_takes_no_answer(session: Session) -> None:
    survey = build.opened(session.cycle)
    (place,) = build.came(session, 1)
    path = build.path(survey, place)
    phone = Client()
    question = survey.questions.first()
    assert question is not None
    typed = {
        f"q{question.pk}": "4",
        f"q{survey.questions.last().pk}": "Du temps pour les questions",  # type: ignore[union-attr]  # it has two
    }

    def said(at: dt.datetime, *, post: bool = False) -> tuple[int, str]:
        with time_machine.travel(at, tick=False):
            answer = phone.post(path, typed) if post else phone.get(path)
        return answer.status_code, answer.content.decode()

    status, page = said(END - HOUR)
    assert (status, "trop tôt" in page, "<form" in page.split("<footer")[0]) == (200, True, False)
    survey.closed_at = AFTER
    survey.save()
    status, page = said(AFTER, post=True)
    assert (status, "fermé ce questionnaire" in page, "Du temps pour les questions" in page) == (
        409,
        True,
        True,
    )
    Survey.objects.update(closed_at=None)
    status, page = said(END + dt.timedelta(days=30), post=True)
    assert (status, "n’accepte plus de réponses" in page, "Du temps pour les questions" in page) == (
        409,
        True,
        True,
    )
    status, page = said(AFTER, post=True)
    assert status == 302
    assert [said(AFTER)[0], "avez répondu" in said(AFTER)[1]] == [200, True]
    # Twice, also a month later: once, and it says so.
    for at in (AFTER, END + dt.timedelta(days=40)):
        status, page = said(at, post=True)
        assert (status, "avez répondu" in page) == (200, True)
    assert [Turn.objects.count(), Urn.objects.get().count] == [1, 1]


def test_what_is_wrong_is_said_and_nothing_typed_is_lost(session: Session) -> None:
    survey = build.opened(session.cycle)
    (place,) = build.came(session, 1)
    path = build.path(survey, place)
    phone = Client()
    with time_machine.travel(AFTER, tick=False):
        first, second = names(text(phone, path))
        for data, message in (
            ({}, "Répondez à cette question."),
            ({first: "6"}, "Choisissez l’une des réponses."),
            ({first: "4", second: "é" * 2001}, "2000 caractères au plus"),
        ):
            answer = phone.post(path, data)
            page = answer.content.decode()
            assert (answer.status_code, message in page, 'role="alert"' in page) == (422, True, True), data
            assert data.get(second, "") in page
        assert Turn.objects.count() == Urn.objects.count() == 0
        # Two thousand signs are taken, whatever they are.
        assert phone.post(path, {first: "4", second: "é" * 2000}).status_code == 302


def test_a_glued_cut_or_strange_link_never_shows_a_dead_end(session: Session) -> None:
    survey = build.opened(session.cycle)
    one, other = build.came(session, 2)
    path = build.path(survey, one)
    phone = Client()
    with time_machine.travel(AFTER, tick=False):
        for glued in (
            path[:-1] + ").",
            path + ">",
            path.upper().replace(path.upper().split("/")[3], path.split("/")[3]),
        ):
            answer = phone.get(glued, follow=True)
            assert (answer.status_code, answer.redirect_chain[-1][0]) == (200, path), glued
        for cut in (path[:-4] + "/", "/fr/survey/", "/fr/survey/nothing/"):
            answer = phone.get(cut, follow=True)
            assert (answer.status_code, "Ce lien n’ouvre rien" in answer.content.decode()) == (404, True), cut
        # The seal holds who and which survey: nobody answers for another.
        token, others = path.split("/")[3], build.path(survey, other).split("/")[3]
        mixed = others[:-15] + token[-15:]
        assert phone.get(f"/fr/survey/{mixed}/").status_code == 404
        assert phone.head(path).status_code == 200
    assert Turn.objects.count() == 0


def test_whoever_lost_the_mail_finds_the_survey_on_their_own_page(session: Session) -> None:
    survey = build.opened(session.cycle)
    (place,) = build.came(session, 1)
    absent = make.registration(session=session, participant=make.participant(email="absent@example.org"))
    mine = personal_links.manage(place.participant).removeprefix("http://testserver")
    path = build.path(survey, place)
    with time_machine.travel(AFTER, tick=False):
        assert f"{mine}surveys/" in text(Client(), mine)
        assert path in text(Client(), f"{mine}surveys/")
        send(path, "4")
        shown = text(Client(), f"{mine}surveys/")
        assert [path in shown, "répondu" in shown] == [False, True]
        theirs = personal_links.manage(absent.participant).removeprefix("http://testserver")
        assert "/survey/" not in text(Client(), f"{theirs}surveys/")
