"""Agreeing, declining and withdrawing; what follows is hidden in the same transaction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction

from accounts import journal
from cycles.models import Session
from speakers.cards import publishing
from speakers.events import ConsentRefused
from speakers.models import Contact, SpeakerConsent

from . import replays, terms

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from accounts.models import User

Purpose = SpeakerConsent.Purpose


@dataclass(frozen=True, kw_only=True)
class Given:
    """What somebody decided about one purpose: the words as they were shown, and for a yes its limits."""

    is_given: bool
    text: str
    months: int | None = None
    territory: str = ""
    supports: tuple[str, ...] = ()


@transaction.atomic
def decide(
    contact: Contact,
    session: Session,
    *,
    decisions: Mapping[str, Given],
    language: str,
    at: dt.datetime,
) -> int:
    """Keep what somebody decided through their own link; return how many decisions are new."""
    return _decide(contact, session, decisions=decisions, language=language, by=None, why="", at=at)


def note(
    session: Session,
    *,
    contact: Contact,
    decisions: Mapping[str, Given],
    language: str,
    why: str,
    by: User,
    at: dt.datetime,
) -> int:
    """Note what somebody told an organiser (a signed paper, a mail): `why` says how they know."""
    with journal.entry("consent.note", session, by=by, at=at):
        return _decide(contact, session, decisions=decisions, language=language, by=by, why=why, at=at)


def _decide(
    contact: Contact,
    session: Session,
    *,
    decisions: Mapping[str, Given],
    language: str,
    by: User | None,
    why: str,
    at: dt.datetime,
) -> int:
    Session.objects.select_for_update().get(pk=session.pk)
    standing = {
        row.purpose: row for row in SpeakerConsent.objects.standing().filter(contact=contact, session=session)
    }
    made = []
    for purpose, given in decisions.items():
        before = standing.get(purpose)
        if before is not None and _is_same(before, given):
            continue
        if before is not None:
            # Taking a yes back is a withdrawal, whichever button did it.
            is_withdrawal = before.is_given and not given.is_given
            before.ended_at = at
            before.end = SpeakerConsent.End.WITHDRAWN if is_withdrawal else SpeakerConsent.End.REPLACED
            before.save(update_fields=["ended_at", "end"])
        today = at.astimezone(session.zone).date()
        made.append(
            SpeakerConsent.objects.create(
                contact=contact,
                session=session,
                purpose=purpose,
                is_given=given.is_given,
                months=given.months if given.is_given else None,
                until_date=terms.until(today, given.months) if given.is_given and given.months else None,
                territory=given.territory if given.is_given else "",
                supports=list(given.supports) if given.is_given else [],
                text=given.text,
                language=language,
                given_at=at,
                on_behalf_by=by,
                why=why,
            )
        )
    if made:
        _follow(contact, session, at=at)
        for row in made:
            if not row.is_given:
                _tell_refusal(row, at=at)
    return len(made)


@transaction.atomic
def withdraw(contact: Contact, session: Session, *, purpose: str, at: dt.datetime) -> bool:
    """End a yes: what it allowed is hidden at once. Return whether there was one."""
    Session.objects.select_for_update().get(pk=session.pk)
    row = (
        SpeakerConsent.objects.standing()
        .filter(contact=contact, session=session, purpose=purpose, is_given=True)
        .first()
    )
    if row is None:
        return False
    row.ended_at, row.end = at, SpeakerConsent.End.WITHDRAWN
    row.save(update_fields=["ended_at", "end"])
    _follow(contact, session, at=at)
    _tell_refusal(row, at=at)
    return True


def _is_same(row: SpeakerConsent, given: Given) -> bool:
    if row.is_given != given.is_given:
        return False
    return not given.is_given or (row.months, row.territory, tuple(row.supports)) == (
        given.months,
        given.territory,
        given.supports,
    )


def _tell_refusal(row: SpeakerConsent, *, at: dt.datetime) -> None:
    ConsentRefused(contact=row.contact, session=row.session, purpose=row.purpose, at=at).send()


def _follow(contact: Contact, session: Session, *, at: dt.datetime) -> None:
    """Hide, or show again, what depends on consents."""
    replays.review([session.pk], at=at)
    publishing.review(contact, at=at)
