"""An organiser's words in a mail, and mails rehearsed for an invented person."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from django.apps import apps
from django.core import mail

from notifications.delivery.run import sending
from notifications.mail import compose, markup
from notifications.mail.kinds import KINDS, Group
from notifications.mail.own_texts import standard, texts
from notifications.mail.preview import rehearsal
from notifications.models import Delivery, MessageText, ReminderStep
from notifications.plan import defaults, planner
from registrations.links import personal_links
from tests import make
from tests.make import AT, paris

if TYPE_CHECKING:
    import datetime as dt

    from django.core.mail import EmailMultiAlternatives

    from cycles.models import Cycle, Session
    from registrations.models import Registration

pytestmark = pytest.mark.django_db
DUE = paris(2026, 11, 18)


@pytest.fixture
def cycle() -> Cycle:
    cycle = make.cycle(slug="voyage", title={"fr": "Le voyage", "en": "The journey"})
    defaults.default_steps(cycle)
    return cycle


@pytest.fixture
def session(cycle: Cycle) -> Session:
    session = make.session(cycle=cycle, number=2, title={"fr": "Tenir <b>bon</b> & loin", "en": "Holding on"})
    planner.replan(session)
    return session


def seat(session: Session, language: str = "fr", **fields: Any) -> Registration:
    person = make.participant(language=language, **fields)
    return make.registration(session=session, participant=person)


def write(cycle: Cycle, *, code: str = "", **words: tuple[str, str]) -> None:
    texts.write(cycle, kind="reminder", code=code, texts=words, by=None, at=AT)


def leaving(at: dt.datetime = DUE) -> list[EmailMultiAlternatives]:
    mail.outbox.clear()
    sending.tick(clock=at)
    sending.drain(clock=at)
    return [message for message in mail.outbox if isinstance(message, mail.EmailMultiAlternatives)]


def html(message: EmailMultiAlternatives) -> str:
    return str(message.alternatives[0][0])


def test_own_words_take_the_place_of_the_standard_ones(cycle: Cycle, session: Session) -> None:
    seat(session, given_name="Zoë <i>")
    write(cycle, fr=("{soon} avec {given_name}", "Bonjour {given_name},\n\nVoici :\n\n{card}\n\n{join_link}"))
    (message,) = leaving()
    assert message.subject == "Demain 13\u202fh avec Zoë <i>"
    assert "Bonjour Zoë <i>,\n\nVoici :\n\n* Escale 2\u202f: Tenir <b>bon</b> & loin" in str(message.body)
    assert "/fr/join/" in str(message.body)
    page = html(message)
    assert '<p style="margin: 0 0 16px;overflow-wrap: anywhere;">Bonjour Zoë &lt;i&gt;,\n</p>' in page
    assert "Tenir &lt;b&gt;bon&lt;/b&gt; &amp; loin" in page
    assert page.count('class="button"') == 1
    assert message.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_a_link_inside_a_sentence_is_a_link_for_each_reader(cycle: Cycle, session: Session) -> None:
    rows = [seat(session), seat(session)]
    write(cycle, fr=("", "C’est ici\u202f: {join_link}, à demain {given_name}."))
    result = {message.to[0]: html(message) for message in leaving()}
    for row in rows:
        address = personal_links.join(row, language="fr")
        assert f'<a href="{address}"' in result[row.participant.email]
        assert f"</a>, à demain {row.participant.given_name}." in result[row.participant.email]


def test_a_language_without_words_of_its_own_gets_the_others_and_is_marked(
    cycle: Cycle, session: Session
) -> None:
    seat(session, "en")
    write(cycle, fr=("Sujet écrit", "Texte écrit"))
    (message,) = leaving()
    assert message.subject == "Sujet écrit"
    assert '<div lang="fr"' in html(message)
    assert texts.warnings(cycle, "reminder") == [
        "L’objet est écrit dans une seule langue\u202f: qui lit l’autre le reçoit dans celle-ci.",
        "Le texte est écrit dans une seule langue\u202f: qui lit l’autre le reçoit dans celle-ci.",
        "Ce rappel n’a pas de {join_link}\u202f: les gens ne trouveront pas la salle.",
    ]


def test_r12_one_line_of_the_plan_has_a_subject_of_its_own(cycle: Cycle, session: Session) -> None:
    seat(session)
    write(cycle, fr=("Pour toutes", ""))
    write(cycle, code="j-1", fr=("Demain, la veille", ""))
    assert [message.subject for message in leaving(paris(2026, 11, 12))] == ["Pour toutes"]
    (message,) = leaving()
    assert message.subject == "Demain, la veille"
    assert "Au plaisir de vous y retrouver." in str(message.body)


def test_an_empty_text_is_the_standard_one_again(cycle: Cycle, session: Session) -> None:
    seat(session)
    write(cycle, fr=("Sujet écrit", "Texte"), en=("Subject", ""))
    write(cycle, fr=("", "  "), en=("", ""))
    assert MessageText.objects.count() == 0
    assert str(leaving()[0].subject).startswith("Demain 13")


def test_another_cycle_keeps_its_own(cycle: Cycle, session: Session) -> None:
    seat(session)
    write(make.cycle(), fr=("Sujet d’ailleurs", ""))
    assert str(leaving()[0].subject).startswith("Demain 13")
    assert MessageText.objects.filter(cycle=cycle).count() == 0


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (("{nope}", ""), "Ligne 1, colonne 1\u202f: {nope} n’est pas une variable de cet e-mail."),
        (
            ("", "a\n\nb {join_lnik}"),
            (
                "Ligne 3, colonne 3\u202f: {join_lnik} n’est pas une variable de cet e-mail. "
                "Pensez-vous à {join_link}\u202f?"
            ),
        ),
        (("Oui\r\nBcc: x@example.org", ""), "Un objet tient en une ligne"),
        (("", "{{ settings.SECRET_KEY }}"), "est une balise de gabarit"),
        (
            ("", "{given_name"),
            "une accolade « { » sans son autre moitié".replace("« ", "«\u202f").replace(" »", "\u202f»"),
        ),
        (("x" * 151, ""), "C’est trop long\u202f: 151 signes, 150 au plus."),
        (("", "x" * 5001), "C’est trop long\u202f: 5001 signes, 5000 au plus."),
        (("{old_date}", ""), "{old_date} n’est pas une variable de cet e-mail."),
    ],
)
def test_a_text_that_cannot_be_filled_is_refused_with_the_place(
    cycle: Cycle, words: tuple[str, str], problem: str
) -> None:
    with pytest.raises(texts.TextError) as refused:
        write(cycle, fr=words)
    assert [problem in found for found in refused.value.problems] == [True]
    assert MessageText.objects.count() == 0


def test_the_mail_that_confirms_an_address_is_nobodys_to_write(cycle: Cycle) -> None:
    with pytest.raises(ValueError, match="confirm_address"):
        texts.write(cycle, kind="confirm_address", texts={"fr": ("x", "")}, by=None, at=AT)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_standard_text_can_be_begun_with(cycle: Cycle, session: Session, language: str) -> None:
    """What the editor begins with is accepted as it is, and says what the standard mail says."""
    for kind in texts.writable():
        subject, body = standard.standard(kind, language=language)
        problems = texts.problems(subject, kind=kind, one_line=True) + texts.problems(body, kind=kind)
        assert (kind, problems) == (kind, [])
        scene = rehearsal.Scene(cycle=cycle, kind=kind, session=session, language=language)
        usual = rehearsal.rehearse(scene, at=AT)
        texts.write(cycle, kind=kind, texts={language: ("", body)}, by=None, at=AT)
        own = rehearsal.rehearse(scene, at=AT)
        assert own.subject == usual.subject
        # Nothing of it is taken for a sign but its headings.
        assert markup.plain(markup.read_letter(body)).splitlines() == [
            line
            for each in body.splitlines()
            for line in ([each[3:], "-" * len(each[3:])] if each.startswith("## ") else [each])
        ]
        first, second = ({line.strip() for line in str(mail.body).splitlines()} for mail in (usual, own))
        assert (kind, any("http" in line for line in second)) == (kind, True)
        # The same but for the words above buttons.
        assert (kind, len(first & second) >= 4) == (kind, True)


def test_the_standard_text_speaks_of_signing_where_people_sign(cycle: Cycle, session: Session) -> None:
    plain = standard.standard("reminder", language="en", cycle=cycle)[1]
    assert ("sign_link" in plain, "sign_link" in texts.variables_for(cycle, "reminder")) == (False, False)
    assert "half-day" not in plain
    session.legal_frame = session.LegalFrame.TRAINING
    session.save()
    signed = standard.standard("reminder", language="en", cycle=cycle)[1]
    assert "before the start.\n\n{sign_link}\n\nKeep this email" in signed
    assert "sign_link" in texts.variables_for(cycle, "reminder")


@pytest.mark.parametrize(
    ("kind", "subject", "words"),
    [
        (
            "already_registered",
            "You are already registered: {cycle}",
            "You are already registered for “{cycle}”",
        ),
        (
            "registration_cancelled",
            "Registration cancelled: {cycle}",
            "registration for “{cycle}” is cancelled",
        ),
        ("session_cancelled", "Cancelled, {date}: {theme}", "takes this one off your calendar"),
        ("session_moved", "New date, {date}: {theme}", "Your place is kept. The attached invitation updates"),
        ("reminder", "{soon}: {theme}", "The room opens 15 minutes before the start."),
        ("joining_instructions", "Joining instructions: {cycle}", "as soon as you can: quais@example.org."),
    ],
)
def test_the_standard_text_begins_with_the_usual_case(
    cycle: Cycle, kind: str, subject: str, words: str
) -> None:
    cycle.contact_email = "quais@example.org"
    begun = standard.standard(kind, language="en", cycle=cycle)
    assert (begun[0], words in begun[1]) == (subject, True)
    assert standard.subjects(kind, language="en", cycle=cycle)[0] == subject


def test_the_standard_text_says_when_signing_opens(cycle: Cycle, session: Session) -> None:
    session.legal_frame = session.LegalFrame.TRAINING
    session.save()
    body = standard.standard("reminder", language="en", cycle=cycle)[1]
    assert "the button opens 15 minutes before the start" in body


def test_headings_of_the_standard_mail_are_headings_of_the_text() -> None:
    assert "\n## Vos dates\n\n{dates}" in standard.standard("registration_confirmed", language="fr")[1]
    assert "\n## The next date\n\n{next_card}" in standard.standard("recap", language="en")[1]


def test_signs_in_a_text_reach_both_parts_of_the_mail(cycle: Cycle, session: Session) -> None:
    seat(session, given_name="*Zoë*")
    body = (
        "# Demain\n\n**{date}**, à lire [avant]({session_link})\navec {given_name}.\n\n"
        "1. {theme}\n2. ![x](http://a.org/b.png)\n\n[Entrer]({join_link})\n\n{replay_vide}"
    ).replace("{replay_vide}", "- {reason}")
    with pytest.raises(texts.TextError):
        write(cycle, fr=("", body))
    write(cycle, fr=("", body.replace("- {reason}", "- {summary}")))
    (message,) = leaving()
    text = str(message.body)
    assert text.startswith("Demain\n------\n\njeudi 19 novembre 2026, 13\u202fh\u202f00 – 14\u202fh\u202f30")
    assert "à lire avant (http://testserver/fr/cycles/voyage/" in text
    # What has nothing to fill it leaves no empty entry behind, and a name is no sign.
    assert "\navec *Zoë*.\n\n1. Tenir <b>bon</b> & loin\n\nEntrer\nhttp://testserver/fr/join/" in text
    page = re.sub(r' style="[^"]*"|\n', "", html(message))
    assert "<h2>Demain</h2>" in page
    assert "<br>avec *Zoë*." in page
    assert '<ol start="1"><li>Tenir &lt;b&gt;bon&lt;/b&gt; &amp; loin</li></ol>' in page
    assert re.search(r'<a class="button" href="http://testserver/fr/join/[^"]+">Entrer</a>', page)


def rows() -> dict[str, list[Any]]:
    result = {}
    for model in apps.get_models():
        result[model.__name__] = list(model._default_manager.order_by("pk").values())
    return result


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_mail_can_be_rehearsed_and_leaves_no_trace(
    cycle: Cycle, session: Session, language: str
) -> None:
    seat(session)
    before = rows()
    for kind in KINDS:
        step = ReminderStep.objects.filter(cycle=cycle, kind=kind).first()
        scene = rehearsal.Scene(cycle=cycle, kind=kind, session=session, language=language, step=step)
        message = rehearsal.rehearse(scene, at=AT)
        assert (kind, f'<html lang="{language}"' in html(message)) == (kind, True)
        # An address that nobody has proved yet is greeted without a name, and so are organisers.
        is_named = not (KINDS[kind].is_unproved or KINDS[kind].group == Group.ORGANISERS)
        assert (kind, "Camille" in str(message.body), bool(message.subject)) == (kind, is_named, True)
        assert (kind, "None" in str(message.body) + str(message.subject)) == (kind, False)
    assert rows() == before


def test_the_links_of_a_rehearsal_open_nobodys_page(client: Any, cycle: Cycle, session: Session) -> None:
    scene = rehearsal.Scene(
        cycle=cycle,
        kind="reminder",
        session=session,
        language="fr",
        step=ReminderStep.objects.get(code="j-1"),
    )
    message = rehearsal.rehearse(scene, at=AT)
    row = seat(session)
    links = [word for word in str(message.body).split() if "/join/" in word or "/my/" in word]
    assert len(links) == 2
    for link in links:
        assert client.get(link.removeprefix("http://testserver")).status_code == 404
    assert row.pk > 0


def test_a_test_goes_to_the_organiser_alone_and_is_marked(cycle: Cycle, session: Session) -> None:
    seat(session)
    claire = make.user(email="claire@example.org")
    scene = rehearsal.Scene(
        cycle=cycle,
        kind="reminder",
        session=session,
        language="fr",
        step=ReminderStep.objects.get(code="j-1"),
    )
    mail.outbox.clear()
    rehearsal.send_test(cycle, scene=scene, by=claire, at=AT)
    (message,) = mail.outbox
    assert (message.to, str(message.subject)[:17]) == (["claire@example.org"], "[ESSAI] Demain 13")
    assert "List-Unsubscribe" not in message.extra_headers
    assert Delivery.objects.count() == 0


def test_a_cycle_without_dates_has_nothing_to_show(cycle: Cycle) -> None:
    draft = make.session(cycle=cycle, status="draft", starts_at=None)
    assert rehearsal.sessions(cycle, at=AT) == []
    scene = rehearsal.Scene(cycle=cycle, kind="note", session=draft, language="fr")
    with pytest.raises(rehearsal.NothingToShow):
        rehearsal.rehearse(scene, at=AT)


@pytest.mark.parametrize("people", [1, 5])
def test_texts_are_read_once_a_batch(
    cycle: Cycle, session: Session, people: int, django_assert_num_queries: Any
) -> None:
    for _person in range(people):
        seat(session)
    sending.tick(clock=DUE)
    deliveries = list(
        Delivery.objects.select_related(
            "session__cycle", "participant", "registration", "cycle_registration__cycle", "occurrence__step"
        )
    )
    kept = texts.Texts()
    with django_assert_num_queries(2):
        for delivery in deliveries:
            compose.message(delivery, at=DUE, texts=kept)
    assert cycle.pk == session.cycle_id


@pytest.mark.parametrize("is_own", [True, False])
@pytest.mark.parametrize(("modality", "is_told"), [("on_site", True), ("hybrid", True), ("online", False)])
def test_a_reminder_of_a_session_at_a_place_says_how_to_get_there(
    cycle: Cycle, session: Session, modality: str, *, is_told: bool, is_own: bool
) -> None:
    session.modality = modality
    session.place, session.access = {"fr": "12 rue des Lilas"}, {"fr": "Métro Hoche,\nsortie 2"}
    session.save()
    if is_own:
        write(cycle, fr=("", "{card}"))
    seat(session)
    (message,) = leaving()
    assert ("Accès\nMétro Hoche,\nsortie 2" in str(message.body)) is is_told
    assert ("Métro Hoche,<br>sortie 2" in html(message)) is is_told
