"""The pages by which organisers write a programme sheet, look at its PDF and publish it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cycles import access
from cycles.models import Module
from desk.content.editors.fields import with_seen
from training.models import Syllabus
from training.syllabus import fields, printing, versions
from training.syllabus.views import file_name
from web import papers

from .forms import CodesForm, SyllabusForm

if TYPE_CHECKING:
    from django.http import HttpRequest

FORM = require_http_methods(["GET", "HEAD", "POST"])
REFUSED = 422


@FORM
@never_cache
@login_required
def syllabus(request: HttpRequest, slug: str) -> HttpResponse:
    """Write the next version of a module's sheet; the page says what is missing of it."""
    module, _rights = access.content_for(request.user, Module, slug)
    row = versions.draft(module)
    if request.method != "POST":
        return _page(request, module, row, SyllabusForm(initial=SyllabusForm.initial_for(row)))
    form = SyllabusForm(request.POST)
    if form.is_valid():
        by, at = access.account(request.user), timezone.now()
        try:
            saved = versions.save(module, values=form.values(), seen=form.seen_at, by=by, at=at)
        except versions.SyllabusError as error:
            form.add_error(None, str(error))
            # Sending it again is then a choice.
            form.data = with_seen(form.data, SyllabusForm.initial_for(versions.draft(module))["seen"])
        else:
            messages.success(request, _missing_in_words(saved))
            return redirect("desk:syllabus", slug)
    return _page(request, module, row, form, status=REFUSED)


def _missing_in_words(row: Syllabus) -> str:
    if not row.missing:
        return _("Saved. Nothing is missing: look at it, then publish it.")
    return _("Saved. Still missing: %(fields)s.") % {"fields": ", ".join(fields.labels(row.missing))}


def _page(
    request: HttpRequest,
    module: Module,
    row: Syllabus,
    form: SyllabusForm,
    *,
    error: str = "",
    status: int = 200,
) -> HttpResponse:
    context: dict[str, Any] = {
        "module": module,
        "row": row,
        "form": form,
        "error": error,
        "is_training": module.is_training,
        "missing": [(name, fields.label(name)) for name in row.missing],
        "versions": Syllabus.objects.published().filter(module=module).order_by("-version"),
        "is_stored": row.pk is not None,
    }
    return render(request, "desk/syllabus/syllabus.html", context, status=status)


@require_POST
@login_required
def publish(request: HttpRequest, slug: str) -> HttpResponse:
    """Put the draft in force; of a training only when each field is filled or waived."""
    module, _rights = access.content_for(request.user, Module, slug)
    try:
        row = versions.publish(module, by=access.account(request.user), at=timezone.now())
    except versions.SyllabusError as error:
        draft = versions.draft(module)
        form = SyllabusForm(initial=SyllabusForm.initial_for(draft))
        return _page(request, module, draft, form, error=str(error), status=REFUSED)
    messages.success(
        request,
        _("Version %(version)d is published. Runs for which people registered keep theirs.")
        % {"version": row.version},
    )
    return redirect("desk:syllabus", slug)


@require_safe
@never_cache
@login_required
def draft_file(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the PDF that the draft would become."""
    module, _rights = access.content_for(request.user, Module, slug)
    row = get_object_or_404(
        Syllabus.objects.drafts().select_related("module__programme__lead"), module=module
    )
    return _file(row, printing.pdf(row, at=row.revised_at))


@require_safe
@never_cache
@login_required
def version_file(request: HttpRequest, slug: str, version: int) -> HttpResponse:
    """Hand out a published version, also while the module is a draft."""
    module, _rights = access.content_for(request.user, Module, slug)
    row = get_object_or_404(
        Syllabus.objects.published().select_related("module__programme__lead"), module=module, version=version
    )
    if row.published_at is None:
        raise Http404
    return _file(row, printing.pdf(row, at=row.published_at))


def _file(row: Syllabus, body: bytes) -> HttpResponse:
    return papers.pdf(body, file_name(row), is_shown=True)


@FORM
@never_cache
@login_required
def codes(request: HttpRequest, slug: str, version: int) -> HttpResponse:
    """Correct the codes of the yearly report of a published version."""
    module, _rights = access.content_for(request.user, Module, slug)
    row = get_object_or_404(Syllabus.objects.published(), module=module, version=version)
    form = CodesForm(request.POST if request.method == "POST" else None, instance=row)
    if request.method == "POST" and form.is_valid():
        versions.correct_codes(
            row,
            goal=form.cleaned_data["bpf_goal"],
            nsf=form.cleaned_data["nsf_code"],
            by=access.account(request.user),
            at=timezone.now(),
        )
        messages.success(request, _("Saved."))
        return redirect("desk:syllabus", slug)
    title = _("Yearly report: codes of version %(version)d") % {"version": version}
    context = {"form": form, "title": title, "module": module}
    return render(request, "desk/runs/plain.html", context, status=REFUSED if form.errors else 200)


@require_POST
@login_required
def give(request: HttpRequest, slug: str) -> HttpResponse:
    """Give the version in force to a run for which people registered while there was none."""
    cycle, _rights = access.cycle_for(request.user, slug, right=access.Right.PLAN)
    if not cycle.is_run:
        raise Http404
    try:
        row = versions.give(cycle, by=access.account(request.user), at=timezone.now())
    except versions.SyllabusError as error:
        messages.error(request, str(error))
    else:
        messages.success(
            request, _("This run now has version %(version)d of the sheet.") % {"version": row.version}
        )
    return redirect("desk:training-run", slug)
