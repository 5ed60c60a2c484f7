"""What came out of a survey: how many answered, what was chosen how often, and texts; never who said what in secret.

Of an anonymous survey nothing is returned that fewer than five people said (answering/urn.py). Of several sessions
together only what may be read of each is counted: the sum must not tell what one of them hides.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from registrations.attendance.models import Attendance
from registrations.models import State

from .answering import forms, urn, verbs
from .asking import standing
from .models import Answer, Question, Survey, Turn, Urn

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping

    from cycles.models import Cycle, Session

Kind = Question.Kind
HUNDRED = 100
FEWEST = urn.FEWEST


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One answer of a list, and how many gave it."""

    words: str
    count: int
    share: int


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What came out of one question; `mean` is said of a scale, in tenths."""

    question: Question
    label: str
    choices: tuple[Choice, ...]
    texts: tuple[str, ...]
    answered: int
    mean: int | None

    @property
    def mean_in_words(self) -> str:
        """Return "4.3 of 5", «4,3 sur 5»; empty where there is no mean."""
        if self.mean is None:
            return ""
        number = formats.number_format(Decimal(self.mean) / 10, decimal_pos=1)
        return _("%(mean)s of 5") % {"mean": number}


@dataclass(frozen=True, kw_only=True)
class Result:
    """What may be read of a survey; `read` of `count` answers are in it, `asked` is how many could answer."""

    survey: Survey
    count: int
    read: int
    asked: int
    questions: tuple[Asked, ...]
    # Of several sessions: those whose answers are too few to be shown.
    hidden_sessions: int = 0

    @property
    def sentence(self) -> str:
        """Return how many have answered, of how many."""
        if not self.asked:
            return ngettext("%(count)d answer", "%(count)d answers", self.count) % {"count": self.count}
        words = ngettext(
            "%(count)d answer of %(asked)d who were asked",
            "%(count)d answers of %(asked)d who were asked",
            self.count,
        )
        return words % {"count": self.count, "asked": self.asked}

    @property
    def first_mean(self) -> Asked | None:
        """The first question with a mean: what a report says of the survey in a few words."""
        return next((one for one in self.questions if one.mean is not None), None)


def of_session(survey: Survey, session: Session, *, at: dt.datetime, language: str) -> Result:
    """Return what came out after one session."""
    row = Urn.objects.filter(survey=survey, session=session).first()
    mixed = verbs.read(row) if row else urn.Mixed()
    count, heap = urn.readable(mixed, is_over=_is_over(survey, session, at=at))
    return Result(
        survey=survey,
        count=mixed.count,
        read=count,
        asked=_at_least(_came([session.pk]).get(session.pk, 0), mixed.count),
        questions=_questions(survey.questions.all(), heap, language=language),
    )


def of_each_session(survey: Survey, *, at: dt.datetime, language: str) -> list[tuple[Session, Result]]:
    """Return what came out after each session after which somebody answered, in time; three queries."""
    rows = Urn.objects.filter(survey=survey, count__gt=0).select_related("session")
    urns = [(row.session, row) for row in rows.order_by("session__starts_at", "session__pk") if row.session]
    came = _came([session.pk for session, _row in urns])
    questions = list(survey.questions.all())
    results = []
    for session, row in urns:
        session.cycle = survey.cycle
        count, heap = urn.readable(verbs.read(row), is_over=_is_over(survey, session, at=at))
        result = Result(
            survey=survey,
            count=row.count,
            read=count,
            asked=_at_least(came.get(session.pk, 0), row.count),
            questions=_questions(questions, heap, language=language),
        )
        results.append((session, result))
    return results


def of_survey(survey: Survey, *, at: dt.datetime, language: str) -> Result:
    """Return what came out of a whole survey."""
    if survey.moment == Survey.Moment.SESSION:
        return _of_all_sessions(survey, at=at, language=language)
    if not survey.is_anonymous:
        return _named(survey, language=language)
    row = Urn.objects.filter(survey=survey, session=None).first()
    mixed = verbs.read(row) if row else urn.Mixed()
    count, heap = urn.readable(mixed, is_over=_is_over(survey, None, at=at))
    return Result(
        survey=survey,
        count=mixed.count,
        read=count,
        asked=_at_least(_came_to_cycle(survey.cycle), mixed.count),
        questions=_questions(survey.questions.all(), heap, language=language),
    )


def _is_over(survey: Survey, session: Session | None, *, at: dt.datetime) -> bool:
    """Tell whether nobody can answer any more. One that is closed by hand may be opened again: that is not over."""
    span = standing.window_of(survey, session)
    return span is not None and span.is_over(at=at)


def _of_all_sessions(survey: Survey, *, at: dt.datetime, language: str) -> Result:
    heap, count, read, hidden = urn.Heap(), 0, 0, 0
    rows = Urn.objects.filter(survey=survey).select_related("session")
    for row in rows.order_by("session__starts_at", "pk"):
        if row.session is None:
            continue
        row.session.cycle = survey.cycle
        part, said = urn.readable(verbs.read(row), is_over=_is_over(survey, row.session, at=at))
        heap, count, read = heap.plus(said), count + row.count, read + part
        hidden += not part
    sessions = Turn.objects.filter(survey=survey).values("session")
    asked = sum(_came(set(sessions.values_list("session", flat=True))).values())
    return Result(
        survey=survey,
        count=count,
        read=read,
        asked=_at_least(asked, count),
        questions=_questions(survey.questions.all(), heap, language=language),
        hidden_sessions=hidden,
    )


def _named(survey: Survey, *, language: str) -> Result:
    answers = list(Answer.objects.filter(survey=survey))
    texts = {str(pk) for pk in survey.questions.filter(kind=Kind.TEXT).values_list("pk", flat=True)}
    heap = urn.Heap()
    for one in answers:
        values = {name: value for name, value in one.answers.items() if name not in texts}
        said = {name: value for name, value in one.answers.items() if name in texts}
        heap = heap.plus(urn.Heap.of(values, said))
    asked = (
        survey.guests.count()
        if survey.is_of_guests
        else survey.cycle.registrations.filter(state=State.CONFIRMED).count()
    )
    return Result(
        survey=survey,
        count=len(answers),
        read=len(answers),
        asked=_at_least(asked, len(answers)),
        questions=_questions(survey.questions.all(), heap, language=language),
    )


def _at_least(asked: int, count: int) -> int:
    """Return how many were asked; 0 once nobody knows any more who came. Some may have left since they answered."""
    return max(asked, count) if asked else 0


def _came(session_ids: Iterable[int | None]) -> Mapping[int, int]:
    """Return how many came to each of some sessions; one query."""
    rows = Attendance.objects.came().filter(registration__session__in=[pk for pk in session_ids if pk])
    result: dict[int, int] = {}
    pairs = rows.order_by().values_list("registration__session", "registration").distinct()
    for session_id, _place in pairs:
        result[session_id] = result.get(session_id, 0) + 1
    return result


def _came_to_cycle(cycle: Cycle) -> int:
    rows = Attendance.objects.came().filter(registration__session__cycle=cycle)
    return rows.values("registration__cycle_registration").distinct().count()


def _questions(questions: Iterable[Question], heap: urn.Heap, *, language: str) -> tuple[Asked, ...]:
    """Return each question with what was said to it; one that is no longer asked, only where something was."""
    results = []
    for question in questions:
        name = str(question.pk)
        counts, texts = heap.tallies.get(name, {}), heap.texts.get(name, ())
        if question.is_retired and not counts and not texts:
            continue
        answered = sum(counts.values()) + len(texts)
        choices = tuple(
            Choice(
                words=words,
                count=counts.get(value, 0),
                share=round(HUNDRED * counts.get(value, 0) / answered) if answered else 0,
            )
            for value, words in forms.choices(question, language)
        )
        results.append(
            Asked(
                question=question,
                label=str(question.label.localize(language)),
                choices=choices,
                texts=tuple(texts),
                answered=answered,
                mean=_mean(counts) if question.kind == Kind.SCALE and counts else None,
            )
        )
    return tuple(results)


def _mean(counts: Mapping[str, int]) -> int:
    """Return the mean of a scale in tenths, halves upwards: in whole numbers, so that 4.25 is 4.3 everywhere."""
    total, people = sum(int(value) * count for value, count in counts.items()), sum(counts.values())
    return (20 * total + people) // (2 * people)
