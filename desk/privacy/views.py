"""Requests of people about their data: find one by the whole address, read, hand over, erase."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from cycles.language import wording
from desk.mail import announcing
from desk.privacy import requests as privacy
from desk.ui.acts import act_of
from registrations.people.data import copies

if TYPE_CHECKING:
    from django.http import HttpRequest

    from cycles.models import SpeakerSlot

FORM_METHODS = ["GET", "HEAD", "POST"]
UNPROCESSABLE = 422


@require_http_methods(FORM_METHODS)
@never_cache
@login_required
def requests(request: HttpRequest) -> HttpResponse:
    """Ask for a person. The address is posted: it stands in no address of a page, in no log."""
    privacy.check_officer(request.user)
    form = privacy.AddressForm(request.POST if request.method == "POST" else None)
    contacts: list[SpeakerSlot] = []
    if form.is_valid():
        at, email = timezone.now(), form.cleaned_data["email"]
        match = privacy.search(request.user, email=email, at=at)
        if match is not None:
            return redirect("desk:data-person", match.pk)
        contacts = privacy.contacts(request.user, email=email)
    context = {
        "form": form,
        "is_unknown": form.is_bound and not form.errors and not contacts,
        "contacts": contacts,
        "contact_months": settings.ESCALE_RETENTION["registrations_months"],
    }
    return render(
        request, "desk/privacy/data_requests.html", context, status=UNPROCESSABLE if form.errors else 200
    )


@act_of("desk:data-requests")
def forget_contact(request: HttpRequest) -> HttpResponse:
    """Erase the address by which somebody who speaks is reached."""
    privacy.check_officer(request.user)
    form = privacy.AddressForm(request.POST)
    if form.is_valid() and privacy.forget_contact(
        request.user, email=form.cleaned_data["email"], at=timezone.now()
    ):
        messages.success(request, _("The address is erased: who spoke stays on the public pages."))
    return redirect("desk:data-requests")


@require_safe
@never_cache
@login_required
def person(request: HttpRequest, pk: int) -> HttpResponse:
    """What is held about one person, how long and why; then the copy as the person reads it."""
    result = privacy.person_for(request.user, pk)
    copy = result.copy()
    context = {
        "found": result,
        "participant": result.person,
        "holdings": privacy.holdings(copy),
        "elsewhere": privacy.elsewhere(result, request.user),
        "parts": copies.parts(copy, zone=result.participant.timezone),
    }
    return render(request, "desk/privacy/data_person.html", context)


@require_safe
@never_cache
@login_required
def export_json(request: HttpRequest, pk: int) -> HttpResponse:
    """The copy as a file that programs read."""
    result = privacy.person_for(request.user, pk)
    privacy.note("privacy.export", result, at=timezone.now(), detail="json")
    body = json.dumps(result.copy(), cls=DjangoJSONEncoder, ensure_ascii=False, indent=2)
    return _file(body, "application/json", f"person-{pk}.json")


@require_safe
@never_cache
@login_required
def export_html(request: HttpRequest, pk: int) -> HttpResponse:
    """The same to read, in the person's language, as one file that needs nothing else."""
    result = privacy.person_for(request.user, pk)
    at = timezone.now()
    privacy.note("privacy.export", result, at=at, detail="html")
    with translation.override(result.participant.language):
        copy = result.copy()
        context = {
            "participant": result.person,
            "holdings": privacy.holdings(copy),
            "parts": copies.parts(copy, zone=result.participant.timezone),
            "made_at": at,
        }
        page = render(request, "desk/privacy/data_file.html", context)
    return _file(page.content, "text/html; charset=utf-8", f"person-{pk}.html")


def _file(body: str | bytes, content_type: str, name: str) -> HttpResponse:
    return HttpResponse(
        body,
        content_type=content_type,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@require_http_methods(FORM_METHODS)
@never_cache
@login_required
@announcing.announces()
def erase(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what goes, what must stay and until when; erase when the button is pressed. There is no way back."""
    result = privacy.person_for(request.user, pk)
    at = timezone.now()
    form = privacy.ErasureForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        left = privacy.erase(result, at=at)
        messages.success(request, _("The person is erased. Only what follows, if anything, is kept."))
        for one in left:
            until = wording.long_date(one.until, language=translation.get_language() or "fr")
            messages.info(request, _("Kept: %(what)s, until %(date)s") % {"what": one.what, "date": until})
        return redirect("desk:data-requests")
    context = {
        "form": form,
        "found": result,
        "participant": result.person,
        "holdings": privacy.holdings(result.copy()),
        "kept": result.kept(at=at),
    }
    return render(
        request, "desk/privacy/data_erase.html", context, status=UNPROCESSABLE if form.errors else 200
    )
