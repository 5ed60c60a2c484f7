"""The addresses of somebody who speaks, sealed with a secret of theirs: each opens one thing (SECURITY.md)."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from registrations.links import sealed_tokens

if TYPE_CHECKING:
    from speakers.models import Contact

# Fit for an address, and no part of any path.
HERE = "-token-"


@functools.cache
def _path(name: str, language: str) -> str:
    with translation.override(language):
        return reverse(name, args=[HERE])


def token(contact: Contact) -> str:
    """Return what opens the page of somebody who speaks."""
    return sealed_tokens.make("speaker", contact.pk, secret=contact.link_secret)


def calendar_token(contact: Contact) -> str:
    """Return what opens the calendar of their own sessions, and nothing else."""
    return sealed_tokens.make("speaker-calendar", contact.pk, secret=contact.link_secret)


def page(contact: Contact, *, language: str, session_id: int | None = None) -> str:
    """Return the address of the page of somebody who speaks, at one session of it."""
    place = f"#session-{session_id}" if session_id is not None else ""
    return settings.ESCALE_BASE_URL + _path("speakers:page", language).replace(HERE, token(contact)) + place


def calendar(contact: Contact, *, language: str) -> str:
    """Return the address of the calendar of their own sessions."""
    path = _path("speakers:calendar", language).replace(HERE, calendar_token(contact))
    return settings.ESCALE_BASE_URL + path


def before_secret(session_id: int, mark: str) -> str:
    """Return what a link of before this app was sealed with: one session, and a mark of the address."""
    return f"{session_id}:{mark}"
