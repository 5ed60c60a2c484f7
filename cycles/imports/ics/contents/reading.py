"""What a file says: its dated events, the dates that it excludes, and whether that is all of a calendar."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import datetime as dt

    from cycles.calendars.rfc5545 import ical


@dataclass(frozen=True, kw_only=True)
class Imported:
    """One dated event of a file.

    `uid` and `recurrence` name it: its UID (empty without one), and the wall time that a rule gave it, if one did.
    `is_postponed` and `off_reason` (why it is cancelled or postponed) are said by our own feeds only.
    `room_url` is where it is held, if the file says so; nothing of it may be shown in public.
    """

    line: int
    uid: str
    recurrence: str
    title: str
    text: str
    room_url: str
    status: ical.Status
    starts_at: dt.datetime
    ends_at: dt.datetime
    is_all_day: bool
    number: int | None = None
    topics: tuple[str, ...] = ()
    is_postponed: bool = False
    off_reason: str = ""
    is_own: bool = False

    @property
    def key(self) -> str:
        return f"{self.uid}\n{self.recurrence}" if self.recurrence else self.uid


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What a file says. `excluded` are the dates (uid, wall time) that it takes out of a rule.

    `is_whole` says that what is not in it is not in the calendar: no message about one event, and not cut off.
    `failed` are the UIDs of events that are there, but wrong.
    """

    events: tuple[Imported, ...] = ()
    excluded: frozenset[tuple[str, str]] = frozenset()
    is_whole: bool = True
    failed: frozenset[str] = frozenset()
