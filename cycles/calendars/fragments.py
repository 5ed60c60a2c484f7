"""The calendar events of sessions, each rendered once per change and language.

A process keeps them by the session's UID and the instant at which it was last shown differently (`calendar_revision`
raises it with every visible change), so nothing here ever has to be thrown away because it became untrue.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from cycles.site.page_cache.bounded import BUDGETS, BoundedCache

from . import entries
from .rfc5545 import ical

if TYPE_CHECKING:
    import datetime as dt
    import uuid

    from django.db.models import QuerySet

    from cycles.models import Session


class Key(NamedTuple):
    """What decides the bytes of one event."""

    uid: uuid.UUID
    shown_at: dt.datetime | None
    language: str
    with_cycle: bool


# The events of one process.
_store: BoundedCache[bytes] = BoundedCache(most_bytes=BUDGETS["calendar events"], size=len)


def events(sessions: QuerySet[Session], *, language: str, with_cycle: bool) -> tuple[list[bytes], set[str]]:
    """Return the events of dated sessions in the queryset's order, and the time zones that they name.

    One light query for those that are kept; the others are loaded and rendered.
    """
    rows = sessions.values_list("uid", "shown_at", "cycle__timezone", "is_all_day")
    keys, zones = [], set()
    for uid, shown_at, zone, is_all_day in rows:
        keys.append(Key(uid, shown_at, language, with_cycle))
        if not is_all_day:
            zones.add(zone)
    kept = {key: event for key in keys if (event := _store.get(key)) is not None}
    if missing := {key.uid: key for key in keys if key not in kept}:
        fresh = {}
        # All of them when many are new: a list of a thousand keys costs more than the rest of the table.
        wanted = sessions if len(missing) == len(keys) else sessions.filter(uid__in=list(missing))
        for session in entries.loaded(wanted):
            if session.uid in missing:
                entry = entries.entry(session, language=language, with_cycle=with_cycle)
                key = missing[session.uid]
                kept[key] = ical.event(entry)
                # The row may have changed between the two queries: kept under the instant that it has now.
                if session.shown_at is not None:
                    fresh[key._replace(shown_at=session.shown_at)] = kept[key]
        for key, event in fresh.items():
            _store.put(key, event)
    return [kept[key] for key in keys if key in kept], zones
