"""The personal link of a survey: one survey, one person, and what they are asked about."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from registrations.links import sealed_tokens
from registrations.models import CycleRegistration, Registration
from surveys.models import Guest, Survey

if TYPE_CHECKING:
    from cycles.models import Session
    from registrations.models import Participant

# Fit for an address, and no part of any path.
HERE = "-token-"


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Who is asked what: somebody registered (at one session, where the survey is about that), or a guest."""

    survey: Survey
    registration: CycleRegistration | None = None
    session: Session | None = None
    place: Registration | None = None
    guest: Guest | None = None


def token(survey: Survey, row: Registration | CycleRegistration, *, person: Participant | None = None) -> str:
    """Return the token of somebody registered: their place at a session for a survey after it, else their registration.

    `person`: the participant as the mail to its address was read (registrations/links/personal_links.py).
    """
    secret = (person or row.participant).link_secret
    return sealed_tokens.make("survey", survey.pk, row.pk, secret=secret)


def guest_token(guest: Guest) -> str:
    return sealed_tokens.make("survey-guest", guest.pk, secret=guest.link_secret)


@functools.cache
def _path(language: str) -> str:
    with translation.override(language):
        return reverse("surveys:answer", args=[HERE])


def address(token: str, *, language: str) -> str:
    """Return the whole address of the page that a token opens."""
    return settings.ESCALE_BASE_URL + _path(language).replace(HERE, token)


def find(token: str) -> Asked | None:
    """Return whom a link asks what; None for every link that is not ours, or no more."""
    return _registered(token) or _guest(token)


def _registered(token: str) -> Asked | None:
    sealed = sealed_tokens.read("survey", token, count=2)
    if sealed is None:
        return None
    survey_id, row_id = sealed.numbers
    survey = Survey.objects.select_related("cycle__programme__picture").filter(pk=survey_id).first()
    if survey is None or survey.is_of_guests:
        return None
    living = {"participant__erased_at": None, "participant__anonymised_at": None}
    if survey.moment == Survey.Moment.SESSION:
        place = (
            Registration.objects.select_related("participant", "session__cycle", "cycle_registration")
            .filter(pk=row_id, session__cycle=survey.cycle_id, **living)
            .first()
        )
        if place is None or not sealed.is_sealed_with(place.participant.link_secret):
            return None
        return Asked(survey=survey, registration=place.cycle_registration, session=place.session, place=place)
    row = (
        CycleRegistration.objects.select_related("participant")
        .filter(pk=row_id, cycle=survey.cycle_id, **living)
        .first()
    )
    if row is None or not sealed.is_sealed_with(row.participant.link_secret):
        return None
    return Asked(survey=survey, registration=row)


def _guest(token: str) -> Asked | None:
    sealed = sealed_tokens.read("survey-guest", token)
    if sealed is None:
        return None
    guest = (
        Guest.objects.select_related("survey__cycle__programme__picture").filter(pk=sealed.numbers[0]).first()
    )
    if guest is None or not sealed.is_sealed_with(guest.link_secret):
        return None
    return Asked(survey=guest.survey, guest=guest)
