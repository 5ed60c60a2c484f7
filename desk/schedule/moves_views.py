"""Moving several sessions of a cycle at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from cycles import access
from cycles.schedule import planning
from desk.schedule import consequences, moves

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from cycles.models import Cycle


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def move_several(request: HttpRequest, slug: str) -> HttpResponse:
    """Give several sessions new dates: the form, then what it causes, then the saving."""
    cycle, _rights = access.cycle_for(request.user, slug, right=access.Right.PLAN)
    at = timezone.now()
    if request.method != "POST":
        return _page(request, cycle, moves.rows(cycle, at=at), moves.MovesForm())
    rows = moves.rows(cycle, at=at, data=request.POST)
    form = moves.MovesForm(request.POST)
    checked = moves.check(rows, among=access.cycles(request.user), at=at)
    are_right = [row.form.is_valid() for row in rows if row.form.is_bound]
    if not form.is_valid() or not all(are_right) or any(row.form.errors for row in rows):
        return _page(request, cycle, rows, form, status=422)
    if not checked:
        form.add_error(None, _("No new date is written: nothing to change."))
        return _page(request, cycle, rows, form, status=422)
    if request.POST.get("do") != "save":
        sessions = [move.session for move in checked]
        return _page(
            request,
            cycle,
            rows,
            form,
            checked=checked,
            people=consequences.people(*sessions),
            near=moves.near(checked, at=at),
            withdrawn=consequences.withdrawn(*sessions),
        )
    try:
        changes = planning.move_several(
            cycle, moves=moves.wanted(rows), reason=form.reason, by=access.account(request.user), at=at
        )
    except planning.PlanningError as error:
        form.add_error(None, str(error))
        return _page(request, cycle, rows, form, status=422)
    moved = [change.session for change in changes]
    said = ngettext(
        "%(count)d session was moved. %(told)s", "%(count)d sessions were moved. %(told)s", len(moved)
    )
    told = consequences.told_in_words(*moved, people=consequences.people(*moved), at=at)
    messages.success(request, said % {"count": len(moved), "told": told})
    return redirect("desk:cycle-detail", slug)


def _page(
    request: HttpRequest,
    cycle: Cycle,
    rows: list[moves.Row],
    form: moves.MovesForm,
    *,
    status: int = 200,
    **context: Any,
) -> HttpResponse:
    page = {"cycle": cycle, "rows": rows, "form": form, "may_plan": True, "may_read_people": True, **context}
    return render(request, "desk/schedule/cycle_move.html", page, status=status)
