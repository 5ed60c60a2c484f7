"""The picture of a cycle, a post or a session, a logo: on a page of its own, so that no draft of words is disturbed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from cycles import access
from cycles.content import editing
from cycles.language import naming
from cycles.models import PICTURED, Organisation, Programme
from desk.content.pictures.forms import PictureForm
from desk.ui.acts import act_of
from web.requests import bodies

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from desk.content.editors.kinds import Kind

FORM_METHODS = ["GET", "HEAD", "POST"]


@bodies.takes_files
@require_http_methods(FORM_METHODS)
@never_cache
@login_required
def of_content(request: HttpRequest, kind: Kind, slug: str) -> HttpResponse:
    row = _pictured(request, kind, slug)
    back = reverse("desk:content-edit", args=[kind, slug])
    remove = reverse("desk:content-picture-remove", args=[kind, slug])
    return _picture(request, row, name=kind.label(row), back=back, remove=remove)


@act_of("desk:content-picture")
def remove_of_content(request: HttpRequest, kind: Kind, slug: str) -> HttpResponse:
    _remove(request, _pictured(request, kind, slug))
    return redirect("desk:content-picture", kind, slug)


def _pictured(request: HttpRequest, kind: Kind, slug: str) -> Any:
    row, _rights = access.content_for(request.user, kind.model, slug)
    if kind.model._meta.model_name not in PICTURED:
        raise Http404
    return row


@bodies.takes_files
@require_http_methods(FORM_METHODS)
@never_cache
@login_required
def of_session(request: HttpRequest, cycle: str, slug: str) -> HttpResponse:
    session, _rights = access.session_for(request.user, cycle, slug, right=access.Right.PLAN)
    back = reverse("desk:session-edit", args=[cycle, slug])
    remove = reverse("desk:session-picture-remove", args=[cycle, slug])
    return _picture(request, session, name=naming.session_title(session), back=back, remove=remove)


@act_of("desk:session-picture")
def remove_of_session(request: HttpRequest, cycle: str, slug: str) -> HttpResponse:
    session, _rights = access.session_for(request.user, cycle, slug, right=access.Right.PLAN)
    _remove(request, session)
    return redirect("desk:session-picture", cycle, slug)


def _remove(request: HttpRequest, row: Any) -> None:
    editing.remove_picture(row, by=access.account(request.user), at=timezone.now())
    messages.success(request, _("The picture is gone from the public page."))


def _where(row: Any) -> str:
    """Say where a logo is shown; nothing of a picture, which stands on the page of its thing."""
    if isinstance(row, Programme):
        return _(
            "It stands on the programme’s pages and those of its cycles once it is published, in their emails, and on "
            "papers made from now on, unless whoever issues them has a logo: those already issued stay as they are."
        )
    if isinstance(row, Organisation):
        return _(
            "It stands beside the name on public pages and in reports, and on papers issued in this name from now on: "
            "those already issued stay as they are."
        )
    return ""


def _picture(request: HttpRequest, row: Any, *, name: str, back: str, remove: str) -> HttpResponse:
    picture = editing.picture_of(row)
    by, at = access.account(request.user), timezone.now()
    if request.method == "POST":
        form = PictureForm(request.POST, request.FILES, has_picture=picture is not None)
    else:
        form = PictureForm(initial=PictureForm.initial_for(picture), has_picture=picture is not None)
    if form.is_valid():
        data = form.cleaned_data
        editing.set_picture(
            row,
            prepared=form.prepared,
            alt=form.alt,
            is_decorative=data["is_decorative"],
            credit=data["credit"],
            by=by,
            at=at,
        )
        messages.success(request, _("Saved. Visitors see it where the page itself is public."))
        return redirect(request.path)
    context = {
        "form": form,
        "picture": picture,
        "name": name,
        "back": back,
        "remove": remove,
        "is_logo": isinstance(row, Programme | Organisation),
        "where": _where(row),
    }
    return render(request, "desk/content/picture.html", context, status=422 if form.errors else 200)
