"""Sessions that are over with people who came, and their surveys."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from registrations.attendance.models import Attendance
from surveys.answering import links
from surveys.asking import verbs
from surveys.models import Survey
from tests import make

if TYPE_CHECKING:
    from cycles.models import Cycle, Session
    from registrations.models import Registration

HOUR = dt.timedelta(hours=1)


def came(session: Session, count: int, *, name: str = "p") -> list[Registration]:
    """Register so many people for a session, of whom it is known that they came."""
    places = []
    for number in range(1, count + 1):
        place = make.registration(
            session=session, participant=make.participant(email=f"{name}{number}@example.org")
        )
        Attendance.objects.create(
            registration=place,
            state=Attendance.State.PRESENT,
            source=Attendance.Source.HAND,
            noted_at=session.ends_at or make.AT,
        )
        places.append(place)
    return places


def opened(cycle: Cycle, moment: str = "session", *, at: dt.datetime = make.AT) -> Survey:
    return verbs.open_survey(cycle, moment=moment, by=None, at=at)


def path(survey: Survey, place: Registration) -> str:
    """Return the path of somebody's own page of a survey."""
    row = place if survey.moment == Survey.Moment.SESSION else place.cycle_registration
    return links.address(links.token(survey, row), language="fr").removeprefix("http://testserver")
