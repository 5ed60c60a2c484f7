"""One cycle as organisers see it: the line, how many people, what will be sent; its cancelling, its publication."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cycles import access
from cycles.content import editing
from cycles.schedule import planning
from desk.cycle import line
from desk.schedule import consequences
from desk.schedule.effects import of_cancelling
from desk.ui.forms.fields import CycleCancelForm
from desk.ui.forms.languages import LANGUAGES, exactly
from desk.ui.rights import may
from registrations import booking
from registrations.models import Registration

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse


@require_safe
@never_cache
@login_required
def detail(request: HttpRequest, slug: str) -> HttpResponse:
    cycle, rights = access.cycle_for(request.user, slug)
    at = timezone.now()
    items = line.line(cycle, at=at)
    stops = [item for item in items if isinstance(item, line.DeskStop)]
    return render(
        request,
        "desk/cycle/cycle_detail.html",
        {
            "cycle": cycle,
            "items": items,
            "stops": stops,
            "coming": next((item for item in stops if item.stop.state in ("next", "live")), None),
            "is_over": not any(item.is_ahead for item in stops),
            "may_cancel": any(item.can_cancel for item in stops),
            "may_delete": any(item.can_delete for item in stops),
            "has_people": any(item.seated or item.waiting for item in stops) or booking.has_people(cycle),
            "tentative": sum(item.can_confirm for item in stops),
            "season_titles": [(code, exactly(title, code)) for code in LANGUAGES]
            if (title := editing.season_title(cycle))
            else [],
            "undoable": len(planning.undoable(cycle, at=at)),
            **may(rights),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def cancel(request: HttpRequest, slug: str) -> HttpResponse:
    """Cancel every session that is not over: what it causes, a reason, and the title typed."""
    cycle, _rights = access.cycle_for(request.user, slug, right=access.Right.PLAN)
    at = timezone.now()
    form = CycleCancelForm(request.POST if request.method == "POST" else None, cycle=cycle)
    if form.is_valid():
        try:
            changes = planning.cancel_all(cycle, reason=form.reason, by=access.account(request.user), at=at)
        except planning.PlanningError as error:
            form.add_error(None, str(error))
        else:
            cancelled = [change.session for change in changes]
            result = ngettext(
                "%(count)d session was cancelled. %(told)s",
                "%(count)d sessions were cancelled. %(told)s",
                len(cancelled),
            )
            told = consequences.told_in_words(*cancelled, people=consequences.people(*cancelled), at=at)
            messages.success(request, result % {"count": len(cancelled), "told": told})
            return redirect("desk:cycle-detail", slug)
    left = planning.cancellable(cycle, at=at)
    for session in left:
        session.cycle = cycle
    context = {
        "cycle": cycle,
        "form": form,
        "sessions": sorted(left, key=lambda each: (each.starts_at or at, each.pk)),
        "effects": of_cancelling(*left, at=at),
        "never_dated": [s for s in planning.deletable(cycle, at=at) if planning.never_dated(s)],
    }
    return render(request, "desk/schedule/cycle_cancel.html", context, status=422 if form.errors else 200)


@require_POST
@login_required
def undo(request: HttpRequest, slug: str) -> HttpResponse:
    """Take back every change of date whose mail still waits."""
    cycle, _rights = access.cycle_for(request.user, slug, right=access.Right.PLAN)
    at = timezone.now()
    try:
        changes = planning.undo_all(cycle, by=access.account(request.user), at=at)
    except planning.PlanningError as error:
        messages.error(request, str(error))
    else:
        undone = [change.session for change in changes]
        told = consequences.told_in_words(*undone, people=consequences.people(*undone), at=at)
        messages.success(request, _("Undone: everything is as it was before. %(told)s") % {"told": told})
    return redirect("desk:cycle-detail", slug)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def delete(request: HttpRequest, slug: str) -> HttpResponse:
    """Delete sessions that were made by mistake: those that are chosen on this page, all of them or none."""
    cycle, _rights = access.cycle_for(request.user, slug, right=access.Right.PLAN)
    at = timezone.now()
    taken = set(Registration.objects.filter(session__cycle=cycle).values_list("session", flat=True))
    sessions = [session for session in planning.deletable(cycle, at=at) if session.pk not in taken]
    error = ""
    if request.method != "POST":
        # What says nothing yet has nothing to lose: dates just planned, above all.
        bare = {session.slug for session in sessions if not session.has_theme}
        chosen = set(request.GET.getlist("session")) or bare
    else:
        chosen = set(request.POST.getlist("sessions"))
        ids = [session.pk for session in sessions if session.slug in chosen]
        try:
            count = planning.delete_several(cycle, sessions=ids, by=access.account(request.user), at=at)
        except planning.PlanningError as refused:
            error = str(refused)
        else:
            if count:
                result = ngettext("%(count)d session was deleted.", "%(count)d sessions were deleted.", count)
                messages.success(request, result % {"count": count})
                return redirect("desk:cycle-detail", slug)
            error = _("Choose the sessions to delete.")
    context = {
        "cycle": cycle,
        "rows": [(session, session.slug in chosen) for session in sessions],
        "error": error,
    }
    return render(request, "desk/cycle/cycle_delete.html", context, status=422 if error else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def delete_all(request: HttpRequest, slug: str) -> HttpResponse:
    """Say all that goes with a draft of a cycle, or why it stays; delete it when nobody counts on it."""
    cycle, _rights = access.cycle_for(request.user, slug, right=access.Right.PLAN)
    name = str(cycle)
    error = ""
    if request.method == "POST":
        try:
            editing.delete_cycle(cycle, by=access.account(request.user), at=timezone.now())
        except planning.PlanningError as refused:
            error = str(refused)
        else:
            messages.success(request, _("“%(name)s” is deleted.") % {"name": name})
            return (
                redirect("desk:programme", cycle.programme.slug)
                if cycle.programme
                else redirect("desk:cycles")
            )
    reasons = editing.why_kept(cycle)
    context = {
        "cycle": cycle,
        "reasons": reasons,
        "error": error if error not in reasons else "",
        "parts": [] if reasons else editing.goes_with(cycle),
    }
    return render(request, "desk/cycle/cycle_delete_all.html", context, status=422 if error else 200)


@require_POST
@login_required
def publish(request: HttpRequest, slug: str) -> HttpResponse:
    """Open a cycle's page, its calendar and its registrations."""
    return _changed(request, slug, editing.publish, _("Published: everyone can read it now."))


@require_POST
@login_required
def withdraw(request: HttpRequest, slug: str) -> HttpResponse:
    """Make a draft of a cycle that nobody joined."""
    return _changed(request, slug, editing.withdraw, _("A draft again: visitors no longer see it."))


@require_POST
@login_required
def archive(request: HttpRequest, slug: str) -> HttpResponse:
    """Put a cycle that is over away."""
    return _changed(request, slug, editing.archive, _("Archived: its page and its calendar stay."))


@require_POST
@login_required
def unarchive(request: HttpRequest, slug: str) -> HttpResponse:
    """Take a cycle out of the archive."""
    return _changed(request, slug, editing.unarchive, _("Out of the archive."))


def _changed(request: HttpRequest, slug: str, verb: Callable[..., None], message: str) -> HttpResponse:
    cycle, _rights = access.cycle_for(request.user, slug, right=access.Right.PLAN)
    try:
        verb(cycle, by=access.account(request.user), at=timezone.now())
    except planning.PlanningError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, message)
    return redirect("desk:cycle-detail", slug)
