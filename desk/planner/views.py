"""Planning a cycle: the rhythm, its dates as they would be, and the creation of the sessions.

Everything can be looked at before anything is saved: by GET for the rhythm alone (an address to share), by POST for
what becomes of each date. Creating is one POST, all of it or nothing. Without JavaScript a button shows the dates;
with it they follow what is written.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from cycles import access
from cycles.content import editing
from cycles.language import wording
from cycles.models import Cycle
from cycles.schedule import planning, time_zones
from desk.mail import announcing
from desk.planner import proposal, seasons
from desk.planner.forms import RuleForm
from desk.schedule import consequences
from desk.ui.acts import act_of
from desk.ui.forms.languages import LANGUAGES, exactly
from desk.ui.forms.rows import reshaped
from notifications.notices import group_messages
from notifications.plan import defaults

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from django.http import HttpRequest, HttpResponse, QueryDict


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def plan(request: HttpRequest, slug: str) -> HttpResponse:
    cycle, _rights = access.cycle_for(request.user, slug, right=access.Right.PLAN)
    at = timezone.now()
    if request.method != "POST":
        return _looked_at(request, cycle, at=at)
    # A button that arranges rows names one; without it, the dates are shown as they are written.
    data, focus = reshaped(request.POST, request.POST.get("do", ""))
    form = RuleForm(data)
    if not form.is_valid():
        return _wrong_rhythm(request, cycle, form)
    shown = _proposal(request, cycle, form, at=at, data=data)
    return _page(request, cycle, form, shown, focus=focus)


@act_of("desk:cycle-plan")
@announcing.announces()
def create(request: HttpRequest, slug: str) -> HttpResponse:
    """Save the rhythm and create the sessions of the dates that were looked at, all of them or none."""
    cycle, _rights = access.cycle_for(request.user, slug, right=access.Right.PLAN)
    at, form = timezone.now(), RuleForm(request.POST)
    if not form.is_valid():
        return _wrong_rhythm(request, cycle, form)
    shown = _proposal(request, cycle, form, at=at, data=request.POST)
    if not shown.is_valid():
        form.row_errors = shown.row_errors
        return _page(request, cycle, form, shown, status=422)
    return _created(request, cycle, form, shown, at=at)


def _wrong_rhythm(request: HttpRequest, cycle: Cycle, form: RuleForm) -> HttpResponse:
    """Say what is wrong with the rhythm; what was decided about its dates is kept until it is right again."""
    own = {*form.fields, "csrfmiddlewaretoken", "do"}
    kept = [(name, value) for name, values in request.POST.lists() if name not in own for value in values]
    if "hx-request" not in request.headers:
        return _page(request, cycle, form, None, status=422, kept=kept)
    # A page that follows what is being written meets half a date at every stroke: no failure, and its dates stay.
    response = _page(request, cycle, form, None)
    response["HX-Reswap"] = "none"
    return response


def _looked_at(request: HttpRequest, cycle: Cycle, *, at: dt.datetime) -> HttpResponse:
    if "frequency" in request.GET:
        form = RuleForm(request.GET)
    elif cycle.rule is not None:
        form = RuleForm(RuleForm.initial_for(cycle))
    else:
        form = RuleForm(seasons.french_model(cycle, today=timezone.localdate(at)))
    shown = _proposal(request, cycle, form, at=at) if form.is_valid() else None
    asked = "frequency" in request.GET
    return _page(
        request,
        cycle,
        form,
        shown,
        status=422 if asked and shown is None else 200,
        is_model=not asked and cycle.rule is None,
    )


def _created(
    request: HttpRequest, cycle: Cycle, form: RuleForm, shown: proposal.Proposal, *, at: dt.datetime
) -> HttpResponse:
    try:
        made = editing.plan(
            cycle,
            rule=form.values,
            skips=shown.skips,
            moves=shown.moves,
            additions=shown.placements,
            dates=shown.seen_dates,
            left_out=shown.seen_left_out,
            by=access.account(request.user),
            at=at,
        )
    except planning.PlanningError as error:
        form.add_error(None, str(error))
        return _page(request, cycle, form, shown, status=422)
    created = ngettext("%(count)d session was created.", "%(count)d sessions were created.", len(made))
    messages.success(request, created % {"count": len(made)} if made else _("The plan was saved."))
    return redirect("desk:cycle-detail", cycle.slug)


def _proposal(
    request: HttpRequest, cycle: Cycle, form: RuleForm, *, at: dt.datetime, data: QueryDict | None = None
) -> proposal.Proposal:
    return proposal.propose(
        cycle,
        form.rule,
        planned_count=form.cleaned_data["planned_count"],
        at=at,
        among=access.cycles(request.user),
        data=data,
    )


def _page(
    request: HttpRequest,
    cycle: Cycle,
    form: RuleForm,
    shown: proposal.Proposal | None,
    *,
    status: int = 200,
    focus: str = "",
    is_model: bool = False,
    kept: Sequence[tuple[str, str]] = (),
) -> HttpResponse:
    context = {
        "cycle": cycle,
        "form": form,
        "proposal": shown,
        "zones": time_zones.choices(language=consequences.language()),
        "focus": focus,
        "arrange": reverse("desk:cycle-plan", args=[cycle.slug]),
        "is_model": is_model,
        "model_reminders": ", ".join(
            wording.step_in_words(distance, language=consequences.language())
            for distance in defaults.default_distances()
        ),
        "kept": kept,
        "keep_query": request.method != "POST",
        "may_plan": True,
        "may_read_people": True,
    }
    return render(request, "desk/planner/cycle_plan.html", context, status=status)


@require_POST
@login_required
def next_season(request: HttpRequest, slug: str) -> HttpResponse:
    """Begin the cycle's next season: a draft with the same words and reminders, its dates a year later to look at."""
    cycle, _rights = access.cycle_for(request.user, slug, right=access.Right.PLAN)
    texts = {code: " ".join(request.POST.get(f"title_{code}", "").split())[:300] for code in LANGUAGES}
    title = {code: text for code, text in texts.items() if text}
    if title and title == {code: text for code in LANGUAGES if (text := exactly(cycle.title, code))}:
        messages.error(
            request, _("Give the next season a title of its own: two cycles of one name are confused.")
        )
        return redirect("desk:cycle-detail", slug)
    try:
        copy = seasons.next_season(
            cycle, title=title or None, by=access.account(request.user), at=timezone.now()
        )
    except planning.PlanningError as error:
        messages.error(request, str(error))
        return redirect("desk:cycle-detail", slug)
    messages.success(request, _("A draft of the next season: check its dates, then create its sessions."))
    return redirect("desk:cycle-plan", copy.slug)


@require_POST
@login_required
def invite_back(request: HttpRequest, slug: str) -> HttpResponse:
    """Prepare the message that invites last season's people to this one; it is read, tried and sent on its page."""
    cycle, _rights = access.cycle_for(request.user, slug, right=access.Right.PLAN)
    if cycle.follows is None or cycle.status != Cycle.Status.PUBLISHED:
        messages.error(request, _("Publish the season first: the message leads to its page."))
        return redirect("desk:cycle-detail", slug)
    before, _rights = access.cycle_for(request.user, cycle.follows.slug, right=access.Right.PLAN)
    values = seasons.invitation(cycle, before=before)
    message = group_messages.write(before, values=values, by=access.account(request.user), at=timezone.now())
    messages.info(
        request, _("The message to last season’s people is ready: nothing leaves before you send it here.")
    )
    return redirect("desk:group-message", before.slug, message.pk)
