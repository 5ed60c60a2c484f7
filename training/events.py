"""What training tells the apps above, inside the transaction (see accounts/events.py). `at` is UTC."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from accounts.events import Event

if TYPE_CHECKING:
    import datetime as dt

    from training.models import Document


@dataclass(frozen=True, kw_only=True)
class PaperIssued(Event):
    """A certificate or a statement was issued to a trainee, for the first time or in the place of another."""

    document: Document
    at: dt.datetime


@dataclass(frozen=True, kw_only=True)
class PaperWithdrawn(Event):
    """A certificate or a statement was taken back; nothing takes its place."""

    document: Document
    at: dt.datetime
