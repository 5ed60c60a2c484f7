"""The planned world: what is organised, by whom, when.

catalogue   topics, territories, organisations, people
programme   programmes, objectives, partnerships, memberships
cycle       cycles, their rule, their exceptions, tracks
team        invitations to organise
session     sessions, agenda segments, speaker slots, the log of changes
imported    which event of which calendar file a session came from
picture     pictures of cycles, sessions and news; logos of programmes and organisations
library     events, modules, workshops, resources, news
files       the files of resources that are kept here
audience    which calendar programs fetch the feeds, a day at a time
"""

from .audience import FeedDay, FeedFetch
from .catalogue import Organisation, Person, Territory, Topic
from .cycle import Cycle, CycleException, Track
from .files import ResourceFile
from .imported import ImportedEvent
from .library import (
    Event,
    ExternalDatabase,
    Module,
    News,
    NewsLink,
    Resource,
    ResourceSeries,
    Workshop,
)
from .picture import PICTURED, Picture
from .programme import Membership, Objective, Partnership, Programme
from .session import Segment, Session, SessionChange, SpeakerSlot
from .team import Invitation
from .version import ContentVersion

__all__ = [
    "PICTURED",
    "ContentVersion",
    "Cycle",
    "CycleException",
    "Event",
    "ExternalDatabase",
    "FeedDay",
    "FeedFetch",
    "ImportedEvent",
    "Invitation",
    "Membership",
    "Module",
    "News",
    "NewsLink",
    "Objective",
    "Organisation",
    "Partnership",
    "Person",
    "Picture",
    "Programme",
    "Resource",
    "ResourceFile",
    "ResourceSeries",
    "Segment",
    "Session",
    "SessionChange",
    "SpeakerSlot",
    "Territory",
    "Topic",
    "Track",
    "Workshop",
]
