"""Noting who came: the only writer of attendance.

What a person noted by hand or signed is never changed by a click or a report; a report counts for more than a
click. Every verb is one transaction, locks the session (a report and a hand at the same time wait for each
other) and writes by the set. `by` is the organiser, None when it is the person.
"""

from __future__ import annotations

import zlib
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Count, Q, Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import journal
from cycles.models import Session
from registrations import names
from registrations.models import Registration, State
from registrations.signals import attendance_changed

from . import matching, reports
from .models import Attendance, AttendanceCount, AttendanceReport

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping

    from accounts.models import User

HALF_DAY = 1
BATCH = 1000
DEFAULT_THRESHOLD = 50
SETTLED = (Attendance.Source.HAND, Attendance.Source.SIGNATURE)
# Somebody who gave the place back may have come all the same, with the link of a colleague.
MAY_HAVE_COME = (State.CONFIRMED, State.OFFERED, State.WAITLISTED, State.CANCELLED)


class AttendanceError(Exception):
    """A wish that cannot be granted; the message says why, in the reader's language."""


@transaction.atomic
def join(registration: Registration, *, at: dt.datetime) -> bool:
    """Note that the person went to the room; only the first time counts. Returns whether it was the first."""
    is_first = bool(Registration.objects.filter(pk=registration.pk, joined_at=None).update(joined_at=at))
    if is_first:
        # A report that said "absent" was wrong, or of another hour: the organiser decides, not a click.
        Attendance.objects.bulk_create(
            [
                Attendance(
                    registration=registration,
                    half_day=HALF_DAY,
                    state=Attendance.State.PRESENT,
                    source=Attendance.Source.JOIN,
                    noted_at=at,
                )
            ],
            ignore_conflicts=True,
        )
        _tell(registration.session_id, at=at)
    return is_first


@journal.verb("attendance.upload", gettext_lazy("brought in an attendance report"))
def upload(session: Session, *, name: str, data: bytes, by: User | None, at: dt.datetime) -> AttendanceReport:
    """Keep a platform's file until somebody has looked at its preview. Raises reports.ReportError."""
    reports.read(data, day=session.local_date)
    with transaction.atomic():
        AttendanceReport.objects.filter(session=session, uploaded_by=by, applied_at=None).delete()
        return AttendanceReport.objects.create(
            session=session, name=name[:200], content=zlib.compress(data), uploaded_by=by, uploaded_at=at
        )


def discard(report: AttendanceReport) -> None:
    """Forget a file that was only looked at; one that was applied stays as the record of it."""
    AttendanceReport.objects.filter(pk=report.pk, applied_at=None).delete()


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What a report would write: nothing is written yet."""

    line_count: int
    rows: tuple[Attendance, ...]
    by_name: frozenset[int]
    strangers: tuple[matching.Stranger, ...]
    # People in the report whose attendance somebody settled: left as it is.
    settled: int
    is_other_day: bool
    days: tuple[dt.date, ...]

    @property
    def counts(self) -> Counter[str]:
        return Counter(row.state for row in self.rows)

    @property
    def matched(self) -> int:
        return sum(1 for row in self.rows if row.source == Attendance.Source.REPORT) + self.settled


def read(
    report: AttendanceReport,
    *,
    threshold: int = DEFAULT_THRESHOLD,
    absent_others: bool = True,
    by: User | None = None,
    at: dt.datetime,
) -> Reading:
    """Return what applying a report would write, in two queries.

    `threshold` is the percentage of the session from which somebody was present. With `absent_others` those
    who hold a place and of whom nothing is known are noted as absent.
    """
    session = report.session
    content = reports.read(zlib.decompress(report.content), day=session.local_date)
    shown = names.shown("cycle_registration__")
    everybody = list(
        Registration.objects.filter(session=session, state__in=MAY_HAVE_COME)
        .order_by("pk")
        .values_list(
            "pk", "state", "participant__email_key", shown["shown_given_name"], shown["shown_family_name"]
        )
    )
    known = dict(
        Attendance.objects.filter(registration__session=session, half_day=HALF_DAY).values_list(
            "registration_id", "source"
        )
    )
    match = matching.match(
        content.lines,
        [
            matching.Expected(id=pk, email=email, name=f"{given} {family}")
            for pk, _state, email, given, family in everybody
        ],
    )
    length = (
        (session.ends_at - session.starts_at).total_seconds() / 60
        if session.starts_at and session.ends_at
        else None
    )
    rows = []
    settled = 0
    for pk, state, *_person in everybody:
        presence = match.found.get(pk)
        if presence is None:
            if absent_others and state == State.CONFIRMED and pk not in known:
                rows.append(_row(pk, "absent", None, by=by, at=at, source=Attendance.Source.REPORT))
        elif known.get(pk) in SETTLED:
            settled += 1
        else:
            came, minutes = matching.verdict(presence, length=length, threshold=threshold)
            rows.append(_row(pk, came, minutes, by=by, at=at, source=Attendance.Source.REPORT))
    return Reading(
        line_count=len(content.lines),
        rows=tuple(rows),
        by_name=frozenset(pk for pk, presence in match.found.items() if presence.how == "name"),
        strangers=match.strangers,
        settled=settled,
        is_other_day=bool(content.days) and session.local_date not in content.days,
        days=tuple(sorted(content.days)),
    )


def _row(
    registration_id: int, state: str, minutes: int | None, *, source: str, by: User | None, at: dt.datetime
) -> Attendance:
    return Attendance(
        registration_id=registration_id,
        half_day=HALF_DAY,
        state=state,
        source=source,
        minutes=minutes,
        noted_at=at,
        noted_by=by,
    )


def _save(rows: Iterable[Attendance]) -> None:
    Attendance.objects.bulk_create(
        rows,
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["registration", "half_day"],
        update_fields=["state", "source", "minutes", "noted_at", "noted_by"],
    )


def _lock(session_id: int) -> Session:
    return Session.objects.select_for_update(of=("self",)).select_related("cycle").get(pk=session_id)


def _tell(session_id: int, *, at: dt.datetime) -> None:
    attendance_changed.send(sender=Attendance, session_id=session_id, at=at)


@journal.verb("attendance.apply", gettext_lazy("applied an attendance report"))
def apply(
    report: AttendanceReport,
    *,
    threshold: int,
    absent_others: bool,
    by: User | None,
    at: dt.datetime,
) -> Reading | None:
    """Write what the preview showed, worked out again under the lock; None if it was written already.

    The file is then forgotten; who brought it in, when, and how many lines it had stays.
    """
    _lock(report.session_id)
    row = AttendanceReport.objects.select_related("session__cycle").get(pk=report.pk)
    if row.applied_at is not None:
        return None
    reading = read(row, threshold=threshold, absent_others=absent_others, by=by, at=at)
    _save(reading.rows)
    row.content = b""
    row.applied_at = at
    row.line_count = reading.line_count
    row.matched_count = reading.matched
    row.unmatched_count = len(reading.strangers)
    row.save(update_fields=["content", "applied_at", "line_count", "matched_count", "unmatched_count"])
    _tell(row.session_id, at=at)
    return reading


@journal.verb("attendance.note", gettext_lazy("noted who came"))
def note(
    session: Session,
    *,
    values: Mapping[int, tuple[str, int | None]],
    by: User | None,
    at: dt.datetime,
) -> int:
    """Note by hand {registration: (state, minutes)}; return how many. Others' registrations are left alone."""
    _lock(session.pk)
    own = set(Registration.objects.filter(session=session, pk__in=values).values_list("pk", flat=True))
    came = (Attendance.State.PRESENT, Attendance.State.PARTIAL)
    rows = [
        _row(pk, state, minutes if state in came else None, source=Attendance.Source.HAND, by=by, at=at)
        for pk, (state, minutes) in values.items()
        if pk in own
    ]
    _save(rows)
    if rows:
        _tell(session.pk, at=at)
    return len(rows)


@journal.verb("attendance.mark_absent", gettext_lazy("noted the others as absent"))
def mark_absent(session: Session, *, by: User | None, at: dt.datetime) -> int:
    """Note everybody who holds a place and of whom nothing is known as absent; return how many.

    Raises AttendanceError while the session is not over.
    """
    locked = _lock(session.pk)
    if not locked.is_held or locked.ends_at is None or locked.ends_at > at:
        raise AttendanceError(_("The session is not over yet: somebody may still come."))
    unknown = Registration.objects.confirmed().filter(session=session, attendances=None)
    rows = [
        _row(pk, Attendance.State.ABSENT, None, source=Attendance.Source.HAND, by=by, at=at)
        for pk in unknown.order_by("pk").values_list("pk", flat=True)
    ]
    _save(rows)
    if rows:
        _tell(session.pk, at=at)
    return len(rows)


CAME = (Attendance.State.PRESENT, Attendance.State.PARTIAL)
KNOWN = (*CAME, Attendance.State.ABSENT, Attendance.State.EXCUSED)
WITHOUT_PLACE = Count("pk", filter=~Q(registration__state=State.CONFIRMED))


@dataclass(frozen=True, kw_only=True)
class Tally:
    """How many people a session had in each state, and how many of these had no place there."""

    states: Counter[str] = field(default_factory=Counter)
    unplaced: Counter[str] = field(default_factory=Counter)

    @property
    def came(self) -> int:
        return sum(self.states[state] for state in CAME)

    @property
    def came_without_place(self) -> int:
        return sum(self.unplaced[state] for state in CAME)

    @property
    def is_noted(self) -> bool:
        return any(self.states[state] for state in KNOWN)

    @property
    def known(self) -> int:
        """The people with a place of whom something is known."""
        return sum(self.states[state] - self.unplaced[state] for state in KNOWN)


def tallies(session_ids: Iterable[int]) -> dict[int, Tally]:
    """Return what each session has, erased rows included (their counts outlive them), in two queries."""
    ids = list(session_ids)
    found = {pk: Tally() for pk in ids}
    rows: Any = (
        Attendance.objects.filter(registration__session__in=ids, half_day=HALF_DAY)
        .order_by()
        .values_list("registration__session_id", "state")
        .annotate(people=Count("pk"), without_place=WITHOUT_PLACE)
    )
    kept: Any = (
        AttendanceCount.objects.filter(session__in=ids)
        .order_by()
        .values_list("session_id", "state")
        .annotate(total=Sum("people"), without=Sum("without_place"))
    )
    for pk, state, people, without_place in [*rows, *kept]:
        found[pk].states[state] += people
        found[pk].unplaced[state] += without_place
    return found
