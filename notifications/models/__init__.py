"""What is owed, to whom and when, and what became of it.

steps       the lines of a cycle's reminder plan
ledger      mailings, deliveries, what providers report, addresses that are stopped
group       what organisers write to a group of people
messages    an organiser's words in the place of the standard ones
news        what was announced, and who no longer wants to hear it
organisers  which mails organisers do not want
sent_texts  what mails said that have left
"""

from .group import GroupMessage
from .ledger import (
    Batch,
    Delivery,
    DeliveryEvent,
    DomainRest,
    Heartbeat,
    Occurrence,
    Pace,
    RefusedMailing,
    Suppression,
)
from .messages import MessageText
from .news import Announcement, NewsStop
from .organisers import OrganiserStop
from .sent_texts import SentText
from .steps import LONGEST_DELTA, OnUncertain, ReminderStep

__all__ = [
    "LONGEST_DELTA",
    "Announcement",
    "Batch",
    "Delivery",
    "DeliveryEvent",
    "DomainRest",
    "GroupMessage",
    "Heartbeat",
    "MessageText",
    "NewsStop",
    "Occurrence",
    "OnUncertain",
    "OrganiserStop",
    "Pace",
    "RefusedMailing",
    "ReminderStep",
    "SentText",
    "Suppression",
]
