"""A person's own addresses, in their language, for mails, calendars and pages; each opens one thing.

Every one is sealed with the secret of the person (seals, docs/decisions/0085): a change of address, or the person's
own wish, ends them all at once. What each opens is listed in SECURITY.md.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from . import sealed_tokens

if TYPE_CHECKING:
    from registrations.models import CycleRegistration, Participant, Registration

# Fit for an address, and no part of any path.
HERE = "-token-"


def _absolute(name: str, token: str, language: str) -> str:
    return settings.ESCALE_BASE_URL + _path(name, language).replace(HERE, token)


@functools.cache
def _path(name: str, language: str) -> str:
    """Return the path of a page with HERE for its token: a mailing asks a thousand times for the same few."""
    with translation.override(language):
        return reverse(name, args=[HERE])


def path(name: str, token: str) -> str:
    """Return the path of a page of registrations for a token, in the language in force."""
    return _path(f"registrations:{name}", translation.get_language() or settings.LANGUAGE_CODE).replace(
        HERE, token
    )


def confirm_token(registration: CycleRegistration, *, person: Participant | None = None) -> str:
    secret = (person or registration.participant).link_secret
    return sealed_tokens.make("confirm", registration.pk, secret=secret, at=registration.requested_at)


def manage_token(participant: Participant) -> str:
    return sealed_tokens.make("manage", participant.pk, secret=participant.link_secret)


def join_token(registration: Registration, *, person: Participant | None = None) -> str:
    return sealed_tokens.make(
        "join", registration.pk, secret=(person or registration.participant).link_secret
    )


def offer_token(registration: CycleRegistration, *, person: Participant | None = None) -> str:
    return sealed_tokens.make(
        "offer", registration.pk, secret=(person or registration.participant).link_secret
    )


def mail_token(participant: Participant) -> str:
    """Return what lets a page offer to mail the person's own link to the address on record, and nothing else."""
    return sealed_tokens.make("mail", participant.pk, secret=participant.link_secret)


def email_secret(participant: Participant, email: str) -> str:
    """Return what the link that proves an address is sealed with: the person's secret, and that address."""
    return f"{participant.link_secret}:{email}"


def confirm(registration: CycleRegistration, *, language: str, person: Participant | None = None) -> str:
    """Return the address of the page whose button confirms the e-mail address; it lives as long as the request.

    `person`, here and below: the participant as the mail to its address was read. A secret that is read later could
    be a newer one, and no newer link may go to an older address.
    """
    return _absolute("registrations:confirm", confirm_token(registration, person=person), language)


def manage(participant: Participant, *, language: str | None = None) -> str:
    """Return the address of "My registrations"."""
    return _absolute(
        "registrations:my-registrations", manage_token(participant), language or participant.language
    )


def join(registration: Registration, *, language: str, person: Participant | None = None) -> str:
    """Return the address of the waiting room of one person at one session."""
    return _absolute("registrations:join", join_token(registration, person=person), language)


def offer(registration: CycleRegistration, *, language: str, person: Participant | None = None) -> str:
    """Return the address of the page where a place that is held for somebody is accepted or left to others."""
    return _absolute("registrations:offer", offer_token(registration, person=person), language)


def prove_address(participant: Participant, *, email: str, language: str) -> str:
    """Return the address of the page whose button makes `email` the person's, who asked for it (participants)."""
    token = sealed_tokens.make("email", participant.pk, secret=email_secret(participant, email))
    return _absolute("registrations:confirm-address", token, language)


def leave_newsletter(participant: Participant) -> str:
    """Return the address that leaves the newsletter with one click (RFC 8058). It has no language."""
    token = sealed_tokens.make("newsletter", participant.pk, secret=participant.link_secret)
    return _absolute("notifications:unsubscribe", token, settings.LANGUAGE_CODE)


def unsubscribe(participant: Participant, *, cycle_id: int | None = None) -> str:
    """Return the address that stops a person's reminders, or the news of one cycle. It has no language."""
    secret = participant.link_secret
    if cycle_id is None:
        token = sealed_tokens.make("unsubscribe", participant.pk, secret=secret)
    else:
        token = sealed_tokens.make("news", participant.pk, cycle_id, secret=secret)
    return _absolute("notifications:unsubscribe", token, settings.LANGUAGE_CODE)
