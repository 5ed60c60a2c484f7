"""What time alone changes: slides appear, consents end, contacts and files go (docs/retention.md)."""

from __future__ import annotations

import datetime as dt

from django.db.models import Exists, OuterRef, Q

from cycles.content import files
from cycles.models import SpeakerSlot
from registrations.people.data import retention, retention_periods

from .cards import photos, publishing, slides
from .consents import replays
from .models import Contact, Engagement, SpeakerCard, SpeakerProfile
from .people import contacts

# A file that was sent in while nothing named it yet; a contact that no agenda names any more.
FILES_KEPT = dt.timedelta(days=1)
UNNAMED_KEPT = dt.timedelta(days=30)


def settle(*, at: dt.datetime) -> int:
    """Publish and hide what is due; return how many things changed. Running twice changes nothing more."""
    changed = replays.review_all(at=at)
    people = Contact.objects.filter(
        Exists(SpeakerCard.objects.filter(contact=OuterRef("pk")))
        | Exists(SpeakerProfile.objects.filter(contact=OuterRef("pk")))
    )
    for contact in people:
        changed += publishing.review(contact, at=at)
    return changed


def purge(*, at: dt.datetime) -> int:
    """Forget contacts whose every cycle is long over, and those that no agenda has named for a while."""
    named = SpeakerSlot.objects.filter(contact_email=OuterRef("email"))
    old = retention.ended(before=retention_periods.since("registrations_months", at)).values("pk")
    recent = Engagement.objects.filter(contact=OuterRef("pk")).exclude(session__cycle__in=old)
    asked = Engagement.objects.filter(contact=OuterRef("pk"))
    unnamed = Contact.objects.exclude(email="").exclude(Exists(named))
    # Whoever was asked something is kept as long as the cycle is: an agenda may be written anew.
    gone = unnamed.filter(~Exists(recent), Q(Exists(asked)) | Q(created_at__lt=at - UNNAMED_KEPT))
    count = contacts.empty(list(gone))
    return count + sweep(at=at)


def sweep(*, at: dt.datetime) -> int:
    """Delete the files that no card and no profile names any more."""
    kept = set(SpeakerCard.objects.exclude(photo="").values_list("photo", flat=True))
    kept |= set(SpeakerProfile.objects.exclude(photo="").values_list("photo", flat=True))
    shown = set(SpeakerCard.objects.exclude(slides="").values_list("slides", flat=True))
    return files.sweep(photos.FOLDER, known=kept, at=at, older_than=FILES_KEPT) + files.sweep(
        slides.FOLDER, known=shown, at=at, older_than=FILES_KEPT
    )
