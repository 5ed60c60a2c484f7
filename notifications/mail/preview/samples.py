"""What a preview needs to be written before its mail can be composed: a change of date, a recap, an offer, a paper."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from cycles.models import News, NewsLink, SessionChange
from notifications.models import Announcement, Occurrence
from notifications.notices import recaps
from registrations.models import State
from training.documents.issued import codes
from training.models import Document

if TYPE_CHECKING:
    from collections.abc import Callable

    from cycles.models import Session

WEEK = dt.timedelta(days=7)
# The invented person's registration, as rehearsal numbers it.
INVENTED = -1
# Of an offer in a cycle that holds none yet.
OFFER_HOURS = 48


@dataclass(kw_only=True)
class Sample:
    """An invented mail of a real session, and what is to be written of it: everything is undone afterwards.

    `session` is a copy that may be changed; `mailing` is not saved yet; `seat` are the fields of the invented person's
    places.
    """

    session: Session
    mailing: Occurrence
    at: dt.datetime
    seat: dict[str, Any] = field(default_factory=dict)


def changed(kind: SessionChange.Kind) -> Callable[[Sample], None]:
    """Return what lets a mailing tell that the session was moved, postponed, cancelled or restored."""

    def write(sample: Sample) -> None:
        session, mailing = sample.session, sample.mailing
        mailing.since_revision, mailing.revision = session.revision, session.revision + 1
        _change(session, kind, at=sample.at)

    return write


def _change(session: Session, kind: SessionChange.Kind, *, at: dt.datetime) -> None:
    """Write the change that a notice tells; the session is shown as it would be after it."""
    starts_at, ends_at = session.starts_at, session.ends_at
    if kind == SessionChange.Kind.MOVED and starts_at is not None and ends_at is not None:
        starts_at, ends_at = starts_at - WEEK, ends_at - WEEK
    SessionChange.objects.create(
        session=session,
        revision=session.revision + 1,
        kind=kind,
        from_starts_at=starts_at,
        from_ends_at=ends_at,
        reason=_("The reason that you will give."),
        at=at,
    )
    if kind == SessionChange.Kind.CANCELLED:
        session.status = session.Status.CANCELLED
    if kind == SessionChange.Kind.POSTPONED:
        session.status, session.starts_at, session.ends_at = session.Status.POSTPONED, None, None


def several(sample: Sample) -> None:
    """Let a digest tell of a move of the session."""
    session, digest = sample.session, sample.mailing
    _change(session, SessionChange.Kind.MOVED, at=sample.at)
    session.revision += 1
    session.save(update_fields=["revision"])
    digest.save(force_insert=True)
    Occurrence.objects.create(
        kind="session_moved",
        session=session,
        revision=session.revision,
        since_revision=session.revision - 1,
        due_at=sample.at,
        not_after=sample.at + WEEK,
        state=Occurrence.State.CLOSED,
        told_by=digest,
    )


def offer(sample: Sample) -> None:
    """Hold the places for the invented person."""
    hours = sample.session.cycle.offer_hours or OFFER_HOURS
    sample.seat = {"state": State.OFFERED, "offer_ends_at": sample.at + dt.timedelta(hours=hours)}


def recap(sample: Sample) -> None:
    """Write a recap of the session, where it has none yet."""
    if recaps.recap_of(sample.session) is None:
        news = News.objects.create(
            slug="rehearsal", kind=News.Kind.RECAP, body=_("What was said, in a few sentences.")
        )
        NewsLink.objects.create(news=news, relation=NewsLink.Relation.ABOUT, session=sample.session)


def announcement(sample: Sample) -> None:
    """Announce the theme of the session."""
    sample.mailing.save(force_insert=True)
    Announcement.objects.filter(session=sample.session).delete()
    Announcement.objects.create(session=sample.session, mailing=sample.mailing, at=sample.at)
    sample.session.has_theme = True
    sample.session.save(update_fields=["has_theme"])


def paper_issued(sample: Sample) -> None:
    """Issue a certificate to the invented person."""
    _paper(sample)


def paper_withdrawn(sample: Sample) -> None:
    """Issue a certificate to the invented person, and withdraw it."""
    _paper(
        sample,
        ended_at=sample.at,
        end=Document.End.WITHDRAWN,
        end_reason=_("The reason that you will give."),
    )


def _paper(sample: Sample, **fields: Any) -> None:
    nothing = "0" * 64
    kind = Document.Kind.CERTIFICATE
    Document.objects.create(
        kind=kind,
        cycle=sample.session.cycle,
        cycle_registration_id=INVENTED,
        issuer="rehearsal",
        series=Document.SERIES[kind],
        year=sample.at.year,
        number=1,
        code=codes.new(),
        record_sha256=nothing,
        pdf=b"",
        pdf_sha256=nothing,
        chain_sha256=nothing,
        issued_at=sample.at,
        keep_until=sample.at.date(),
        **fields,
    )
