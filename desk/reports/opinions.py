"""What people thought, for the reports: each survey in one sentence, nothing of fewer than five answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from desk.schedule.consequences import language
from surveys import results
from surveys.models import Survey

if TYPE_CHECKING:
    import datetime as dt

    from cycles.models import Cycle, Session


@dataclass(frozen=True, kw_only=True)
class Opinion:
    """One survey: what it says in a sentence, and the survey itself for those who may read more."""

    survey: Survey
    sentence: str


def of_cycle(cycle: Cycle, *, at: dt.datetime) -> tuple[Opinion, ...]:
    """Return the surveys of a cycle that somebody answered; one query where there is none."""
    opinions = []
    for survey in cycle.surveys.all():
        survey.cycle = cycle
        result = results.of_survey(survey, at=at, language=language())
        if result.count:
            opinions.append(Opinion(survey=survey, sentence=_sentence(result)))
    return tuple(opinions)


def of_session(session: Session, *, at: dt.datetime) -> tuple[Opinion, ...]:
    """Return what was answered after one session."""
    survey = Survey.objects.filter(cycle=session.cycle_id, moment=Survey.Moment.SESSION).first()
    if survey is None:
        return ()
    survey.cycle = session.cycle
    result = results.of_session(survey, session, at=at, language=language())
    return (Opinion(survey=survey, sentence=_sentence(result)),) if result.count else ()


def _sentence(result: results.Result) -> str:
    """Return "survey after each session: 4.3 of 5 (12 answers)"; below five answers only how many there are."""
    label = result.survey.get_moment_display()
    count = ngettext("%(count)d answer", "%(count)d answers", result.count) % {"count": result.count}
    first = result.first_mean
    # Named answers are no secret, yet a mean of three says nothing in a report.
    if first is None or result.read < results.FEWEST:
        return _("survey %(label)s: %(count)s") % {"label": label, "count": count}
    return _("survey %(label)s: %(mean)s (%(count)s)") % {
        "label": label,
        "mean": first.mean_in_words,
        "count": count,
    }
