"""What registrations tell the apps above, inside the transaction (see accounts/events.py). `at` is UTC."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from accounts.events import Event

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection, Mapping, Sequence

    from registrations.models import CycleRegistration, Participant


@dataclass(frozen=True, kw_only=True)
class RegistrationChanged(Event):
    """One person's own act, or an organiser's decision about them.

    `kind` is "requested", "repeated", "in_review", "refused", "waitlisted", "confirmed", "taken", "restored",
    "cancelled", "removed" or "withdrawn" (a request that is erased right after). `registration` has its participant
    loaded and, when "requested" or "confirmed", its cycle; `registration_ids` are the per-session rows concerned,
    `reason` what an organiser wrote to somebody "removed".
    """

    kind: str
    registration: CycleRegistration
    registration_ids: Sequence[int]
    at: dt.datetime
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class QueueMoved(Event):
    """The queue moved by itself: places that became free went on to people who waited, or offers ended.

    `kind` is "promoted", "offered" or "offer_ended"; `people` is {cycle registration: its per-session rows}, with
    none for the whole cycle.
    """

    kind: str
    people: Mapping[int, Sequence[int]]
    at: dt.datetime


@dataclass(frozen=True, kw_only=True)
class SessionsJoined(Event):
    """People who are registered for a whole cycle got rows at sessions that were added to it."""

    cycle_id: int
    session_ids: Collection[int]
    at: dt.datetime


@dataclass(frozen=True, kw_only=True)
class AttendanceChanged(Event):
    """It became known, or known better, who came to a session."""

    session_id: int
    at: dt.datetime


@dataclass(frozen=True, kw_only=True)
class RegistrationsForgotten(Event):
    """Cycle registrations are nobody's from now on, or about to be erased, while the person may stay for others."""

    ids: Collection[int]


@dataclass(frozen=True, kw_only=True)
class AddressForgotten(Event):
    """A person was erased, but their row stays with a proof that must be kept."""

    participant: Participant


@dataclass(frozen=True, kw_only=True)
class AddressAsked(Event):
    """Somebody wants to be written to elsewhere: the new address must be proved first.

    `holder` is whose it is already.
    """

    participant: Participant
    email: str
    holder: Participant | None
    at: dt.datetime


@dataclass(frozen=True, kw_only=True)
class AddressChanged(Event):
    """A new address is in force: proved, or corrected by an organiser on the registration `corrected`.

    `participant` has the new address, `before` is the old one.
    """

    participant: Participant
    before: str
    corrected: CycleRegistration | None
    at: dt.datetime


@dataclass(frozen=True, kw_only=True)
class LinksSought(Event):
    """Somebody asks at «Find my registrations» for what is theirs under an address, whoever that is here.

    `email` is in its normal form. Sent for every address, known or not; a participant's own link is `LinkAsked`.
    """

    email: str
    at: dt.datetime


@dataclass(frozen=True, kw_only=True)
class LinkAsked(Event):
    """Somebody's own link is to be mailed to the address on record."""

    participant: Participant
    at: dt.datetime
