"""Absolute addresses of a person's own pages, in their language, for mails and calendars."""

from __future__ import annotations

import functools
import hashlib
from typing import TYPE_CHECKING

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from . import speaking, tokens

if TYPE_CHECKING:
    from cycles.models import Session

    from .models import CycleRegistration, Participant, Registration


# Fit for an address, and no part of any path.
HERE = "-token-"


def _absolute(name: str, token: str, language: str) -> str:
    return settings.ESCALE_BASE_URL + _path(name, language).replace(HERE, token)


@functools.cache
def _path(name: str, language: str) -> str:
    """Return the path of a page with HERE for its token: a mailing asks a thousand times for the same few."""
    with translation.override(language):
        return reverse(f"registrations:{name}", args=[HERE])


def confirm(registration: CycleRegistration, *, language: str) -> str:
    """Return the address of the page whose button confirms the e-mail address; it lives for seven days."""
    return _absolute("confirm", tokens.make("confirm", registration.pk), language)


def manage(participant: Participant, *, language: str | None = None) -> str:
    """Return the address of "My registrations"."""
    return _absolute(
        "my-registrations", tokens.make("manage", participant.pk), language or participant.language
    )


def join(registration: Registration, *, language: str) -> str:
    """Return the address of the waiting room of one person at one session."""
    return _absolute("join", tokens.make("join", registration.pk), language)


def offer(registration: CycleRegistration, *, language: str) -> str:
    """Return the address of the page where a place that is held for somebody is accepted or left to others."""
    return _absolute("offer", tokens.make("offer", registration.pk), language)


def speak(session: Session, *, email: str, language: str) -> str:
    """Return the address of the page of someone who speaks at a session: its host's way into the room."""
    value = [session.pk, speaking.mark(email)]
    return _absolute("speak", tokens.make("speak", value), language)


def address_mark(participant: Participant) -> str:
    """Return a short mark of the address in force: a link that proves another one ends with it."""
    return hashlib.sha256(participant.email_key.encode()).hexdigest()[:16]


def prove_address(participant: Participant, *, email: str, language: str) -> str:
    """Return the address of the page whose button makes `email` the person's; it lives for two days."""
    value = [participant.pk, address_mark(participant), email]
    return _absolute("confirm-address", tokens.make("email", value), language)
