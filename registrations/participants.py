"""What a person decides about themselves: reminders, newsletter, name, language, erasure.

Three acts are kept apart: cancelling registrations (`booking`), stopping reminders, leaving the newsletter.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import F

from . import booking, feed_tokens, notices
from .models import Consent, ConsentText, Participant

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


def set_person(
    participant: Participant,
    *,
    given_name: str,
    family_name: str,
    organisation_name: str,
    language: str,
    timezone: str,
) -> None:
    """Change what a person says about themselves (the address has its own way: it is proved first)."""
    Participant.objects.filter(pk=participant.pk).update(
        given_name=given_name,
        family_name=family_name,
        organisation_name=organisation_name,
        language=language,
        timezone=timezone,
        version=F("version") + 1,
    )
    participant.refresh_from_db()


def export(participant: Participant) -> dict[str, Any]:
    """Return everything held about a person here, for a JSON file (GDPR articles 15 and 20)."""
    fields = ("email", "given_name", "family_name", "organisation_name", "language", "timezone")
    return {
        "person": {name: getattr(participant, name) for name in fields}
        | {
            "created_at": participant.created_at,
            "confirmed_at": participant.confirmed_at,
            "reminders_stopped_at": participant.reminders_stopped_at,
        },
        "registrations": [
            {
                "cycle": str(row.cycle),
                "scope": row.scope,
                "state": row.state,
                "source": row.source,
                "source_code": row.source_code,
                "accessibility_need": row.accessibility_need,
                "requested_at": row.requested_at,
                "confirmed_at": row.confirmed_at,
                "cancelled_at": row.cancelled_at,
                "sessions": [
                    {
                        "session": str(place.session.title) or place.session.slug,
                        "starts_at": place.session.starts_at,
                        "state": place.state,
                        "confirmed_at": place.confirmed_at,
                        "cancelled_at": place.cancelled_at,
                        "joined_at": place.joined_at,
                    }
                    for place in row.registrations.all()
                ],
            }
            for row in participant.cycle_registrations.select_related("cycle")
            .prefetch_related("registrations__session")
            .order_by("pk")
        ],
        "consents": [
            {
                "purpose": consent.text.purpose,
                "version": consent.text.version,
                "text": consent.text.text.data,
                "form": consent.form,
                "given_at": consent.given_at,
                "withdrawn_at": consent.withdrawn_at,
            }
            for consent in participant.consents.select_related("text").order_by("pk")
        ],
    }


@transaction.atomic
def erase(participant: Participant, *, at: dt.datetime) -> None:
    """Erase a person and everything that hangs on them; the places they held go to those who wait."""
    for registration in participant.cycle_registrations.order_by("cycle_id"):
        booking.remove(registration, at=at)
    feed_tokens.revoke(participant, at=at)
    participant.delete()
