"""The reminder plan: what leaves when and to how many; switching, adding, changing, skipping, sending now.

Every change of the plan is shown with the mails that it adds and removes before it is saved.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from cycles import access
from cycles.schedule.revision import PlanningError, StaleError
from desk.reminders import line, whatif
from desk.reminders.effect import effect
from desk.reminders.forms import PlanForm, StepForm, SureForm, TryForm
from desk.ui.acts import act_of
from desk.ui.forms import conflict
from desk.ui.rights import may
from notifications.joining import owing as joining
from notifications.models import ReminderStep
from notifications.plan import planner, policy

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

    from cycles.models import Cycle, Session


FORM_METHODS = ["GET", "HEAD", "POST"]


def _shown_session(cycle: Cycle, slug: str | None, *, at: dt.datetime) -> Session | None:
    """Return the session asked for, else the next one, else the last one with a date."""
    dated = cycle.sessions.exclude(starts_at=None)
    if slug:
        return get_object_or_404(dated, slug=slug)
    return dated.upcoming(at=at).first() or dated.order_by("-starts_at").first()


def _page(request: HttpRequest, cycle: Cycle, *, status: int = 200, **context: Any) -> HttpResponse:
    at = timezone.now()
    session = _shown_session(cycle, request.GET.get("session"), at=at)
    if session is not None:
        session.cycle = cycle
    rights = access.rights(request.user, cycle.programme)
    form = context.pop("form", None) or PlanForm(cycle=cycle)
    other, moved = _elsewhere(request, session, at=at) if session else (None, [])
    shown = line.lines(session, at=at) if session else line.undated(cycle)
    return render(
        request,
        "desk/reminders/reminders.html",
        {
            "cycle": cycle,
            "session": session,
            "sessions": cycle.sessions.exclude(starts_at=None).in_order(),
            "rows": [(item, form.switches.get(item.step.code)) for item in shown],
            "form": form,
            "other": other,
            "moved": moved,
            "step_form": StepForm(initial=StepForm.initial_for(None), cycle=cycle),
            "joining_days": -joining.STEP.day_delta,
            "keep_query": request.method != "POST",
            **may(rights),
            **context,
        },
        status=status,
    )


def _elsewhere(
    request: HttpRequest, session: Session, *, at: dt.datetime
) -> tuple[TryForm, list[whatif.Mailing]]:
    """Return the form that asks "what if it moves", and the answer for the day in the address."""
    if "date" not in request.GET or request.method == "POST":
        return TryForm(session=session), []
    form = TryForm(request.GET, session=session)
    if not form.is_valid():
        return form, []
    span = form.span()
    try:
        return form, whatif.moved(session, starts_at=span.starts_at, ends_at=span.ends_at, at=at)
    except PlanningError as error:
        form.add_error("date", str(error))
        return form, []


@require_http_methods(FORM_METHODS)
@never_cache
@login_required
def reminders(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the plan; a POST shows what switching lines and adding one would do."""
    right = access.Right.PLAN if request.method == "POST" else access.Right.SEE
    cycle, _rights = access.cycle_for(request.user, slug, right=right)
    if request.method != "POST":
        return _page(request, cycle)
    return _switched(request, cycle, saves=False)


@act_of("desk:reminders")
def reminders_save(request: HttpRequest, slug: str) -> HttpResponse:
    """Switch lines and add one, as it was looked at."""
    cycle, _rights = access.cycle_for(request.user, slug, right=access.Right.PLAN)
    return _switched(request, cycle, saves=True)


def _switched(request: HttpRequest, cycle: Cycle, *, saves: bool) -> HttpResponse:
    form = PlanForm(request.POST, cycle=cycle)
    adding = bool(request.POST.get("count", "").strip())
    step_form = (
        StepForm(request.POST, cycle=cycle)
        if adding
        else StepForm(initial=StepForm.initial_for(None), cycle=cycle)
    )
    if not form.is_valid() or (adding and not step_form.is_valid()):
        return _page(request, cycle, form=form, step_form=step_form, status=422)
    at, by = timezone.now(), access.account(request.user)
    only = _shown_session(cycle, request.POST["only"], at=at) if request.POST.get("only") else None

    def change() -> None:
        for step, on in form.wanted():
            policy.switch(step, on=on, by=by, at=at)
        if adding:
            policy.add(cycle, timing=step_form.timing, values=step_form.values, session=only, by=by, at=at)

    try:
        result = effect(cycle, change, at=at)
    except policy.PolicyError as error:
        step_form.add_error("count", str(error))
        return _page(request, cycle, form=form, step_form=step_form, status=422)
    asks = result.leaves_none and not form.cleaned_data["sure"]
    if not saves or asks:
        status = 409 if saves else 200
        return _page(request, cycle, form=form, step_form=step_form, effect=result, only=only, status=status)
    with planner.together():
        change()
    messages.success(request, _saved(result.removed, result.added))
    return redirect("desk:reminders", cycle.slug)


def _saved(removed: int, added: int) -> str:
    gone = ngettext("%(count)d planned email removed", "%(count)d planned emails removed", removed)
    come = ngettext("%(count)d added", "%(count)d added", added)
    return _("Saved: %(removed)s, %(added)s.") % {
        "removed": gone % {"count": removed},
        "added": come % {"count": added},
    }


@require_http_methods(FORM_METHODS)
@never_cache
@login_required
def change(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    """Show a line, and what counting it anew would do: for the whole cycle or for one session (`?session=`)."""
    cycle, session, step = _line(request, slug, code)
    if request.method != "POST":
        return _line_page(
            request, cycle, session, step, StepForm(initial=StepForm.initial_for(step), cycle=cycle)
        )

    def look(save: Callable[[], None], form: StepForm, at: dt.datetime) -> HttpResponse:
        return _line_page(request, cycle, session, step, form, effect=effect(cycle, save, at=at))

    return _changed(request, cycle, session, step, look)


@act_of("desk:reminder-change")
def change_save(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    """Count a line anew, as it was looked at."""
    cycle, session, step = _line(request, slug, code)

    def keep(save: Callable[[], None], _form: StepForm, at: dt.datetime) -> HttpResponse:
        result = effect(cycle, save, at=at)
        save()
        messages.success(request, _saved(result.removed, result.added))
        return back_to(cycle, session)

    return _changed(request, cycle, session, step, keep)


def _changed(
    request: HttpRequest,
    cycle: Cycle,
    session: Session | None,
    step: ReminderStep,
    do: Callable[..., HttpResponse],
) -> HttpResponse:
    """Read how a line is to be counted, and look at that or save it; say what is wrong with it."""
    at, by = timezone.now(), access.account(request.user)
    form = StepForm(request.POST, cycle=cycle)
    if not form.is_valid():
        return _line_page(request, cycle, session, step, form, status=422)

    def save() -> None:
        seen = form.cleaned_data["seen"] or None
        policy.change(step, timing=form.timing, values=form.values, session=session, by=by, at=at, seen=seen)

    try:
        return do(save, form, at)
    except StaleError as error:
        saved = StepForm(initial=StepForm.initial_for(error.row), cycle=cycle)
        form.follow(saved.initial["seen"])
        differences = conflict.differences(saved=saved, written=form)
        return _line_page(
            request, cycle, session, step, form, differences=differences, is_conflict=True, status=409
        )
    except policy.PolicyError as error:
        form.add_error("count", str(error))
        return _line_page(request, cycle, session, step, form, status=422)


def _line(request: HttpRequest, slug: str, code: str) -> tuple[Cycle, Session | None, ReminderStep]:
    cycle, _rights = access.cycle_for(request.user, slug, right=access.Right.PLAN)
    asked = request.GET.get("session")
    session = _shown_session(cycle, asked, at=timezone.now()) if asked else None
    return cycle, session, _step(cycle, code, session)


def _line_page(
    request: HttpRequest,
    cycle: Cycle,
    session: Session | None,
    step: ReminderStep,
    form: StepForm,
    *,
    status: int = 200,
    **context: Any,
) -> HttpResponse:
    page = {"cycle": cycle, "session": session, "step": step, "label": line.name(step), "form": form}
    return render(request, "desk/reminders/reminder_change.html", {**page, **context}, status=status)


def _step(cycle: Cycle, code: str, session: Session | None) -> ReminderStep:
    """Return the line that holds: the session's own, else the cycle's."""
    lines = ReminderStep.objects.filter(cycle=cycle, code=code)
    own = lines.filter(session=session).first() if session else None
    return own or get_object_or_404(lines, session=None)


def back_to(cycle: Cycle, session: Session | None) -> HttpResponse:
    address = reverse("desk:reminders", args=[cycle.slug])
    return redirect(f"{address}?session={session.slug}" if session else address)


@require_POST
@never_cache
@login_required
def remove(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    """Show what taking a line that has sent nothing out of the plan does."""
    return _removed(request, slug, code, saves=False)


@act_of("desk:reminder-change")
def remove_save(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    """Take a line out of the plan, as it was looked at."""
    return _removed(request, slug, code, saves=True)


def _removed(request: HttpRequest, slug: str, code: str, *, saves: bool) -> HttpResponse:
    cycle, _rights = access.cycle_for(request.user, slug, right=access.Right.PLAN)
    at, by = timezone.now(), access.account(request.user)
    step = _step(cycle, code, None)
    form = SureForm(request.POST)
    sure = form.is_valid() and form.cleaned_data["sure"]

    def take_out() -> None:
        policy.remove(step, by=by, at=at)

    try:
        result = effect(cycle, take_out, at=at)
    except policy.PolicyError as error:
        messages.error(request, str(error))
        return redirect("desk:reminders", cycle.slug)
    asks = result.leaves_none and not sure
    if not saves or asks:
        context = {"cycle": cycle, "step": step, "label": line.name(step), "form": form, "effect": result}
        status = 409 if saves else 200
        return render(request, "desk/reminders/reminder_remove.html", context, status=status)
    take_out()
    messages.success(request, _("%(step)s is out of the plan.") % {"step": line.name(step)})
    return redirect("desk:reminders", cycle.slug)
