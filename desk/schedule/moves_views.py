"""Moving several sessions of a cycle at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.dry_run import dry_run
from cycles import access
from cycles.schedule import planning
from desk.schedule import consequences, moves
from desk.schedule.effects import effects as of_moves
from desk.ui.acts import act_of

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from cycles.models import Cycle


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def move_several(request: HttpRequest, slug: str) -> HttpResponse:
    """Give several sessions new dates: the form, then what it does."""
    cycle, _rights = access.cycle_for(request.user, slug, right=access.Right.PLAN)
    at = timezone.now()
    if request.method != "POST":
        return _page(request, cycle, moves.rows(cycle, at=at), moves.MovesForm())
    rows, form = moves.rows(cycle, at=at, data=request.POST), moves.MovesForm(request.POST)
    if not moves.are_valid(rows, form):
        return _page(request, cycle, rows, form, status=422)
    moving = [row for row in rows if row.to]
    by = access.account(request.user)
    effects = of_moves(lambda: moves.move_each(moving, by=by, at=at), *[row.session for row in moving], at=at)
    if any(row.form.errors for row in rows):
        return _page(request, cycle, rows, form, status=422)
    told = moves.tell(moving, among=access.cycles(request.user))
    return _page(request, cycle, rows, form, checked=told, effects=effects)


@act_of("desk:cycle-move")
def move_several_save(request: HttpRequest, slug: str) -> HttpResponse:
    """Give several sessions the new dates that were looked at."""
    cycle, _rights = access.cycle_for(request.user, slug, right=access.Right.PLAN)
    at, by = timezone.now(), access.account(request.user)
    rows, form = moves.rows(cycle, at=at, data=request.POST), moves.MovesForm(request.POST)
    if not moves.are_valid(rows, form):
        return _page(request, cycle, rows, form, status=422)
    try:
        changes = planning.move_several(cycle, moves=moves.wanted(rows), reason=form.reason, by=by, at=at)
    except planning.PlanningError as error:
        # Each is tried alone, so that each says what is wrong with it.
        dry_run(lambda: moves.move_each(rows, by=by, at=at))
        if not any(row.form.errors for row in rows):
            form.add_error(None, str(error))
        return _page(request, cycle, rows, form, status=422)
    moved = [change.session for change in changes]
    result = ngettext(
        "%(count)d session was moved. %(told)s", "%(count)d sessions were moved. %(told)s", len(moved)
    )
    told = consequences.told_in_words(*moved, people=consequences.people(*moved), at=at)
    messages.success(request, result % {"count": len(moved), "told": told})
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
    whole_days = moves.movable(cycle, at=timezone.now()).filter(is_all_day=True).exists()
    page = {
        "cycle": cycle,
        "rows": rows,
        "whole_days": whole_days,
        "form": form,
        "may_plan": True,
        "may_read_people": True,
        **context,
    }
    return render(request, "desk/schedule/cycle_move.html", page, status=status)
