"""Whether a survey takes an answer: open, too early, over, closed, answered already, or not held."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING

from registrations.models import State as Place
from surveys.models import Answer, Turn

from . import window

if TYPE_CHECKING:
    import datetime as dt

    from cycles.models import Session
    from surveys.answering.links import Asked
    from surveys.models import Survey


class Standing(enum.StrEnum):
    OPEN = "open"
    ANSWERED = "answered"
    EARLY = "early"
    OVER = "over"
    CLOSED = "closed"
    NOT_HELD = "not_held"
    NO_PLACE = "no_place"


def sessions_of(survey: Survey) -> list[Session]:
    """Return the half-days that a survey of a whole cycle is about: those that are held and have a date, in time."""
    held = survey.cycle.sessions.held().filter(starts_at__isnull=False, ends_at__isnull=False)
    return list(held.order_by("starts_at", "pk"))


def window_of(survey: Survey, session: Session | None) -> window.Window | None:
    """Return when a survey takes answers about a session, or about its whole cycle (None)."""
    if session is not None:
        return window.window(survey.moment, [session] if session.is_held else [])
    return window.window(survey.moment, sessions_of(survey))


def has_answered(asked: Asked) -> bool:
    if asked.guest is not None:
        return Answer.objects.filter(guest=asked.guest).exists()
    if asked.survey.is_anonymous:
        turns = Turn.objects.filter(survey=asked.survey, session=asked.session)
        return turns.filter(cycle_registration=asked.registration).exists()
    return Answer.objects.filter(survey=asked.survey, cycle_registration=asked.registration).exists()


def of(asked: Asked, *, at: dt.datetime) -> Standing:
    """Return how things stand for whoever opens their link at `at`. Whoever has answered reads that first."""
    if has_answered(asked):
        return Standing.ANSWERED
    place = asked.place or asked.registration
    if place is not None and place.state != Place.CONFIRMED:
        return Standing.NO_PLACE
    span = window_of(asked.survey, asked.session)
    if span is None:
        return Standing.NOT_HELD
    if span.is_over(at=at):
        return Standing.OVER
    if not asked.survey.is_open:
        return Standing.CLOSED
    return Standing.EARLY if span.is_early(at=at) else Standing.OPEN
