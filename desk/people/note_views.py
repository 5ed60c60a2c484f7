"""Notes that organisers write about somebody, for themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from cycles import access
from desk.people.note_form import NoteForm
from desk.people.registrant_views import page
from desk.people.somebody import somebody
from registrations.people import notes

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_POST
@never_cache
@login_required
def write(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    cycle, rights = access.cycle_for(request.user, slug, right=access.Right.PLAN)
    row = somebody(cycle, pk, participant__erased_at=None)
    form = NoteForm(request.POST)
    if not form.is_valid():
        return page(request, row, rights=rights, note=form)
    notes.write(row, text=form.cleaned_data["note"], by=access.account(request.user), at=timezone.now())
    messages.success(request, _("The note is kept."))
    return redirect("desk:registrant", cycle.slug, row.pk)


@require_POST
@never_cache
@login_required
def erase(request: HttpRequest, slug: str, pk: int, note: int) -> HttpResponse:
    cycle, _rights = access.cycle_for(request.user, slug, right=access.Right.PLAN)
    row = somebody(cycle, pk)
    result = get_object_or_404(row.notes.all(), pk=note)
    result.cycle_registration = row
    notes.erase(result, by=access.account(request.user), at=timezone.now())
    messages.success(request, _("The note is deleted."))
    return redirect("desk:registrant", cycle.slug, row.pk)
