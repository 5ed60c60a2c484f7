"""The address of a person's private calendar: made, shown again, replaced, taken back."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction

from registrations.models import FeedToken, Participant

from .calendar_version import raised

if TYPE_CHECKING:
    import datetime as dt

# How long before each session a private calendar may ring: a quarter of an hour, an hour, a day.
ALARMS = (15, 60, 24 * 60)


def _secret(nonce: str) -> str:
    """Return the private calendar token, made again from the site's key each time it is shown.

    The database keeps its SHA-256 only: a copy of it opens no calendar.
    """
    key = hashlib.sha256(b"escale.registrations.feed:" + settings.SECRET_KEY.encode()).digest()
    mac = hmac.digest(key, nonce.encode(), "sha256")
    return base64.urlsafe_b64encode(mac).decode().rstrip("=")


def hash_of(token: str) -> str:
    """Return what is kept of a token, and by which it is found."""
    return hashlib.sha256(token.encode()).hexdigest()


def is_known(token: str) -> bool:
    """Tell whether a token is that of a calendar, taken back or not."""
    return FeedToken.objects.filter(token_hash=hash_of(token)).exists()


def live(participant: Participant) -> FeedToken | None:
    """Return the row of the private calendar that works now."""
    return participant.feed_tokens.filter(revoked_at=None).first()


def shown(row: FeedToken | None) -> str | None:
    """Return the token to show on the person's own page, or None when there is none to show."""
    if row is None:
        return None
    token = _secret(row.nonce)
    # Another SECRET_KEY since: the address still works for who has it, but cannot be shown again.
    return token if hmac.compare_digest(hash_of(token), row.token_hash) else None


@transaction.atomic
def reset(participant: Participant, *, at: dt.datetime) -> str:
    """Make a private calendar address; the one before tells calendars to forget. Returns the new token."""
    Participant.objects.select_for_update().get(pk=participant.pk)
    before = live(participant)
    revoke(participant, at=at)
    nonce = secrets.token_urlsafe(32)
    token = _secret(nonce)
    FeedToken.objects.create(
        participant=participant,
        nonce=nonce,
        token_hash=hash_of(token),
        alarm_minutes=before.alarm_minutes if before else None,
        created_at=at,
    )
    return token


def revoke(participant: Participant, *, at: dt.datetime) -> None:
    """Take the private calendar back; the row stays, so that the address can say so."""
    FeedToken.objects.filter(participant=participant, revoked_at=None).update(revoked_at=at)


@transaction.atomic
def set_alarm(participant: Participant, *, minutes: int | None, at: dt.datetime) -> None:
    """Let the private calendar ring so many minutes before each session, or not. Off unless the person asks.

    Raises ValueError for a time that is none of ALARMS.
    """
    if minutes is not None and minutes not in ALARMS:
        msg = f"{minutes} is none of {ALARMS}"
        raise ValueError(msg)
    row = live(participant)
    if row is not None and row.alarm_minutes != minutes:
        row.alarm_minutes = minutes
        row.save(update_fields=["alarm_minutes"])
        Participant.objects.filter(pk=participant.pk).update(**raised(at=at))
