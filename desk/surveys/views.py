"""Surveys of a cycle: opened and closed, asked in one's own words, and read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts import journal
from cycles import access
from cycles.schedule.revision import StaleError
from cycles.site import pages
from desk.cycle import line
from desk.schedule.consequences import language
from desk.ui.acts import act_of
from desk.ui.forms import conflict
from desk.ui.forms.languages import LANGUAGES
from desk.ui.rights import may
from desk.ui.tables.exports import table_file
from notifications.plan import survey_lines
from surveys import results as out
from surveys.asking import standing, verbs, window
from surveys.models import Question, Survey

from . import tables
from .forms import GuestsForm, QuestionForm

if TYPE_CHECKING:
    import datetime as dt

    from django.http import HttpRequest, HttpResponse, HttpResponseBase

    from cycles.models import Cycle, Session

FORM = require_http_methods(["GET", "HEAD", "POST"])
UNPROCESSABLE, CONFLICT = 422, 409


def _survey(
    request: HttpRequest, slug: str, moment: str, *, right: access.Right
) -> tuple[Survey, frozenset[access.Right]]:
    """Return a survey of a cycle that was opened once, with what its reader may do."""
    cycle, rights = access.cycle_for(request.user, slug, right=right)
    survey = cycle.surveys.filter(moment=moment).first()
    if survey is None:
        raise Http404
    survey.cycle = cycle
    return survey, rights


@require_safe
@never_cache
@login_required
def surveys(request: HttpRequest, slug: str) -> HttpResponse:
    """Every survey that the cycle can have: whether it is open, what it asks, how many have answered."""
    cycle, rights = access.cycle_for(request.user, slug)
    return _page(request, cycle, rights)


def _page(
    request: HttpRequest,
    cycle: Cycle,
    rights: frozenset[access.Right],
    *,
    wrong: GuestsForm | None = None,
    of: str = "",
    status: int = 200,
) -> HttpResponse:
    at = timezone.now()
    existing = {survey.moment: survey for survey in cycle.surveys.all()}
    rows = []
    dated = standing.sessions_of(Survey(cycle=cycle))
    for moment in verbs.moments(cycle):
        survey = existing.get(moment)
        if survey is not None:
            survey.cycle = cycle
        is_wrong = wrong is not None and moment == of
        has_guests = survey is not None and survey.is_of_guests
        rows.append(
            {
                "moment": moment,
                "label": Survey.Moment(moment).label,
                "leaves": survey_lines.distances(moment, language=language()),
                "is_anonymous": moment in Survey.ANONYMOUS,
                "is_over": _is_over(moment, dated, at=at),
                "survey": survey,
                "questions": survey.questions.filter(is_retired=False) if survey else [],
                "result": out.of_survey(survey, at=at, language=language()) if survey else None,
                "guests": wrong
                if is_wrong
                else GuestsForm(initial=GuestsForm.initial_for(survey), auto_id=f"id_{moment}_%s")
                if has_guests and survey is not None
                else None,
            }
        )
    context = {
        "cycle": cycle,
        "rows": rows,
        "form": wrong,
        **may(rights),
    }
    return render(request, "desk/surveys/surveys.html", context, status=status)


def _is_over(moment: str, dated: list[Session], *, at: dt.datetime) -> bool:
    """Tell whether a survey of a whole cycle takes no more answers by its half-days that have a date."""
    if moment == Survey.Moment.SESSION:
        return False
    span = window.window(moment, dated)
    return span is not None and span.is_over(at=at)


@act_of("desk:survey-results")
def open_one(request: HttpRequest, slug: str, moment: str) -> HttpResponse:
    """Open a survey: its standard questions the first time, and its lines in the reminder plan."""
    cycle, _rights = access.cycle_for(request.user, slug, right=access.Right.PLAN)
    at, by = timezone.now(), access.account(request.user)
    if _is_over(moment, standing.sessions_of(Survey(cycle=cycle)), at=at):
        messages.error(request, _("It is too late to open this survey: nobody could answer it."))
        return redirect("desk:surveys", slug)
    try:
        survey = verbs.open_survey(cycle, moment=moment, by=by, at=at)
    except verbs.SurveyError:
        raise Http404 from None
    survey_lines.add(survey, by=by, at=at)
    if moment == Survey.Moment.TRAINER and not survey.guests.exists():
        known = tables.trainers(cycle)
        verbs.set_guests(survey, guests=known, language=LANGUAGES[0], by=by, at=at)
    if moment == Survey.Moment.SESSION:
        done = _("Open: the email that thanks those who came carries the link from now on.")
    elif survey_lines.has_passed(survey, at=at):
        done = _(
            "Open, but the moments of its emails have passed: none leaves unless you add a line to the reminder plan."
        )
        if not survey.is_of_guests:
            done += " " + _("Whoever it asks finds it on their own page.")
    else:
        done = _("Open: its emails stand in the reminder plan, where you can change when they leave.")
    messages.success(request, done)
    return redirect("desk:surveys", slug)


@act_of("desk:survey-results")
def close(request: HttpRequest, slug: str, moment: str) -> HttpResponse:
    """Close a survey: links say so, and nobody is asked any more."""
    survey, _rights = _survey(request, slug, moment, right=access.Right.PLAN)
    verbs.close(survey, by=access.account(request.user), at=timezone.now())
    messages.success(request, _("Closed: nobody is asked any more. What was answered stays."))
    return redirect("desk:surveys", slug)


@act_of("desk:survey-results")
def guests(request: HttpRequest, slug: str, moment: str) -> HttpResponse:
    """Write whom a survey asks that is not registered."""
    survey, rights = _survey(request, slug, moment, right=access.Right.PLAN)
    if not survey.is_of_guests:
        raise Http404
    form = GuestsForm(request.POST, auto_id=f"id_{moment}_%s")
    if not form.is_valid():
        return _page(request, survey.cycle, rights, wrong=form, of=moment, status=UNPROCESSABLE)
    verbs.set_guests(
        survey,
        guests=form.cleaned_data["guests"],
        language=form.cleaned_data["language"],
        by=access.account(request.user),
        at=timezone.now(),
    )
    messages.success(request, _("Saved."))
    return redirect("desk:surveys", slug)


@FORM
@never_cache
@login_required
def question_new(request: HttpRequest, slug: str, moment: str) -> HttpResponse:
    survey, _rights = _survey(request, slug, moment, right=access.Right.PLAN)
    initial = {"order": survey.questions.count() + 1, "kind": Question.Kind.SCALE}
    return _question(request, survey, None, initial=initial)


@FORM
@never_cache
@login_required
def question(request: HttpRequest, slug: str, moment: str, pk: int) -> HttpResponse:
    survey, _rights = _survey(request, slug, moment, right=access.Right.PLAN)
    row = get_object_or_404(survey.questions, pk=pk, is_retired=False)
    return _question(request, survey, row, initial=QuestionForm.initial_for(row))


def _question(
    request: HttpRequest, survey: Survey, row: Question | None, *, initial: dict[str, Any]
) -> HttpResponse:
    form = QuestionForm(request.POST if request.method == "POST" else None, initial=initial)
    context: dict[str, Any] = {
        "cycle": survey.cycle,
        "survey": survey,
        "form": form,
        "question": row,
        "has_answers": verbs.has_answers(survey),
    }
    template = "desk/surveys/question.html"
    if not form.is_valid():
        return render(request, template, context, status=UNPROCESSABLE if form.errors else 200)
    try:
        verbs.save_question(
            survey,
            question=row,
            values=form.values,
            by=access.account(request.user),
            at=timezone.now(),
            seen=form.cleaned_data["seen"] or None,
        )
    except verbs.SurveyError as error:
        form.add_error(None, str(error))
        return render(request, template, context, status=UNPROCESSABLE)
    except StaleError as error:
        saved = QuestionForm(initial=QuestionForm.initial_for(error.row))
        form.follow(saved.initial["seen"])
        context |= {"differences": conflict.differences(saved=saved, written=form), "is_conflict": True}
        return render(request, template, context, status=CONFLICT)
    messages.success(request, _("The question is saved: the survey asks it now."))
    return redirect("desk:surveys", survey.cycle.slug)


@act_of("desk:survey-question")
def question_retire(request: HttpRequest, slug: str, moment: str, pk: int) -> HttpResponse:
    """Ask a question no more."""
    survey, _rights = _survey(request, slug, moment, right=access.Right.PLAN)
    row = get_object_or_404(survey.questions.select_related("survey__cycle"), pk=pk)
    try:
        verbs.retire_question(row, by=access.account(request.user), at=timezone.now())
    except verbs.SurveyError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The survey asks this no more. What was answered stays in the results."))
    return redirect("desk:surveys", slug)


@require_safe
@never_cache
@login_required
def results(request: HttpRequest, slug: str, moment: str) -> HttpResponse:
    """What came out of a survey: figures for whoever may see the cycle, texts and names for those who may read them."""
    cycle, rights = access.cycle_for(request.user, slug)
    if moment in verbs.moments(cycle) and not cycle.surveys.filter(moment=moment).exists():
        return redirect("desk:surveys", slug)
    survey, rights = _survey(request, slug, moment, right=access.Right.SEE)
    may_read = access.Right.ANSWERS in rights
    at = timezone.now()
    context = {
        "cycle": survey.cycle,
        "survey": survey,
        "result": out.of_survey(survey, at=at, language=language()),
        "people": tables.people(survey, language=language()) if may_read and not survey.is_anonymous else [],
        "sessions": tables.sessions(survey, at=at, language=language()),
        "may_read": may_read,
        **may(rights),
    }
    return render(request, "desk/surveys/results.html", context)


@require_safe
@never_cache
@login_required
def session_results(request: HttpRequest, cycle: str, slug: str) -> HttpResponse:
    """What came out of the survey after one session."""
    session, rights = access.session_for(request.user, cycle, slug)
    survey = session.cycle.surveys.filter(moment=Survey.Moment.SESSION).first()
    if survey is None:
        raise Http404
    survey.cycle = session.cycle
    at = timezone.now()
    context = {
        "cycle": session.cycle,
        "session": session,
        "item": line.desk_stop(pages.stop(session, at=at), seated=0, waiting=0, mailings=(), at=at),
        "survey": survey,
        "result": out.of_session(survey, session, at=at, language=language()),
        "may_read": access.Right.ANSWERS in rights,
    }
    return render(request, "desk/surveys/session_results.html", context)


@require_safe
@never_cache
@login_required
def export(request: HttpRequest, slug: str, moment: str, ending: str) -> HttpResponseBase:
    """The answers as CSV or a spreadsheet: a line a person where they gave their name, else figures and texts."""
    survey, _rights = _survey(request, slug, moment, right=access.Right.ANSWERS)
    at = timezone.now()
    journal.record(
        "survey.export", by=access.account(request.user), at=at, target=survey.cycle, detail=moment
    )
    header, rows = tables.export(survey, at=at, language=language())
    return table_file(f"{slug}-{moment}", ending=ending, header=header, rows=rows)
