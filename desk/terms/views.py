"""How a cycle takes registrations: its terms, its questions, its codes; and one more person, entered by hand."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from cycles import access
from cycles.language import wording
from cycles.schedule.revision import StaleError
from desk.mail import announcing
from desk.schedule.consequences import language
from desk.terms.forms import AddForm, CodesForm, QuestionForm, TermsForm
from desk.ui.forms import conflict
from desk.ui.rights import may
from registrations import booking
from registrations.booking import terms
from registrations.models import CycleRegistration, Question, State
from registrations.people import without_address
from registrations.rate_limits import crowds

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from cycles.models import Cycle

FORM_METHODS = ["GET", "HEAD", "POST"]
UNPROCESSABLE = 422
CONFLICT = 409


@require_http_methods(FORM_METHODS)
@never_cache
@login_required
@announcing.announces()
def registration(request: HttpRequest, slug: str) -> HttpResponse:
    """Places, window, who decides; the questions and the codes beside them."""
    cycle, rights = access.cycle_for(request.user, slug, right=access.Right.PLAN)
    if request.method != "POST":
        return _page(request, cycle, rights, TermsForm(initial=TermsForm.initial_for(cycle), cycle=cycle))
    form = TermsForm(request.POST, cycle=cycle)
    with timezone.override(cycle.zone):
        is_valid = form.is_valid()
    if not is_valid:
        return _page(request, cycle, rights, form, status=UNPROCESSABLE)
    by, seen = access.account(request.user), form.cleaned_data["seen"] or None
    try:
        terms.set_terms(cycle, values=form.cleaned_data, by=by, at=timezone.now(), seen=seen)
    except StaleError as error:
        saved = TermsForm(initial=TermsForm.initial_for(error.row), cycle=cycle)
        form.follow(saved.initial["seen"])
        result = conflict.differences(saved=saved, written=form)
        return _page(request, cycle, rights, form, differences=result, status=CONFLICT)
    messages.success(request, _("Saved."))
    return redirect("desk:registration", cycle.slug)


def _page(
    request: HttpRequest,
    cycle: Cycle,
    rights: frozenset[access.Right],
    form: TermsForm,
    *,
    codes: CodesForm | None = None,
    differences: list[conflict.Difference] | None = None,
    status: int = 200,
) -> HttpResponse:
    rows = CycleRegistration.objects.filter(cycle=cycle)
    context = {
        "cycle": cycle,
        "form": codes if codes is not None else form,
        "terms": form,
        "codes": codes or CodesForm(initial=CodesForm.initial_for(cycle)),
        "questions": cycle.questions.filter(is_retired=False),
        "differences": differences,
        "is_conflict": differences is not None,
        "crowd_until": _crowd_until(cycle),
        "at_once": settings.ESCALE_REGISTRATIONS_AT_ONCE,
        "crowd_hours": crowds.ANNOUNCED_FOR // dt.timedelta(hours=1),
        "waiting": rows.filter(state=State.WAITLISTED).count(),
        "to_decide": rows.filter(state=State.IN_REVIEW).count(),
        **may(rights),
    }
    return render(request, "desk/terms/registration.html", context, status=status)


def _crowd_until(cycle: Cycle) -> str:
    """Return until which hour many people may register from one place, in words; empty when it is not announced."""
    until = crowds.announced_until(cycle, at=timezone.now())
    return wording.clock(until.astimezone(cycle.zone), language=language()) if until else ""


@require_POST
@never_cache
@login_required
def crowd(request: HttpRequest, slug: str) -> HttpResponse:
    """Let many people register from one place for a while: a room of them, or a page that is passed around."""
    cycle, _rights = access.cycle_for(request.user, slug, right=access.Right.PLAN)
    crowds.announce(cycle, by=access.account(request.user), at=timezone.now())
    messages.success(
        request, _("Many people can register from one place now, until %s.") % _crowd_until(cycle)
    )
    return redirect("desk:registration", cycle.slug)


@require_POST
@never_cache
@login_required
def crowd_over(request: HttpRequest, slug: str) -> HttpResponse:
    """Let the usual limits hold again."""
    cycle, _rights = access.cycle_for(request.user, slug, right=access.Right.PLAN)
    crowds.end(cycle, by=access.account(request.user), at=timezone.now())
    messages.success(request, _("The usual limits hold again."))
    return redirect("desk:registration", cycle.slug)


@require_POST
@never_cache
@login_required
def codes(request: HttpRequest, slug: str) -> HttpResponse:
    cycle, rights = access.cycle_for(request.user, slug, right=access.Right.PLAN)
    form = CodesForm(request.POST)
    plain = TermsForm(initial=TermsForm.initial_for(cycle), cycle=cycle)
    if not form.is_valid():
        return _page(request, cycle, rights, plain, codes=form, status=UNPROCESSABLE)
    by, seen = access.account(request.user), form.cleaned_data["seen"] or None
    try:
        terms.set_codes(cycle, codes=form.cleaned_data["codes"], by=by, at=timezone.now(), seen=seen)
    except StaleError as error:
        saved = CodesForm(initial=CodesForm.initial_for(error.row))
        form.follow(saved.initial["seen"])
        result = conflict.differences(saved=saved, written=form)
        return _page(request, cycle, rights, plain, codes=form, differences=result, status=CONFLICT)
    messages.success(request, _("The codes are saved."))
    return redirect("desk:registration", cycle.slug)


@require_http_methods(FORM_METHODS)
@never_cache
@login_required
def question_new(request: HttpRequest, slug: str) -> HttpResponse:
    cycle, _rights = access.cycle_for(request.user, slug, right=access.Right.PLAN)
    order = cycle.questions.count() + 1
    return _question(request, cycle, None, initial={"order": order, "kind": Question.Kind.SHORT})


@require_http_methods(FORM_METHODS)
@never_cache
@login_required
def question_edit(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    cycle, _rights = access.cycle_for(request.user, slug, right=access.Right.PLAN)
    question = get_object_or_404(cycle.questions, pk=pk, is_retired=False)
    return _question(request, cycle, question, initial=QuestionForm.initial_for(question))


def _question(
    request: HttpRequest, cycle: Cycle, question: Question | None, *, initial: dict[str, Any]
) -> HttpResponse:
    form = QuestionForm(request.POST if request.method == "POST" else None, initial=initial)
    context = {"cycle": cycle, "form": form, "question": question}
    if not form.is_valid():
        return render(
            request, "desk/terms/question.html", context, status=UNPROCESSABLE if form.errors else 200
        )
    try:
        terms.save_question(
            cycle,
            question=question,
            values=form.values,
            by=access.account(request.user),
            at=timezone.now(),
            seen=form.cleaned_data["seen"] or None,
        )
    except StaleError as error:
        saved = QuestionForm(initial=QuestionForm.initial_for(error.row))
        form.follow(saved.initial["seen"])
        context |= {"differences": conflict.differences(saved=saved, written=form), "is_conflict": True}
        return render(request, "desk/terms/question.html", context, status=CONFLICT)
    messages.success(request, _("The question is saved: the form asks it now."))
    return redirect("desk:registration", cycle.slug)


@require_POST
@never_cache
@login_required
def question_retire(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    cycle, _rights = access.cycle_for(request.user, slug, right=access.Right.PLAN)
    question = get_object_or_404(cycle.questions, pk=pk)
    terms.retire_question(question, by=access.account(request.user), at=timezone.now())
    messages.success(request, _("The form asks this no more. Answers that were given stay in the exports."))
    return redirect("desk:registration", cycle.slug)


def _known(cycle: Cycle, applicant: booking.Applicant) -> CycleRegistration | None:
    """Return who stands in the cycle already as somebody that is to be entered."""
    if not applicant.email:
        return without_address.in_cycle(cycle).get(without_address.known_as(applicant))
    key = booking.address_key(applicant.email)
    return cycle.registrations.filter(participant__email_key=key).first()


def _outcome(row: CycleRegistration) -> str:
    """Return where somebody stands who was just entered, and whether they hear of it."""
    if row.participant.lacks_address:
        return {
            State.CONFIRMED: _("Registered. Tell the person yourself: nothing is sent to them."),
            State.WAITLISTED: _("The cycle is full: the person is on its waiting list. Tell them yourself."),
        }[State(row.state)]
    return {
        State.CONFIRMED: _("Registered. The confirmation leaves at once."),
        State.WAITLISTED: _("The cycle is full: the person is on its waiting list, and is told so."),
    }[State(row.state)]


@require_http_methods(FORM_METHODS)
@never_cache
@login_required
def registrant_add(request: HttpRequest, slug: str) -> HttpResponse:
    """Register somebody who asked by another way than the form; they are told by mail at once."""
    cycle, _rights = access.cycle_for(request.user, slug, right=access.Right.PLAN)
    at = timezone.now()
    ahead = list(cycle.sessions.upcoming(at=at))
    for session in ahead:
        session.cycle = cycle
    form = AddForm(request.POST if request.method == "POST" else None, ahead=ahead)
    known = None
    if form.is_valid():
        applicant = form.applicant()
        try:
            row = booking.add(
                cycle,
                applicant=applicant,
                scope=form.chosen_scope,
                session_ids=form.session_ids(),
                by=access.account(request.user),
                at=at,
            )
        except booking.AlreadyThereError as error:
            form.add_error("email", str(error))
            known = _known(cycle, applicant)
        else:
            messages.success(request, _outcome(row))
            return redirect("desk:registrant", cycle.slug, row.pk)
    context = {
        "cycle": cycle,
        "form": form,
        "known": known,
        "has_dates": bool(ahead),
        "may_plan": True,
        "may_read_people": True,
    }
    return render(
        request, "desk/people/registrant_add.html", context, status=UNPROCESSABLE if form.errors else 200
    )
