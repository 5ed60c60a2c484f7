"""Writing sessions and exceptions by the rules of planning.

A new session is planned where the file says. An existing one is moved, cancelled or restored with the verbs
of `cycles.schedule.planning`, so that the people registered are told; one whose schedule an organiser has changed here
keeps it, and the report says so. A session that is over is only corrected.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from cycles.events import SessionsAdded
from cycles.language import wording
from cycles.models import Session
from cycles.schedule import planning

from .rows import save_differences

if TYPE_CHECKING:
    import datetime as dt

    from cycles.imports.programme.file.document import Document
    from cycles.imports.programme.file.records import SessionRecord
    from cycles.imports.programme.report import Report
    from cycles.models import Cycle


class ScheduleWriter:
    def __init__(self, document: Document, report: Report, *, at: dt.datetime) -> None:
        self.document = document
        self.report = report
        self.at = at
        self.added: dict[str, list[int]] = {}
        # Planned dates whose session an organiser has rescheduled: their exceptions are no longer the file's.
        self.kept: set[tuple[str, dt.date | None]] = set()
        self._renumbered: set[str] = set()

    def write(
        self, record: SessionRecord, cycle: Cycle, fields: dict[str, Any]
    ) -> tuple[Session, bool, bool]:
        """Return the session, whether it is new, and whether it changed."""
        self._free_numbers(cycle)
        session = cycle.sessions.filter(slug=record.slug).first()
        if session is None:
            occurrence = record.occurrence
            session = Session.objects.create(
                cycle=cycle,
                slug=record.slug,
                **fields,
                status=record.status,
                status_before_cancel=Session.Status.CONFIRMED
                if record.status == Session.Status.CANCELLED
                else "",
                cancel_reason=record.cancel_reason,
                planned_date=record.planned_date,
                starts_at=occurrence.starts_at if occurrence else None,
                ends_at=occurrence.ends_at if occurrence else None,
                is_all_day=bool(occurrence and occurrence.is_all_day),
                # A calendar program may ignore the cancellation of an event that it never saw change.
                revision=int(record.status == Session.Status.CANCELLED),
                created_at=self.at,
                revised_at=planning.next_revised_at(None, at=self.at),
            )
            self.added.setdefault(cycle.slug, []).append(session.pk)
            return session, True, False
        is_changed = bool(save_differences(session, fields))
        before = (session.revision, session.revised_at, session.status, session.planned_date)
        self._reschedule(record, session)
        session.refresh_from_db()
        after = (session.revision, session.revised_at, session.status, session.planned_date)
        return session, False, is_changed or before != after

    def _free_numbers(self, cycle: Cycle) -> None:
        """Let go of the numbers that the file gives to other sessions: each is unique in a cycle."""
        if cycle.slug in self._renumbered:
            return
        self._renumbered.add(cycle.slug)
        wanted = {record.slug: record.fields["number"] for record in self.document.sessions_of(cycle.slug)}
        changing = [
            session.pk
            for session in cycle.sessions.all()
            if session.slug in wanted and session.number != wanted[session.slug]
        ]
        cycle.sessions.filter(pk__in=changing).update(number=None)

    def _reschedule(self, record: SessionRecord, session: Session) -> None:
        occurrence = record.occurrence
        starts_at = occurrence.starts_at if occurrence else None
        ends_at = occurrence.ends_at if occurrence else None
        wanted = (starts_at, ends_at, record.status)
        if (session.starts_at, session.ends_at, session.status) == wanted:
            self._correct(session, {"planned_date": record.planned_date})
            return
        if session.changes.filter(by__isnull=False).exists():
            self.kept.add((session.cycle.slug, session.planned_date))
            record.item.warn(
                _("keeps the schedule that an organiser gave it here: %(when)s") % {"when": _when(session)}
            )
            return
        if session.ends_at is None or session.ends_at > self.at:
            try:
                self._plan(record, session)
            except planning.PlanningError as error:
                record.item.error(str(error))
                return
            session.refresh_from_db()
        self._correct(
            session,
            {
                "planned_date": record.planned_date,
                "starts_at": starts_at,
                "ends_at": ends_at,
                "is_all_day": bool(occurrence and occurrence.is_all_day),
                "status": record.status,
                "cancel_reason": record.cancel_reason,
            },
        )

    def _plan(self, record: SessionRecord, session: Session) -> None:
        """Use the verb that leads to what the file says; what remains is no change of schedule."""
        occurrence = record.occurrence
        if session.status == Session.Status.CANCELLED and record.status != Session.Status.CANCELLED:
            planning.restore(session, by=None, at=self.at)
        if record.status == Session.Status.CANCELLED:
            if session.status != Session.Status.CANCELLED:
                planning.cancel(session, reason=record.cancel_reason, by=None, at=self.at)
        elif record.status == Session.Status.POSTPONED:
            planning.postpone(session, by=None, at=self.at)
        elif occurrence and (session.starts_at, session.ends_at) != (
            occurrence.starts_at,
            occurrence.ends_at,
        ):
            planning.move(
                session,
                to=occurrence.starts_at,
                until=occurrence.ends_at,
                reason=self._reason(record),
                by=None,
                at=self.at,
            )

    def _reason(self, record: SessionRecord) -> dict[str, str] | str:
        timetable = self.document.timetables[record.cycle.slug]
        for departure in timetable.departures:
            if timetable.departure(departure)[0] == record.planned_date:
                return departure.fields["reason"]  # type: ignore[no-any-return] # words of both languages
        return ""

    def _correct(self, session: Session, fields: dict[str, Any]) -> None:
        if save_differences(session, fields):
            session.revised_at = planning.next_revised_at(session.revised_at, at=self.at)
            session.save(update_fields=["revised_at"])

    def finish(self, cycle: Cycle) -> None:
        """Write the exceptions of a cycle, and tell of its new sessions."""
        timetable = self.document.timetables[cycle.slug]
        for departure in timetable.departures:
            planned, to = timetable.departure(departure)
            if (cycle.slug, planned) in self.kept:
                continue
            fields = {"kind": departure.kind, "moved_to": to, **departure.fields}
            row = cycle.exceptions.filter(planned_date=planned).first()
            if row is None:
                cycle.exceptions.create(planned_date=planned, **fields)
                self.report.created["exceptions"] += 1
            elif save_differences(row, fields):
                self.report.changed["exceptions"] += 1
        added = self.added.get(cycle.slug)
        if added:
            SessionsAdded(cycle=cycle, session_ids=added, at=self.at).send()


def _when(session: Session) -> str:
    if session.status == Session.Status.CANCELLED or session.starts_at is None or session.ends_at is None:
        return str(session.get_status_display())
    return wording.long_when(
        session.starts_at,
        session.ends_at,
        zone=session.cycle.timezone,
        all_day=session.is_all_day,
        language=get_language() or "fr",
    )
