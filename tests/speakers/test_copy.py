"""What a person's copy says of them as a speaker, and what is forgotten with their address."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import translation

from cycles.models import SpeakerSlot
from registrations.people.data import copies, rights
from speakers import keeping
from speakers.answers import verbs
from speakers.cards.verbs import Change, send_in
from speakers.consents.verbs import Given, decide
from speakers.models import Contact, Engagement, SpeakerCard, SpeakerConsent
from speakers.people import contacts
from tests import make

pytestmark = pytest.mark.django_db
AT = make.AT


def answered(email: str = "nadia@example.org") -> SpeakerSlot:
    """Somebody who said yes, sent in a card and declined to be recorded."""
    slot = make.slot(make.session(number=2), contact_email=email, state="proposed")
    session = slot.segment.session
    verbs.invite(session, email=email, by=None, at=AT)
    contact = Contact.objects.get(email=email)
    verbs.answer(contact, session, says_yes=True, at=AT)
    send_in(contact, session, change=Change(words={"bio": "Des mots"}), at=AT)
    given = Given(is_given=False, text="Mon image peut être enregistrée.")
    decide(contact, session, decisions={"recording": given}, language="fr", at=AT)
    return slot


def test_the_copy_holds_what_somebody_did_as_a_speaker() -> None:
    answered()
    answered("zoe@example.org")
    person = make.participant(email="nadia@example.org")
    copy = rights.export(person, cycles=None)
    (row,) = copy["speaking"]
    assert (row["bio"], row["answered_at"], len(row["decisions"])) == ("Des mots", AT, 1)
    with translation.override("en"):
        titles = [part.title for part in copies.parts(copy, zone="Europe/Paris")]
    assert "What you did as a speaker" in titles


def test_a_forgotten_address_takes_the_card_along_and_leaves_the_decision() -> None:
    answered()
    assert contacts.forget("NADIA@example.org") == 1
    assert (SpeakerCard.objects.count(), Engagement.objects.count()) == (0, 0)
    (row,) = SpeakerConsent.objects.all()
    assert row.contact.email == ""
    assert SpeakerSlot.objects.get().contact_email == ""


def test_contacts_go_a_year_after_the_cycle_and_not_while_an_agenda_is_written_anew() -> None:
    slot = answered()
    SpeakerSlot.objects.all().delete()
    assert keeping.purge(at=AT + dt.timedelta(days=60)) == 0
    assert Contact.objects.get().email == slot.contact_email
    later = AT + dt.timedelta(days=800)
    assert keeping.purge(at=later) == 1
    assert keeping.purge(at=later) == 0
    assert (Contact.objects.get().email, SpeakerCard.objects.count(), SpeakerConsent.objects.count()) == (
        "",
        0,
        1,
    )
