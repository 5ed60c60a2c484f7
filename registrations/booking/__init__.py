"""Taking and giving back places: the only writer of registrations.

Every verb is one transaction, takes the moment `at` (aware UTC), and may be repeated without harm: a
second click changes nothing. Locks are always taken in the same order: the cycle, the sessions that count
places in the order of their ids, the cycle registration, the row; then rows are written by the set. Signals
are sent inside the transaction.

requests   somebody asks, and proves the address
beyond     a place on purpose though none is left
entering   who gets in: at once, or on the cycle's waiting list
deciding   who gets in, or is refused, by an organiser's decision
leaving    giving places back, and erasing
queue      what moves by itself: freed and added places, offers, added sessions
"""

from .beyond import give_place
from .deciding import accept, refuse
from .entering import add, add_all, confirm, take, take_all, undo_cancel_all
from .leaving import LIVE, cancel, cancel_all, decline_offer, leave, remove
from .queue import accept_offer, join_added_sessions, settle, settle_due
from .requests import (
    Applicant,
    address_key,
    purge_unconfirmed,
    register,
    request_mark,
    resend,
    withdraw,
    withdrawal_mark,
)
from .telling import ALIVE, AlreadyThereError, BookingError, RequestChangedError, has_people, touch

__all__ = [
    "ALIVE",
    "LIVE",
    "AlreadyThereError",
    "Applicant",
    "BookingError",
    "RequestChangedError",
    "accept",
    "accept_offer",
    "add",
    "add_all",
    "address_key",
    "cancel",
    "cancel_all",
    "confirm",
    "decline_offer",
    "give_place",
    "has_people",
    "join_added_sessions",
    "leave",
    "purge_unconfirmed",
    "refuse",
    "register",
    "remove",
    "request_mark",
    "resend",
    "settle",
    "settle_due",
    "take",
    "take_all",
    "touch",
    "undo_cancel_all",
    "withdraw",
    "withdrawal_mark",
]
