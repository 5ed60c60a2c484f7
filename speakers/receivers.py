"""What other apps' changes cause here, and what they may not do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext

from accounts.events import receives
from cycles.events import SpeakersChanged
from cycles.language import naming
from cycles.questions import against_deleting, against_deleting_cycle
from registrations.people.data.rights import further_parts

from .models import Engagement, SpeakerCard, SpeakerConsent
from .people import contacts

CARD = ("public_name", "role", "bio", "photo_alt", "slides_name", "accessibility_note")

if TYPE_CHECKING:
    from collections.abc import Collection

    from cycles.models import Cycle, Session
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


@against_deleting_cycle.answer
def decisions_of_a_cycle_are_proof(cycle: Cycle) -> str:
    """As of one session."""
    if SpeakerConsent.objects.filter(session__cycle=cycle).exists():
        return gettext("Speakers decided about a recording or their slides: the proof of it stays.")
    return ""


@further_parts.answer
def as_a_speaker(participant: Participant, cycles: Collection[int] | None) -> dict[str, Any]:
    """Add to a person's copy of their data what they answered, sent in and agreed to as a speaker, by session."""
    contact = contacts.find(participant.email)
    if contact is None:
        return {}
    within = {} if cycles is None else {"session__cycle__in": cycles}
    rows: dict[int, dict[str, Any]] = {}

    def of(row: Engagement | SpeakerCard | SpeakerConsent) -> dict[str, Any]:
        title = naming.session_title(row.session)
        return rows.setdefault(row.session_id, {"session": title, "decisions": []})

    for one in Engagement.objects.filter(contact=contact, **within).select_related("session__cycle"):
        of(one).update(
            invited_at=one.invited_at,
            answer=str(one.get_answer_display()),
            answered_at=one.answered_at,
            reason=one.reason,
        )
    for card in SpeakerCard.objects.filter(contact=contact, **within).select_related("session__cycle"):
        of(card).update({name: getattr(card, name) for name in CARD})
    for row in SpeakerConsent.objects.filter(contact=contact, **within).select_related("session__cycle"):
        of(row)["decisions"].append(
            {
                "purpose": str(row.get_purpose_display()),
                "is_given": row.is_given,
                "text": row.text,
                "until_date": row.until_date,
                "given_at": row.given_at,
                "ended_at": row.ended_at,
            }
        )
    return {"speaking": list(rows.values())} if rows else {}
