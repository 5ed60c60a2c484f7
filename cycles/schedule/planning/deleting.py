"""Taking away sessions that were made by mistake and that nobody counts on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext as _

from accounts import journal
from cycles.events import SessionLeaving
from cycles.models import CycleException, Session
from cycles.questions import against_deleting, refuse_if
from cycles.schedule.revision import PlanningError, locked

from .asking import Act, check, refusal

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection

    from accounts.models import User
    from cycles.models import Cycle


def delete(
    session: Session,
    *,
    by: User | None,
    at: dt.datetime,
    seen: dt.datetime | None = None,
) -> None:
    """Delete a session that visitors never saw, that never had a date, or that was made within the grace.

    Its planned date is proposed again. Raises PlanningError when visitors may know it, when somebody ever
    registered for it (a registration protects its session), or when a mail about it has left.
    """
    with journal.entry("session.delete", session, by=by, at=at):
        row = locked(session, seen=seen)
        check(Act.DELETE, row, at=at)
        SessionLeaving(session=row).send()
        refuse_if(against_deleting.ask(row))
        _forget_exception(row)
        try:
            with transaction.atomic():
                row.delete()
        except ProtectedError as error:
            raise PlanningError(_("People have registered for this session: cancel it instead.")) from error


def _forget_exception(session: Session) -> None:
    """Take away why it was held beside the rule, which nothing shows any more."""
    first = session.changes.order_by("revision").first()
    start = first.from_starts_at if first else session.starts_at
    kind, date = CycleException.Kind.MOVED, session.planned_date
    if date is None and start is not None:
        kind, date = CycleException.Kind.ADDED, start.astimezone(session.zone).date()
    if date is not None:
        session.cycle.exceptions.filter(planned_date=date, kind=kind).delete()


def delete_several(cycle: Cycle, *, sessions: Collection[int], by: User | None, at: dt.datetime) -> int:
    """Delete sessions of a cycle by their ids: all of them or none; return how many. Raises what `delete` raises."""
    with journal.entry("cycle.delete-sessions", cycle, by=by, at=at) as entry:
        rows = list(cycle.sessions.filter(pk__in=sessions).order_by("pk"))
        for session in rows:
            delete(session, by=by, at=at)
        if not rows:
            entry.drop()
        return len(rows)


def deletable(cycle: Cycle, *, at: dt.datetime) -> list[Session]:
    """Return the sessions of a cycle that `delete` may accept, in the order of the line."""
    results = []
    for session in cycle.sessions.in_order():
        session.cycle = cycle
        if not refusal(Act.DELETE, session, at=at):
            results.append(session)
    return results
