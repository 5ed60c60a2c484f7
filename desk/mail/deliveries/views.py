"""What was sent, what will be, what was not and why; and what can be done about one mail, or all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from cycles import access
from desk.mail.deliveries import refused_mailings, table
from desk.mail.deliveries import stopped as stopping
from desk.people.registrants import LONGEST_NUMBER
from desk.status import pausing
from desk.ui.addresses import back, without_page
from desk.ui.rights import may
from notifications.delivery import interventions
from notifications.models import Delivery, Suppression

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

    from cycles.models import Cycle
    from registrations.models import CycleRegistration


@require_safe
@never_cache
@login_required
def deliveries(request: HttpRequest, slug: str) -> HttpResponse:
    cycle, rights = access.cycle_for(request.user, slug, right=access.Right.PEOPLE)
    at = timezone.now()
    form = table.FilterForm(request.GET, cycle=cycle)
    by_state = table.by_state(cycle)
    page = table.Pages(cycle, form, by_state=by_state).get_page(request.GET.get("page"))
    ahead, missed = table.mailings(cycle, at=at)
    return render(
        request,
        "desk/mail/deliveries/deliveries.html",
        {
            "cycle": cycle,
            "form": form,
            "page": page,
            "lines": table.lines(cycle, page.object_list, at=at),
            "waiting": page.paginator.count if request.GET.get("state") == Delivery.State.PENDING else 0,
            "counts": table.counts(cycle, by_state),
            "ahead": ahead,
            "missed": missed,
            "refused": refused_mailings.of_cycle(cycle),
            **pausing.facts(at=at),
            "query": without_page(request.GET),
            "keep_query": True,
            **may(rights),
        },
    )


@require_safe
@never_cache
@login_required
def person(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Show every mail of one person in a cycle, the newest first, with what became of each."""
    cycle, rights = access.cycle_for(request.user, slug, right=access.Right.PEOPLE)
    row = _registered(cycle, pk)
    mails = table.loaded(table.of_cycle(cycle).filter(participant=pk)).order_by("-next_at", "-pk")
    context = {
        "cycle": cycle,
        "person": row.person,
        "participant": row.participant,
        "row": row,
        "lines": table.lines(cycle, mails, at=timezone.now()),
        "stopped": stopping.of_person(row),
        "form": stopping.StopForm(),
        **may(rights),
    }
    return render(request, "desk/mail/deliveries/deliveries_person.html", context)


def _act(request: HttpRequest, slug: str, act: Callable[[], object], done: str) -> HttpResponse:
    """Do it, say so or why not, and go back to the page from which it was asked."""
    try:
        act()
    except interventions.InterventionError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, done)
    return redirect(back(request, otherwise=reverse("desk:deliveries", args=[slug])))


@require_POST
@never_cache
@login_required
def retry(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Send one mail again."""
    cycle, _rights = access.cycle_for(request.user, slug, right=access.Right.PLAN)
    mail = get_object_or_404(table.of_cycle(cycle), pk=pk)
    by = access.account(request.user)
    return _act(
        request,
        slug,
        lambda: interventions.retry(mail, by=by, at=timezone.now()),
        _("It is sent again within a minute, to %(address)s.")
        % {"address": mail.participant.email if mail.participant else mail.to_address},
    )


@require_POST
@never_cache
@login_required
def withdraw(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Withdraw one mail that waits or is held."""
    cycle, _rights = access.cycle_for(request.user, slug, right=access.Right.PLAN)
    mail = get_object_or_404(table.of_cycle(cycle), pk=pk)
    by = access.account(request.user)
    return _act(
        request, slug, lambda: interventions.withdraw(mail, by=by, at=timezone.now()), _("It is withdrawn.")
    )


@require_POST
@never_cache
@login_required
def withdraw_several(request: HttpRequest, slug: str) -> HttpResponse:
    """Withdraw all the mails that wait of those that the filters in the address keep."""
    cycle, _rights = access.cycle_for(request.user, slug, right=access.Right.PLAN)
    form = table.FilterForm(request.GET, cycle=cycle)
    expected = request.POST.get("expected", "")
    by, at = access.account(request.user), timezone.now()
    try:
        count = interventions.withdraw_several(
            table.rows(cycle, form),
            cycle=cycle,
            expected=int(expected) if expected.isdecimal() and len(expected) <= LONGEST_NUMBER else 0,
            by=by,
            at=at,
        )
    except interventions.InterventionError as error:
        messages.error(request, str(error))
    else:
        text = ngettext(
            "Stopped: %(count)d waiting email was withdrawn.",
            "Stopped: %(count)d waiting emails were withdrawn.",
            count,
        )
        messages.success(request, text % {"count": count})
    return redirect("desk:deliveries", cycle.slug)


@require_safe
@never_cache
@login_required
def stopped(request: HttpRequest, slug: str) -> HttpResponse:
    """Who of the cycle gets no mail any more, and why."""
    cycle, rights = access.cycle_for(request.user, slug, right=access.Right.PEOPLE)
    after = request.GET.get("after", "")
    is_number = after.isdecimal() and len(after) <= LONGEST_NUMBER
    context = {
        "cycle": cycle,
        "page": stopping.page(cycle, after=int(after) if is_number else 0),
        **may(rights),
    }
    return render(request, "desk/mail/deliveries/stopped.html", context)


@require_POST
@never_cache
@login_required
def stop(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Send nothing more to somebody of this cycle."""
    cycle, _rights = access.cycle_for(request.user, slug, right=access.Right.PLAN)
    row = _registered(cycle, pk)
    form = stopping.StopForm(request.POST)
    if not row.participant.email or not form.is_valid():
        raise Http404
    by, reason = access.account(request.user), Suppression.Reason(form.cleaned_data["reason"])
    return _act(
        request,
        slug,
        lambda: interventions.stop(row, reason=reason, by=by, at=timezone.now()),
        _("Nothing more is sent to this address from this programme."),
    )


@require_POST
@never_cache
@login_required
def allow(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Let the address of somebody of this cycle receive mail again."""
    cycle, _rights = access.cycle_for(request.user, slug, right=access.Right.PLAN)
    row = _registered(cycle, pk)
    by = access.account(request.user)
    within = access.cycles(request.user, right=access.Right.PLAN)
    return _act(
        request,
        slug,
        lambda: interventions.allow(row, within=within, by=by, at=timezone.now()),
        _("This address receives email again."),
    )


def _registered(cycle: Cycle, participant: int) -> CycleRegistration:
    """Return the registration of somebody; whoever was anonymised is nobody any more."""
    rows = cycle.registrations.filter(participant__anonymised_at=None).select_related("participant")
    row = get_object_or_404(rows, participant=participant)
    row.cycle = cycle
    return row
