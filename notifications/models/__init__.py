"""What is owed, to whom and when, and what became of it.

steps    the lines of a cycle's reminder plan
ledger   mailings, deliveries, what providers report, addresses that are stopped
"""

from .ledger import Batch, Delivery, DeliveryEvent, Heartbeat, Occurrence, Suppression
from .steps import LONGEST_DELTA, OnUncertain, ReminderStep

__all__ = [
    "LONGEST_DELTA",
    "Batch",
    "Delivery",
    "DeliveryEvent",
    "Heartbeat",
    "Occurrence",
    "OnUncertain",
    "ReminderStep",
    "Suppression",
]
