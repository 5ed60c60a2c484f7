"""What speakers tell the apps above, inside the transaction of the change (see accounts/events.py). `at` is UTC."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from accounts.events import Event

if TYPE_CHECKING:
    import datetime as dt

    from cycles.models import Session
    from speakers.models import Contact, Engagement


@dataclass(frozen=True, kw_only=True)
class SpeakerInvited(Event):
    """Somebody is to be asked whether they speak."""

    engagement: Engagement
    at: dt.datetime


@dataclass(frozen=True, kw_only=True)
class InvitationStopped(Event):
    """An invitation must not leave any more."""

    engagement: Engagement
    at: dt.datetime


@dataclass(frozen=True, kw_only=True)
class SpeakerAnswered(Event):
    """Somebody said yes, no, or no after a yes: `answer` is one of Engagement.Answer."""

    engagement: Engagement
    answer: str
    at: dt.datetime


@dataclass(frozen=True, kw_only=True)
class ConsentRefused(Event):
    """Somebody does not agree, or no more, to one of SpeakerConsent.Purpose."""

    contact: Contact
    session: Session
    purpose: str
    at: dt.datetime
