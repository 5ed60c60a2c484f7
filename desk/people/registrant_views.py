"""One person in one cycle: their request decided, their name and address corrected, their dates given back or taken."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from cycles import access
from desk.mail import announcing
from desk.people import registrant as registrant_page
from desk.people.note_form import NoteForm
from desk.people.somebody import removal, somebody, told
from desk.terms.forms import CorrectForm, DecisionForm
from registrations import booking
from registrations.models import State
from registrations.people import correcting

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

    from registrations.models import CycleRegistration

FORM_METHODS = ["GET", "HEAD", "POST"]
UNPROCESSABLE = 422


@require_http_methods(FORM_METHODS)
@never_cache
@login_required
@announcing.announces(beside="pk")
def registrant(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """What somebody asked and answered, where they stand, what else they registered for; accept or refuse."""
    right = access.Right.PLAN if request.method == "POST" else access.Right.PEOPLE
    cycle, rights = access.cycle_for(request.user, slug, right=right)
    found, at = somebody(cycle, pk), timezone.now()
    form = DecisionForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        verb = booking.accept if form.cleaned_data["decision"] == "accept" else booking.refuse
        try:
            verb(found, message=form.cleaned_data["message"], by=access.account(request.user), at=at)
        except booking.BookingError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, told(found, _("Decided.")))
            return redirect("desk:registrant", cycle.slug, found.pk)
    return page(request, found, rights=rights, decision=form)


def page(
    request: HttpRequest,
    found: CycleRegistration,
    *,
    rights: frozenset[access.Right],
    decision: DecisionForm | None = None,
    note: NoteForm | None = None,
) -> HttpResponse:
    """Show somebody's page, with the form that was sent and what is wrong with it."""
    cycle, may_plan = found.cycle, access.Right.PLAN in rights
    form = decision if decision is not None else DecisionForm()
    sent = note if note is not None else form
    context = {
        "cycle": cycle,
        "registration": found,
        "person": registrant_page.load(found, user=request.user, at=timezone.now()),
        "decision": form,
        # Whose errors the page lists.
        "form": sent,
        "note": note if note is not None else NoteForm(),
        "notes": registrant_page.notes(found, user=request.user) if may_plan else (),
        "may_plan": may_plan,
        # Who was erased and kept for a proof is only read.
        "may_act": may_plan and found.participant.erased_at is None,
        "may_read_people": True,
        "may_hand_over": access.Right.PRIVACY in rights and found.participant.erased_at is None,
        # It may reveal health: only those who can do something about it see it.
        "need": found.accessibility_need if may_plan else "",
        "can_accept": may_plan and found.state in (State.IN_REVIEW, State.REFUSED),
        "can_refuse": may_plan and found.state == State.IN_REVIEW,
    }
    status = UNPROCESSABLE if sent.errors else 200
    return render(request, "desk/people/registrant.html", context, status=status)


@require_http_methods(FORM_METHODS)
@never_cache
@login_required
def correct(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Correct how somebody is called and where mail reaches them."""
    cycle, _rights = access.cycle_for(request.user, slug, right=access.Right.PLAN)
    result = somebody(cycle, pk, participant__erased_at=None)
    initial = CorrectForm.initial_for(result.person)
    lacks_address = result.participant.lacks_address
    form = CorrectForm(
        request.POST if request.method == "POST" else None, initial=initial, lacks_address=lacks_address
    )
    known = None
    if form.is_valid():
        try:
            _correct(request, result, form)
        except correcting.CorrectionError as error:
            form.add_error("email", str(error))
            key = booking.address_key(form.data["email"])
            others = cycle.registrations.exclude(pk=result.pk)
            known = others.filter(participant__email_key=key).first()
        else:
            return redirect("desk:registrant", cycle.slug, result.pk)
    context = {
        "cycle": cycle,
        "registration": result,
        "form": form,
        "known": known,
        "lacks_address": lacks_address,
        "may_plan": True,
        "may_read_people": True,
    }
    status = UNPROCESSABLE if form.errors else 200
    return render(request, "desk/people/registrant_correct.html", context, status=status)


def _correct(request: HttpRequest, found: CycleRegistration, form: CorrectForm) -> None:
    """Write what was corrected, and say what becomes of it."""
    by, at = access.account(request.user), timezone.now()
    within = access.cycles(request.user, right=access.Right.PLAN)
    email, lacked = form.cleaned_data["email"], found.participant.lacks_address
    done = correcting.Corrected.NOTHING
    if email:
        done = correcting.correct_address(found, email=email, within=within, by=by, at=at)
    is_renamed = correcting.correct_names(found, **form.names, within=within, by=by, at=at)
    outcome = {
        correcting.Corrected.DONE: _(
            "The address is kept: the confirmation leaves at once, and this person gets every email from now on."
        )
        if lacked
        else _("The address is corrected: what waits for this person goes there, and they are told."),
    }.get(done)
    if outcome is None:
        outcome = _("The details are saved.") if is_renamed else _("Nothing was changed.")
    messages.success(request, outcome)


def _act(request: HttpRequest, slug: str, pk: int, act: Callable[[CycleRegistration], str]) -> HttpResponse:
    """Do something for somebody who is there; say what came of it, on their page."""
    cycle, _rights = access.cycle_for(request.user, slug, right=access.Right.PLAN)
    result = somebody(cycle, pk, participant__erased_at=None)
    try:
        messages.success(request, act(result))
    except booking.BookingError:
        messages.error(
            request,
            _(
                "That is not possible: the date is over, postponed or cancelled, or there is no place to take up."
            ),
        )
    return redirect("desk:registrant", cycle.slug, result.pk)


@require_POST
@never_cache
@login_required
@announcing.announces(beside="pk")
def cancel(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Give back all that is still ahead: as the person asked, or because the organisers want it so."""
    words = removal(request)

    def act(found: CycleRegistration) -> str:
        booking.cancel_all(found, by=access.account(request.user), at=timezone.now(), **words)
        return told(found, _("The registration is cancelled."))

    return _act(request, slug, pk, act)


@require_POST
@never_cache
@login_required
@announcing.announces(beside="pk")
def restore(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Take a cancelled registration up again, for the same dates."""

    def act(found: CycleRegistration) -> str:
        row = booking.undo_cancel_all(found, by=access.account(request.user), at=timezone.now())
        return _said(found, row.state)

    return _act(request, slug, pk, act)


@require_POST
@never_cache
@login_required
@announcing.announces(beside="pk")
def stop_take(request: HttpRequest, slug: str, pk: int, session: int) -> HttpResponse:
    """Take one place, for the first time or again."""

    def act(found: CycleRegistration) -> str:
        wanted = get_object_or_404(found.cycle.sessions.published(), pk=session)
        row = booking.take(found, session=wanted, by=access.account(request.user), at=timezone.now())
        if row is None:
            # Coming back needs a place in the cycle first: they wait for one, or for a decision.
            found.refresh_from_db()
        return _said(found, found.state if row is None else row.state)

    return _act(request, slug, pk, act)


def _said(found: CycleRegistration, state: str) -> str:
    return told(
        found,
        {
            State.WAITLISTED: _("No place is left: the person is on the waiting list."),
            State.IN_REVIEW: _("The request waits for your decision again."),
        }.get(State(state), _("The person is registered.")),
    )
