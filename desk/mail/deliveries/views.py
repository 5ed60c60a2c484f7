"""What was sent, what will be, what was not and why; and what can be done about one mail, or all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
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
from desk.ui.addresses import back, without_page
from notifications.delivery import interventions, restored, sending
from notifications.models import Heartbeat, Suppression
from notifications.transport import trouble

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
    marks = (sending.PAUSED, sending.TRANSPORT, trouble.TROUBLE)
    beats = {beat.name: beat for beat in Heartbeat.objects.filter(name__in=marks)}
    resting = (beats.get(name) for name in (sending.PAUSED, sending.TRANSPORT))
    pause = next((beat for beat in resting if beat and beat.at > at), None)
    is_restored = pause is not None and restored.is_reason_of(pause)
    return render(
        request,
        "desk/mail/deliveries/deliveries.html",
        {
            "cycle": cycle,
            "form": form,
            "page": page,
            "lines": table.lines(cycle, page.object_list, at=at),
            "counts": table.counts(cycle, by_state),
            "ahead": ahead,
            "missed": missed,
            "refused": refused_mailings.of_cycle(cycle),
            "trouble": _trouble(beats.get(trouble.TROUBLE)),
            "pause": pause,
            "is_restored": is_restored,
            "overdue": restored.overdue(at=at).count() if is_restored else 0,
            "query": without_page(request.GET),
            "keep_query": True,
            "may_plan": access.Right.PLAN in rights,
            "may_read_people": True,
        },
    )


def _trouble(beat: Heartbeat | None) -> dict[str, str] | None:
    """Return why the mail server refuses us, in words; None when nothing is known to be wrong."""
    if beat is None:
        return None
    result = trouble.read(beat)
    return {"why": trouble.ground_in_words(result.ground), "reply": result.reply}


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
        "may_plan": access.Right.PLAN in rights,
        "may_read_people": True,
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
        % {"address": mail.participant.email if mail.participant else ""},
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
        "may_plan": access.Right.PLAN in rights,
        "may_read_people": True,
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


def _administrator(request: HttpRequest) -> None:
    """Raise PermissionDenied unless an administrator asks: all mail is everyone's."""
    if not request.user.is_superuser:
        raise PermissionDenied


@require_POST
@never_cache
@login_required
def pause(request: HttpRequest) -> HttpResponse:
    """Let no mail leave the site."""
    _administrator(request)
    interventions.pause(by=access.account(request.user), at=timezone.now())
    messages.success(request, _("All email is paused: it goes on being planned, and waits."))
    return redirect(_where(request))


@require_POST
@never_cache
@login_required
def resume(request: HttpRequest) -> HttpResponse:
    """Let mail leave again."""
    _administrator(request)
    aside = interventions.resume(
        by=access.account(request.user), at=timezone.now(), sets_aside=request.POST.get("overdue") == "aside"
    )
    messages.success(request, _("Email leaves again. What has become too late meanwhile is not sent."))
    if aside:
        messages.info(
            request,
            ngettext(
                "%(count)s email was set aside: it is listed, and can be sent by hand.",
                "%(count)s emails were set aside: they are listed, and can be sent by hand.",
                aside,
            )
            % {"count": aside},
        )
    return redirect(_where(request))


def _where(request: HttpRequest) -> str:
    return back(request, otherwise=reverse("desk:home"))
