"""What surveys keep of people, for how long, and what goes when they do (docs/retention.md)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils.translation import get_language

from cycles.language import naming
from registrations.people.data import retention, retention_periods

from .answering import forms, urn
from .asking import standing
from .models import Answer, Guest, Survey, Turn, Urn

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection

    from registrations.models import Participant


def forget(ids: Collection[int]) -> None:
    """Erase what these cycle registrations answered under their name, and that they have answered.

    What they said in an anonymous survey stays: nobody can tell which of it was theirs.
    """
    Turn.objects.filter(cycle_registration__in=ids).delete()
    Answer.objects.filter(cycle_registration__in=ids).delete()


def copy(participant: Participant, *, cycles: Collection[int] | None) -> dict[str, Any]:
    """Return what is held of somebody's surveys, for their copy: of the anonymous ones, only that they answered."""
    within = {} if cycles is None else {"survey__cycle__in": cycles}
    own = {"cycle_registration__participant": participant, **within}
    results: list[dict[str, Any]] = []
    turns = Turn.objects.filter(**own).select_related("survey__cycle", "session__cycle").order_by("pk")
    for turn in turns:
        about = naming.session_title(turn.session) if turn.session else str(turn.survey.cycle.title)
        results.append({"session": about, "survey": str(turn.survey.get_moment_display())})
    answers = Answer.objects.filter(**own).select_related("survey__cycle").order_by("pk")
    results += [
        {
            "session": str(one.survey.cycle.title),
            "survey": str(one.survey.get_moment_display()),
            "answered_at": one.answered_at,
            "answers": _in_words(one),
        }
        for one in answers
    ]
    return {"surveys": results} if results else {}


def _in_words(row: Answer) -> dict[str, str]:
    """Return named answers as {question: answer}, in the active language."""
    language = get_language() or settings.LANGUAGE_CODE
    return {
        str(question.label.localize(language)): dict(forms.choices(question, language)).get(value, value)
        for question in row.survey.questions.all()
        if (value := row.answers.get(str(question.pk)))
    }


def erase_old(*, at: dt.datetime) -> int:
    """Erase texts, named answers and guests once their cycle is long over; figures stay. Returns how many rows.

    Those of a training stay as long as its proofs: they show that opinions were asked for. What fewer than five people
    said goes as soon as nobody can answer any more: it is never shown, and of so few one might guess.
    """
    old = retention.ended(before=retention_periods.since("registrations_months", at)).values("pk")
    proofs = retention.ended(before=retention_periods.proofs_since(at)).values("pk")
    count = _erase_too_few(at=at)
    for moments, cycles in (
        ((Survey.Moment.SESSION,), old),
        # Needs are about the person: they go with the registration.
        ((Survey.Moment.NEEDS,), old),
        ((Survey.Moment.HOT, Survey.Moment.COLD, *Survey.OF_GUESTS), proofs),
    ):
        surveys = Survey.objects.filter(moment__in=moments, cycle__in=cycles).values("pk")
        count += Answer.objects.filter(survey__in=surveys).delete()[0]
        count += Guest.objects.filter(survey__in=surveys).delete()[0]
        count += Turn.objects.filter(survey__in=surveys).delete()[0]
        for row in Urn.objects.filter(survey__in=surveys):
            if row.shown.get("texts") or row.waiting.get("texts"):
                row.shown["texts"] = row.waiting["texts"] = {}
                row.save(update_fields=["shown", "waiting"])
                count += 1
    return count


def _erase_too_few(*, at: dt.datetime) -> int:
    few = Urn.objects.filter(count__gt=0, count__lt=urn.FEWEST).exclude(waiting={})
    count = 0
    for row in few.select_related("survey__cycle", "session__cycle"):
        span = standing.window_of(row.survey, row.session)
        if span is None or span.is_over(at=at):
            row.waiting = {}
            row.save(update_fields=["waiting"])
            count += 1
    return count
