"""The speakers of the demonstration: one in each state, all invented."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import TYPE_CHECKING

from cycles.models import Session, SpeakerSlot
from notifications.delivery import ledger
from notifications.models import Delivery
from speakers.answers import briefing, naming, verbs
from speakers.cards import verbs as card_verbs
from speakers.consents import terms
from speakers.consents import verbs as consent_verbs
from speakers.consents.verbs import Given
from speakers.models import Contact, Engagement, SpeakerConsent
from speakers.people import contacts

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from cycles.models import Cycle

DAY = dt.timedelta(days=1)
# (who, of which organisation, address, what becomes of it) for the first sessions to come.
SILENT, CONFIRMED, TO_READ, NO, NO_MORE, PROPOSED = (
    "silent",
    "confirmed",
    "to_read",
    "no",
    "no_more",
    "proposed",
)
# Of the people and organisations of demo.yaml, so that what is taken away with the file takes all of it away.
LINES = (
    (0, "Tariq Benhaddou", "École des Berges", "tariq@demo.example.org", CONFIRMED),
    (0, "João Ferreira da Silva", "Brasserie du Gué", "joao@demo.example.org", TO_READ),
    (0, "", "Moulins associés", "contact-moulins@demo.example.org", SILENT),
    (1, "Inès Okoye", "Radio Confluence", "ines@demo.example.org", NO_MORE),
    (1, "Odile Marchenoir", "Les Amis de la Vaubrette", "odile@demo.example.org", NO),
    (1, "Tariq Benhaddou", "École des Berges", "", PROPOSED),
)


def load(cycle: Cycle, *, at: dt.datetime) -> None:
    """Name, invite and answer at the first two sessions to come; one invitation leaves today, for the mailbox."""
    sessions = list(Session.objects.filter(cycle=cycle).upcoming(at=at)[:2])
    for place, person, organisation, email, becomes in LINES:
        if place < len(sessions):
            _line(
                sessions[place], person=person, organisation=organisation, email=email, becomes=becomes, at=at
            )
    for session in sessions[:1]:
        briefing.write(
            session,
            notes={
                "fr": "Connectez-vous **10 minutes avant**, avec un casque. Douze minutes chacun, puis les questions.",
                "en": "Join **10 minutes before**, with a headset. Twelve minutes each, then questions.",
            },
            rehearsal_starts_at=session.starts_at - 2 * DAY if session.starts_at else None,
            rehearsal_minutes=briefing.USUAL_MINUTES,
            by=None,
            at=at,
        )


def _line(
    session: Session, *, person: str, organisation: str, email: str, becomes: str, at: dt.datetime
) -> None:
    asked_at = at - 6 * DAY
    naming.name(
        session,
        person=person,
        organisation=organisation,
        contact_name=person,
        contact_email=email,
        contact_language="fr",
        illustrates=None,
        segment=session.segments.first(),
        by=None,
        at=asked_at,
    )
    if becomes == PROPOSED:
        return
    verbs.invite(session, email=email, by=None, at=at if becomes == SILENT else asked_at)
    contact = Contact.objects.get(email=email)
    if becomes == SILENT:
        return
    # Their invitation left long ago; nobody is written to of it today.
    owed = Delivery.objects.filter(kind="speaker_invited", session=session, to_address=email)
    ledger.skip(owed, reason=Delivery.Reason.STOPPED)
    answered_at = asked_at + DAY
    if becomes != NO:
        verbs.answer(contact, session, says_yes=True, at=answered_at)
    if becomes in (NO, NO_MORE):
        verbs.answer(contact, session, says_yes=False, reason="Un autre rendez-vous ce jour-là.", at=at - DAY)
        # The organiser was told yesterday.
        told = Delivery.objects.filter(kind="speaker_said_no", session=session)
        ledger.skip(told, reason=Delivery.Reason.STOPPED)
        return
    words = {
        "public_name": person,
        "role": "Hydrologue" if becomes == CONFIRMED else "Brasseur",
        "bio": "Quinze ans au bord de l’eau, dont dix à convaincre que les petites vannes font les grandes rivières.",
    }
    card_verbs.send_in(contact, session, change=card_verbs.Change(words=words), at=answered_at)
    if becomes == CONFIRMED:
        card_verbs.accept(session, contact=contact, by=None, at=answered_at)
        consent_verbs.decide(
            contact, session, decisions={purpose: _yes() for purpose in _BOTH}, language="fr", at=answered_at
        )


_BOTH = (SpeakerConsent.Purpose.RECORDING, SpeakerConsent.Purpose.PUBLICATION)


def _yes() -> Given:
    return Given(
        is_given=True,
        text="Accord de démonstration.",
        months=terms.DURATIONS[0],
        territory=SpeakerConsent.Territory.WORLD,
        supports=terms.USUAL_SUPPORTS,
    )


def remove(cycles: QuerySet[Cycle]) -> Counter[str]:
    """Take away whatever was asked, answered and agreed to in these cycles, and contacts of nothing else.

    Return how many contacts and consents went.
    """
    before = Contact.objects.count()
    slots = SpeakerSlot.objects.filter(segment__session__cycle__in=cycles)
    emails = set(slots.exclude(contact_email="").values_list("contact_email", flat=True))
    consents, _by_model = SpeakerConsent.objects.filter(session__cycle__in=cycles).delete()
    pks = set(cycles.values_list("pk", flat=True))
    people = set(Engagement.objects.filter(session__cycle__in=pks).values_list("contact", flat=True))
    for email in sorted(emails):
        contacts.forget(email, cycles=pks)
    contacts.empty(Contact.objects.filter(pk__in=people, engagements=None))
    return Counter(speaker_consents=consents, speaker_contacts=before - Contact.objects.count())
