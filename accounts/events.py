"""Events: how an app tells the apps above it, which it cannot import, that something has changed.

The kinds are frozen dataclasses in the `events.py` of the app that sends them. An event is sent inside the
transaction of the change, and its receivers write rows in it and nothing else: both are kept, or neither. An
event asks for nothing; what needs an answer is a question (`accounts.questions`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from django.db import transaction

if TYPE_CHECKING:
    from collections.abc import Callable

E = TypeVar("E", bound="Event")


class Event:
    """The base of every kind of event; each kind has receivers of its own."""

    receivers: ClassVar[list[Callable[[Any], None]]]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.receivers = []

    def send(self) -> None:
        """Hand the event to its receivers, in the order in which their apps are installed. What one raises goes on.

        Raises TransactionManagementError outside a transaction.
        """
        if not transaction.get_connection().in_atomic_block:
            msg = f"{type(self).__name__} is sent outside the transaction of its change"
            raise transaction.TransactionManagementError(msg)
        for receiver in self.receivers:
            receiver(self)


def receives(kind: type[E]) -> Callable[[Callable[[E], None]], Callable[[E], None]]:
    """Register a function as a receiver of a kind of event; its module is imported by its app's `ready`."""

    def register(function: Callable[[E], None]) -> Callable[[E], None]:
        kind.receivers.append(function)
        return function

    return register
