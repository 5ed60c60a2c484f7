"""What is owed when somebody is asked to speak, and what an organiser is told of the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.dispatch import receiver
from django.utils import translation
from django.utils.translation import gettext as _

from accounts import addresses
from cycles import access
from cycles.models import SpeakerSlot
from cycles.schedule import planning
from cycles.signals import session_changed
from notifications.delivery import ledger, sending
from notifications.mail.envelope import voice
from notifications.models import Delivery
from speakers.answers.verbs import AnswerError
from speakers.models import Engagement, SpeakerConsent
from speakers.people import speaking
from speakers.signals import consent_refused, invitation_withdrawn, speaker_answered, speaker_invited

if TYPE_CHECKING:
    import datetime as dt

    from cycles.models import Session, SessionChange
    from speakers.models import Contact

# As for every notice: time enough to see a slip, and to stop it.
GRACE = planning.GRACE
INVITED, SAID_NO, OBJECTS = "speaker_invited", "speaker_said_no", "speaker_objects"


@receiver(speaker_invited, dispatch_uid="notifications.speaker_invited")
def owe_invitation(*, engagement: Engagement, at: dt.datetime, **_more: Any) -> None:
    """Owe the invitation. It follows no revision: a date that moves before it leaves is told by it."""
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
        next_at=at + GRACE,
        not_after=session.starts_at,
    )
    ledger.owe([mail])


def waiting(engagement: Engagement) -> Delivery | None:
    """Return the invitation of somebody as long as it can be stopped."""
    rows = Delivery.objects.filter(key=f"invited:{engagement.pk}:{engagement.invitations}")
    return rows.filter(state=Delivery.State.PENDING).first()


@receiver(invitation_withdrawn, dispatch_uid="notifications.invitation_withdrawn")
def stop_invitation(*, engagement: Engagement, **_more: Any) -> None:
    """Stop an invitation that waits. Raises AnswerError once it leaves, or has left."""
    rows = Delivery.objects.filter(key=f"invited:{engagement.pk}:{engagement.invitations}")
    if not ledger.skip(rows, reason=Delivery.Reason.STOPPED):
        raise AnswerError(_("The invitation has left: write to them, or note their answer."))


@receiver(session_changed, dispatch_uid="notifications.speaker_invitations")
def follow_session(*, change: SessionChange, **_more: Any) -> None:
    """Let no invitation leave to a session that is not held any more."""
    if not change.session.is_held:
        rows = Delivery.objects.filter(kind=INVITED, session=change.session)
        ledger.skip(rows, reason=Delivery.Reason.SESSION_GONE)


@receiver(speaker_answered, dispatch_uid="notifications.speaker_answered")
def tell_of_no(*, engagement: Engagement, answer: str, at: dt.datetime, **_more: Any) -> None:
    """Tell the organiser of a no, once; who noted it knows already."""
    if answer == Engagement.Answer.ACCEPTED or engagement.noted_by is not None:
        return

    def words() -> str:
        who = _who(engagement.contact, engagement.session)
        said = (
            _("%(who)s had said yes, and cannot speak any more.")
            if answer == Engagement.Answer.WITHDRAWN
            else _("%(who)s cannot speak.")
        ) % {"who": who}
        return said + (
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


@receiver(consent_refused, dispatch_uid="notifications.consent_refused")
def tell_of_refusal(
    *, contact: Contact, session: Session, purpose: str, at: dt.datetime, **_more: Any
) -> None:
    """Tell the organiser that somebody does not agree, or no more."""
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
