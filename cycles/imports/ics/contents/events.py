"""Components to dated events: which of them belong together, which version counts, what each says.

One event that is wrong is left out, with its line; the others are read.
"""

from __future__ import annotations

import datetime as dt
import functools
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from cycles.calendars.rfc5545 import ical
from cycles.imports.ics.syntax import moments, rules, series
from cycles.imports.ics.syntax.moments import Clock, MomentError
from cycles.imports.ics.syntax.zones import Zones

from . import groups, own
from .entry import Entry, read_entry
from .groups import Group, Source
from .reading import Imported, Reading

if TYPE_CHECKING:
    from cycles.imports.ics.syntax.source import Component, Line
    from cycles.imports.programme.report import Report

MOST_EVENTS = 500
DEFAULT_MINUTES = 60
# Messages to whoever invites (RFC 5546, 1.4): what they say of an hour is a wish.
OF_ONE_PERSON = frozenset({"REPLY", "COUNTER", "REFRESH", "DECLINECOUNTER"})
LONGEST_UID = 255


@dataclass(frozen=True)
class _Series:
    """An event with its dates, as far as its changed occurrences need it."""

    uid: str
    entry: Entry
    events: dict[str, Imported]
    written: series.Series | None = None

    @functools.cached_property
    def stamps(self) -> dict[dt.datetime, str]:
        return {_local(stamp, self.entry): stamp for stamp in self.events}


def read(
    calendars: list[Component],
    *,
    zone: str,
    minutes: int | None,
    last_date: dt.date | None,
    at: dt.datetime,
    report: Report,
) -> Reading:
    """Return the events of a file by date. What is wrong is added to the report, with its line.

    `zone` is where hours without a zone count; `minutes` the length of an event without an end; a rule without an
    end gives what is to come at `at`, until `last_date` or for two years.
    """
    answers = [calendar for calendar in calendars if calendar.word("METHOD") in OF_ONE_PERSON]
    for answer in answers:
        report.error(
            answer.number,
            "",
            _(
                "this is what one person answered to an invitation, not a calendar: export the calendar itself"
            ),
        )
    calendars = [calendar for calendar in calendars if calendar not in answers]
    clock = Clock(Zones(calendars), zone, report)
    reader = _Reader(clock, minutes or DEFAULT_MINUTES, last_date, at, report)
    sources = [
        Source(inner, calendar, own.is_ours(calendar))
        for calendar in calendars
        for inner in calendar.inner
        if inner.name == "VEVENT"
    ]
    if calendars and not sources and not report.errors:
        report.error(1, "", _("there is no event in this file"))
    result = reader.read(sources)
    if len(result) > MOST_EVENTS:
        report.error(
            result[MOST_EVENTS].line, "", _("more than %(most)d events are too many") % {"most": MOST_EVENTS}
        )
        return Reading()
    if sources and not result and not report.errors:
        report.error(1, "", _("no event of this file is still to come"))
    is_whole = all(c.word("METHOD") in ("", "PUBLISH") and not c.is_cut for c in calendars)
    return Reading(
        events=tuple(sorted(result, key=lambda event: (event.starts_at, event.line))),
        excluded=frozenset(reader.excluded),
        is_whole=is_whole,
        failed=frozenset(reader.failed),
    )


class _Reader:
    def __init__(
        self, clock: Clock, minutes: int, last_date: dt.date | None, at: dt.datetime, report: Report
    ) -> None:
        self.clock = clock
        self.minutes = minutes
        self.report = report
        self.expander = series.Expander(clock, last_date=last_date, at=at, report=report)
        self.excluded: set[tuple[str, str]] = set()
        self.failed: set[str] = set()

    def read(self, sources: list[Source]) -> list[Imported]:
        by_uid: dict[str, Group] = {}
        nameless = Group()
        for source in sources:
            if source.component.is_cut:
                self._error(source.component, _("this event is cut off: export the calendar again"))
                continue
            line = source.component.first("UID")
            uid = _uid(line)
            group = by_uid.setdefault(uid, Group()) if uid else nameless
            is_change = source.component.first("RECURRENCE-ID") is not None
            (group.overrides if is_change else group.masters).append(source)
        result = self._nameless(nameless)
        for uid, group in groups.with_masters(by_uid).items():
            result += self._group(uid, group)
            if len(result) > MOST_EVENTS:
                break
        return self._once(result)

    def _nameless(self, group: Group) -> list[Imported]:
        """Return the events without a UID, which are known again by start and title only."""
        each, strays = groups.nameless(group)
        for stray in strays:
            self._error(stray.component, _("this changed date has no UID: of which event is it?"))
        return [event for one in each for event in self._group("", one)]

    def _group(self, uid: str, group: Group) -> list[Imported]:
        masters = self._versions(uid, group.masters)
        events: dict[str, Imported] = {}
        for master in masters:
            try:
                events |= self._master(uid, master, group.overrides, alone=len(masters) == 1)
            except (MomentError, rules.RuleError) as error:
                self._told(master.component, error)
        if not masters:
            for override in self._latest(group.overrides):
                if not override.calendar.word("METHOD"):
                    self.report.warn(
                        override.component.number,
                        "VEVENT",
                        _(
                            "this is a changed date of an event that is not in the file: it is taken by itself"
                        ),
                    )
                try:
                    events |= self._alone(uid, override)
                except (MomentError, rules.RuleError) as error:
                    self._told(override.component, error)
        return list(events.values())

    def _versions(self, uid: str, masters: list[Source]) -> list[Source]:
        """Return the components that are events of their own: of two versions of one event the later."""
        starts = {line.value for source in masters if (line := source.component.first("DTSTART"))}
        if len(masters) < 2:  # noqa: PLR2004 - one is no question
            return masters
        newest = max(source.version for source in masters)
        latest = [source for source in masters if source.version == newest]
        has_rule = any(source.component.first("RRULE") for source in masters)
        differ = len({source.version[0] for source in masters}) > 1
        if len(starts) == 1 or (differ and (has_rule or len(starts) == 2) and len(latest) == 1):  # noqa: PLR2004 - an old and a new one
            self.report.warn(
                latest[-1].component.number,
                "VEVENT",
                _("the UID “%(uid)s” stands for several versions of one event: the latest is taken")
                % {"uid": uid[:60]},
            )
            return latest[-1:]
        self.report.warn(
            masters[1].component.number,
            "VEVENT",
            _("the UID “%(uid)s” stands for several events: each is taken") % {"uid": uid[:60]},
        )
        return masters

    def _latest(self, overrides: list[Source]) -> list[Source]:
        """Return one version of each changed occurrence: that of the highest SEQUENCE, then the later in the file."""
        chosen: dict[tuple[str, str], Source] = {}
        for source in overrides:
            line = source.component.first("RECURRENCE-ID")
            key = (line.value.strip(), line.param("TZID")) if line else ("", "")
            if key not in chosen or source.version >= chosen[key].version:
                chosen[key] = source
        return list(chosen.values())

    def _master(
        self, uid: str, source: Source, overrides: list[Source], *, alone: bool
    ) -> dict[str, Imported]:
        """Return the events of one component, with those of its occurrences that were changed."""
        self.clock.enter(source.calendar)
        entry = self._entry(source)
        if not any(source.component.first(name) for name in ("RRULE", "RDATE")):
            # Several events of one UID are told apart by their starts.
            stamp = "" if alone else _stamp(entry.start.local)
            events = {stamp: self._event((uid, stamp), source, entry)}
            return events | (self._changes(_Series(uid, entry, events), overrides) if alone else {})
        written = self.expander.write_out(source.component, entry.start, entry.length)
        self.excluded |= {(uid, _stamp(local)) for local in written.excluded}
        events = {
            _stamp(local): self._event((uid, _stamp(local)), source, entry, local, written.lengths.get(local))
            for local in written.locals
        }
        return events | self._changes(_Series(uid, entry, events, written), overrides)

    def _changes(self, of: _Series, overrides: list[Source]) -> dict[str, Imported]:
        """Return the changed occurrences by the wall time that they replace; a later version wins."""
        changed: dict[str, Imported] = {}
        versions: dict[str, tuple[int, str, str]] = {}
        # "This and all following" first: what changes one of them has the last word.
        for source in sorted(overrides, key=lambda source: (not _is_range(source), source.version)):
            try:
                result = self._change(of, source)
            except (MomentError, rules.RuleError) as error:
                self._told(source.component, error)
                continue
            for stamp, event in result.items():
                if versions.get(stamp, source.version) <= source.version or _is_range(source):
                    changed[stamp] = event
                    versions[stamp] = (0, "", "") if _is_range(source) else source.version
        return changed

    def _change(self, of: _Series, source: Source) -> dict[str, Imported]:
        """Return what one RECURRENCE-ID changes: one occurrence, or it and all that follow."""
        self.clock.enter(source.calendar)
        line = source.component.first("RECURRENCE-ID")
        assert line is not None  # noqa: S101 - that is what made it a change
        start, written = of.entry.start, of.written
        moment = self.clock.moment(line)
        local = moments.in_zone(moment, start.zone, self.clock.cycle_zone.name, is_day=start.is_day)
        excluded = written.excluded if written else set()
        meant = series.match(
            moment,
            local,
            start,
            set(of.stamps) | excluded,
            cycle_zone=self.clock.cycle_zone.name,
        )
        if not meant and written and written.from_local and local < written.from_local:
            return {}
        if not meant and written:
            meant = self._on_that_day(of, line, local)
        first = min(meant) if meant else local
        base = replace(of.entry, start=replace(start, local=first))
        entry = self._entry(source, base=base)
        if _is_range(source):
            return self._from_here(of, source, entry, first)
        stamp = of.stamps.get(first, _stamp(first))
        if not meant and written is not None:
            self.report.warn(
                line.number,
                "VEVENT",
                _("this changed occurrence fits no date of its rule: it is taken as one more"),
            )
        self.excluded.discard((of.uid, stamp))
        return {stamp: self._event((of.uid, stamp), source, entry)}

    def _on_that_day(self, of: _Series, line: Line, local: dt.datetime) -> set[dt.datetime]:
        """Return the only date that a rule has on the day of a changed occurrence whose hour is another."""
        meant = {one for one in of.stamps if one.date() == local.date()}
        if len(meant) != 1:
            return set()
        self.report.warn(
            line.number,
            "VEVENT",
            _(
                "the hour of this changed occurrence is not that of its rule: it is taken for the date of that day"
            ),
        )
        return meant

    def _from_here(
        self, of: _Series, source: Source, entry: Entry, first: dt.datetime
    ) -> dict[str, Imported]:
        """Return "this and all following" (RANGE=THISANDFUTURE), moved by as much as the first of them."""
        start = moments.in_zone(
            entry.start, of.entry.start.zone, self.clock.cycle_zone.name, is_day=of.entry.start.is_day
        )
        shifted = replace(entry, start=replace(of.entry.start, is_day=entry.start.is_day))
        return {
            stamp: self._event((of.uid, stamp), source, shifted, local + (start - first))
            for local, stamp in of.stamps.items()
            if local >= first
        }

    def _alone(self, uid: str, source: Source) -> dict[str, Imported]:
        """Return a changed occurrence whose series is not in the file: a message about one date."""
        self.clock.enter(source.calendar)
        line = source.component.first("RECURRENCE-ID")
        assert line is not None  # noqa: S101 - that is what made it a change
        moment = self.clock.moment(line)
        base = None
        if source.component.first("DTSTART") is None:
            base = Entry(start=moment, length=dt.timedelta(minutes=self.minutes))
        entry = self._entry(source, base=base)
        local = moments.in_zone(
            moment, entry.start.zone, self.clock.cycle_zone.name, is_day=entry.start.is_day
        )
        stamp = _stamp(local)
        return {stamp: self._event((uid, stamp), source, entry)}

    def _entry(self, source: Source, *, base: Entry | None = None) -> Entry:
        return read_entry(
            source.component,
            clock=self.clock,
            minutes=self.minutes,
            base=base,
            is_cancelled=source.calendar.word("METHOD") == "CANCEL",
            language=own.language(source.calendar) if source.is_own else "",
            report=self.report,
        )

    def _event(
        self,
        name: tuple[str, str],
        source: Source,
        entry: Entry,
        local: dt.datetime | None = None,
        length: dt.timedelta | None = None,
    ) -> Imported:
        """Return an event by its UID and wall time; as the entry says, or at another time or of another length."""
        starts_at, ends_at = entry.span(
            local or entry.start.local, length or entry.length, zone=self.clock.cycle_zone.name
        )
        return Imported(
            line=source.component.number,
            uid=name[0],
            recurrence=name[1],
            title=entry.title,
            text=entry.text,
            room_url=entry.room_url,
            status=entry.status,
            starts_at=starts_at,
            ends_at=ends_at,
            is_all_day=entry.start.is_day,
            number=entry.number,
            topics=entry.topics,
            is_postponed=entry.is_postponed,
            off_reason=entry.off_reason,
            is_own=source.is_own,
        )

    def _once(self, events: list[Imported]) -> list[Imported]:
        """Leave out an event that stands in the file twice, at one hour, under one title and two UIDs."""
        seen: dict[tuple[dt.datetime, dt.datetime, str, str], Imported] = {}
        kept = []
        for event in events:
            key = (event.starts_at, event.ends_at, event.title.casefold(), event.status)
            first = seen.setdefault(key, event)
            if first is event or not event.title:
                kept.append(event)
                continue
            self.report.warn(
                event.line,
                "VEVENT",
                _("the same event stands in line %(line)d, too: it is taken once") % {"line": first.line},
            )
        return kept

    def _told(self, component: Component, error: Exception) -> None:
        """Note an event that is wrong; a MomentError was told where it was found."""
        line = component.first("UID")
        self.failed.add(_uid(line))
        if isinstance(error, rules.RuleError):
            self._error(component, str(error))

    def _error(self, component: Component, message: str) -> None:
        self.report.error(component.number, "VEVENT", message)


def _uid(line: Line | None) -> str:
    return ical.clean(line.value.strip()[:LONGEST_UID]) if line else ""


def _is_range(source: Source) -> bool:
    line = source.component.first("RECURRENCE-ID")
    return line is not None and line.param("RANGE").upper() == "THISANDFUTURE"


def _stamp(local: dt.datetime) -> str:
    return f"{local:%Y%m%dT%H%M%S}"


def _local(stamp: str, entry: Entry) -> dt.datetime:
    """Return the wall time of a stamp; without one, that of the event itself."""
    return dt.datetime.strptime(stamp, "%Y%m%dT%H%M%S") if stamp else entry.start.local  # noqa: DTZ007 - wall time
