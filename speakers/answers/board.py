"""Who speaks at sessions and what is missing of each: what organisers see, per session and per cycle."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cycles.models import SpeakerSlot
from speakers.models import Contact, Engagement, SpeakerCard, SpeakerConsent
from speakers.people import speaking

from .standing import Standing, standing

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection, Iterable

    from cycles.models import Session

Purpose = SpeakerConsent.Purpose
# Whoever does not come owes nothing any more.
OWES_NOTHING = (Standing.DECLINED, Standing.WITHDRAWN, Standing.REPLACED)


@dataclass(frozen=True, kw_only=True)
class Seat:
    """One address at one session, with what is known of it; without an address, one slot."""

    session: Session
    slots: tuple[SpeakerSlot, ...]
    standing: Standing
    contact: Contact | None
    engagement: Engagement | None
    card: SpeakerCard | None
    consents: dict[str, SpeakerConsent]
    missing: tuple[str, ...]

    @property
    def email(self) -> str:
        return self.slots[0].contact_email

    @property
    def pk(self) -> int:
        return self.slots[0].pk

    @property
    def contact_name(self) -> str:
        return self.slots[0].contact_name

    @property
    def name(self) -> str:
        return str(self.slots[0])


@dataclass(frozen=True, kw_only=True)
class Board:
    """The seats of one session."""

    session: Session
    seats: tuple[Seat, ...]

    @property
    def counts(self) -> Counter[str]:
        return Counter(str(seat.standing) for seat in self.seats)


def boards(sessions: Iterable[Session], *, at: dt.datetime) -> list[Board]:
    """Return the boards of sessions of one cycle, in their order; five queries, whatever their number."""
    sessions = list(sessions)
    pks = [session.pk for session in sessions]
    slots = (
        SpeakerSlot.objects.filter(segment__session__in=pks)
        .select_related("segment__topic", "person", "organisation", "illustrates")
        .order_by("segment__order", "order")
    )
    by_session: dict[int, list[SpeakerSlot]] = defaultdict(list)
    for slot in slots:
        by_session[slot.segment.session_id].append(slot)
    emails = {slot.contact_email for found in by_session.values() for slot in found} - {""}
    people = {one.email: one for one in Contact.objects.filter(email__in=emails)}
    engagements = {
        (row.contact_id, row.session_id): row
        for row in Engagement.objects.filter(session__in=pks).select_related("noted_by")
    }
    cards = {(row.contact_id, row.session_id): row for row in SpeakerCard.objects.filter(session__in=pks)}
    consents: dict[tuple[int, int], dict[str, SpeakerConsent]] = defaultdict(dict)
    for row in SpeakerConsent.objects.filter(session__in=pks).order_by("given_at", "pk"):
        consents[row.contact_id, row.session_id][row.purpose] = row
    result = []
    for session in sessions:
        seats = []
        for group in _groups(by_session[session.pk]):
            contact = people.get(group[0].contact_email)
            key = (contact.pk, session.pk) if contact else (0, 0)
            seats.append(
                seat(
                    session,
                    group,
                    contact=contact,
                    engagement=engagements.get(key),
                    card=cards.get(key),
                    consents=consents.get(key, {}),
                    at=at,
                )
            )
        result.append(Board(session=session, seats=tuple(seats)))
    return result


def _groups(slots: Collection[SpeakerSlot]) -> list[tuple[SpeakerSlot, ...]]:
    """Put the parts of one address together, replaced ones apart; a slot without an address is alone."""
    with_address = [slot for slot in slots if slot.contact_email and slot.state != SpeakerSlot.State.REPLACED]
    groups = [speaker.slots for speaker in speaking.by_address(with_address)]
    alone = [(slot,) for slot in slots if slot not in with_address]
    return sorted([*groups, *alone], key=lambda group: (group[0].segment.order, group[0].order))


def seat(
    session: Session,
    slots: tuple[SpeakerSlot, ...],
    *,
    contact: Contact | None,
    engagement: Engagement | None,
    card: SpeakerCard | None,
    consents: dict[str, SpeakerConsent],
    at: dt.datetime,
) -> Seat:
    """Return one address at one session; `consents` holds the last decision for each purpose."""
    where = standing(
        slots[0].state,
        invited_at=engagement.invited_at if engagement else None,
        answered_starts_at=engagement.answered_starts_at if engagement else None,
        starts_at=session.starts_at,
    )
    is_over = session.ends_at is not None and session.ends_at <= at
    return Seat(
        session=session,
        slots=slots,
        standing=where,
        contact=contact,
        engagement=engagement,
        card=card,
        consents=consents,
        missing=tuple(_missing(session, slots, where, card, consents, is_over=is_over)),
    )


def _missing(
    session: Session,
    slots: tuple[SpeakerSlot, ...],
    where: Standing,
    card: SpeakerCard | None,
    consents: dict[str, SpeakerConsent],
    *,
    is_over: bool,
) -> Iterable[str]:
    """Yield what is still needed of somebody, as codes that the desk has words for."""
    if where in OWES_NOTHING:
        return
    if not slots[0].contact_email and not is_over:
        yield "address"
    if where == Standing.CONFIRMED:
        has_name = any(slot.person for slot in slots) or bool(card and card.public_name)
        lacks = {
            "name": not has_name and not is_over,
            "review": card is not None and card.awaits_review,
            "bio": not (card and card.bio) and not is_over,
            "slides": not (card and card.slides) and not is_over,
            "recording": session.is_recorded and not is_over and Purpose.RECORDING not in consents,
            "publication": session.is_recorded and Purpose.PUBLICATION not in consents,
            "slides_consent": bool(card and card.slides) and Purpose.SLIDES not in consents,
            "photo_consent": bool(card and card.photo) and Purpose.PHOTO not in consents,
        }
        yield from (code for code, is_lacking in lacks.items() if is_lacking)
