"""What other apps' changes cause here, and what they may not do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext

from accounts.events import receives
from cycles.events import SpeakersChanged
from cycles.questions import against_deleting
from registrations.people.rights import further_parts

from .models import Engagement, SpeakerCard, SpeakerConsent
from .people import contacts

if TYPE_CHECKING:
    from collections.abc import Collection

    from cycles.models import Session
    from registrations.models import Participant


@receives(SpeakersChanged)
def know_contacts(event: SpeakersChanged) -> None:
    contacts.of_session(event.session_id, at=event.at)


@against_deleting.answer
def decisions_are_proof(session: Session) -> str:
    """What somebody agreed to is the proof of what was shown."""
    if SpeakerConsent.objects.filter(session=session).exists():
        return gettext(
            "Speakers decided about its recording or their slides: cancel it instead, so that the proof stays."
        )
    return ""


@further_parts.answer
def as_a_speaker(participant: Participant, cycles: Collection[int] | None) -> dict[str, Any]:
    """Add to a person's copy of their data what they answered, sent in and agreed to as a speaker."""
    contact = contacts.find(participant.email)
    if contact is None:
        return {}
    within = {} if cycles is None else {"session__cycle__in": cycles}
    answers = Engagement.objects.filter(contact=contact, **within).order_by("pk")
    cards = SpeakerCard.objects.filter(contact=contact, **within).order_by("pk")
    decisions = SpeakerConsent.objects.filter(contact=contact, **within)
    return {
        "speaking": {
            "answers": list(answers.values("session__slug", "invited_at", "answer", "answered_at", "reason")),
            "cards": list(
                cards.values(
                    "session__slug", "public_name", "role", "bio", "photo_alt", "slides_name", "submitted_at"
                )
            ),
            "decisions": list(
                decisions.values(
                    "session__slug", "purpose", "is_given", "text", "until_date", "given_at", "ended_at"
                )
            ),
        }
    }
