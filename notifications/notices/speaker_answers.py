"""What is owed when somebody is asked to speak, and what an organiser is told of the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from accounts import addresses
from accounts.events import receives
from cycles import access
from cycles.events import ScheduleChanged
from cycles.models import SpeakerSlot
from cycles.schedule import planning
from notifications.delivery import ledger
from notifications.delivery.run import sending
from notifications.mail.parts.envelope import voice
from notifications.models import Delivery
from speakers.events import ConsentRefused, InvitationStopped, SpeakerAnswered, SpeakerInvited
from speakers.models import Engagement, SpeakerConsent
from speakers.people import speaking
from speakers.questions import against_stopping

if TYPE_CHECKING:
    import datetime as dt

    from cycles.models import Session
    from speakers.models import Contact

INVITED, SAID_NO, OBJECTS = "speaker_invited", "speaker_said_no", "speaker_objects"


@receives(SpeakerInvited)
def owe_invitation(event: SpeakerInvited) -> None:
    """Owe the invitation, after the grace of every notice. A date that moves before it leaves is told by it."""
    engagement, at = event.engagement, event.at
    contact, session = engagement.contact, engagement.session
    speaker = speaking.find(session, email=contact.email)
    mail = Delivery(
        key=f"invited:{engagement.pk}:{engagement.invitations}",
        kind=INVITED,
        session=session,
        to_address=contact.email,
        domain=addresses.domain(contact.email),
        language=speaker.language if speaker else settings.LANGUAGE_CODE,
        created_at=at,
        next_at=at + planning.grace(),
        not_after=session.starts_at,
    )
    ledger.owe([mail])


def waiting(engagement: Engagement) -> Delivery | None:
    """Return the invitation of somebody as long as it can be stopped."""
    rows = Delivery.objects.filter(key=f"invited:{engagement.pk}:{engagement.invitations}")
    return rows.filter(state=Delivery.State.PENDING).first()


@against_stopping.answer
def has_left(engagement: Engagement) -> str:
    """An invitation that leaves, or has left, cannot be stopped."""
    if waiting(engagement) is None:
        return _("The invitation has left: write to them, or note their answer.")
    return ""


@receives(InvitationStopped)
def stop_invitation(event: InvitationStopped) -> None:
    row = event.engagement
    mails = Delivery.objects.filter(key=f"invited:{row.pk}:{row.invitations}")
    ledger.skip(mails, reason=Delivery.Reason.STOPPED)


@receives(ScheduleChanged)
def follow_session(event: ScheduleChanged) -> None:
    """Let no invitation leave to a session that is not held any more."""
    change = event.change
    if not change.session.is_held:
        rows = Delivery.objects.filter(kind=INVITED, session=change.session)
        ledger.skip(rows, reason=Delivery.Reason.SESSION_GONE)


@receives(SpeakerAnswered)
def tell_of_no(event: SpeakerAnswered) -> None:
    """Tell the organiser of a no, once; who noted it knows already."""
    engagement, answer, at = event.engagement, event.answer, event.at
    if answer == Engagement.Answer.ACCEPTED or engagement.noted_by is not None:
        return

    def words() -> str:
        who = _who(engagement.contact, engagement.session)
        result = (
            _("%(who)s had said yes, and cannot speak any more.")
            if answer == Engagement.Answer.WITHDRAWN
            else _("%(who)s cannot speak.")
        ) % {"who": who}
        return result + (
            ("\n" + _("The reason given: %(reason)s") % {"reason": engagement.reason})
            if engagement.reason
            else ""
        )

    _owe_organiser(
        engagement.session,
        engagement,
        kind=SAID_NO,
        key=f"no:{engagement.pk}:{_stamp(at)}",
        words=words,
        at=at,
    )


@receives(ConsentRefused)
def tell_of_refusal(event: ConsentRefused) -> None:
    """Tell the organiser that somebody does not agree, or no more."""
    contact, session, purpose, at = event.contact, event.session, event.purpose, event.at
    engagement = Engagement.objects.filter(contact=contact, session=session).first()

    def words() -> str:
        label = str(SpeakerConsent.Purpose(purpose).label)
        return _("%(who)s does not agree to this: %(what)s.") % {"who": _who(contact, session), "what": label}

    key = f"objects:{contact.pk}:{session.pk}:{purpose}:{_stamp(at)}"
    _owe_organiser(session, engagement, kind=OBJECTS, key=key, words=words, at=at)


def _who(contact: Contact, session: Session) -> str:
    speaker = speaking.find(session, email=contact.email, states=SpeakerSlot.State.values)
    if speaker is None:
        return _("a speaker")
    slot = speaker.slots[0]
    return f"{speaker.name} ({slot})" if speaker.name and speaker.name != str(slot) else str(slot)


def _owe_organiser(
    session: Session, engagement: Engagement | None, *, kind: str, key: str, words: Any, at: dt.datetime
) -> None:
    """Owe one mail to whoever invited them, as long as they plan here; else to the mailbox that the cycle names."""
    inviter = engagement.invited_by if engagement else None
    if inviter is not None and access.Right.PLAN in access.rights(inviter, session.cycle.programme):
        address, language = inviter.email, inviter.language or settings.LANGUAGE_CODE
    else:
        address, language = voice(session.cycle).contact, settings.LANGUAGE_CODE
    with translation.override(language):
        note = words()
    mail = Delivery(
        key=key,
        kind=kind,
        session=session,
        to_address=address,
        domain=addresses.domain(address),
        language=language,
        created_at=at,
        next_at=at,
        note=note,
    )
    ledger.owe([mail])
    sending.wake()


def _stamp(at: dt.datetime) -> int:
    return int(at.timestamp())
