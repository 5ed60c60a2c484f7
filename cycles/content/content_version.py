"""When something that a visitor can see has changed: one counter for the whole site."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, NamedTuple

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from cycles.models import ContentVersion

if TYPE_CHECKING:
    from collections.abc import Callable

EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_listeners: list[Callable[[], None]] = []


def on_change(listener: Callable[[], None]) -> None:
    """Call `listener` in this process after a change was committed."""
    _listeners.append(listener)


class Version(NamedTuple):
    """The site's content version and when it last rose (aware UTC)."""

    number: int
    changed_at: dt.datetime


def version() -> Version:
    """Return the current content version; number 0 at the epoch before the first change."""
    row = ContentVersion.objects.filter(pk=1).values_list("number", "changed_at").first()
    return Version(*row) if row else Version(0, EPOCH)


def touch() -> None:
    """Say, in the transaction of a change, that public pages and feeds are to be built anew.

    Rows saved one by one do it by themselves (see `connect`); bulk writes must call it.
    """
    # The clock is only kept for people who look at the row; nothing is computed from it.
    changed = ContentVersion.objects.filter(pk=1).update(number=F("number") + 1, changed_at=timezone.now())
    if not changed:
        ContentVersion.objects.get_or_create(pk=1, defaults={"number": 1, "changed_at": timezone.now()})
    transaction.on_commit(_tell)


def _tell() -> None:
    for listener in _listeners:
        listener()
