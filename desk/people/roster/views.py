"""Registering the people of a list: what each line would do first, then one button that does it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from cycles import access
from desk.mail import announcing
from desk.people.roster import roster
from desk.people.roster.forms import ListForm
from desk.ui.acts import act_of
from web.requests import bodies

if TYPE_CHECKING:
    from collections import Counter

    from django.http import HttpRequest, HttpResponse

    from cycles.models import Cycle


@bodies.takes_files
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def bring_in(request: HttpRequest, slug: str) -> HttpResponse:
    cycle, _rights = access.cycle_for(request.user, slug, right=access.Right.PLAN)
    if request.method != "POST":
        return _page(request, cycle, ListForm(initial={"language": request.LANGUAGE_CODE}, cycle=cycle))
    form = ListForm(request.POST, request.FILES, cycle=cycle)
    return _looked_at(request, cycle, form)


@bodies.takes_files
@act_of("desk:registrants-import")
@announcing.announces(asks=False)
def bring_in_save(request: HttpRequest, slug: str) -> HttpResponse:
    """Register the people of a list that was looked at."""
    cycle, _rights = access.cycle_for(request.user, slug, right=access.Right.PLAN)
    form = ListForm(request.POST, request.FILES, cycle=cycle, saves=True)
    preview = _read(request, cycle, form, is_tried=False) if form.is_valid() else None
    if preview is None or not preview.new:
        return _looked_at(request, cycle, form)
    done = roster.register(cycle, preview.new, by=access.account(request.user), at=timezone.now())
    form.remember()
    messages.success(request, _said(done, unreachable=preview.unreachable))
    return redirect("desk:registrants", slug)


def _looked_at(request: HttpRequest, cycle: Cycle, form: ListForm) -> HttpResponse:
    is_valid = form.is_valid()
    preview = _read(request, cycle, form, is_tried=True)
    return _page(request, cycle, form, preview, status=200 if is_valid else 422)


def _read(request: HttpRequest, cycle: Cycle, form: ListForm, *, is_tried: bool) -> roster.Preview | None:
    """Return what becomes of each line of the list that was sent; None when there is none to read."""
    if form.roster is None or "language" not in form.cleaned_data:
        return None
    return roster.look(
        cycle,
        form.roster,
        language=form.cleaned_data["language"],
        taken=request.POST.getlist("take"),
        is_tried=is_tried,
        by=access.account(request.user),
        at=timezone.now(),
    )


def _said(done: Counter[str], *, unreachable: int) -> str:
    """Return what was done, by where the people stand now."""
    results = []
    if count := done["confirmed"]:
        one = ngettext(
            "%(count)d person is registered.",
            "%(count)d people are registered.",
            count,
        )
        results.append(one % {"count": count})
    if waiting := done["waitlisted"]:
        more = ngettext(
            "%(count)d is on the waiting list, and is told so.",
            "%(count)d are on the waiting list, and are told so.",
            waiting,
        )
        results.append(more % {"count": waiting})
    if asked := done["in_review"]:
        one = ngettext("%(count)d awaits a decision.", "%(count)d await a decision.", asked)
        results.append(one % {"count": asked})
    if unreachable:
        one = ngettext(
            "%(count)d of them has no email address: tell them yourself.",
            "%(count)d of them have no email address: tell them yourself.",
            unreachable,
        )
        results.append(one % {"count": unreachable})
    if known := done["known"]:
        one = ngettext("%(count)d was there already.", "%(count)d were there already.", known)
        results.append(one % {"count": known})
    return " ".join(results) or _("Nothing was changed.")


def _page(
    request: HttpRequest,
    cycle: Cycle,
    form: ListForm,
    preview: roster.Preview | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    context = {"cycle": cycle, "form": form, "preview": preview}
    return render(request, "desk/people/registrants_import.html", context, status=status)
