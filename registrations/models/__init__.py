"""Participants, what they registered for, what they agreed to, and their private calendar address.

participants    people, one for each address
registrations   for a cycle, and a row for each session
questions       what a form asks, and where its readers come from
consents        what people agreed to
links           private calendar addresses, requests for lost links
limits          counters of rate limits
"""

from registrations.attendance import models as _attendance  # noqa: F401 - Django finds these models through this one
from registrations.people import models as _notes  # noqa: F401 - likewise
from registrations.tables import models as _tables  # noqa: F401 - likewise

from .consents import Consent, ConsentText
from .limits import CrowdWindow, Tally
from .links import FeedToken, LinkRequest
from .participants import Participant, new_link_secret
from .questions import Question, SourceCode
from .registrations import (
    SEATED,
    WAITING,
    CycleRegistration,
    Registration,
    RegistrationQuerySet,
    State,
)

__all__ = [
    "SEATED",
    "WAITING",
    "Consent",
    "ConsentText",
    "CrowdWindow",
    "CycleRegistration",
    "FeedToken",
    "LinkRequest",
    "Participant",
    "Question",
    "Registration",
    "RegistrationQuerySet",
    "SourceCode",
    "State",
    "Tally",
    "new_link_secret",
]
