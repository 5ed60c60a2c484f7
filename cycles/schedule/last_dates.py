"""The date that a postponed session had: it has none any more, but the calendars that hold it must take it back."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from django.db.models import OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from cycles.models import Session, SessionChange

if TYPE_CHECKING:
    import datetime as dt

    from django.db.models import QuerySet
    from i18nfield.strings import LazyI18nString


class LastDate(NamedTuple):
    """The start and the end (aware) that a session had before it was postponed, and why it was."""

    starts_at: dt.datetime
    ends_at: dt.datetime
    reason: LazyI18nString | str


def annotated(sessions: QuerySet[Session]) -> QuerySet[Session]:
    """Read along the last date of postponed sessions: `had_starts_at`, `had_ends_at`, `had_reason`.

    `calendar_starts_at` and `calendar_ends_at` are the date that a calendar shows, or None.
    """
    last = SessionChange.objects.filter(
        session=OuterRef("pk"),
        session__status=Session.Status.POSTPONED,
        kind=SessionChange.Kind.POSTPONED,
        from_starts_at__isnull=False,
    ).order_by("-revision")
    return sessions.annotate(
        had_starts_at=Subquery(last.values("from_starts_at")[:1]),
        had_ends_at=Subquery(last.values("from_ends_at")[:1]),
        had_reason=Subquery(last.values("reason")[:1]),
        calendar_starts_at=Coalesce("starts_at", "had_starts_at"),
        calendar_ends_at=Coalesce("ends_at", "had_ends_at"),
    )


# Of sessions read by `annotated`: those with a date that a calendar shows, and their order by it.
HAS_DATE = Q(calendar_starts_at__isnull=False)
BY_DATE = ("calendar_starts_at", "pk")
BY_END = ("calendar_ends_at", "pk")


def ends_after(moment: dt.datetime) -> Q:
    """Return the condition on sessions read by `annotated` that the date which a calendar shows ends after a moment."""
    return Q(calendar_ends_at__gt=moment)


def last_date(session: Session) -> LastDate | None:
    """Return the date that a postponed session had last; None for any other session, or if it never had one.

    Costs a query, once a revision, for a session that was not read by `annotated`: a mailing writes many mails of one.
    """
    if session.status != Session.Status.POSTPONED:
        return None
    if not hasattr(session, "had_starts_at"):
        asked = session.__dict__.get("_last_date")
        if asked is None or asked.revision != session.revision:
            asked = annotated(Session.objects.filter(pk=session.pk)).get()
            session.__dict__["_last_date"] = asked
        session = asked
    starts_at, ends_at = getattr(session, "had_starts_at", None), getattr(session, "had_ends_at", None)
    if starts_at is None or ends_at is None:
        return None
    return LastDate(starts_at, ends_at, getattr(session, "had_reason", None) or "")
