"""The pages of somebody who speaks: all their sessions on one, a card and decisions for each. No account, no cookie.

Every page is opened by a personal link (speakers/people/access.py); every act has an address of its own, and is a POST.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import FileResponse, Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cycles.schedule import time_zones
from cycles.site.look import looks
from registrations import rooms
from registrations.links import lost_links
from speakers.answers import verbs
from speakers.cards import photos, slides
from speakers.cards import verbs as card_verbs
from speakers.consents import verbs as consent_verbs
from speakers.models import SpeakerConsent
from speakers.people import access, links
from web.requests import bodies
from web.requests.headers import leads_elsewhere

from . import calendar, pages
from .forms import CardForm, NoForm, ZoneForm, consent_forms

if TYPE_CHECKING:
    import datetime as dt

    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

    from speakers.models import Contact

FORM = ["GET", "HEAD", "POST"]


def _contact(token: str) -> Contact:
    result = access.contact(token)
    if result is None:
        raise Http404
    return result


def _part(contact: Contact, session: int, *, at: dt.datetime) -> pages.Part:
    rows = access.sessions(contact).filter(pk=session).select_related("cycle__programme__picture")
    result = pages.of_sessions(contact, list(rows.prefetch_related("segments__topic")), at=at)
    if not result:
        raise Http404
    return result[0]


def _back(contact: Contact, session: int | None = None) -> HttpResponse:
    place = f"#session-{session}" if session is not None else ""
    return HttpResponseRedirect(reverse("speakers:page", args=[links.token(contact)]) + place)


@require_safe
@lost_links.personal_page
def page(request: HttpRequest, token: str) -> HttpResponse:
    """Show all that somebody was asked, with the next thing to do at each session."""
    return _page(request, _contact(token))


def _page(request: HttpRequest, contact: Contact, *, error: str = "", status: int = 200) -> HttpResponse:
    language = translation.get_language() or "fr"
    choices = time_zones.choices(language=language)
    if contact.timezone and contact.timezone not in dict(choices):
        choices.append((contact.timezone, contact.timezone.rpartition("/")[2].replace("_", " ")))
    parts = pages.parts(contact, at=timezone.now())
    context = {
        "contact": contact,
        "name": next((part.seat.contact_name for part in parts if part.seat.contact_name), ""),
        "token": links.token(contact),
        "parts": parts,
        "programme": looks.shared_by(part.session.cycle for part in parts),
        "error": error,
        "zones": choices,
        "calendar": links.calendar(contact, language=language),
    }
    response = render(request, "speakers/personal/page.html", context, status=status)
    leads_elsewhere(response)
    return response


@require_POST
@lost_links.personal_page
def zone(request: HttpRequest, token: str) -> HttpResponse:
    """Keep in which zone somebody wants to read hours."""
    contact = _contact(token)
    form = ZoneForm(request.POST)
    if not form.is_valid():
        return _page(request, contact, error=str(form.errors["timezone"][0]), status=422)
    contact.timezone = form.cleaned_data["timezone"]
    contact.save(update_fields=["timezone"])
    return _back(contact)


@require_POST
@lost_links.personal_page
def yes(request: HttpRequest, token: str, session: int) -> HttpResponse:
    """Say yes: one button, nothing to fill in."""
    return _answered(request, token, session, says_yes=True)


@require_POST
@lost_links.personal_page
def no(request: HttpRequest, token: str, session: int) -> HttpResponse:
    """Say no, also after a yes."""
    return _answered(request, token, session, says_yes=False)


def _answered(request: HttpRequest, token: str, session: int, *, says_yes: bool) -> HttpResponse:
    contact, at = _contact(token), timezone.now()
    part = _part(contact, session, at=at)
    form = NoForm(request.POST)
    if not form.is_valid():
        return _page(request, contact, error=str(form.errors["reason"][0]), status=422)
    try:
        verbs.answer(contact, part.session, says_yes=says_yes, reason=form.cleaned_data["reason"], at=at)
    except verbs.AnswerError as error:
        return _page(request, contact, error=str(error), status=409)
    return _back(contact, session)


@require_POST
@lost_links.personal_page
def room(request: HttpRequest, token: str, session: int) -> HttpResponse:
    """Open the room as its host, at any hour until the session is over."""
    contact, at = _contact(token), timezone.now()
    part = _part(contact, session, at=at)
    if not part.may_enter:
        return _page(request, contact, error=_("The room is not open to you: see below why."), status=409)
    try:
        address = rooms.host_address(
            part.session, name=part.seat.contact_name or part.seat.name, person=f"speaker-{contact.pk}", at=at
        )
    except rooms.RoomError:
        if not part.is_room_ready:
            return _page(request, contact, error=_("The room has not been given yet."), status=409)
        error = _("The room does not answer just now. Press the button again in a minute.")
        return _page(request, contact, error=error, status=503)
    response = redirect(address)
    leads_elsewhere(response)
    return response


@bodies.takes_files_by_link(access.opens)
@require_http_methods(FORM)
@lost_links.personal_page
def card(request: HttpRequest, token: str, session: int) -> HttpResponse:
    """What somebody says of themselves at one session, their photo and slides; saved apart from everything else."""
    contact, at = _contact(token), timezone.now()
    part = _part(contact, session, at=at)
    held = part.seat.card
    if part.is_over or not part.is_coming:
        return _closed(request, contact, part)
    if request.method != "POST":
        form = CardForm(initial=CardForm.initial_for(held), card=held)
    else:
        form = CardForm(request.POST, request.FILES, card=held)
        if form.is_valid():
            card_verbs.send_in(contact, part.session, change=form.change, at=at)
            return _back(contact, session)
    context = {"form": form, "part": part, "card": held, "token": links.token(contact)}
    status = 422 if form.errors else 200
    return render(request, "speakers/personal/card.html", context, status=status)


def _closed(request: HttpRequest, contact: Contact, part: pages.Part) -> HttpResponse:
    """Answer a form that is not open: before a yes, and once the session is over."""
    error = (
        _("This session is over: nothing more can be sent in. Write to the organisers instead.")
        if part.is_over
        else _("Answer first whether you speak: this opens once you have said yes.")
    )
    return _page(request, contact, error=error, status=409)


@require_safe
@lost_links.personal_page
def photo(request: HttpRequest, token: str, session: int) -> HttpResponseBase:  # noqa: ARG001 - Django's
    """Show somebody the photo that they sent in."""
    part = _part(_contact(token), session, at=timezone.now())
    held = part.seat.card
    if held is None or not held.photo:
        raise Http404
    return photo_file(held.photo)


def photo_file(digest: str) -> FileResponse:
    """Return a photo that no cache keeps. Raises Http404."""
    try:
        file = photos.path(digest).open("rb")
    except OSError:
        raise Http404 from None
    return FileResponse(
        file,
        content_type="image/webp",
        headers={
            "Cache-Control": "private, no-store",
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "X-Content-Type-Options": "nosniff",
            "Cross-Origin-Resource-Policy": "same-origin",
        },
    )


@require_safe
@lost_links.personal_page
def slides_file(request: HttpRequest, token: str, session: int) -> HttpResponseBase:  # noqa: ARG001 - Django's
    """Give somebody back the slides that they sent in."""
    part = _part(_contact(token), session, at=timezone.now())
    held = part.seat.card
    if held is None or not held.slides:
        raise Http404
    return slides.attached(held.slides, name=held.slides_name)


@require_http_methods(FORM)
@lost_links.personal_page
def consents(request: HttpRequest, token: str, session: int) -> HttpResponse:
    """What somebody agrees to, purpose by purpose; also long after the session."""
    contact, at = _contact(token), timezone.now()
    part = _part(contact, session, at=at)
    forms = consent_forms(part.seat.consents, request.POST if request.method == "POST" else None)
    if request.method == "POST" and all([form.is_valid() for form in forms]):  # noqa: C419 - all errors are shown
        decisions = {form.purpose: given for form in forms if (given := form.given) is not None}
        language = translation.get_language() or "fr"
        consent_verbs.decide(contact, part.session, decisions=decisions, language=language, at=at)
        return _back(contact, session)
    context = {"forms": forms, "part": part, "token": links.token(contact)}
    status = 422 if request.method == "POST" else 200
    return render(request, "speakers/personal/consents.html", context, status=status)


@require_POST
@lost_links.personal_page
def withdraw(request: HttpRequest, token: str, session: int, purpose: str) -> HttpResponse:  # noqa: ARG001 - Django's
    """Withdraw one agreement: what it allowed is hidden at once."""
    contact, at = _contact(token), timezone.now()
    part = _part(contact, session, at=at)
    if purpose not in SpeakerConsent.Purpose.values:
        raise Http404
    consent_verbs.withdraw(contact, part.session, purpose=purpose, at=at)
    return _back(contact, session)


@require_safe
@lost_links.personal_page
def entry(request: HttpRequest, token: str, session: int) -> HttpResponse:  # noqa: ARG001 - Django's
    """Give one session as a file for a calendar."""
    contact, at = _contact(token), timezone.now()
    part = _part(contact, session, at=at)
    return calendar.one(contact, part)
