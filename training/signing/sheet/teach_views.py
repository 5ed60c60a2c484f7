"""A trainer without an account keeps the sheet of one half-day, behind a link of their own."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Concatenate, ParamSpec

from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import journal
from registrations.links import lost_links
from speakers.people import access
from training.documents.own_views import pdf
from training.models import Document
from training.signing import links, queries

from . import sheet_views
from .doors import Door

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse, HttpResponseBase

P = ParamSpec("P")
FORM = require_http_methods(["GET", "HEAD", "POST"])


def by_link(
    view: Callable[Concatenate[HttpRequest, Door, P], HttpResponse],
) -> Callable[..., HttpResponseBase]:
    """Open a page of the sheet for the trainer whom the link names; no cookie, nothing kept by a cache."""

    @lost_links.personal_page
    @functools.wraps(view)
    def opened(request: HttpRequest, token: str, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        result = links.trainer(token)
        if result is None:
            return lost_links.answer(request)
        session, speaker = result
        door = Door(session=session, name=str(speaker), email=speaker.email, token=token)
        return view(request, door, *args, **kwargs)

    return opened


sheet = require_safe(by_link(sheet_views.sheet))
person = FORM(by_link(sheet_views.person))
absent = require_POST(by_link(sheet_views.absent))
countersign = FORM(by_link(sheet_views.countersign))
walk_in = FORM(by_link(sheet_views.walk_in))
room = require_safe(by_link(sheet_views.room_code))
tablet = require_safe(by_link(sheet_views.tablet))
blank = require_safe(by_link(sheet_views.blank))


@require_safe
@by_link
def file(_request: HttpRequest, door: Door) -> HttpResponse:
    """Hand out the countersigned sheet to the trainer who keeps it."""
    document = get_object_or_404(Document.objects.sheets().live(), session=door.session)
    journal.record(
        "training.sheet_file", by=None, at=timezone.now(), target=door.session, detail=document.full_number
    )
    return pdf(document)


@require_safe
@lost_links.personal_page
def from_speaker(request: HttpRequest, token: str, session: int) -> HttpResponse:
    """Lead from the page of somebody who speaks to the sheet of a half-day at which they train."""
    contact = access.contact(token)
    rows = access.sessions(contact).filter(queries.in_frame(), pk=session).first() if contact else None
    if contact is None or rows is None:
        return lost_links.answer(request)
    return redirect(links.teach(rows, email=contact.email, language=get_language() or "fr"))
