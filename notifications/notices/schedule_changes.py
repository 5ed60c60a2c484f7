"""From changes of a schedule to the mails that tell them."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.db.models import Exists, Max, OuterRef, Q

from cycles.models import Session, SessionChange
from cycles.schedule import planning
from notifications.delivery import ledger
from notifications.mail.kinds import NOTICES
from notifications.models import Delivery, Occurrence
from notifications.plan.planner import TO_DO

if TYPE_CHECKING:
    from django.db.models import QuerySet

# Nearer than this to the session there is no time for a grace.
TOO_NEAR = dt.timedelta(minutes=30)
POSTPONED_NOTICE_LIVES = dt.timedelta(hours=72)


def notify(change: SessionChange, *, at: dt.datetime) -> None:
    """Plan the notice of a change of schedule, after a grace in which further changes join it.

    Changes that undo each other within the grace give no mail at all.
    """
    session = Session.objects.select_related("cycle").get(pk=change.session_id)
    notice = foresee(session, change, at=at)
    notices = session.mailings.filter(kind__in=NOTICES)
    ledger.skip(Delivery.objects.filter(occurrence__in=notices), reason=Delivery.Reason.SUPERSEDED)
    notices.filter(state__in=TO_DO).update(state=Occurrence.State.CANCELLED)
    if notice is not None:
        Occurrence.objects.bulk_create([notice], ignore_conflicts=True)


def foresee(session: Session, change: SessionChange, *, at: dt.datetime) -> Occurrence | None:
    """Return the notice of a change of schedule, unsaved; None when nobody needs to be told. Writes nothing.

    `session` is as the change leaves it; neither needs to be saved, so that one may look before the change is made.
    """
    since = min([change.revision - 1, *_untold(session.mailings.filter(kind__in=NOTICES))])
    first = change if since == change.revision - 1 else session.changes.get(revision=since + 1)
    kind = _notice_kind(session, first)
    if kind is None:
        return None
    not_after = session.starts_at if kind in ("session_moved", "session_restored") else session.ends_at
    return Occurrence(
        kind=kind,
        session=session,
        revision=change.revision,
        since_revision=since,
        due_at=notice_due(session.starts_at, first.from_starts_at, at=at),
        not_after=not_after or at + POSTPONED_NOTICE_LIVES,
    )


def notice_due(*starts: dt.datetime | None, at: dt.datetime) -> dt.datetime:
    """Return when the notice of a change leaves, from the old start and the new one: near to either, at once."""
    is_near = min(start for start in starts if start is not None) - at < TOO_NEAR
    return at if is_near else at + planning.grace()


def _untold(notices: QuerySet[Occurrence]) -> list[int]:
    """Return since when people may not know: the schedules before each notice that did not reach them all.

    One that an organiser stopped counts: the next one starts from the date that people still have in mind.
    """
    mails = Delivery.objects.filter(Q(occurrence=OuterRef("pk")) | Q(occurrence=OuterRef("told_by")))
    told = notices.filter(
        Q(state__in=(Occurrence.State.OPEN, Occurrence.State.CLOSED))
        | Exists(mails.filter(state=Delivery.State.SENT))
    )
    last = told.aggregate(last=Max("revision"))["last"] or 0
    newer = Q(revision__gt=last, state__in=(Occurrence.State.PLANNED, Occurrence.State.CANCELLED))
    untold = notices.filter(newer | Exists(mails.filter(state=Delivery.State.PENDING)))
    return [since for since in untold.values_list("since_revision", flat=True) if since is not None]


def _notice_kind(session: Session, first: SessionChange) -> str | None:
    """Return which notice the way from before `first` to now deserves; None when it leads back."""
    was_cancelled = first.kind == SessionChange.Kind.RESTORED
    if session.status == Session.Status.CANCELLED:
        return None if was_cancelled else "session_cancelled"
    if session.status == Session.Status.POSTPONED:
        return None if first.from_starts_at is None else "session_postponed"
    if was_cancelled:
        return "session_restored"
    before = (first.from_starts_at, first.from_ends_at)
    return None if before == (session.starts_at, session.ends_at) else "session_moved"
