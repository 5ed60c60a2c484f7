"""What people thought, in the demonstration: after each stop of the invented cycle, and of the finished run."""

from __future__ import annotations

import datetime as dt
from itertools import cycle as forever
from typing import TYPE_CHECKING

from notifications.plan import survey_lines
from registrations.attendance.models import Attendance
from registrations.models import Registration
from surveys.answering import verbs as answering
from surveys.answering.links import Asked
from surveys.asking import verbs
from surveys.models import Question, Survey

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cycles.models import Cycle, Session

HOUR = dt.timedelta(hours=1)
# How useful it was, and what was missing; nobody wrote any of it.
MARKS = ("5", "4", "4", "5", "3", "5", "4", "2")
MISSING = (
    "Du temps pour les questions.",
    "",
    "Un exemple chiffré d’une petite association.",
    "Rien, merci\u202f!",
    "",
    "Subtitles during the second half.",
    "Le support avant la séance, pour suivre.",
    "",
)


def load(series: Cycle, run: Cycle, *, at: dt.datetime) -> None:
    """Open the survey of a series and the one at the end of a run that is over, and answer them in time."""
    survey = verbs.open_survey(series, moment=Survey.Moment.SESSION, by=None, at=at)
    marks, texts = forever(MARKS), forever(MISSING)
    for session in series.sessions.held().filter(ends_at__lte=at).order_by("starts_at"):
        for place in _came(session):
            asked = Asked(
                survey=survey, registration=place.cycle_registration, session=place.session, place=place
            )
            _answer(asked, marks, texts, at=place.session.ends_at)
    hot = verbs.open_survey(run, moment=Survey.Moment.HOT, by=None, at=at)
    survey_lines.add(hot, by=None, at=at)
    last = run.sessions.held().order_by("starts_at").last()
    for row in run.registrations.order_by("pk"):
        _answer(
            Asked(survey=hot, registration=row), marks, texts, at=last.ends_at if last is not None else None
        )


def _came(session: Session) -> list[Registration]:
    came = Attendance.objects.came().filter(registration__session=session)
    places = Registration.objects.confirmed().filter(pk__in=came.values("registration"))
    return list(places.select_related("session__cycle", "cycle_registration").order_by("pk"))


def _answer(asked: Asked, marks: Iterator[str], texts: Iterator[str], *, at: dt.datetime | None) -> None:
    """Answer every question as the invented person would."""
    if at is None:
        return
    values, said = {}, {}
    for question in asked.survey.questions.order_by("order", "pk"):
        mark, text = next(marks), next(texts)
        match question.kind:
            case Question.Kind.SCALE:
                values[str(question.pk)] = mark
            case Question.Kind.CHOICE:
                values[str(question.pk)] = "1"
            case Question.Kind.YES_NO:
                values[str(question.pk)] = "no" if mark == "2" else "yes"
            case Question.Kind.TEXT if text:
                said[str(question.pk)] = text
    answering.answer(asked, answering.Said(values=values, texts=said), at=at + 2 * HOUR)
