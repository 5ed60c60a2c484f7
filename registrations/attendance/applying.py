"""Attendance from a platform's file: kept, looked at, then written as the preview showed it.

What a person noted by hand or signed stays. A second report of a session is added to the first: when both say when
people were there their stays are united, so that what both say counts once. The same file again changes nothing.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import zlib
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

from django.utils.translation import gettext as _

from accounts import journal
from registrations.models import Registration, State
from registrations.people import names
from registrations.tables import remembering
from registrations.tables.models import ColumnChoice

from . import matching, noting, presence, reports
from .models import Attendance, AttendanceReport
from .noting import HALF_DAY, SETTLED, AttendanceError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from accounts.models import User
    from cycles.models import Session
    from registrations.tables.headings import Column

    from .presence import Shift, Stay, Window
    from .report_lines import Line

DEFAULT_THRESHOLD = 50
# Somebody who gave the place back may have come all the same, with the link of a colleague.
MAY_HAVE_COME = (State.CONFIRMED, State.OFFERED, State.WAITLISTED, State.CANCELLED)
USE = ColumnChoice.Use.ATTENDANCE
Together = Literal["", "add", "replace"]


@dataclass(frozen=True, kw_only=True)
class Asked:
    """How a report is to be read.

    `threshold` is the percentage of the session from which somebody was present. With `absent_others` those who hold a
    place and of whom nothing is known are noted as absent; None: only if nobody in the file is left unmatched.
    `together` says what becomes of an earlier report, `hours` by how many the hours of the file are put forward (None:
    as far as the file itself makes it sure). `columns` is {plain heading: role}, `people` {key of a stranger:
    registration}. With `all_came` everybody in a file without minutes or hours was there.
    """

    threshold: int = DEFAULT_THRESHOLD
    absent_others: bool | None = None
    together: Together = ""
    hours: int | None = None
    all_came: bool = False
    columns: Mapping[str, str] = field(default_factory=dict)
    people: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """Whose time lies in part outside of the session: minutes that count, and minutes that do not."""

    registration: int
    name: str
    kept: float
    cut: float


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What a report would write: nothing is written yet."""

    line_count: int
    rows: tuple[Attendance, ...]
    # People in the report whose attendance is known, or becomes so.
    found: frozenset[int]
    by_name: frozenset[int]
    by_hand: tuple[tuple[matching.Stranger, int], ...]
    strangers: tuple[matching.Stranger, ...]
    # People in the report whose attendance somebody settled: left as it is.
    settled: int
    is_other_day: bool
    days: tuple[dt.date, ...]
    columns: tuple[Column, ...]
    # Nothing says that anybody came: neither minutes nor hours, nor yes or no.
    lacks_evidence: bool
    cut: tuple[Cut, ...]
    shift: Shift | None
    hours: int
    absent_others: bool
    is_again: bool
    # People whom an earlier report noted, too.
    repeated: int
    # They cannot be added up without being told how: one of the reports says only how long.
    must_choose: bool
    # Who has a place or had one, and is not in the file: whom a stranger may be.
    missing: tuple[matching.Expected, ...]

    @property
    def counts(self) -> Counter[str]:
        return Counter(row.state for row in self.rows)

    @property
    def hours_earlier(self) -> int:
        """By how many hours the hours of the file are put back."""
        return max(-self.hours, 0)

    @property
    def unmatched(self) -> tuple[matching.Stranger, ...]:
        """The people of the file who are not known, without those who hold the meeting."""
        return tuple(stranger for stranger in self.strangers if stranger.why != "holder")

    @property
    def holders(self) -> tuple[matching.Stranger, ...]:
        return tuple(stranger for stranger in self.strangers if stranger.why == "holder")


def upload(session: Session, *, name: str, data: bytes, by: User | None, at: dt.datetime) -> AttendanceReport:
    """Keep a platform's file until somebody has looked at its preview. Raises TableError."""
    reports.read(
        data,
        day=session.local_date,
        zone=session.zone,
        chosen=remembering.choices(session.cycle.programme, use=USE),
    )
    with journal.entry("attendance.upload", session, by=by, at=at):
        AttendanceReport.objects.filter(session=session, uploaded_by=by, applied_at=None).delete()
        return AttendanceReport.objects.create(
            session=session,
            name=name[:200],
            content=zlib.compress(data),
            digest=hashlib.sha256(data).hexdigest(),
            uploaded_by=by,
            uploaded_at=at,
        )


def discard(report: AttendanceReport) -> None:
    """Forget a file that was only looked at; one that was applied stays as the record of it."""
    AttendanceReport.objects.filter(pk=report.pk, applied_at=None).delete()


def window_of(session: Session) -> Window | None:
    """Return when a session is on, in its own zone; None while it has no hours."""
    if session.starts_at is None or session.ends_at is None:
        return None
    start, end = (
        moment.astimezone(session.zone).replace(tzinfo=None)
        for moment in (session.starts_at, session.ends_at)
    )
    # In the hour that is lived twice an end may read as before the start.
    return presence.Window(start=start, end=max(end, start + presence.MINUTE))


def read(report: AttendanceReport, *, asked: Asked, by: User | None = None, at: dt.datetime) -> Reading:
    """Return what applying a report would write, in four queries. Raises TableError."""
    session = report.session
    chosen = {**remembering.choices(session.cycle.programme, use=USE), **asked.columns}
    content = reports.read(
        zlib.decompress(report.content), day=session.local_date, zone=session.zone, chosen=chosen
    )
    window = window_of(session)
    lines, shift, hours = _put_in_place(content.lines, window, asked)
    lacks_evidence = not (content.is_timed or content.is_said or asked.all_came)
    if asked.all_came and not content.is_timed:
        lines = tuple(replace(line, is_seen=not line.is_absent) for line in lines)
    everybody = expected(session)
    people = [person for person, _has_place in everybody]
    match = matching.match(lines, people, window=window, by_hand=asked.people)
    days = {line.joined_at.date() for line in lines if line.joined_at}
    is_other_day = bool(days) and session.local_date is not None and session.local_date not in days
    unmatched = any(stranger.why != "holder" for stranger in match.strangers)
    absent_others = not unmatched if asked.absent_others is None else asked.absent_others
    can_write = not lacks_evidence and not is_other_day
    known = {
        row.registration_id: row
        for row in Attendance.objects.filter(registration__session=session, half_day=HALF_DAY)
    }
    is_again = bool(report.digest) and (
        AttendanceReport.objects.filter(session=session, digest=report.digest)
        .exclude(applied_at=None)
        .exists()
    )
    writer = _Writer(
        asked=asked,
        length=window.length if window else None,
        known=known,
        is_again=is_again,
        absent_others=absent_others,
        by=by,
        at=at,
    )
    if can_write:
        for person, has_place in everybody:
            result = match.found.get(person.id)
            writer.add(person.id, result.stay if result else None, has_place=has_place)
    names = {person.id: person for person in people}
    return Reading(
        line_count=len(lines),
        rows=tuple(writer.rows),
        found=frozenset(match.found),
        by_name=frozenset(pk for pk, one in match.found.items() if one.how == "name"),
        by_hand=match.by_hand,
        strangers=match.strangers,
        settled=writer.settled,
        is_other_day=is_other_day,
        days=tuple(sorted(days)),
        columns=content.columns,
        lacks_evidence=lacks_evidence,
        cut=tuple(
            Cut(registration=pk, name=names[pk].name, kept=one.stay.minutes or 0.0, cut=one.stay.cut)
            for pk, one in match.found.items()
            if one.stay.cut >= 1
        ),
        shift=shift,
        hours=hours,
        absent_others=absent_others and can_write,
        is_again=is_again,
        repeated=writer.repeated,
        must_choose=writer.must_choose,
        missing=tuple(person for person in people if person.id not in match.found),
    )


def expected(session: Session) -> list[tuple[matching.Expected, bool]]:
    """Return who may have come to a session, by name, each with whether they have a place there."""
    shown = names.shown("cycle_registration__")
    rows = (
        Registration.objects.filter(session=session, state__in=MAY_HAVE_COME)
        .order_by(shown["shown_sort"], shown["shown_given_sort"], "pk")
        .values_list(
            "pk", "state", "participant__email_key", shown["shown_given_name"], shown["shown_family_name"]
        )
    )
    return [
        (matching.Expected(id=pk, email=email, name=f"{given} {family}".strip()), state == State.CONFIRMED)
        for pk, state, email, given, family in rows
    ]


def _put_in_place(
    lines: tuple[Line, ...], window: Window | None, asked: Asked
) -> tuple[tuple[Line, ...], Shift | None, int]:
    """Return the lines with their hours in the session's zone, what they seem to be off by, and what was done."""
    shift = presence.shift_of(lines, window) if window is not None else None
    hours = asked.hours
    if hours is None:
        hours = shift.hours if shift is not None and shift.is_sure else 0
    if hours:
        away = dt.timedelta(hours=hours)
        lines = tuple(
            replace(
                line,
                joined_at=line.joined_at + away if line.joined_at else None,
                left_at=line.left_at + away if line.left_at else None,
            )
            for line in lines
        )
    return lines, shift, hours


@dataclass(kw_only=True)
class _Writer:
    """Works out the rows of a report, person by person, against what is known of them."""

    asked: Asked
    length: float | None
    known: Mapping[int, Attendance]
    is_again: bool
    absent_others: bool
    by: User | None
    at: dt.datetime
    rows: list[Attendance] = field(default_factory=list)
    settled: int = 0
    repeated: int = 0
    must_choose: bool = False

    def add(self, pk: int, stay: Stay | None, *, has_place: bool) -> None:
        row = self.known.get(pk)
        if row is not None and row.source in SETTLED:
            self.settled += stay is not None
            return
        earlier = row if row is not None and row.source == Attendance.Source.REPORT else None
        has_only_minutes = earlier is not None and earlier.spans is None and earlier.state in noting.CAME
        if self.is_again and stay is not None and has_only_minutes:
            # The minutes that are kept are rounded, and may hold those of another report.
            return
        outcome = None if stay is None else self._verdict(self._together(stay, earlier))
        if outcome is None:
            self._not_in_file(pk, row, earlier, has_place=has_place)
            return
        state, minutes, spans = outcome
        if earlier is not None and (earlier.state, earlier.minutes, earlier.spans) == (state, minutes, spans):
            return
        self._write(pk, state, minutes, spans)

    def _not_in_file(
        self, pk: int, row: Attendance | None, earlier: Attendance | None, *, has_place: bool
    ) -> None:
        is_replaced = earlier is not None and self.asked.together == "replace" and not self.is_again
        if row is not None and not is_replaced:
            return
        if self.absent_others and has_place:
            if row is None or row.state != Attendance.State.ABSENT:
                self._write(pk, Attendance.State.ABSENT, None, None)
        elif is_replaced:
            self._write(pk, Attendance.State.UNKNOWN, None, None)

    def _write(self, pk: int, state: str, minutes: int | None, spans: list[list[int]] | None) -> None:
        self.rows.append(
            noting.row_of(
                pk, state, minutes, spans=spans, source=Attendance.Source.REPORT, by=self.by, at=self.at
            )
        )

    def _together(self, stay: Stay, earlier: Attendance | None) -> Stay:
        """Return a stay with what an earlier report said of the same person."""
        if earlier is None or earlier.state not in noting.CAME:
            return stay
        spans = None if earlier.spans is None else tuple((int(a), int(b)) for a, b in earlier.spans)
        minutes = presence.total(spans) if spans else earlier.minutes
        before = presence.Stay(minutes=minutes, cut=0.0, spans=spans, is_seen=True)
        if self.is_again:
            return before
        self.repeated += 1
        if self.asked.together == "replace":
            return stay
        if not stay.is_seen or stay.minutes is None:
            return before
        if stay.spans is None or spans is None:
            self.must_choose = self.must_choose or self.asked.together == ""
        return presence.together(before, stay, length=self.length)

    def _verdict(self, stay: Stay) -> tuple[str, int | None, list[list[int]] | None] | None:
        outcome = matching.verdict(stay, length=self.length, threshold=self.asked.threshold)
        if outcome is None:
            return None
        state, minutes = outcome
        spans = None if stay.spans is None or minutes is None else [list(span) for span in stay.spans]
        return state, minutes, spans


def apply(report: AttendanceReport, *, asked: Asked, by: User | None, at: dt.datetime) -> Reading | None:
    """Write what the preview showed, worked out again under the lock; None if it was written already.

    The file is then forgotten; who brought it in, when, and how many lines it had stays, and which column was which is
    remembered for the programme. Raises AttendanceError where an earlier report cannot be added to without a choice,
    or the file does not say that anybody came.
    """
    with journal.entry("attendance.apply", report, by=by, at=at):
        noting.lock(report.session_id)
        noting.refuse_closed(report.session_id)
        row = AttendanceReport.objects.select_related("session__cycle__programme").get(pk=report.pk)
        if row.applied_at is not None:
            return None
        reading = read(row, asked=asked, by=by, at=at)
        if reading.lacks_evidence:
            raise AttendanceError(_("Say first which column holds the minutes or the hours."))
        if reading.must_choose:
            raise AttendanceError(
                _("Say first what becomes of the earlier report: added to this one, or replaced by it.")
            )
        noting.save(reading.rows)
        remembering.remember(row.session.cycle.programme, use=USE, chosen=asked.columns)
        row.content = b""
        row.applied_at = at
        row.line_count = reading.line_count
        row.matched_count = len(reading.found)
        row.unmatched_count = len(reading.unmatched)
        row.save(update_fields=["content", "applied_at", "line_count", "matched_count", "unmatched_count"])
        noting.tell(row.session_id, at=at)
        return reading
