"""Who registered: a table, 50 a page, the same as a file, and requests decided together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts import journal
from cycles import access
from desk.mail import announcing
from desk.people import decisions, registrant
from desk.people import registrants as table
from desk.ui.addresses import without_page
from desk.ui.rights import may
from desk.ui.tables.exports import table_file

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse, HttpResponseBase

    from cycles.models import Cycle


@require_safe
@never_cache
@login_required
def registrants(request: HttpRequest, slug: str) -> HttpResponse:
    cycle, rights = access.cycle_for(request.user, slug, right=access.Right.PEOPLE)
    form = table.FilterForm(request.GET, cycle=cycle)
    page = table.Pages(cycle, form).get_page(request.GET.get("page"))
    return render(
        request,
        "desk/people/registrants.html",
        {
            "cycle": cycle,
            "form": form,
            "page": page,
            "rows": table.lines(page.object_list, form),
            "headings": table.headings(request.GET),
            "states": table.by_state(cycle, request.GET),
            "query": without_page(request.GET),
            "kept": table.kept(request.GET),
            "keep_query": True,
            **may(rights),
        },
    )


@require_safe
@never_cache
@login_required
def export(request: HttpRequest, slug: str, ending: str) -> HttpResponseBase:
    cycle, _rights = access.cycle_for(request.user, slug, right=access.Right.PEOPLE)
    rows = table.people(cycle, table.FilterForm(request.GET, cycle=cycle))
    journal.record(
        "registrants.export",
        by=access.account(request.user),
        at=timezone.now(),
        target=cycle,
        detail=ending,
        count=rows.count(),
    )
    header, asked = table.header(cycle)
    return table_file(cycle.slug, ending=ending, header=header, rows=table.values(cycle, rows, asked))


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
@announcing.announces(asks=False)
def decide(request: HttpRequest, slug: str) -> HttpResponse:
    """Accept or refuse several requests: who they are first, then one button for all of them."""
    cycle, _rights = access.cycle_for(request.user, slug, right=access.Right.PLAN)
    if request.method != "POST":
        selection = decisions.select(table.chosen(cycle, request.GET))
        form = decisions.SeveralForm(initial={"people": selection.numbers})
        return _decide(request, cycle, form, selection)
    form = decisions.SeveralForm(request.POST)
    is_valid = form.is_valid()
    selection = decisions.select(cycle.registrations.filter(pk__in=form.cleaned_data.get("people") or ()))
    if is_valid and not selection.people:
        form.add_error(None, str(decisions.NOBODY))
    if form.errors:
        return _decide(request, cycle, form, selection, status=422)
    done = decisions.decide(
        selection,
        accepts=form.cleaned_data["decision"] == "accept",
        message=form.cleaned_data["message"],
        by=access.account(request.user),
        at=timezone.now(),
    )
    result = ngettext(
        "%(count)d request is decided; the person is told by email.",
        "%(count)d requests are decided; each person is told by email.",
        done,
    )
    messages.success(request, result % {"count": done})
    return redirect("desk:registrants", slug)


def _decide(
    request: HttpRequest,
    cycle: Cycle,
    form: decisions.SeveralForm,
    selection: decisions.Selection,
    *,
    status: int = 200,
) -> HttpResponse:
    asked = list(cycle.questions.all())
    context = {
        "cycle": cycle,
        "form": form,
        "selection": selection,
        "asking": [(row, registrant.answers(row, asked)) for row in selection.listed],
        "most": decisions.MOST,
    }
    return render(request, "desk/people/registrants_decide.html", context, status=status)
