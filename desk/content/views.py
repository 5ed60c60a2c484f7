"""The editors of programmes, cycles' words, modules, workshops, resources, news, and what all of them name.

One page a kind for the list, one for a new one, one to edit. A button that only arranges rows saves nothing; a
preview saves nothing; what someone else saved meanwhile is shown beside what was written.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import prefetch_related_objects
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cycles import access
from cycles.content import editing
from cycles.models import News, Programme
from cycles.schedule import planning
from desk.content import effect
from desk.content.editors import choices, new_names
from desk.content.preview import editor_addresses, preview
from desk.mail import announcing
from desk.search import finding as search
from desk.ui.acts import act_of
from desk.ui.addresses import without_page
from desk.ui.forms import conflict
from desk.ui.forms.languages import LANGUAGES
from desk.ui.forms.rows import reshaped

if TYPE_CHECKING:
    import datetime as dt

    from django.http import HttpRequest, HttpResponse

    from accounts.models import User
    from desk.content.editors.fields import ContentForm
    from desk.content.editors.kinds import Kind

FORM_METHODS = ["GET", "HEAD", "POST"]
PER_PAGE = 50
SLUG = re.compile(r"[-\w]{1,80}")


@require_safe
@never_cache
@login_required
def content_list(request: HttpRequest, kind: Kind) -> HttpResponse:
    """Everything of a kind that one may edit; what is asked for is found as the search of the desk finds it."""
    if not access.may_write(request.user, kind.model):
        raise access.Refused(programme=None, right=access.Right.PLAN)
    asked = request.GET.get("q", "").strip()
    rows: Any = search.writable(kind, request.user)
    if asked:
        rows = search.fitting(kind, rows, asked)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "kind": kind,
        "page": page,
        "items": [(row, kind.label(row), kind.is_public(row)) for row in page.object_list],
        "q": asked,
        "query": without_page(request.GET),
        "keep_query": True,
    }
    return render(request, "desk/content/content_list.html", context)


@require_http_methods(FORM_METHODS)
@never_cache
@login_required
@announcing.announces()
def content_new(request: HttpRequest, kind: Kind) -> HttpResponse:
    """Write a new one; what can be published begins as a draft."""
    row, lists = _row(request, kind, None)
    if request.method != "POST":
        return _page(request, kind, row, kind.form(initial=_first_choices(request, lists), choices=lists))
    form = kind.form(request.POST, choices=lists)
    if not form.is_valid():
        return _page(request, kind, row, form, status=422)
    by, at = access.account(request.user), timezone.now()
    created = _write(kind, None, form, by=by, at=at)
    messages.success(request, _("Saved."))
    # What comes next is there: the cycles of a programme, the dates of a cycle.
    if kind.name == "programmes":
        return redirect("desk:programme", created.slug)
    if kind.name == "cycles" and not created.is_external:
        return redirect("desk:cycle-plan", created.slug)
    return redirect("desk:content-edit", kind, created.slug)


def _write(
    kind: Kind, row: Any, form: ContentForm, *, by: User | None, at: dt.datetime, seen: str | None = None
) -> Any:
    """Write what a form says, with the names that it adds; `row` is None for a new one."""
    with transaction.atomic():
        values = new_names.settle(form.values(), by=by, at=at)
        if row is None:
            return editing.create(kind.model, values=values, by=by, at=at)
        return editing.edit_content(row, values=values, by=by, at=at, seen=seen)


def _first_choices(request: HttpRequest, lists: dict[str, Any]) -> dict[str, Any]:
    """Choose the programme from whose page one comes (`?programme=`), or the only one that there is to choose."""
    programmes = lists.get("programmes", ())
    slug = request.GET.get("programme", "")
    named = Programme.objects.filter(slug=slug) if SLUG.fullmatch(slug) else Programme.objects.none()
    asked = named.values_list("pk", flat=True).first()
    if asked is not None and asked in dict(programmes):
        return {"programme_id": asked}
    return {"programme_id": programmes[0][0]} if len(programmes) == 1 else {}


@require_http_methods(FORM_METHODS)
@never_cache
@login_required
@announcing.announces()
def content_edit(request: HttpRequest, kind: Kind, slug: str) -> HttpResponse:
    """Edit one, and save it."""
    row, lists = _row(request, kind, slug)
    if request.method != "POST":
        return _page(request, kind, row, _filled(kind, row, lists))
    form = kind.form(request.POST, choices=lists)
    if not form.is_valid():
        return _page(request, kind, row, form, status=422)
    by, at = access.account(request.user), timezone.now()
    try:
        _write(kind, row, form, by=by, at=at, seen=form.cleaned_data["seen"])
    except planning.StaleError as error:
        saved = _filled(kind, error.row, lists)
        form.follow(saved.initial["seen"])
        result = conflict.differences(saved=saved, written=form)
        return _page(request, kind, row, form, status=409, differences=result)
    except planning.PlanningError as error:
        return _refused(request, kind, row, form, error)
    messages.success(request, _("Saved."))
    return redirect("desk:content-edit", kind, slug)


def _refused(
    request: HttpRequest, kind: Kind, row: Any, form: ContentForm, error: planning.PlanningError
) -> HttpResponse:
    form.add_error(None, str(error))
    return _page(request, kind, row, form, status=422)


def _filled(kind: Kind, row: Any, lists: dict[str, Any]) -> ContentForm:
    initial = kind.form.initial_for(row)  # type: ignore[attr-defined] # every form of the table has it
    return kind.form(initial={**initial, "seen": editing.digest(row)}, choices=lists)


def _row(request: HttpRequest, kind: Kind, slug: str | None) -> tuple[Any, dict[str, Any]]:
    """Return what is edited (None: a new one) and the lists that its form chooses from."""
    if slug is not None:
        row, _rights = access.content_for(request.user, kind.model, slug)
        if isinstance(row, News):
            # Asked for by its name, by what it may be about, by the form and by what tells of a conflict.
            prefetch_related_objects([row], "links")
        return row, choices.load(kind.form.wants, user=request.user, row=row)
    if not access.may_write(request.user, kind.model):
        raise access.Refused(programme=None, right=access.Right.PLAN)
    return None, choices.load(kind.form.wants, user=request.user)


def _arranged(request: HttpRequest, kind: Kind, slug: str | None) -> HttpResponse:
    row, lists = _row(request, kind, slug)
    data, focus = reshaped(request.POST, request.POST.get("do", ""))
    form = kind.form(data, choices=lists)
    form.leave_unchecked()
    return _page(request, kind, row, form, focus=focus)


@act_of("desk:content-new")
def content_new_arrange(request: HttpRequest, kind: Kind) -> HttpResponse:
    """Add, move or take away a row of a new one; nothing is saved."""
    return _arranged(request, kind, None)


@act_of("desk:content-edit")
def content_edit_arrange(request: HttpRequest, kind: Kind, slug: str) -> HttpResponse:
    """Add, move or take away a row; nothing is saved."""
    return _arranged(request, kind, slug)


@act_of("desk:content-new")
def content_new_preview(request: HttpRequest, kind: Kind, language: str) -> HttpResponse:
    """Show the public page of a new one as it would be; nothing is saved."""
    return _previewed(request, kind, None, language)


@act_of("desk:content-edit")
def content_edit_preview(request: HttpRequest, kind: Kind, slug: str, language: str) -> HttpResponse:
    """Show the public page as it would be; nothing is saved."""
    return _previewed(request, kind, slug, language)


def _previewed(request: HttpRequest, kind: Kind, slug: str | None, language: str) -> HttpResponse:
    row, lists = _row(request, kind, slug)
    form = kind.form(request.POST, choices=lists)
    if not form.is_valid():
        return _page(request, kind, row, form, status=422)
    if kind.page is None:
        raise Http404
    return _preview(request, kind, row, form, language=language)


def _preview(request: HttpRequest, kind: Kind, row: Any, form: ContentForm, *, language: str) -> HttpResponse:
    by, at = access.account(request.user), timezone.now()

    def write() -> Any:
        return _write(kind, row, form, by=by, at=at)

    try:
        return preview(
            request,
            language=language if language in LANGUAGES else LANGUAGES[0],
            write=write,
            page=kind.page or content_list,
            address=kind.slugs,
        )
    except planning.PlanningError as error:
        return _refused(request, kind, row, form, error)


def _page(
    request: HttpRequest,
    kind: Kind,
    row: Any,
    form: ContentForm,
    *,
    status: int = 200,
    focus: str = "",
    differences: list[conflict.Difference] | None = None,
) -> HttpResponse:
    page = ("desk:content-new", kind) if row is None else ("desk:content-edit", kind, row.slug)
    context = {
        "kind": kind,
        "row": row,
        "name": kind.label(row) if row is not None else kind.new,
        "form": form,
        "focus": focus,
        "opened": form.unfolded(focus),
        "differences": differences,
        "is_conflict": differences is not None,
        "is_public": row is not None and kind.is_public(row),
        "public_url": kind.public_url(row) if row is not None else "",
        **editor_addresses(*page),
        "has_page": kind.page is not None,
    }
    return render(request, "desk/content/content_edit.html", context, status=status)


@require_POST
@login_required
@announcing.announces(says_so=False)
def content_publish(request: HttpRequest, kind: Kind, slug: str) -> HttpResponse:
    """Let everyone see a draft."""
    row, _rights = access.content_for(request.user, kind.model, slug)
    return _changed(request, kind, row, editing.publish, _("Published: everyone can read it now."))


@require_POST
@login_required
def content_withdraw(request: HttpRequest, kind: Kind, slug: str) -> HttpResponse:
    """Make a draft of what is published."""
    row, _rights = access.content_for(request.user, kind.model, slug)
    return _changed(request, kind, row, editing.withdraw, _("A draft again: visitors no longer see it."))


def _changed(request: HttpRequest, kind: Kind, row: Any, verb: Any, message: str) -> HttpResponse:
    if not kind.is_publishable:
        raise access.Refused(programme=None, right=access.Right.PLAN)
    at, by = timezone.now(), access.account(request.user)

    def change() -> Any:
        verb(row, by=by, at=at)
        return row

    try:
        _row, owed = effect.made(change, at=at)
    except planning.PlanningError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, effect.with_mails(message, owed) if owed else message)
    if kind.name == "programmes":
        return redirect("desk:programme", row.slug)
    return redirect("desk:content-edit", kind, row.slug)


@require_http_methods(FORM_METHODS)
@never_cache
@login_required
def content_delete(request: HttpRequest, kind: Kind, slug: str) -> HttpResponse:
    """Say what names a draft; delete it when nothing does."""
    row, _rights = access.content_for(request.user, kind.model, slug)
    if not kind.is_removable:
        raise Http404
    name = kind.label(row)
    if request.method == "POST":
        try:
            editing.delete(row, by=access.account(request.user), at=timezone.now())
        except planning.PlanningError as error:
            messages.error(request, str(error))
            return redirect(request.path)
        messages.success(request, _("“%(name)s” is deleted.") % {"name": name})
        return redirect("desk:content-list", kind)
    context = {
        "kind": kind,
        "row": row,
        "name": name,
        "is_public": kind.is_public(row),
        "references": editing.references(row),
    }
    return render(request, "desk/content/content_delete.html", context)
