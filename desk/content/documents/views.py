"""The file of a resource, and the documents of a session: uploaded, replaced, taken away, on pages of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from cycles import access
from cycles.content import documents, editing
from cycles.models import Resource, Session
from desk.content.documents.forms import DocumentForm, FileForm
from desk.content.editors.kinds import KINDS
from desk.ui.acts import act_of
from web.requests import bodies

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse
    from django.http.response import HttpResponseBase

FORM_METHODS = ["GET", "HEAD", "POST"]


def _resource(request: HttpRequest, slug: str) -> Resource:
    row: Resource
    row, _rights = access.content_for(request.user, Resource, slug)
    return row


def _is_public(resource: Resource) -> bool:
    return Resource.objects.published().filter(pk=resource.pk).exists()


@bodies.takes_files
@require_http_methods(FORM_METHODS)
@never_cache
@login_required
def of_resource(request: HttpRequest, slug: str) -> HttpResponse:
    """Upload the file of a resource, or another in its place."""
    row = _resource(request, slug)
    form = FileForm(request.POST, request.FILES) if request.method == "POST" else FileForm()
    if form.is_valid() and form.document is not None:
        by, at = access.account(request.user), timezone.now()
        editing.set_file(row, document=form.document, name=form.name, by=by, at=at)
        messages.success(
            request,
            _("Saved: everyone can download it now.")
            if _is_public(row)
            else _("Saved: only organisers can download it, as long as visitors do not see its page."),
        )
        return redirect("desk:content-file", slug)
    context = {
        "kind": KINDS["resources"],
        "row": row,
        "name": KINDS["resources"].label(row),
        "form": form,
        "file": editing.file_of(row),
        "resource": row,
        "is_public": _is_public(row),
        "public_address": settings.ESCALE_BASE_URL + reverse("resource-file", args=[slug]),
    }
    return render(request, "desk/content/file.html", context, status=422 if form.errors else 200)


@act_of("desk:content-file")
def remove(request: HttpRequest, slug: str) -> HttpResponse:
    row = _resource(request, slug)
    editing.remove_file(row, by=access.account(request.user), at=timezone.now())
    messages.success(request, _("The file is gone: nobody can download it any more."))
    return redirect("desk:content-file", slug)


@require_safe
@never_cache
@login_required
def download(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Give an organiser the file, also that of a draft."""
    file = editing.file_of(_resource(request, slug))
    if file is None:
        raise Http404
    return documents.attached(file.digest, name=file.name)


@bodies.takes_files
@require_http_methods(FORM_METHODS)
@never_cache
@login_required
def of_session(request: HttpRequest, cycle: str, slug: str) -> HttpResponse:
    """The documents of a session with their files, and a form for another."""
    session, _rights = access.session_for(request.user, cycle, slug, right=access.Right.PLAN)
    form = DocumentForm(request.POST, request.FILES) if request.method == "POST" else DocumentForm()
    if form.is_valid() and form.document is not None:
        resource = editing.add_document(
            session,
            title=form.title,
            kind=form.cleaned_data["kind"],
            document=form.document,
            name=form.name,
            is_published=form.cleaned_data["is_published"],
            by=access.account(request.user),
            at=timezone.now(),
        )
        messages.success(
            request,
            _("“%(title)s” is added: everyone can download it now.") % {"title": resource}
            if _is_public(resource)
            else _("“%(title)s” is added: only organisers see it for now.") % {"title": resource},
        )
        return redirect("desk:session-documents", cycle, slug)
    context = {
        "session": session,
        "cycle": session.cycle,
        "form": form,
        "resources": editing.resources_of(session).select_related("file"),
        "is_shown": Session.objects.published().filter(pk=session.pk).exists(),
    }
    return render(request, "desk/content/session_documents.html", context, status=422 if form.errors else 200)
