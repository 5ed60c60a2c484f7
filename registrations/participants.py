"""What a person decides about themselves: reminders, newsletter, name, language, address.

Three acts are kept apart: cancelling registrations (`booking`), stopping reminders, leaving the newsletter.
What an organiser corrects for somebody is in `correcting`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F

from accounts import addresses

from . import booking, feed_tokens, names, notices
from .models import Consent, ConsentText, CycleRegistration, Participant
from .signals import address_asked, address_changed

if TYPE_CHECKING:
    import datetime as dt


def stop_reminders(participant: Participant, *, at: dt.datetime) -> None:
    """Send no more reminders; registrations, notices of changes and the newsletter stay as they are."""
    Participant.objects.filter(pk=participant.pk, reminders_stopped_at=None).update(
        reminders_stopped_at=at, version=F("version") + 1
    )


def resume_reminders(participant: Participant) -> None:
    Participant.objects.filter(pk=participant.pk, reminders_stopped_at__isnull=False).update(
        reminders_stopped_at=None, version=F("version") + 1
    )


def has_newsletter(participant: Participant) -> bool:
    return participant.consents.filter(
        text__purpose=ConsentText.Purpose.NEWSLETTER, withdrawn_at=None
    ).exists()


@transaction.atomic
def join_newsletter(participant: Participant, *, form: str, at: dt.datetime) -> None:
    """Record the consent with the words that were shown; agreeing twice is agreeing once."""
    text = notices.texts([ConsentText.Purpose.NEWSLETTER], at=at)[ConsentText.Purpose.NEWSLETTER]
    Consent.objects.bulk_create(
        [Consent(participant=participant, text=text, form=form, given_at=at)], ignore_conflicts=True
    )


def leave_newsletter(participant: Participant, *, at: dt.datetime) -> None:
    """Withdraw the consent; the row stays as proof of both dates. Nothing else changes."""
    participant.consents.filter(text__purpose=ConsentText.Purpose.NEWSLETTER, withdrawn_at=None).update(
        withdrawn_at=at
    )


@transaction.atomic
def set_person(
    participant: Participant,
    *,
    given_name: str,
    family_name: str,
    organisation_name: str,
    language: str,
    timezone: str,
) -> None:
    """Change what a person says about themselves (the address has its own way: it is proved first).

    The page says that the organisers of all their cycles see it, so from then on they do.
    """
    Participant.objects.filter(pk=participant.pk).update(
        given_name=given_name,
        family_name=family_name,
        organisation_name=organisation_name,
        language=language,
        timezone=timezone,
        version=F("version") + 1,
    )
    names.forget_typed(CycleRegistration.objects.filter(participant=participant))
    participant.refresh_from_db()


@transaction.atomic
def ask_address(participant: Participant, *, email: str, at: dt.datetime) -> None:
    """Write to a new address so that its owner can prove it; nothing changes before that.

    The caller cannot tell whether the address is known: one that is somebody else's gets a mail about that.
    One that nobody ever confirmed counts as nobody's.
    """
    key = booking.address_key(email)
    if key == participant.email_key:
        return
    holder = Participant.objects.filter(email_key=key, confirmed_at__isnull=False).first()
    address_asked.send(
        sender=Participant, participant=participant, email=addresses.read(email), holder=holder, at=at
    )


@transaction.atomic
def change_address(participant: Participant, *, email: str, renews_feed: bool, at: dt.datetime) -> bool:
    """Make a proved address the person's, and tell the one before; return False if it is somebody else's.

    The private calendar goes on under the same address unless `renews_feed`.
    """
    row = Participant.objects.select_for_update().get(pk=participant.pk)
    holder = holder_of(email, beside=row)
    if holder is not None and holder.confirmed_at is not None:
        return False
    if renews_feed and feed_tokens.live(row) is not None:
        feed_tokens.reset(row, at=at)
    write_address(row, email=email, instead_of=holder, at=at)
    return True


def holder_of(email: str, *, beside: Participant) -> Participant | None:
    """Return who else has an address, locked; they may never have proved it."""
    others = Participant.objects.select_for_update().exclude(pk=beside.pk)
    return others.filter(email_key=booking.address_key(email)).first()


def write_address(
    row: Participant,
    *,
    email: str,
    instead_of: Participant | None,
    corrected: CycleRegistration | None = None,
    at: dt.datetime,
) -> None:
    """Give a locked person an address, `instead_of` somebody who typed it once and never proved it.

    `corrected` is the registration on which an organiser corrected it.
    """
    if instead_of is not None:
        for registration in instead_of.cycle_registrations.all():
            booking.remove(registration, at=at)
        instead_of.delete()
    before = row.email
    row.email, row.email_key, row.version = addresses.read(email), addresses.key(email), row.version + 1
    row.save(update_fields=["email", "email_key", "version"])
    address_changed.send(sender=Participant, participant=row, before=before, corrected=corrected, at=at)
