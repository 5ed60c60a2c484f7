"""The line of stops as organisers see it: each with its people and the mailings to come."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from cycles.language import wording
from cycles.models import SessionChange
from cycles.schedule import first_dates, planning
from cycles.site import pages
from desk.schedule.consequences import language, step_in_words
from notifications.mail.kinds import NOTICES
from notifications.models import Occurrence
from registrations.booking import counting
from registrations.models import Registration, State

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from cycles.models import Cycle, Session


@dataclass(frozen=True, kw_only=True)
class Mailing:
    """A mailing to come: which one and when it leaves."""

    label: str
    due: str


@dataclass(frozen=True, kw_only=True)
class Notice:
    """The mail about a change of date, while it waits: it can be stopped by its number."""

    pk: int
    clock: str


@dataclass(frozen=True, kw_only=True)
class DeskStop:
    """A stop, how many people it has, what will be sent, and what may be done with it now."""

    stop: pages.Stop
    seated: int
    # Those of this date alone; `waits` counts whoever waits for the whole cycle, too.
    waiting: int
    mailings: tuple[Mailing, ...]
    can_move: bool
    can_cancel: bool
    can_restore: bool
    can_confirm: bool
    can_postpone: bool
    can_delete: bool
    # What taking the last change back would be, in words; empty where it cannot be.
    undo: str
    is_over: bool
    is_past: bool
    notice: Notice | None = None
    waiting_for_all: int = 0

    @property
    def session(self) -> Session:
        return self.stop.session

    @property
    def is_ahead(self) -> bool:
        """True while it is to take place, waits for a new date, or is a draft of something to come."""
        return self.stop.state not in ("done", "cancelled") and not (
            self.stop.state == "draft" and self.is_past
        )

    @property
    def waits(self) -> int:
        """How many wait for a place there."""
        return self.waiting + (self.waiting_for_all if self.is_ahead else 0)

    @property
    def waits_filter(self) -> str:
        """The filters of the table that show those who wait; empty where no one page shows all of them."""
        if self.waits == self.waiting:
            return f"stop={self.session.slug}&state={State.WAITLISTED}"
        return "" if self.waiting else f"state={State.WAITLISTED}"


def line(cycle: Cycle, *, at: dt.datetime) -> list[DeskStop | pages.Skipped]:
    """Return the whole line, drafts included and dates left out in their place, in six queries in all."""
    sessions = list(first_dates.annotated(cycle.sessions.in_order()))
    for session in sessions:
        session.cycle = cycle
    exceptions = list(cycle.exceptions.all())
    reasons = {e.planned_date: e.reason for e in exceptions if str(e.reason)}
    counts, waiting_for_all = _counts(cycle), counting.waiting_for_all(cycle)
    mailings, notices = _to_be_sent(cycle, at=at)
    coming = pages.next_session(sessions, at=at)
    changes = recent_changes(cycle, at=at)
    stops = [
        desk_stop(
            pages.stop(session, at=at, is_next=session is coming, reasons=reasons),
            seated=counts.get((session.pk, True), 0),
            waiting=counts.get((session.pk, False), 0),
            mailings=tuple(mailings.get(session.pk, ())),
            at=at,
            undo=_undo(session, changes.get(session.pk, ()), at=at),
            notice=notices.get(session.pk),
            waiting_for_all=waiting_for_all,
        )
        for session in sessions
    ]
    return pages.in_place(stops, exceptions)


def desk_stop(
    stop: pages.Stop,
    *,
    seated: int,
    waiting: int,
    mailings: tuple[Mailing, ...],
    at: dt.datetime,
    undo: str = "",
    notice: Notice | None = None,
    waiting_for_all: int = 0,
) -> DeskStop:
    """Join a stop with its figures and say which verbs planning would accept now."""
    session = stop.session
    allowed = planning.allowed(session, at=at)
    return DeskStop(
        stop=stop,
        seated=seated,
        waiting=waiting,
        mailings=mailings,
        can_move=planning.Act.MOVE in allowed,
        can_cancel=planning.Act.CANCEL in allowed,
        can_restore=planning.Act.RESTORE in allowed,
        can_confirm=planning.Act.CONFIRM in allowed,
        can_postpone=planning.Act.POSTPONE in allowed,
        can_delete=planning.Act.DELETE in allowed and not seated and not waiting,
        undo=undo,
        is_over=session.phase(at=at) == session.Phase.DONE,
        is_past=session.ends_at is not None and session.ends_at <= at,
        notice=notice,
        waiting_for_all=waiting_for_all,
    )


def _undo(session: Session, recent: Sequence[SessionChange], *, at: dt.datetime) -> str:
    """Say what taking the last change back does (of a restored session: cancels it); empty where it cannot be."""
    change = recent[-1] if recent else None
    if change is None or not planning.can_undo(session, change, at=at):
        return ""
    if change.kind == SessionChange.Kind.CANCELLED:
        return _("Take the cancellation back")
    if change.kind == SessionChange.Kind.RESTORED:
        return _("Cancel it again")
    if change.from_starts_at is None:
        return _("Leave it without a date again")
    # A move that was taken back: the date before is the one that was given up.
    begun = recent[0]
    if begun != change and (begun.from_starts_at, begun.from_ends_at) == (
        change.to_starts_at,
        change.to_ends_at,
    ):
        when = wording.short_when(change.from_starts_at, zone=session.cycle.timezone, language=language())
        return _("Move it to %(when)s again") % {"when": when}
    return _("Return to the previous date")


def recent_changes(cycle: Cycle, *, at: dt.datetime) -> dict[int, list[SessionChange]]:
    """Return the changes within the grace of each session that has any, in their order."""
    result: dict[int, list[SessionChange]] = {}
    recent = SessionChange.objects.filter(session__cycle=cycle, at__gt=at - planning.grace())
    for change in recent.order_by("revision"):
        result.setdefault(change.session_id, []).append(change)
    return result


def _counts(cycle: Cycle) -> dict[tuple[int, bool], int]:
    """How many people by (session, has a place)."""
    result: dict[tuple[int, bool], int] = {}
    rows = (
        Registration.objects.live()
        .filter(session__cycle=cycle)
        .values_list("session", "state")
        .annotate(count=Count("pk"))
        .order_by("session", "state")
    )
    for session, state, count in rows:
        key = (session, state != State.WAITLISTED)
        result[key] = result.get(key, 0) + count
    return result


def _to_be_sent(cycle: Cycle, *, at: dt.datetime) -> tuple[dict[int, list[Mailing]], dict[int, Notice]]:
    """Return the reminders to come and the notices that wait, by session; one query."""
    mailings: dict[int, list[Mailing]] = {}
    notices: dict[int, Notice] = {}
    planned = Occurrence.objects.filter(
        Q(step__isnull=False) | Q(kind__in=NOTICES),
        session__cycle=cycle,
        state=Occurrence.State.PLANNED,
        due_at__gte=at,
    )
    for occurrence in planned.select_related("step").order_by("due_at", "pk"):
        if occurrence.step is not None:
            mailings.setdefault(occurrence.session_id, []).append(
                Mailing(
                    label=step_in_words(occurrence.step),
                    due=wording.short_when(occurrence.due_at, zone=cycle.timezone, language=language()),
                )
            )
        else:
            local = occurrence.due_at.astimezone(cycle.zone)
            notices[occurrence.session_id] = Notice(
                pk=occurrence.pk, clock=wording.clock(local.time(), language=language())
            )
    return mailings, notices
