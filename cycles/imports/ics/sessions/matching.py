"""Which session an event of a file is: recognised by its UID, else by its start and title; a question when unsure.

Pure over rows that were read before. An event that is to come is never a session that is over: next season's file may
use last season's UIDs, and what was held keeps its title.
"""

from __future__ import annotations

import enum
import functools
import hashlib
import unicodedata
import uuid
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterable

    from cycles.imports.ics.contents.reading import Imported, Reading
    from cycles.models import Cycle, ImportedEvent, Session

# Events of one file are sessions of one cycle: the same file in two cycles makes two of each.
NAMESPACE = uuid.UUID("5b4a1a52-6a5f-4d0e-9a4e-6d2d6f1c7a10")


class How(enum.Enum):
    """By what an event was recognised."""

    SURE = "sure"
    # By a title that nothing else has, at another date: shown, and may be answered otherwise.
    LIKELY = "likely"


@dataclass
class Known:
    """A session of the cycle, with the names under which files knew it."""

    session: Session
    names: list[ImportedEvent]
    uid_is_made: bool

    @property
    def is_imported(self) -> bool:
        return bool(self.names) or self.uid_is_made

    def is_over(self, at: dt.datetime) -> bool:
        return self.session.ends_at is not None and self.session.ends_at <= at

    @functools.cached_property
    def starts(self) -> frozenset[dt.datetime]:
        """When it begins here, and when the files that knew it said."""
        starts = {name.starts_at for name in self.names}
        return frozenset(starts | {self.session.starts_at} if self.session.starts_at else starts)

    @functools.cached_property
    def titles(self) -> frozenset[str]:
        """What it is called, in any language, here and in the files that knew it, for comparing."""
        title = self.session.title
        data = title.data if isinstance(title.data, dict) else {"": title.data or ""}
        here = {plain(str(words)) for words in data.values() if words} if self.session.has_theme else set()
        return frozenset((here or {""}) | {plain(name.title) for name in self.names})


@dataclass
class Matches:
    """What was recognised: by event the session and how; questions with the session that it may be; those gone.

    `reused` are the events to come whose UID was that of a session that is over.
    """

    sessions: dict[Imported, tuple[Known, How]] = field(default_factory=dict)
    unsure: dict[Imported, Known] = field(default_factory=dict)
    gone: list[Known] = field(default_factory=list)
    reused: dict[Imported, Known] = field(default_factory=dict)


def known_sessions(cycle: Cycle) -> list[Known]:
    """Return the sessions of a cycle as an import looks at them."""
    rows = (
        cycle.sessions.select_related("cycle").prefetch_related("imported_events").order_by("starts_at", "pk")
    )
    return [
        # Before names were kept, an imported session had a UID made from the event's.
        Known(session, list(session.imported_events.all()), session.uid.version == 5)  # noqa: PLR2004 - uuid5
        for session in rows
    ]


def made_uid(cycle: Cycle, event: Imported) -> uuid.UUID:
    """Return the UID of a session made from an event: the same for the same event, so that links stay."""
    name = event.key if event.uid else f"\0{event.starts_at.isoformat()}\n{event.title}"
    return uuid.uuid5(NAMESPACE, f"{cycle.pk}\n{name}")


def entry_id(event: Imported) -> str:
    """Return a short name for an event, the same each time the file is read."""
    text = f"{event.uid}\n{event.recurrence}\n{event.starts_at.isoformat()}\n{event.title}\n{event.line}"
    return hashlib.blake2b(text.encode(), digest_size=6).hexdigest()


def match(reading: Reading, sessions: list[Known], cycle: Cycle, *, at: dt.datetime) -> Matches:
    """Return which events are which sessions."""
    return _Matcher(reading, sessions, cycle, at).run()


class _Matcher:
    def __init__(self, reading: Reading, sessions: list[Known], cycle: Cycle, at: dt.datetime) -> None:
        self.reading = reading
        self.sessions = sessions
        self.cycle = cycle
        self.at = at
        self.matches = Matches()
        self._taken: set[int] = set()

    def run(self) -> Matches:
        self._by(self._own, How.SURE)
        self._by(self._uid_and_start, How.SURE)
        self._by(self._name, How.SURE)
        self._by(self._start_and_title, How.SURE)
        self._by(self._uid_and_day, How.SURE)
        self._by(self._day_and_title, How.SURE)
        self._in_order()
        self._by_title()
        self._by(self._start_alone, How.SURE)
        self._ask()
        self._reused()
        self._gone()
        return self.matches

    def _left(self) -> list[Imported]:
        return [
            event
            for event in self.reading.events
            if event not in self.matches.sessions and event not in self.matches.unsure
        ]

    def _free(self, event: Imported) -> Iterable[Known]:
        """Yield the sessions that an event may still be; what is over is only one that is over, too."""
        for known in self.sessions:
            if known.session.pk in self._taken:
                continue
            is_past = event.ends_at <= self.at
            if known.is_over(self.at) and not is_past and event.starts_at not in known.starts:
                continue
            yield known

    def _by(self, same: Callable[[Imported, Known], bool], how: How) -> None:
        for event in self._left():
            results = [known for known in self._free(event) if same(event, known)]
            if results:
                best = min(results, key=lambda known: self._preference(event, known))
                self._take(event, best, how)

    def _preference(self, event: Imported, known: Known) -> tuple[bool, bool, bool]:
        starts_alike = event.starts_at in known.starts
        return (not starts_alike, known.is_over(self.at), not known.session.is_held)

    def _take(self, event: Imported, known: Known, how: How) -> None:
        self.matches.sessions[event] = (known, how)
        self._taken.add(known.session.pk)

    # --- one way of recognising each ---------------------------------------------------------------------------------

    def _own(self, event: Imported, known: Known) -> bool:
        """Our own UID, as our feeds give it."""
        name, _at, domain = event.uid.rpartition("@")
        return domain == settings.ESCALE_UID_DOMAIN and name == str(known.session.uid)

    def _uid_and_start(self, event: Imported, known: Known) -> bool:
        return event.starts_at in known.starts and self._has_uid(event, known)

    def _name(self, event: Imported, known: Known) -> bool:
        """The same UID, and the same date of its rule."""
        if not event.uid:
            return False
        names = {(name.uid, name.recurrence) for name in known.names}
        return (event.uid, event.recurrence) in names or made_uid(self.cycle, event) == known.session.uid

    def _start_and_title(self, event: Imported, known: Known) -> bool:
        return event.starts_at in known.starts and self._title(event) in known.titles

    def _uid_and_day(self, event: Imported, known: Known) -> bool:
        """The same UID on the same day: the hour of its rule changed, or the rule was written out."""
        return self._has_uid(event, known) and self._day(event.starts_at) in {
            self._day(start) for start in known.starts
        }

    def _day_and_title(self, event: Imported, known: Known) -> bool:
        """Named anew, on the same day at another hour."""
        title = self._title(event)
        return (
            bool(title)
            and known.is_imported
            and title in known.titles
            and self._day(event.starts_at) in {self._day(start) for start in known.starts}
        )

    def _start_alone(self, event: Imported, known: Known) -> bool:
        """At the same moment, under another title: renamed if a file brought it, else a theme for a planned date."""
        if event.starts_at not in known.starts or not known.session.is_held:
            return False
        return known.is_imported or not known.titles - {""}

    def _in_order(self) -> None:
        """Pair the dates of one UID whose rule moved to other days, when as many are left here as in the file."""
        by_uid: dict[str, list[Imported]] = defaultdict(list)
        for event in self._left():
            if event.uid and event.recurrence and event.starts_at > self.at and event.status != "CANCELLED":
                by_uid[event.uid].append(event)
        for events in by_uid.values():
            left = [
                known
                for known in self._free(events[0])
                if self._has_uid(events[0], known) and known.session.is_held and not known.is_over(self.at)
            ]
            if len(left) == len(events):
                for event, known in zip(
                    events, sorted(left, key=lambda known: min(known.starts)), strict=True
                ):
                    self._take(event, known, How.LIKELY)

    def _by_title(self) -> None:
        """Recognise what moved and was named anew by a title that nothing else has, in the file or here."""
        titles = Counter(self._title(event) for event in self.reading.events)
        here = Counter(title for known in self.sessions for title in known.titles)
        for event, left in self._alike():
            title = self._title(event)
            if len(left) == 1 and left[0].is_imported and titles[title] == here[title] == 1:
                self._take(event, left[0], How.LIKELY)

    def _ask(self) -> None:
        """Ask when a title is not alone, or was given here."""
        for event, _left in self._alike():
            left = [known for known in self._same_title(event) if known.session.pk not in self._taken]
            if left:
                nearest = min(left, key=lambda known: abs(min(known.starts) - event.starts_at))
                self.matches.unsure[event] = nearest
                self._taken.add(nearest.session.pk)

    def _alike(self) -> list[tuple[Imported, list[Known]]]:
        """Return the events to come that nothing recognised, each with the sessions of its title."""
        ahead = [event for event in self._left() if event.title and event.ends_at > self.at]
        pairs = [(event, self._same_title(event)) for event in ahead if event.status != "CANCELLED"]
        return [(event, left) for event, left in pairs if left]

    def _same_title(self, event: Imported) -> list[Known]:
        title = self._title(event)
        return [
            known
            for known in self._free(event)
            if title in known.titles and known.session.is_held and not known.is_over(self.at)
        ]

    def _reused(self) -> None:
        for event in self._left():
            for known in self.sessions:
                if known.is_over(self.at) and (self._name(event, known) or self._has_uid(event, known)):
                    self.matches.reused[event] = known
                    break

    def _gone(self) -> None:
        """Note the sessions that files brought and that this one no longer holds, or excludes."""
        is_same_source = any(known.is_imported for known, _how in self.matches.sessions.values())
        for known in self.sessions:
            if known.session.pk in self._taken or known.is_over(self.at) or not known.session.is_held:
                continue
            is_excluded = any((name.uid, name.recurrence) in self.reading.excluded for name in known.names)
            is_wrong = any(name.uid in self.reading.failed for name in known.names if name.uid)
            is_missing = self.reading.is_whole and is_same_source and known.is_imported and not is_wrong
            if is_excluded or is_missing:
                self.matches.gone.append(known)

    # --- what is compared --------------------------------------------------------------------------------------------

    def _has_uid(self, event: Imported, known: Known) -> bool:
        return bool(event.uid) and any(name.uid == event.uid for name in known.names)

    def _day(self, moment: dt.datetime) -> dt.date:
        return moment.astimezone(self.cycle.zone).date()

    def _title(self, event: Imported) -> str:
        return plain(event.title)


@functools.lru_cache(maxsize=4096)
def plain(title: str) -> str:
    """Return a title for comparing: without differences of case, form and blanks."""
    return " ".join(unicodedata.normalize("NFKC", title).casefold().split())
