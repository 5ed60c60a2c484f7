"""What organisers decide about surveys: the only writer of surveys, their questions and their guests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import journal
from cycles.content.editing import fingerprint
from cycles.schedule.revision import StaleError
from surveys.models import Answer, Guest, Question, Survey, Urn

from . import standard

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping

    from accounts.models import User
    from cycles.models import Cycle

# What an editor shows of a question.
ASKED = ("order", "kind", "label", "choices", "is_required", "is_retired")


class SurveyError(Exception):
    """A wish that a survey cannot follow; the message says why, in the organiser's language."""


def moments(cycle: Cycle) -> tuple[str, ...]:
    """Return which surveys a cycle can have: a run those around a training, any other the one after each session."""
    return Survey.OF_RUNS if cycle.is_run else (Survey.Moment.SESSION,)


def open_survey(cycle: Cycle, *, moment: str, by: User | None, at: dt.datetime) -> Survey:
    """Let a survey take answers, with the standard questions the first time. Raises SurveyError for a wrong moment."""
    if moment not in moments(cycle):
        raise SurveyError(_("This cycle has no such survey."))
    with journal.entry("survey.open", cycle, by=by, at=at, detail=moment):
        survey, is_new = Survey.objects.select_for_update().get_or_create(
            cycle=cycle, moment=moment, defaults={"opened_at": at}
        )
        if is_new:
            Question.objects.bulk_create(standard.rows(survey))
        elif survey.closed_at is not None:
            survey.closed_at = None
            survey.save(update_fields=["closed_at"])
    return survey


def close(survey: Survey, *, by: User | None, at: dt.datetime) -> None:
    """Take no more answers, and ask nobody any more; what was answered stays."""
    with journal.entry("survey.close", survey.cycle, by=by, at=at, detail=survey.moment):
        Survey.objects.filter(pk=survey.pk, closed_at=None).update(closed_at=at)


def has_answers(survey: Survey) -> bool:
    return (
        Urn.objects.filter(survey=survey, count__gt=0).exists()
        or Answer.objects.filter(survey=survey).exists()
    )


def digest(question: Question) -> str:
    """Return a short text that differs whenever anything of a question does that its editor shows."""
    return fingerprint([getattr(question, name) for name in ASKED])


def save_question(
    survey: Survey,
    *,
    question: Question | None,
    values: Mapping[str, Any],
    by: User | None,
    at: dt.datetime,
    seen: str | None = None,
) -> Question:
    """Write a question, a new one when `question` is None; return it.

    Raises SurveyError when answers would come to mean something else: once there are any, words may be corrected, the
    kind and the number of choices stay. Raises StaleError when it is no longer what it was when `seen`.
    """
    with journal.entry("survey.question", survey.cycle, by=by, at=at, detail=survey.moment):
        Survey.objects.select_for_update().get(pk=survey.pk)
        row = Question(survey=survey)
        if question is not None:
            row = Question.objects.select_for_update().get(pk=question.pk)
            if seen is not None and digest(row) != seen:
                raise StaleError(row)
            before = (row.kind, _sizes(row))
        for name, value in values.items():
            setattr(row, name, value)
        if question is not None and before != (row.kind, _sizes(row)) and has_answers(survey):
            raise SurveyError(
                _(
                    "This survey has answers: correct the words, but keep the kind of answer and the number of "
                    "choices. To ask something else, stop asking this and add a question."
                )
            )
        row.save()
    return row


def _sizes(question: Question) -> int:
    """Return how many choices answers can name."""
    return len(question.options("fr")) if question.kind == Question.Kind.CHOICE else 0


def retire_question(question: Question, *, by: User | None, at: dt.datetime) -> None:
    """Ask a question no more: it goes, or stays for its answers. Raises SurveyError for the last one."""
    survey = question.survey
    with journal.entry("survey.question_gone", survey.cycle, by=by, at=at, detail=survey.moment):
        Survey.objects.select_for_update().get(pk=survey.pk)
        if not survey.questions.filter(is_retired=False).exclude(pk=question.pk).exists():
            raise SurveyError(_("This is the last question: close the survey instead, and nobody is asked."))
        if has_answers(survey):
            Question.objects.filter(pk=question.pk).update(is_retired=True)
        else:
            question.delete()


def set_guests(
    survey: Survey, *, guests: Iterable[tuple[str, str]], language: str, by: User | None, at: dt.datetime
) -> None:
    """Make these (address, name) the guests of a survey. Who has answered stays."""
    with journal.entry("survey.guests", survey.cycle, by=by, at=at, detail=survey.moment):
        Survey.objects.select_for_update().get(pk=survey.pk)
        wanted = dict(guests)
        Guest.objects.filter(survey=survey, survey_answers=None).exclude(email__in=wanted).delete()
        Guest.objects.bulk_create(
            [
                Guest(survey=survey, email=email, name=name, language=language)
                for email, name in wanted.items()
            ],
            ignore_conflicts=True,
        )
        for email, name in wanted.items():
            Guest.objects.filter(survey=survey, email=email).update(name=name)


@transaction.atomic
def carry_over(cycle: Cycle, *, to: Cycle, at: dt.datetime) -> None:
    """Give another cycle the open surveys of this one with their questions; no guest, no answer."""
    for survey in Survey.objects.filter(cycle=cycle, closed_at=None):
        copy, is_new = Survey.objects.get_or_create(
            cycle=to, moment=survey.moment, defaults={"opened_at": at}
        )
        if not is_new:
            continue
        questions = list(survey.questions.filter(is_retired=False))
        for question in questions:
            question.pk, question.survey = None, copy
        Question.objects.bulk_create(questions)
