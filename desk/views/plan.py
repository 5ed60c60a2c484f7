"""Planning a cycle: the rhythm, its dates as they would be, and the creation of the sessions.

The rhythm comes by GET, so looking at one changes nothing; creating is one POST, all of it or nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from cycles import access, editing, planning
from desk import proposal
from desk.forms import RuleForm

if TYPE_CHECKING:
    import datetime as dt

    from django.http import HttpRequest, HttpResponse, QueryDict

    from cycles.models import Cycle


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def plan(request: HttpRequest, slug: str) -> HttpResponse:
    cycle, _rights = access.cycle_for(request.user, slug, right=access.Right.PLAN)
    at = timezone.now()
    if request.method != "POST":
        asked = "frequency" in request.GET
        form = RuleForm(request.GET) if asked else RuleForm(RuleForm.initial_for(cycle))
        if not asked and cycle.rule is None:
            form = RuleForm(initial=RuleForm.initial_for(cycle))
        shown = _proposal(cycle, form, at=at) if form.is_valid() else None
        return _page(request, cycle, form, shown, status=422 if asked and shown is None else 200)
    form = RuleForm(request.POST)
    if not form.is_valid():
        return _page(request, cycle, form, None, status=422)
    shown = _proposal(cycle, form, at=at, data=request.POST)
    if not shown.is_valid():
        return _page(request, cycle, form, shown, status=422)
    try:
        made = editing.plan(
            cycle,
            rule=form.values,
            skips=shown.skips,
            moves=shown.moves,
            dates=shown.seen_dates,
            by=access.account(request.user),
            at=at,
        )
    except planning.PlanningError as error:
        form.add_error(None, str(error))
        return _page(request, cycle, form, shown, status=422)
    messages.success(
        request,
        ngettext("%(count)d session was created.", "%(count)d sessions were created.", len(made))
        % {"count": len(made)},
    )
    return redirect("desk:cycle-detail", cycle.slug)


def _proposal(
    cycle: Cycle, form: RuleForm, *, at: dt.datetime, data: QueryDict | None = None
) -> proposal.Proposal:
    planned_count = form.cleaned_data["planned_count"]
    return proposal.propose(cycle, form.rule, planned_count=planned_count, at=at, data=data)


def _page(
    request: HttpRequest,
    cycle: Cycle,
    form: RuleForm,
    shown: proposal.Proposal | None,
    *,
    status: int,
) -> HttpResponse:
    context = {
        "cycle": cycle,
        "form": form,
        "proposal": shown,
        "keep_query": request.method != "POST",
        "may_plan": True,
        "may_read_people": True,
    }
    return render(request, "desk/cycle_plan.html", context, status=status)
