"""The surveys of one person: what they are asked now, and what they have answered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse

from registrations.attendance.models import Attendance
from registrations.models import CycleRegistration, Registration, State
from surveys.asking import standing
from surveys.models import Survey

from . import links

if TYPE_CHECKING:
    import datetime as dt

    from cycles.models import Session
    from registrations.models import Participant


@dataclass(frozen=True, kw_only=True)
class Owned:
    """One survey as its person sees it in a list."""

    survey: Survey
    session: Session | None
    standing: standing.Standing
    url: str


def of(participant: Participant, *, at: dt.datetime) -> list[Owned]:
    """Return what is open to somebody or answered by them, cycle by cycle; after a session only where they came."""
    rows = participant.cycle_registrations.filter(state=State.CONFIRMED).order_by("-requested_at", "-pk")
    results: list[Owned] = []
    for row in rows.select_related("cycle__programme__picture", "participant"):
        surveys = Survey.objects.filter(cycle=row.cycle_id, moment__in=Survey.OF_REGISTERED).order_by("pk")
        for survey in surveys:
            survey.cycle = row.cycle
            results += (
                _of_sessions(survey, row, at=at) if _is_of_sessions(survey) else _whole(survey, row, at=at)
            )
    return results


def _is_of_sessions(survey: Survey) -> bool:
    return survey.moment == Survey.Moment.SESSION


def came_to(row: CycleRegistration) -> list[Registration]:
    """Return the places of somebody at sessions to which they came, in time."""
    came = Attendance.objects.came().filter(registration__cycle_registration=row)
    places = Registration.objects.confirmed().filter(pk__in=came.values("registration"))
    return list(places.select_related("session__cycle", "participant").order_by("session__starts_at", "pk"))


def _of_sessions(survey: Survey, row: CycleRegistration, *, at: dt.datetime) -> list[Owned]:
    results = []
    for place in came_to(row):
        asked = links.Asked(survey=survey, registration=row, session=place.session, place=place)
        results += _shown(asked, links.token(survey, place), at=at)
    return results


def _whole(survey: Survey, row: CycleRegistration, *, at: dt.datetime) -> list[Owned]:
    if survey.moment != Survey.Moment.NEEDS and not came_to(row):
        return []
    return _shown(links.Asked(survey=survey, registration=row), links.token(survey, row), at=at)


def _shown(asked: links.Asked, token: str, *, at: dt.datetime) -> list[Owned]:
    how = standing.of(asked, at=at)
    if how not in (standing.Standing.OPEN, standing.Standing.ANSWERED):
        return []
    url = reverse("surveys:answer", args=[token])
    return [Owned(survey=asked.survey, session=asked.session, standing=how, url=url)]
