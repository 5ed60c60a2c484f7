"""The pages by which organisers open runs of a module and change what is of runs alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from cycles import access, runs
from cycles.models import Cycle, Module, Workshop
from cycles.runs.queries import dates_of
from cycles.schedule import planning
from desk.content.editors import choices

from .forms import (
    HALF_DAY_ORDER,
    MOST_ROWS,
    AddForm,
    ElsewhereFactsForm,
    ElsewhereForm,
    FactsForm,
    HalfDays,
    RepeatForm,
    RunForm,
    facts_of,
    first_row,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from django import forms
    from django.http import HttpRequest, HttpResponse

    from .forms import BaseHalfDays

FORM_METHODS = ["GET", "HEAD", "POST"]


@require_safe
@never_cache
@login_required
def module_runs(request: HttpRequest, slug: str) -> HttpResponse:
    """The runs of a module and its workshops, with the way to open one."""
    module, _rights = access.content_for(request.user, Module, slug)
    rows = list(module.runs.order_by("-run_number"))
    when = dates_of(rows)
    context = {
        "module": module,
        "runs": [(run, when[run.pk]) for run in rows],
        "workshops": module.workshops.select_related("run").order_by("slug"),
    }
    return render(request, "desk/runs/module_runs.html", context)


@require_http_methods(FORM_METHODS)
@never_cache
@login_required
def run_new(request: HttpRequest, slug: str) -> HttpResponse:
    """Open a run: half-days, places, price, trainers. It begins as a draft."""
    module, _rights = access.content_for(request.user, Module, slug)

    def write(rows: BaseHalfDays, form: RunForm, at: Any) -> Cycle:
        return runs.open_run(
            module,
            half_days=rows.half_days(),
            terms=form.terms(),
            trainers=form.trainers(),
            addresses=form.addresses(),
            by=access.account(request.user),
            at=at,
        )

    return _opening(request, module, title=_("Open a run"), initial=first_row(None), write=write)


@require_http_methods(FORM_METHODS)
@never_cache
@login_required
def workshop_open(request: HttpRequest, slug: str) -> HttpResponse:
    """Open the registration of a workshop: its day is known, its hour perhaps not yet."""
    workshop, _rights = access.content_for(request.user, Workshop, slug)
    if workshop.module is None or workshop.run_id is not None:
        raise Http404
    initial = first_row(None, place=workshop.place, modality=workshop.modality)
    if workshop.date_precision == "day":
        initial["date"] = workshop.date_from

    def write(rows: BaseHalfDays, form: RunForm, at: Any) -> Cycle:
        half_days = rows.half_days()
        if len(half_days) != 1:
            raise planning.PlanningError(_("A workshop is one meeting: fill in one row."))
        return runs.open_workshop(
            workshop, half_day=half_days[0], terms=form.terms(), by=access.account(request.user), at=at
        )

    return _opening(
        request,
        workshop.module,
        title=_("Open registration: %s") % workshop.title,
        initial=initial,
        write=write,
    )


def _opening(
    request: HttpRequest,
    module: Module,
    *,
    title: str,
    initial: dict[str, Any],
    write: Callable[[BaseHalfDays, RunForm, Any], Cycle],
) -> HttpResponse:
    people = choices.load(("people",), user=request.user)["people"]
    rows, form = HalfDays(initial=[initial], prefix="day"), RunForm(people=people)
    status, at = 200, timezone.now()
    if request.method == "POST":
        form = RunForm(request.POST, people=people)
        rows = _rows(request, initial)
        if "more" not in request.POST:
            status = 422
            form.row_errors = rows.told()
            if all([rows.is_valid(), form.is_valid()]):
                try:
                    cycle = write(rows, form, at)
                except planning.PlanningError as error:
                    form.add_error(None, str(error))
                else:
                    messages.success(request, _("Saved as a draft: look at it, then publish it."))
                    return redirect("desk:cycle-detail", cycle.slug)
        else:
            # Rows were asked for: nothing is said of what is not finished.
            form.is_bound = rows.is_bound = False
            form.initial = {name: request.POST.get(name, "") for name in form.fields}
            rows = _more(request)
    context = {"module": module, "title": title, "rows": rows, "form": form, "people": people}
    return render(request, "desk/runs/run_new.html", context, status=status)


def _rows(request: HttpRequest, initial: dict[str, Any]) -> BaseHalfDays:
    return cast("BaseHalfDays", HalfDays(request.POST, initial=[initial], prefix="day"))


def _more(request: HttpRequest) -> BaseHalfDays:
    """Return the rows as they were typed, with some more below."""
    total = min(int(request.POST.get("day-TOTAL_FORMS", "0") or 0), MOST_ROWS)
    names = HALF_DAY_ORDER
    typed = [{name: request.POST.get(f"day-{n}-{name}", "") for name in names} for n in range(total)]
    return cast("BaseHalfDays", HalfDays(initial=typed, prefix="day"))


@require_http_methods(FORM_METHODS)
@never_cache
@login_required
def half_days(request: HttpRequest, slug: str) -> HttpResponse:
    """Add half-days to a run: whoever is registered gets them, and one email says so."""
    cycle = _run(request, slug)
    last = cycle.sessions.order_by("-starts_at").first()
    rows, form, at = HalfDays(initial=[first_row(last)], prefix="day"), AddForm(), timezone.now()
    if request.method == "POST":
        rows, form = _rows(request, first_row(last)), AddForm(request.POST)
        form.row_errors = rows.told()
        if all([rows.is_valid(), form.is_valid()]):
            try:
                runs.add_half_days(cycle, half_days=rows.half_days(), by=access.account(request.user), at=at)
            except planning.PlanningError as error:
                form.add_error(None, str(error))
            else:
                messages.success(request, _("Added. Whoever is registered is told by one email."))
                return redirect("desk:cycle-detail", slug)
    context = {"cycle": cycle, "rows": rows, "form": form}
    is_wrong = request.method == "POST"
    return render(request, "desk/runs/half_days.html", context, status=422 if is_wrong else 200)


@require_http_methods(FORM_METHODS)
@never_cache
@login_required
def elsewhere_new(request: HttpRequest, slug: str) -> HttpResponse:
    """Announce a run that others hold."""
    module, _rights = access.content_for(request.user, Module, slug)
    form = ElsewhereForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        by, at = access.account(request.user), timezone.now()
        cycle = runs.announce_elsewhere(module, facts=form.facts(), by=by, at=at)
        messages.success(request, _("Saved as a draft: look at it, then publish it."))
        return redirect("desk:cycle-detail", cycle.slug)
    return _plain(request, form, title=_("Announce a run held elsewhere"), module=module)


@require_http_methods(FORM_METHODS)
@never_cache
@login_required
def facts(request: HttpRequest, slug: str) -> HttpResponse:
    """Change the price and the contact of a run, or the dates and the address of one held elsewhere."""
    cycle = _run(request, slug)
    form_class = ElsewhereFactsForm if cycle.is_external else FactsForm
    form = form_class(request.POST if request.method == "POST" else None, initial=facts_of(cycle))
    if form.is_valid():
        by, at = access.account(request.user), timezone.now()
        runs.edit_facts(cycle, values=form.values(), by=by, at=at)
        messages.success(request, _("Saved."))
        return redirect("desk:cycle-detail", slug)
    return _plain(request, form, title=_("Price and contact"), module=cycle.module, cycle=cycle)


@require_http_methods(FORM_METHODS)
@never_cache
@login_required
def repeat(request: HttpRequest, slug: str) -> HttpResponse:
    """Make the next run with the same half-days and terms."""
    cycle = _run(request, slug)
    form = RepeatForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        by, at = access.account(request.user), timezone.now()
        try:
            made = runs.repeat(cycle, first_day=form.cleaned_data["first_day"], by=by, at=at)
        except planning.PlanningError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Saved as a draft: look at it, then publish it."))
            return redirect("desk:cycle-detail", made.slug)
    return _plain(request, form, title=_("Repeat this run"), module=cycle.module, cycle=cycle)


def _run(request: HttpRequest, slug: str) -> Cycle:
    """Return a run that somebody plans. Raises Http404 for a cycle of another kind."""
    cycle, _rights = access.cycle_for(request.user, slug, right=access.Right.PLAN)
    if not cycle.is_run:
        raise Http404
    return cycle


def _plain(
    request: HttpRequest, form: forms.Form, *, title: str, module: Module | None, cycle: Cycle | None = None
) -> HttpResponse:
    context = {"form": form, "title": title, "module": module, "cycle": cycle}
    return render(request, "desk/runs/plain.html", context, status=422 if form.errors else 200)
