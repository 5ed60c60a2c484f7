"""Writing a card: by whoever speaks, or by an organiser for them. Nothing of it is public before it is accepted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction

from accounts import journal
from cycles.models import Session
from speakers.models import Contact, SpeakerCard

from . import photos, publishing, slides

if TYPE_CHECKING:
    import datetime as dt

    from accounts.models import User
    from cycles.content.documents import Document
    from cycles.content.pictures import Prepared

WORDS = ("public_name", "role", "bio", "photo_alt", "accessibility_note")


@dataclass(frozen=True, kw_only=True)
class Change:
    """What somebody sends in: words by column, files that are new, files to take away."""

    words: dict[str, str]
    photo: Prepared | None = None
    slides: Document | None = None
    slides_name: str = ""
    without_photo: bool = False
    without_slides: bool = False


@transaction.atomic
def send_in(contact: Contact, session: Session, *, change: Change, at: dt.datetime) -> SpeakerCard:
    """Keep what somebody says of themselves through their own link."""
    return _write(contact, session, change=change, at=at)


def fill_in(
    session: Session,
    *,
    contact: Contact,
    change: Change,
    by: User,
    at: dt.datetime,
) -> SpeakerCard:
    """Keep what an organiser fills in for somebody; it still needs to be accepted."""
    with journal.entry("speaker.card", session, by=by, at=at):
        return _write(contact, session, change=change, at=at)


def _write(contact: Contact, session: Session, *, change: Change, at: dt.datetime) -> SpeakerCard:
    Session.objects.select_for_update().get(pk=session.pk)
    card = SpeakerCard.objects.filter(contact=contact, session=session).first()
    card = card or SpeakerCard(contact=contact, session=session)
    before = [getattr(card, name) for name in (*WORDS, "photo", "slides")]
    for name in WORDS:
        if name in change.words:
            setattr(card, name, change.words[name])
    if change.without_photo:
        card.photo, card.photo_alt, card.photo_width, card.photo_height = "", "", 0, 0
    if change.photo is not None:
        photos.keep(change.photo)
        card.photo = change.photo.digest
        card.photo_width, card.photo_height = photos.size(change.photo)
    if change.without_slides:
        card.slides, card.slides_name = "", ""
    if change.slides is not None:
        slides.keep(change.slides)
        card.slides, card.slides_name = change.slides.digest, change.slides_name
    after = [getattr(card, name) for name in (*WORDS, "photo", "slides")]
    if card.pk is None or before != after:
        card.submitted_at = at
        card.save()
        # What was taken away is not public any more either, whoever accepted it.
        publishing.review(contact, at=at)
    return card


def accept(session: Session, *, contact: Contact, by: User | None, at: dt.datetime) -> SpeakerCard:
    """Make a card public: the name and role of the person, their lines and photo. Slides wait for the session's end.

    Raises SpeakerCard.DoesNotExist when nothing was sent in.
    """
    with journal.entry("speaker.card_accept", session, by=by, at=at):
        Session.objects.select_for_update().get(pk=session.pk)
        card = SpeakerCard.objects.select_related("session__cycle").get(contact=contact, session=session)
        card.accepted_at, card.accepted_by = at, by
        card.save(update_fields=["accepted_at", "accepted_by"])
        publishing.publish(card, at=at)
        publishing.review(contact, at=at)
        return card
