"""What is kept of those who speak."""

from .briefing import Briefing
from .card import LONGEST_BIO, SpeakerCard, SpeakerProfile
from .consent import SpeakerConsent
from .contact import Contact, Engagement

__all__ = [
    "LONGEST_BIO",
    "Briefing",
    "Contact",
    "Engagement",
    "SpeakerCard",
    "SpeakerConsent",
    "SpeakerProfile",
]
