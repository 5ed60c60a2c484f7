"""Inviting somebody to speak, and what they answer. One act for all their parts of one session.

The state of a slot is what the public and the agenda go by; the engagement keeps who was asked when, and for which
date the answer holds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import journal
from cycles.calendars import calendar_revision
from cycles.content import content_version
from cycles.models import Session, SpeakerSlot
from cycles.schedule.revision import next_revised_at
from speakers.events import InvitationStopped, SpeakerAnswered, SpeakerInvited
from speakers.models import Contact, Engagement
from speakers.people import contacts, speaking
from speakers.questions import against_stopping

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection

    from accounts.models import User

State = SpeakerSlot.State
Answer = Engagement.Answer
# Whom an answer of theirs concerns, by the state of their parts: a wish is nobody's to answer.
ANSWERABLE = speaking.CONCERNED
# What an organiser may note of what they were told by telephone.
NOTED = (Answer.ACCEPTED, Answer.DECLINED, Answer.WITHDRAWN)


class AnswerError(Exception):
    """A wish that cannot be granted; the message says why, in the reader's language."""


def invite(session: Session, *, email: str, by: User | None, at: dt.datetime) -> Engagement:
    """Ask somebody whether they speak; the mail leaves after a grace in which it can be stopped. Raises AnswerError."""
    with journal.entry("speaker.invite", session, by=by, at=at):
        row = _locked(session)
        _check_open(row, at=at)
        slots = _slots(row, email, states=(State.PROPOSED, State.INVITED, State.DECLINED, State.WITHDRAWN))
        if not slots:
            raise AnswerError(_("Nobody is named here under this address, or they have said yes already."))
        engagement = _engagement(row, email, at=at)
        if engagement.invited_at is not None and not engagement.answer:
            raise AnswerError(_("They were invited already: the plan chases whoever does not answer."))
        engagement.invited_at, engagement.invited_by = at, by
        engagement.invitations += 1
        engagement.answer, engagement.reason = "", ""
        engagement.answered_at = engagement.answered_starts_at = engagement.noted_by = None
        engagement.save()
        _set_state(row, slots, State.INVITED, at=at)
        SpeakerInvited(engagement=engagement, at=at).send()
        return engagement


def uninvite(session: Session, *, email: str, by: User | None, at: dt.datetime) -> None:
    """Take back an invitation whose mail has not left. Raises AnswerError once it has.

    An app above that knows that it has left says so (speakers/questions.py): nothing is changed then.
    """
    with journal.entry("speaker.uninvite", session, by=by, at=at):
        row = _locked(session)
        engagement = _engagement(row, email, at=at)
        slots = _slots(row, email, states=(State.INVITED,))
        if engagement.invited_at is None or engagement.answer or not slots:
            raise AnswerError(_("There is no invitation to stop: they were not asked, or have answered."))
        if reason := next(filter(None, against_stopping.ask(engagement)), ""):
            raise AnswerError(reason)
        InvitationStopped(engagement=engagement, at=at).send()
        engagement.invited_at, engagement.invited_by = None, None
        engagement.save()
        _set_state(row, slots, State.PROPOSED, at=at)


@transaction.atomic
def answer(
    contact: Contact, session: Session, *, says_yes: bool, at: dt.datetime, reason: str = ""
) -> Engagement:
    """Keep what somebody answers through their own link; the same answer again changes nothing. Raises AnswerError."""
    return _answer(_locked(session), contact, says_yes=says_yes, reason=reason, by=None, at=at)


def note_answer(session: Session, *, email: str, says_yes: bool, by: User, at: dt.datetime) -> Engagement:
    """Note what somebody told an organiser, by telephone for instance. Raises AnswerError."""
    with journal.entry("speaker.note_answer", session, by=by, at=at, detail="yes" if says_yes else "no"):
        row = _locked(session)
        contact = _contact(email, at=at)
        return _answer(row, contact, says_yes=says_yes, reason="", by=by, at=at)


def _answer(
    row: Session, contact: Contact, *, says_yes: bool, reason: str, by: User | None, at: dt.datetime
) -> Engagement:
    _check_open(row, at=at)
    states = (State.PROPOSED, *ANSWERABLE) if by else ANSWERABLE
    slots = _slots(row, contact.email, states=states)
    if not slots:
        raise AnswerError(_("You are not asked to speak at this session any more."))
    engagement = _engagement(row, contact.email, at=at)
    had_said_yes = any(slot.state == State.ACCEPTED for slot in slots)
    said_no = all(slot.state in (State.DECLINED, State.WITHDRAWN) for slot in slots)
    if not says_yes and said_no:
        return engagement
    if says_yes:
        given, state = Answer.ACCEPTED, State.ACCEPTED
        if had_said_yes and engagement.answer == given and engagement.answered_starts_at == row.starts_at:
            return engagement
    elif had_said_yes:
        given, state = Answer.WITHDRAWN, State.WITHDRAWN
    else:
        given, state = Answer.DECLINED, State.DECLINED
    engagement.answer, engagement.answered_at, engagement.answered_starts_at = given, at, row.starts_at
    engagement.reason, engagement.noted_by = "" if says_yes else reason, by
    engagement.save()
    _set_state(row, slots, state, at=at)
    SpeakerAnswered(engagement=engagement, answer=given, at=at).send()
    return engagement


def _locked(session: Session) -> Session:
    rows = Session.objects.select_for_update(of=("self",)).select_related("cycle__programme")
    return rows.get(pk=session.pk)


def _check_open(session: Session, *, at: dt.datetime) -> None:
    """Raise AnswerError for a session at which nobody can be asked to speak."""
    if not session.is_held or session.starts_at is None:
        raise AnswerError(_("This session has no date, or is not held: give it a date first."))
    if session.starts_at <= at:
        raise AnswerError(_("This session has begun: there is nothing to answer any more."))


def _slots(session: Session, email: str, *, states: Collection[str]) -> list[SpeakerSlot]:
    if not email:
        return []
    slots = SpeakerSlot.objects.filter(segment__session=session, contact_email=email, state__in=states)
    return list(slots.order_by("segment__order", "order"))


def _contact(email: str, *, at: dt.datetime) -> Contact:
    queryset = list(contacts.ensure([email], at=at).values())
    if not queryset:
        raise AnswerError(_("Give an address to write to first."))
    return queryset[0]


def _engagement(session: Session, email: str, *, at: dt.datetime) -> Engagement:
    contact = _contact(email, at=at)
    engagement, _is_new = Engagement.objects.get_or_create(contact=contact, session=session)
    return engagement


def _set_state(session: Session, slots: list[SpeakerSlot], state: str, *, at: dt.datetime) -> None:
    """Write the state of parts, and tell pages, calendars and whoever has the agenda open in an editor."""
    changed = [slot.pk for slot in slots if slot.state != state]
    if not changed:
        return
    SpeakerSlot.objects.filter(pk__in=changed).update(state=state)
    session.revised_at = next_revised_at(session.revised_at, at=at)
    session.save(update_fields=["revised_at"])
    content_version.touch()
    calendar_revision.look([session.pk], at=at)
