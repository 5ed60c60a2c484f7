"""What is public of a card: published by an organiser, and hidden as soon as its owner does not agree any more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from i18nfield.strings import LazyI18nString

from cycles.calendars import calendar_revision
from cycles.content import content_version
from cycles.language import naming
from cycles.models import Person, Resource, SpeakerSlot
from cycles.schedule.revision import next_revised_at
from speakers.answers.naming import free_slug
from speakers.models import SpeakerCard, SpeakerConsent, SpeakerProfile

if TYPE_CHECKING:
    import datetime as dt

    from speakers.models import Contact

Purpose = SpeakerConsent.Purpose


def publish(card: SpeakerCard, *, at: dt.datetime) -> SpeakerProfile | None:
    """Copy an accepted card to what is public of its person; an unknown one is made from the name on the card.

    Return None when there is nobody to publish: no person is named, and no name was given.
    """
    slots = SpeakerSlot.objects.filter(
        segment__session=card.session, contact_email=card.contact.email
    ).exclude(contact_email="")
    named = slots.filter(person__isnull=False).select_related("person").first()
    person = named.person if named else None
    language = _language(card)
    given, family = _names(card.public_name)
    if person is None:
        if not card.public_name:
            return None
        person = Person(slug=free_slug(Person, card.public_name))
    if card.public_name and person.full_name != card.public_name:
        person.given_name, person.family_name = given, family
    if card.role:
        data = person.role.data if isinstance(person.role, LazyI18nString) else person.role
        known = (
            data if isinstance(data, dict) else dict.fromkeys(dict(settings.LANGUAGES), data) if data else {}
        )
        person.role = LazyI18nString({**{c: t for c, t in known.items() if t}, language: card.role})
    person.save()
    slots.filter(person=None).update(person=person)
    profile, _is_new = SpeakerProfile.objects.update_or_create(
        person=person,
        defaults={
            "contact": card.contact,
            "language": language,
            "bio": card.bio,
            "photo": card.photo,
            "photo_width": card.photo_width,
            "photo_height": card.photo_height,
            "photo_alt": LazyI18nString({language: card.photo_alt}) if card.photo_alt else "",
            "published_at": at,
        },
    )
    card.session.revised_at = next_revised_at(card.session.revised_at, at=at)
    card.session.save(update_fields=["revised_at"])
    content_version.touch()
    calendar_revision.look([card.session_id], at=at)
    return profile


def _names(public_name: str) -> tuple[str, str]:
    given, _space, family = public_name.partition(" ")
    return (given, family) if family else ("", given)


def _language(card: SpeakerCard) -> str:
    slots = SpeakerSlot.objects.filter(segment__session=card.session, contact_email=card.contact.email)
    return slots.values_list("contact_language", flat=True).first() or settings.LANGUAGE_CODE


def agrees(contact: Contact, *, purpose: str, on: dt.date, session_id: int | None = None) -> bool:
    """Tell whether somebody's last word on a purpose (at one session, or anywhere) is a yes that still holds."""
    rows = SpeakerConsent.objects.filter(contact=contact, purpose=purpose)
    if session_id is not None:
        rows = rows.filter(session=session_id)
    last = rows.order_by("given_at", "pk").last()
    return last is not None and last.is_in_force(on=on)


def review(contact: Contact, *, at: dt.datetime) -> int:
    """Hide what somebody does not agree to any more, or took away; return how many things changed."""
    changed = _review_profiles(contact, at=at)
    for card in SpeakerCard.objects.filter(contact=contact).select_related(
        "session__cycle", "slides_resource"
    ):
        changed += review_slides(card, at=at)
    if changed:
        content_version.touch()
    return changed


def _review_profiles(contact: Contact, *, at: dt.datetime) -> int:
    """Show a photo only with a yes that holds, and only one that its owner still has on a card."""
    may_show = agrees(contact, purpose=Purpose.PHOTO, on=at.date())
    photos = {card.photo for card in SpeakerCard.objects.filter(contact=contact)} - {""}
    changed = 0
    for profile in SpeakerProfile.objects.filter(contact=contact).exclude(photo=""):
        if not may_show or profile.photo not in photos:
            profile.photo, profile.photo_width, profile.photo_height, profile.photo_alt = "", 0, 0, ""
            profile.save(update_fields=["photo", "photo_width", "photo_height", "photo_alt"])
            changed += 1
    if may_show:
        changed += _restore_photo(contact)
    return changed


def _restore_photo(contact: Contact) -> int:
    """Show the photo of the last accepted card whose owner agreed after it was accepted."""
    accepted = [
        card
        for card in SpeakerCard.objects.filter(contact=contact, accepted_at__isnull=False).order_by(
            "accepted_at"
        )
        if card.photo and not card.awaits_review
    ]
    if not accepted:
        return 0
    card = accepted[-1]
    language = _language(card)
    return SpeakerProfile.objects.filter(contact=contact, photo="").update(
        photo=card.photo,
        photo_width=card.photo_width,
        photo_height=card.photo_height,
        photo_alt=LazyI18nString({language: card.photo_alt}) if card.photo_alt else "",
    )


@transaction.atomic
def review_slides(card: SpeakerCard, *, at: dt.datetime) -> int:
    """Publish accepted slides once the session is over and their owner agrees; take them back otherwise.

    They are a resource of the session, as any other: listed on its page, and on those of its speakers and themes.
    """
    session = card.session
    is_over = session.is_held and session.ends_at is not None and session.ends_at <= at
    may = (
        bool(card.slides)
        and card.accepted_at is not None
        and card.submitted_at <= card.accepted_at
        and is_over
        and agrees(card.contact, purpose=Purpose.SLIDES, on=at.date(), session_id=session.pk)
    )
    resource = card.slides_resource
    if not may:
        if resource is None or not resource.is_published:
            return 0
        resource.is_published = False
        resource.save(update_fields=["is_published"])
        return 1
    url = settings.ESCALE_BASE_URL + reverse("speaker-slides", args=[card.slides])
    if resource is None:
        title = {}
        for code, _name in settings.LANGUAGES:
            with translation.override(code):
                title[code] = _("Slides: %(theme)s") % {"theme": naming.session_theme(session)}
        card.slides_resource = Resource.objects.create(
            slug=free_slug(Resource, f"slides-{session.cycle.slug}-{session.slug}"),
            kind=Resource.Kind.SLIDES,
            title=LazyI18nString(title),
            session=session,
            url=url,
            is_downloadable=True,
        )
        card.save(update_fields=["slides_resource"])
        return 1
    if resource.is_published and resource.url == url:
        return 0
    resource.url, resource.is_published = url, True
    resource.save(update_fields=["url", "is_published"])
    return 1
