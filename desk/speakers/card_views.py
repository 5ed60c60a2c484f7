"""What one speaker says of themselves and agrees to, as organisers read it, note it and accept it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from speakers.cards import slides as slides_files
from speakers.cards import verbs as card_verbs
from speakers.consents import verbs as consent_verbs
from speakers.models import SpeakerCard
from speakers.people import contacts
from speakers.personal.forms import CardForm, consent_forms
from speakers.personal.views import photo_file
from web.requests import bodies

from .forms import WhyForm
from .views import back_to, opened, seat_of

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

FORM = ["GET", "HEAD", "POST"]


@bodies.takes_files
@require_http_methods(FORM)
@never_cache
@login_required
def card(request: HttpRequest, cycle: str, slug: str, pk: int) -> HttpResponse:
    """Read what somebody sent in, or fill it in for them."""
    session, by = opened(request, cycle, slug)
    at = timezone.now()
    seat = seat_of(session, pk, at=at)
    if not seat.email:
        messages.error(request, _("Give them an address first: a card belongs to somebody."))
        return back_to(session)
    if request.method != "POST":
        form = CardForm(initial=CardForm.initial_for(seat.card), card=seat.card)
    else:
        form = CardForm(request.POST, request.FILES, card=seat.card)
        if form.is_valid():
            contact = contacts.ensure([seat.email], at=at)[seat.email]
            card_verbs.fill_in(session, contact=contact, change=form.change, by=by, at=at)
            messages.success(request, _("Saved. Nothing of it is public before it is accepted below."))
            return redirect("desk:speaker-card", cycle, slug, pk)
    context = {
        "session": session,
        "cycle": session.cycle,
        "seat": seat,
        "card": seat.card,
        "form": form,
        "may_show_photo": seat.card is not None
        and "photo" in seat.consents
        and seat.consents["photo"].is_in_force(on=at.date()),
    }
    return render(request, "desk/speakers/card.html", context, status=422 if form.errors else 200)


@require_POST
@never_cache
@login_required
def accept(request: HttpRequest, cycle: str, slug: str, pk: int) -> HttpResponse:
    """Make a card public."""
    session, by = opened(request, cycle, slug)
    at = timezone.now()
    seat = seat_of(session, pk, at=at)
    if seat.contact is None:
        raise Http404
    try:
        card_verbs.accept(session, contact=seat.contact, by=by, at=at)
    except SpeakerCard.DoesNotExist:
        messages.error(request, _("Nothing was sent in yet: fill it in first."))
    else:
        messages.success(
            request,
            _(
                "Accepted: the name and the lines are public. A photo and slides follow their owner’s decisions."
            ),
        )
    return redirect("desk:speaker-card", cycle, slug, pk)


@require_safe
@never_cache
@login_required
def photo(request: HttpRequest, cycle: str, slug: str, pk: int) -> HttpResponseBase:
    """Show an organiser the photo that was sent in."""
    session, _by = opened(request, cycle, slug)
    seat = seat_of(session, pk, at=timezone.now())
    if seat.card is None or not seat.card.photo:
        raise Http404
    return photo_file(seat.card.photo)


@require_safe
@never_cache
@login_required
def slides(request: HttpRequest, cycle: str, slug: str, pk: int) -> HttpResponseBase:
    """Give an organiser the slides that were sent in."""
    session, _by = opened(request, cycle, slug)
    seat = seat_of(session, pk, at=timezone.now())
    if seat.card is None or not seat.card.slides:
        raise Http404
    return slides_files.attached(seat.card.slides, name=seat.card.slides_name)


@require_http_methods(FORM)
@never_cache
@login_required
def consents(request: HttpRequest, cycle: str, slug: str, pk: int) -> HttpResponse:
    """Read what somebody decided, or note what they told an organiser."""
    session, by = opened(request, cycle, slug)
    at = timezone.now()
    seat = seat_of(session, pk, at=at)
    if not seat.email:
        messages.error(request, _("Give them an address first: a decision belongs to somebody."))
        return back_to(session)
    sent: Any = request.POST if request.method == "POST" else None
    forms, why = consent_forms(seat.consents, sent), WhyForm(sent)
    if request.method == "POST" and all([form.is_valid() for form in (*forms, why)]):  # noqa: C419 - all errors are shown
        contact = contacts.ensure([seat.email], at=at)[seat.email]
        consent_verbs.note(
            session,
            contact=contact,
            decisions={form.purpose: given for form in forms if (given := form.given) is not None},
            language=translation.get_language() or "fr",
            why=why.cleaned_data["why"],
            by=by,
            at=at,
        )
        messages.success(request, _("Noted, with today’s date and how you know."))
        return redirect(reverse("desk:speaker-consents", args=[cycle, slug, pk]))
    context = {
        "session": session,
        "cycle": session.cycle,
        "seat": seat,
        "forms": forms,
        "why": why,
        "history": seat.contact.consents.filter(session=session).select_related("on_behalf_by")
        if seat.contact
        else [],
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "desk/speakers/consents.html", context, status=status)
