"""What is owed to those who speak: the lines of the plan made for them, and the notices of a change of date.

They are few and have no registration, so their mails are owed one by one. The key names the address, not the row
of the agenda: whoever takes two parts gets one mail, and an agenda that is written anew owes none again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from accounts import addresses
from cycles.models import SpeakerSlot
from notifications.delivery import ledger
from notifications.mail.kinds import TO_SPEAKERS
from notifications.models import Delivery, OnUncertain, ReminderStep
from registrations import speaking
from registrations.booking import address_key
from registrations.links import personal_links
from registrations.models import Registration

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from cycles.models import Session
    from notifications.models import Occurrence
    from registrations.models import RegistrationQuerySet
    from registrations.speaking import Speaker


def kind_of(occurrence: Occurrence) -> str | None:
    """Return which mail a mailing sends to those who speak; None for one that is not for them."""
    if occurrence.step is None:
        return TO_SPEAKERS.get(occurrence.kind)
    return occurrence.kind if occurrence.step.audience == ReminderStep.Audience.SPEAKERS else None


def told(session: Session) -> list[Speaker]:
    """Return who is told of a change as a speaker: not those who are told as participants already (R8)."""
    speakers = speaking.of(session)
    if not speakers:
        return []
    keys = [address_key(speaker.email) for speaker in speakers]
    live = Registration.objects.live().filter(session=session, participant__email_key__in=keys)
    registered = set(live.values_list("participant__email_key", flat=True))
    return [speaker for speaker, key in zip(speakers, keys, strict=True) if key not in registered]


def count_told(sessions: Sequence[Session], *, beside: RegistrationQuerySet) -> int:
    """Count who is told of changes of these sessions as a speaker only: who is registered `beside` is told anyway."""
    slots = SpeakerSlot.objects.reachable().filter(segment__session__in=sessions)
    keys = {address_key(email) for email in slots.values_list("contact_email", flat=True)}
    if not keys:
        return 0
    registered = beside.filter(participant__email_key__in=keys)
    return len(keys - set(registered.values_list("participant__email_key", flat=True)))


def owe(
    occurrence: Occurrence, *, prefix: str, leaves_at: dt.datetime, at: dt.datetime, is_late: bool
) -> int:
    """Owe a mailing's mails to those who speak; return how many were new. `is_late`: only written down."""
    kind = kind_of(occurrence)
    if kind is None:
        return 0
    step, session = occurrence.step, occurrence.session
    mails = [
        Delivery(
            key=f"{prefix}s{ledger.address_hash(speaker.email)[:32]}",
            kind=kind,
            occurrence=occurrence,
            session=session,
            revision=occurrence.revision,
            to_address=speaker.email,
            domain=addresses.domain(speaker.email),
            language=speaker.language,
            on_uncertain=step.on_uncertain if step else OnUncertain.RETRY,
            state=Delivery.State.SKIPPED if is_late else Delivery.State.PENDING,
            reason=Delivery.Reason.TOO_LATE if is_late else "",
            created_at=at,
            next_at=leaves_at,
            not_after=occurrence.not_after,
        )
        for speaker in (speaking.of(session) if step else told(session))
    ]
    known = set(Delivery.objects.filter(key__in=[m.key for m in mails]).values_list("key", flat=True))
    ledger.owe(mails)
    return len({mail.key for mail in mails} - known)


def context(speaker: Speaker, session: Session, *, language: str) -> dict[str, Any]:
    """Return what a mail to someone who speaks says beside what it says of the session."""
    titles = [str(slot.segment.title or slot.segment.topic or "") for slot in speaker.slots]
    return {
        "speaker_url": personal_links.speak(session, email=speaker.email, language=language),
        "own_parts": list(dict.fromkeys(title for title in titles if title)),
    }
