"""What mails say of signing: trainees get their own link, trainers hear of the sheet, others read nothing of it."""

from __future__ import annotations

import datetime as dt
from io import BytesIO

import pypdf
import pytest
from django.utils import translation

from cycles.models import Session
from notifications.joining import letter
from notifications.mail import compose
from notifications.mail.own_texts import texts
from notifications.mail.preview import rehearsal
from notifications.plan import defaults, planner
from tests import make
from tests.training import build
from tests.training.build import at
from training.signing import links, window

pytestmark = pytest.mark.django_db
WORDS = "Signer ma présence"
SHEET = "La feuille d’émargement de cette demi-journée est sur votre page"
ROOM = "pour essayer votre micro"


@pytest.fixture
def run() -> build.Run:
    return build.run()


def reminder(run: build.Run, person: int = 0) -> tuple[str, str]:
    """Return the text and the HTML of the reminder of the morning."""
    delivery = make.delivery(run.row(person), kind="reminder")
    message = compose.message(delivery, at=at(8))
    return str(message.body), str(message.alternatives[0][0])


def test_the_reminder_of_a_half_day_brings_each_their_own_link(run: build.Run) -> None:
    for person in range(3):
        own = links.sign(run.row(person), language="fr")
        text, html = reminder(run, person)
        assert [text.count(own), html.count(f'href="{own}"'), WORDS in text, WORDS in html] == [
            1,
            1,
            True,
            True,
        ]


def test_from_when_one_signs_is_what_decides_it(run: build.Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """The number is nowhere typed: with another window both parts of the mail say that one."""
    said = [["à partir de 15\u00a0minutes avant le début" in part for part in reminder(run)]]
    monkeypatch.setattr(window, "BEFORE", dt.timedelta(minutes=25))
    said.append(["à partir de 25\u00a0minutes avant le début" in part for part in reminder(run)])
    assert said == [[True, True], [True, True]]


def test_in_ones_own_words_it_is_a_button_too(run: build.Run) -> None:
    words = {"fr": ("Demain", "Bonjour {given_name},\n\n{sign_link}")}
    texts.write(run.cycle, kind="reminder", texts=words, by=None, at=at(7))
    text, html = reminder(run)
    own = links.sign(run.row(0), language="fr")
    assert [text.count(own), html.count(f'href="{own}"'), WORDS in text] == [1, 1, True]


def test_of_information_nobody_is_asked_to_sign(run: build.Run) -> None:
    Session.objects.filter(cycle=run.cycle).update(legal_frame=Session.LegalFrame.INFORMATION)
    text, html = reminder(run)
    assert [WORDS in text, WORDS in html, "/sign/" in html] == [False, False, False]


def test_joining_instructions_say_how_one_signs_where_one_does(run: build.Run) -> None:
    with translation.override("fr"):
        assert letter.context(run.cycle)["signing"].startswith("Vous signez chaque demi-journée")
        sheet = letter.pdf(run.cycle, run.people[0].participant, contact="", at=at(7))
        page = pypdf.PdfReader(BytesIO(sheet)).pages[0].extract_text()
        assert "Émargement" in page
        run.cycle.sessions.update(legal_frame=Session.LegalFrame.INFORMATION)
        assert letter.context(run.cycle)["signing"] == ""


def test_a_trainer_hears_of_the_sheet_and_of_a_room_only_where_there_is_one(run: build.Run) -> None:
    webinar = make.session(legal_frame=Session.LegalFrame.INFORMATION)
    said = []
    for session in (run.morning, webinar):
        scene = rehearsal.Scene(cycle=session.cycle, kind="speaker_reminder", session=session, language="fr")
        message = rehearsal.rehearse(scene, at=make.AT)
        html = str(message.alternatives[0][0])
        said.append([SHEET in message.body, SHEET in html, ROOM in message.body, ROOM in html])
    assert said == [[True, True, False, False], [False, False, True, True]]


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("speaker_said_no", "Camille Exemple ne peut pas intervenir."),
        (
            "speaker_objects",
            "Camille Exemple n’est pas d’accord pour ceci\u202f: publication de la rediffusion.",
        ),
    ],
)
def test_the_preview_of_a_mail_to_organisers_says_what_it_is_about(kind: str, said: str) -> None:
    session = make.session()
    scene = rehearsal.Scene(cycle=session.cycle, kind=kind, session=session, language="fr")
    assert str(rehearsal.rehearse(scene, at=make.AT).body).splitlines()[0] == said


@pytest.mark.parametrize(("hour", "is_instructed"), [(8, True), (10, False)])
def test_the_confirmation_of_a_run_promises_what_comes(
    run: build.Run, hour: int, *, is_instructed: bool
) -> None:
    """Joining instructions before the first half-day, one reminder a day; no mail for each date."""
    defaults.default_steps(run.cycle)
    planner.replan_all([run.morning.pk, run.afternoon.pk])
    delivery = make.delivery(run.row(0), kind="registration_confirmed")
    delivery.registration = delivery.session = None
    message = compose.message(delivery, at=at(hour) - dt.timedelta(days=0 if hour == 10 else 20))
    text, html = str(message.body), str(message.alternatives[0][0])
    instructed = "Votre convocation vous parvient par e-mail avant la première demi-journée."
    assert [instructed in text, instructed in html] == [is_instructed] * 2
    assert ["avant chaque jour de formation" in part for part in (text, html)] == [is_instructed] * 2
    assert ["avant chaque date" in part for part in (text, html)] == [False, False]
