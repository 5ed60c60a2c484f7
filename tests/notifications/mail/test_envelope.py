"""Every kind of mail as bytes: who writes, who reads the answer, and headers that two libraries read alike."""

from __future__ import annotations

import datetime as dt
import email
import email.policy
import re
from email.header import decode_header, make_header
from typing import TYPE_CHECKING

import pytest
from fast_mail_parser import parse_email
from hypothesis import given
from hypothesis import strategies as st

from accounts import automatic_mail
from notifications.mail import compose
from notifications.mail.kinds import KINDS
from notifications.mail.parts import envelope
from notifications.mail.preview import rehearsal
from notifications.models import Delivery
from notifications.transport import transports
from registrations.models import State
from tests import make
from tests.make import AT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.core.mail import EmailMultiAlternatives
    from pytest_django import Settings

    from cycles.models import Cycle

WORD = re.compile(rb"=\?[^?]+\?[bBqQ]\?[^?]*\?=")
SUBJECTS = (
    "x" * 66 + "é",
    "é" * 78,
    "Les « leviers » de l’inclusion numérique 🌊 : " + "東京" * 20,
    "a",
)


def as_bytes(mail: EmailMultiAlternatives) -> bytes:
    """Return a message as the SMTP transport sends it."""
    transport = transports.chosen()
    if isinstance(transport, transports.SmtpTransport):
        return transport.prepare(mail).payload
    raise TypeError(transport)


def headers_of(data: bytes) -> list[bytes]:
    return data.partition(b"\r\n\r\n")[0].split(b"\r\n")


def read_by_two(data: bytes) -> tuple[str, str]:
    """Return the subject as Python's library and as the other one read it."""
    first = email.message_from_bytes(data, policy=email.policy.default)
    return str(first["Subject"]), parse_email(data).subject


@pytest.fixture(autouse=True)
def _smtp(settings: Settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"


def every_kind(cycle: Cycle) -> Iterator[tuple[str, EmailMultiAlternatives]]:
    session = make.session(cycle=cycle, starts_at=AT + dt.timedelta(days=30))
    for name in KINDS:
        if KINDS[name].is_to_group:
            message = make.group_message(cycle=cycle)
            scene = rehearsal.Scene(
                cycle=cycle, kind=name, session=session, language="fr", group_message=message
            )
        else:
            scene = rehearsal.Scene(cycle=cycle, kind=name, session=session, language="fr")
        yield name, rehearsal.rehearse(scene, at=AT)


@pytest.mark.django_db
def test_every_kind_of_mail_is_read_alike_by_two_libraries(settings: Settings) -> None:
    settings.DEFAULT_FROM_EMAIL = "Escale <escale@site.example>"
    cycle = make.cycle(
        title={"fr": "Le tour « des ponts » : été à Sèvres", "en": "The tour"},
        sender_name="Réseau des Ponts suspendus et des passerelles de Loire-Atlantique",
        contact_email="ponts@asso.example",
    )
    wrong = []
    for name, mail in every_kind(cycle):
        data = as_bytes(mail)
        subject, other = read_by_two(data)
        lines = headers_of(data)
        parsed = parse_email(data)
        is_personal = KINDS[name].is_personal
        contact = settings.ESCALE_CONTACT_EMAIL if is_personal else "ponts@asso.example"
        facts = {
            "subject": subject == other == mail.subject,
            # An address of the web alone cannot be folded (RFC 5322 2.1.1 allows 998).
            "lines": max(len(line) for line in lines if b"List-Unsubscribe" not in line) <= 78,
            "words": all(len(word) <= 75 for line in lines for word in WORD.findall(line)),
            "from": str(
                email.message_from_bytes(data, policy=email.policy.default)["From"].addresses[0].addr_spec
            )
            == "escale@site.example",
            "reply": mail.reply_to == [contact],
            "foot": contact in mail.body and contact in str(mail.alternatives[0][0]),
            "text": "\n".join(parsed.text_plain).split() == mail.body.split(),
            "html": parsed.text_html != [],
        }
        wrong += [(name, fact) for fact, holds in facts.items() if not holds]
    assert wrong == []


@pytest.mark.django_db
def test_no_kind_of_mail_fills_two_buttons_and_each_shows_the_banner_of_its_cycle() -> None:
    cycle = make.cycle(banner={"fr": "Démonstration : rien de ceci n’est annoncé."})
    filled, bare = {}, []
    for name, mail in every_kind(cycle):
        html = str(mail.alternatives[0][0])
        filled[name] = html.count('class="button"')
        said = "rien de ceci n’est annoncé" in html and "rien de ceci n’est annoncé" in mail.body
        if not said and not KINDS[name].is_personal:
            bare.append(name)
    assert {name: count for name, count in filled.items() if count > 1} == {}
    assert bare == []


@given(text=st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), max_size=200))
def test_a_subject_folds_in_words_of_75_characters_that_cut_no_letter(text: str) -> None:
    subject = " ".join(text.split())
    folded = automatic_mail.encoded(subject)
    words = folded.split(" ") if not subject.isascii() else []
    assert all(len(word) <= 75 for word in words)
    assert all(word.startswith("=?utf-8?b?") for word in words)
    if not subject.isascii():
        for part, charset in decode_header(folded):
            assert charset == "utf-8"
            assert isinstance(part, bytes)
        assert str(make_header(decode_header(folded))) == subject


@pytest.mark.django_db
@pytest.mark.parametrize("subject", SUBJECTS)
def test_a_long_subject_is_whole_on_the_wire(subject: str) -> None:
    mail = envelope.Mail(subject, "Bonjour", "Été <escale@example.org>", ["amina@example.org"])
    data = as_bytes(mail)
    assert [len(word) for line in headers_of(data) for word in WORD.findall(line) if len(word) > 75] == []
    assert max(map(len, headers_of(data))) <= 78
    assert read_by_two(data) == (subject, subject)


@pytest.mark.django_db
def test_the_name_and_the_mailbox_are_of_the_cycle_else_of_its_programme_else_of_the_site(
    settings: Settings,
) -> None:
    settings.DEFAULT_FROM_EMAIL = "Escale <escale@site.example>"
    settings.ESCALE_CONTACT_EMAIL = "contact@site.example"
    programme = make.programme(sender_name="Réseau", contact_email="reseau@asso.example")
    results = [
        envelope.voice(
            make.cycle(programme=programme, sender_name="Ponts", contact_email="ponts@asso.example")
        ),
        envelope.voice(make.cycle(programme=programme, contact_email="ponts@asso.example")),
        envelope.voice(make.cycle(programme=programme)),
        envelope.voice(make.cycle()),
        envelope.voice(None),
    ]
    assert [(one.name, one.contact) for one in results] == [
        ("Ponts", "ponts@asso.example"),
        ("Réseau", "ponts@asso.example"),
        ("Réseau", "reseau@asso.example"),
        ("Escale", "contact@site.example"),
        ("Escale", "contact@site.example"),
    ]
    assert results[3].sender == "Escale <escale@site.example>"


@pytest.mark.django_db
def test_the_organizer_of_an_invitation_is_a_mailbox_that_is_read() -> None:
    cycle = make.cycle(sender_name="Ponts", contact_email="ponts@asso.example")
    row = make.registration(session=make.session(cycle=cycle, starts_at=AT + dt.timedelta(days=30)))
    mail = compose.message(make.delivery(row, kind="registration_confirmed"), at=AT)
    [entry] = [str(part) for part, kind in mail.alternatives if kind.startswith("text/calendar")]
    unfolded = entry.replace("\r\n ", "")
    assert "ORGANIZER;CN=Ponts:mailto:ponts@asso.example\r\n" in unfolded


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["confirm_address", "address_to_prove"])
def test_nothing_that_a_stranger_typed_is_in_a_mail_to_an_address_unproved(kind: str) -> None:
    typed = "Prime de 900 EUR cadeau.example.org/x"
    person = make.participant(
        given_name=typed, family_name="Essai", organisation_name=typed, confirmed_at=None
    )
    row = make.cycle_registration(participant=person, state=State.PENDING, confirmed_at=None)
    delivery = Delivery.objects.create(
        key="typed",
        kind=kind,
        cycle_registration=None if KINDS[kind].is_personal else row,
        participant=person,
        to_address=person.email,
        language="fr",
        created_at=AT,
        next_at=AT,
    )
    data = compose.message(delivery, at=AT).message().as_bytes()
    parsed = email.message_from_bytes(data, policy=email.policy.default)
    result = "".join(part.get_content() for part in parsed.walk() if part.get_content_maintype() == "text")
    everything = result + "".join(f"{name}{value}" for name, value in parsed.items())
    assert [word for word in ("Prime", "cadeau", "Essai", "900 EUR") if word in everything] == []
    assert "Bonjour,\n" in parsed.get_body(("plain",)).get_content()  # type: ignore[union-attr]  # it has one


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("names", "greeting"),
    [
        (("Amina", ""), "Bonjour Amina,"),
        (("", "Diallo"), "Bonjour Diallo,"),
        (("Amina", "Diallo"), "Bonjour Amina,"),
    ],
)
def test_one_name_is_enough_for_a_greeting(names: tuple[str, str], greeting: str) -> None:
    person = make.participant(given_name=names[0], family_name=names[1])
    row = make.registration(participant=person)
    mail = compose.message(make.delivery(row, kind="registration_confirmed"), at=AT)
    assert mail.body.splitlines()[0] == greeting
