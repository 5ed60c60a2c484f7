"""The planned world: what is organised, by whom, when.

catalogue   topics, territories, organisations, people
programme   programmes, objectives, partnerships, memberships
cycle       cycles, their rule, their exceptions, tracks
team        invitations to organise
sessions    sessions, agenda segments, speaker slots, the log of changes, which event of a calendar file they came from
picture     pictures of cycles, sessions and news; logos of programmes and organisations
library     events, modules, workshops, resources and the files of them that are kept here, news
audience    which calendar programs fetch the feeds, a day at a time
"""

from .audience import FeedDay, FeedFetch
from .catalogue import Organisation, Person, Territory, Topic
from .cycle import Cycle, CycleException, Track
from .library import (
    Event,
    ExternalDatabase,
    Module,
    News,
    NewsLink,
    Resource,
    ResourceFile,
    ResourceSeries,
    Workshop,
)
from .picture import PICTURED, Picture
from .programme import Membership, Objective, Partnership, Programme
from .sessions import ImportedEvent, Segment, Session, SessionChange, SpeakerSlot
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
