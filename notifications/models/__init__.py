"""What is owed, to whom and when, and what became of it.

steps    the lines of a cycle's reminder plan
ledger   mailings, deliveries, what providers report, addresses that are stopped
news     what was announced, and who no longer wants to hear it
"""

from .ledger import Batch, Delivery, DeliveryEvent, DomainRest, Heartbeat, Occurrence, Suppression
from .news import Announcement, NewsStop
from .steps import LONGEST_DELTA, OnUncertain, ReminderStep

__all__ = [
    "LONGEST_DELTA",
    "Announcement",
    "Batch",
    "Delivery",
    "DeliveryEvent",
    "DomainRest",
    "Heartbeat",
    "NewsStop",
    "Occurrence",
    "OnUncertain",
    "ReminderStep",
    "Suppression",
]
