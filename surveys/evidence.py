"""What the surveys around a run lack to prove it: some are not opened, ask nobody, or have no answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Count, OuterRef, Subquery, Sum
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from registrations.models import CycleRegistration, State
from registrations.people import names as shown
from training.evidence.questions import Need, further_needs
from training.models import TraineeFile

from .asking import standing, window
from .models import Answer, Guest, Survey, Urn

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Iterator

    from django.db.models import QuerySet

    from cycles.models import Cycle, Session

Moment = Survey.Moment
OF_EVERY_RUN = (Moment.NEEDS, Moment.HOT, Moment.COLD, Moment.TRAINER)
# Where an employer sends somebody, they and whoever pays for it are asked too.
OF_EMPLOYERS = (Moment.EMPLOYER, Moment.FUNDER)
SENT_BY_EMPLOYERS = (TraineeFile.Kind.EMPLOYEE, TraineeFile.Kind.APPRENTICE)


@further_needs.answer
def needs(cycle: Cycle, at: dt.datetime) -> list[Need]:
    """Return which surveys a run of training lacks; four queries at most."""
    if not cycle.is_run:
        return []
    found = {survey.moment: survey for survey in _counted(cycle)}
    sessions = standing.sessions_of(Survey(cycle=cycle))
    result = list(_not_opened(cycle, found, sessions=sessions, at=at))
    opened = [found[moment] for moment in Survey.OF_RUNS if moment in found]
    for survey in opened:
        span = window.window(survey.moment, sessions)
        if survey.moment == Moment.NEEDS:
            result += _without_answer(survey)
        elif survey.is_of_guests and survey.is_open and not survey.asked:  # type: ignore[attr-defined]  # annotated
            result.append(_need(survey, _("%(survey)s: no address is given, so nobody is asked.")))
        elif span and window.is_asked(survey.moment, span, at=at) and not survey.count:  # type: ignore[attr-defined]  # likewise
            can_come = survey.is_open and not span.is_over(at=at)
            words = _("%(survey)s: no answer yet.") if can_come else _("%(survey)s: nobody has answered.")
            result.append(_need(survey, words))
    return result


def _counted(cycle: Cycle) -> QuerySet[Survey]:
    """Return the surveys of a cycle, each with how many answered it (`count`) and how many guests it asks (`asked`)."""

    def number(rows: QuerySet[Urn] | QuerySet[Answer] | QuerySet[Guest], of: Count | Sum) -> Coalesce:
        counted = rows.filter(survey=OuterRef("pk")).order_by().values("survey").annotate(number=of)
        return Coalesce(Subquery(counted.values("number")), 0)

    return Survey.objects.filter(cycle=cycle).annotate(
        count=number(Urn.objects.all(), Sum("count")) + number(Answer.objects.all(), Count("pk")),
        asked=number(Guest.objects.all(), Count("pk")),
    )


def _not_opened(
    cycle: Cycle, found: dict[str, Survey], *, sessions: list[Session], at: dt.datetime
) -> Iterator[Need]:
    """Yield the surveys that were not opened: those that still can be, and those for which it is too late."""
    files = TraineeFile.objects.filter(cycle_registration__cycle=cycle, kind__in=SENT_BY_EMPLOYERS)
    wanted = (*OF_EVERY_RUN, *(OF_EMPLOYERS if files.exists() else ()))
    missing = [moment for moment in Survey.OF_RUNS if moment in wanted and moment not in found]
    spans = {moment: window.window(moment, sessions) for moment in missing}
    late = [moment for moment in missing if (span := spans[moment]) and span.is_over(at=at)]
    if late:
        words = ngettext(
            "%(count)d survey was not opened in time: its answers cannot be asked for any more.",
            "%(count)d surveys were not opened in time: their answers cannot be asked for any more.",
            len(late),
        )
        yield Need(words=words % {"count": len(late)}, names=_names(late))
    missing = [moment for moment in missing if moment not in late]
    if missing:
        words = ngettext(
            "%(count)d survey has not been opened, so nobody is asked.",
            "%(count)d surveys have not been opened, so nobody is asked.",
            len(missing),
        )
        yield Need(
            words=words % {"count": len(missing)},
            names=_names(missing),
            url=reverse("desk:surveys", args=[cycle.slug]),
            link=_("Open the surveys"),
        )


def _names(moments: Iterable[str]) -> tuple[str, ...]:
    return tuple(str(capfirst(Survey.Moment(moment).label)) for moment in moments)


def _without_answer(survey: Survey) -> Iterator[Need]:
    """Yield the trainees who have not said what they need; they are known by name, as their answers are."""
    said = Answer.objects.filter(survey=survey, cycle_registration__isnull=False)
    rows = CycleRegistration.objects.filter(cycle=survey.cycle_id, state=State.CONFIRMED)
    silent = rows.exclude(pk__in=said.values("cycle_registration")).select_related("participant", "cycle")
    named: QuerySet[Any] = silent.annotate(**shown.shown())
    ordered = named.order_by("shown_sort", "shown_given_sort", "pk")
    names = [str(row.person) for row in ordered]
    if names:
        words = ngettext(
            "%(survey)s: %(count)d trainee has not answered.",
            "%(survey)s: %(count)d trainees have not answered.",
            len(names),
        )
        yield _need(survey, words, names=tuple(names))


def _need(survey: Survey, words: str, *, names: tuple[str, ...] = ()) -> Need:
    return Need(
        words=words % {"survey": capfirst(Survey.Moment(survey.moment).label), "count": len(names)},
        names=names,
        url=reverse("desk:surveys", args=[survey.cycle.slug]),
        link=_("See the surveys"),
    )
