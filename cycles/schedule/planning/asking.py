"""What may be done with a session at a moment: one answer for the verbs, which raise it, and for pages, which ask."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from accounts import periods
from cycles.models import Cycle, Session
from cycles.schedule.revision import PlanningError

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable


def grace() -> dt.timedelta:
    """Return how long a change can be undone by one button, and for how long its notice waits before it leaves."""
    return periods.length("grace")


class Act(enum.Enum):
    """A verb of planning (CONFIRM: of editing) that a session accepts or not, whatever is given with it."""

    CONFIRM = "confirm"
    MOVE = "move"
    POSTPONE = "postpone"
    CANCEL = "cancel"
    RESTORE = "restore"
    DELETE = "delete"


def refusal(act: Act, session: Session, *, at: dt.datetime) -> str:
    """Return why a session does not accept an act, in the organiser's language; empty when it does. Reads nothing."""
    return _REFUSALS[act](session, at)


def allowed(session: Session, *, at: dt.datetime) -> frozenset[Act]:
    """Return all that a session accepts."""
    return frozenset(act for act in Act if not refusal(act, session, at=at))


def check(act: Act, session: Session, *, at: dt.datetime) -> None:
    """Raise PlanningError when a session does not accept an act."""
    if why := refusal(act, session, at=at):
        raise PlanningError(why)


def never_dated(session: Session) -> bool:
    """Tell whether a postponed session never had a date: it came so from a file, and nothing changed since."""
    return session.status == Session.Status.POSTPONED and session.starts_at is None and session.revision == 0


def _has_begun(session: Session, at: dt.datetime) -> bool:
    return session.starts_at is not None and session.starts_at <= at


def _is_over(session: Session, at: dt.datetime) -> bool:
    return session.ends_at is not None and session.ends_at <= at


def _confirm(session: Session, at: dt.datetime) -> str:
    if session.status != Session.Status.TENTATIVE:
        return _("Only a date that is still to be confirmed can be confirmed.")
    return _("This session is over: there is no date to confirm.") if _is_over(session, at) else ""


def _move(session: Session, at: dt.datetime) -> str:
    if session.status == Session.Status.CANCELLED:
        return _("This session is cancelled: restore it before you move it.")
    if session.is_held and _has_begun(session, at):
        return _("This session has begun: it can no longer be moved. Plan a new one.")
    return ""


def _postpone(session: Session, at: dt.datetime) -> str:
    if not session.is_held:
        return _("Only a planned session can be postponed.")
    if _has_begun(session, at):
        return _("This session has begun: it can no longer be postponed.")
    return ""


def _cancel(session: Session, at: dt.datetime) -> str:
    if session.status == Session.Status.DRAFT:
        return _("This session is a draft that nobody sees: delete it instead.")
    if session.status == Session.Status.CANCELLED:
        return _("This session is cancelled already.")
    if _is_over(session, at):
        return _("This session is over: it can no longer be cancelled.")
    # Cancelled, it would have to stand somewhere in the calendars.
    return _("This session never had a date: delete it instead.") if never_dated(session) else ""


def _restore(session: Session, at: dt.datetime) -> str:
    if session.status != Session.Status.CANCELLED:
        return _("This session is not cancelled.")
    # One that was postponed before gets no date back, so that none can have passed.
    if session.status_before_cancel != Session.Status.POSTPONED and _has_begun(session, at):
        return _("Its date has passed: plan a new session instead.")
    return ""


def _delete(session: Session, at: dt.datetime) -> str:
    """Nobody may lose what they saw: hidden, never in a calendar, or made a moment ago and not changed since."""
    is_hidden = session.status == Session.Status.DRAFT or session.cycle.status == Cycle.Status.DRAFT
    is_fresh = session.revision == 0 and at < session.created_at + grace()
    if is_hidden or is_fresh or never_dated(session):
        return ""
    return _("Visitors have seen this session, and calendars hold it: cancel it instead.")


_REFUSALS: dict[Act, Callable[[Session, dt.datetime], str]] = {
    Act.CONFIRM: _confirm,
    Act.MOVE: _move,
    Act.POSTPONE: _postpone,
    Act.CANCEL: _cancel,
    Act.RESTORE: _restore,
    Act.DELETE: _delete,
}
