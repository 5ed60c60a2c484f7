"""Listening to the events of our apps for the length of a test."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from accounts.events import Event

E = TypeVar("E", bound="Event")


@contextlib.contextmanager
def hearing(kind: type[E], receiver: Callable[[E], object]) -> Iterator[None]:
    """Hand each event of a kind to a function, too, after those of the apps."""
    kind.receivers.append(receiver)  # type: ignore[arg-type]  # what it returns is not looked at
    try:
        yield
    finally:
        kind.receivers.remove(receiver)  # type: ignore[arg-type]  # likewise
