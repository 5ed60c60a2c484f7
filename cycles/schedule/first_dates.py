"""The day from which a session was moved: the one that the rule gave or, beside the rule, the first that it had."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from django.db.models import Case, OuterRef, Subquery, When

from cycles.models import Session, SessionChange

if TYPE_CHECKING:
    import datetime as dt

    from django.db.models import QuerySet
    from i18nfield.strings import LazyI18nString


class Left(NamedTuple):
    """The day that a session left, and why: the reason of one that the rule gave stands with its exception."""

    date: dt.date
    reason: LazyI18nString | str


def annotated(sessions: QuerySet[Session]) -> QuerySet[Session]:
    """Read along the first start of sessions that have changed (`told_first`) and why the last move was made."""
    changes = SessionChange.objects.filter(session=OuterRef("pk"))
    first = changes.filter(from_starts_at__isnull=False).order_by("revision")
    last_move = changes.filter(kind=SessionChange.Kind.MOVED).order_by("-revision")
    # What never changed, or has its reason elsewhere, costs no look at the changes.
    return sessions.annotate(
        told_first=Case(When(revision__gt=0, then=Subquery(first.values("from_starts_at")[:1]))),
        moved_because=Case(
            When(
                revision__gt=0,
                planned_date__isnull=True,
                then=Subquery(last_move.values("reason")[:1]),
            )
        ),
    )


def first_date(session: Session) -> dt.date | None:
    """Return the day that a session was planned for first.

    Costs a query, once a revision, for one beside the rule that has changed and was not read by `annotated`.
    """
    if session.planned_date is not None or not session.revision:
        return session.planned_date or session.local_date
    told_first = getattr(_read(session), "told_first", None)
    return told_first.astimezone(session.zone).date() if told_first else session.local_date


def left(session: Session) -> Left | None:
    """Return the day that a session left; None while it is held on it, or has no date. As costly as `first_date`."""
    date = first_date(session)
    if date is None or session.local_date in (None, date):
        return None
    is_of_rule = session.planned_date is not None
    return Left(date, "" if is_of_rule else getattr(_read(session), "moved_because", None) or "")


def _read(session: Session) -> Session:
    if hasattr(session, "told_first"):
        return session
    asked: Session | None = session.__dict__.get("_first_date")
    if asked is None or asked.revision != session.revision:
        asked = annotated(Session.objects.filter(pk=session.pk)).get()
        session.__dict__["_first_date"] = asked
    return asked
