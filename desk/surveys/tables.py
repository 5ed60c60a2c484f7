"""Answers as tables: person by person where they gave their name; sessions and their figures; and for the files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from cycles.language import naming, wording
from cycles.models import SpeakerSlot
from surveys import results as out
from surveys.answering import forms
from surveys.models import Answer, Question, Survey

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from cycles.models import Cycle, Session


@dataclass(frozen=True, kw_only=True)
class Person:
    """What one person answered, question by question: (question, answer)."""

    name: str
    answered: str
    answers: tuple[tuple[str, str], ...]


def trainers(cycle: Cycle) -> list[tuple[str, str]]:
    """Return the address and the name of each person who trains at a run, as far as an agenda gives an address."""
    slots = SpeakerSlot.objects.reachable().filter(segment__session__cycle=cycle)
    pairs = slots.order_by("segment__session__starts_at", "pk").values_list("contact_email", "contact_name")
    return list(dict(pairs).items())


def _questions(survey: Survey) -> list[Question]:
    return list(survey.questions.all())


def _said(question: Question, answers: dict[str, str], language: str) -> str:
    value = answers.get(str(question.pk), "")
    return dict(forms.choices(question, language)).get(value, value)


def people(survey: Survey, *, language: str) -> list[Person]:
    """Return who answered a survey under their name, the first first."""
    questions = _questions(survey)
    rows = Answer.objects.filter(survey=survey).select_related(
        "cycle_registration__participant", "cycle_registration__cycle", "guest"
    )
    return [
        Person(
            name=_name(row),
            answered=wording.long_date(
                row.answered_at.astimezone(survey.cycle.zone).date(), language=language
            ),
            answers=tuple(
                (str(question.label.localize(language)), said)
                for question in questions
                if (said := _said(question, row.answers, language))
            ),
        )
        for row in rows.order_by("answered_at", "pk")
    ]


def _name(row: Answer) -> str:
    if row.guest is not None:
        return str(row.guest)
    return str(row.cycle_registration.person) if row.cycle_registration is not None else ""


@dataclass(frozen=True, kw_only=True)
class OfSession:
    """What came out after one session, in a line."""

    session: Session
    result: out.Result


def sessions(survey: Survey, *, at: dt.datetime, language: str) -> list[OfSession]:
    """Return what came out after each session after which somebody answered, in time."""
    if survey.moment != Survey.Moment.SESSION:
        return []
    return [
        OfSession(session=session, result=result)
        for session, result in out.of_each_session(survey, at=at, language=language)
    ]


def export(
    survey: Survey, *, at: dt.datetime, language: str
) -> tuple[Sequence[str], list[tuple[object, ...]]]:
    """Return the heading and the lines of a file. Nothing of an anonymous survey that the page does not show."""
    if not survey.is_anonymous:
        questions = _questions(survey)
        header = [_("Name"), _("Answered on"), *(str(q.label.localize(language)) for q in questions)]
        rows = Answer.objects.filter(survey=survey).select_related(
            "cycle_registration__participant", "cycle_registration__cycle", "guest"
        )
        return header, [
            (
                _name(row),
                row.answered_at.astimezone(survey.cycle.zone).date(),
                *(_said(question, row.answers, language) for question in questions),
            )
            for row in rows.order_by("answered_at", "pk")
        ]
    header = [_("About"), _("Question"), _("Answer"), _("How many")]
    lines: list[tuple[object, ...]] = []
    if survey.moment == Survey.Moment.SESSION:
        for each in sessions(survey, at=at, language=language):
            lines += _lines(naming.session_title(each.session), each.result)
        return header, lines
    result = out.of_survey(survey, at=at, language=language)
    return header, _lines(str(survey.cycle.title), result)


def _lines(about: str, result: out.Result) -> list[tuple[object, ...]]:
    lines: list[tuple[object, ...]] = [(about, _("Number of answers"), "", result.count)]
    for asked in result.questions if result.read else ():
        lines += [(about, asked.label, choice.words, choice.count) for choice in asked.choices]
        lines += [(about, asked.label, text, "") for text in asked.texts]
    return lines
