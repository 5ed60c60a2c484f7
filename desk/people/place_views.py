"""One place of one person: given though none is left, or taken back, each after a page that says what it does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from cycles import access
from desk.mail import announcing
from desk.people import beyond
from desk.people.somebody import removal, somebody, told
from registrations import booking
from registrations.booking import ALIVE
from registrations.models import Registration, State

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from cycles.models import Session
    from registrations.models import CycleRegistration

FORM_METHODS = ["GET", "HEAD", "POST"]


# Both pages say what is owed before their button: nothing is asked a second time.
@require_http_methods(FORM_METHODS)
@never_cache
@login_required
@announcing.announces(beside="pk", asks=False, says_so=False)
def give(request: HttpRequest, slug: str, pk: int, session: int | None = None) -> HttpResponse:
    """Give a place beyond the capacity, in the cycle or at one date; what that does is said first."""
    cycle, _rights = access.cycle_for(request.user, slug, right=access.Right.PLAN)
    row, at = somebody(cycle, pk, participant__erased_at=None), timezone.now()
    wanted = None if session is None else get_object_or_404(cycle.sessions.published(), pk=session)
    if wanted is not None:
        wanted.cycle = cycle
    if request.method == "POST":
        return _given(request, row, wanted)
    looked = beyond.look(row, session=wanted, at=at)
    context = {"cycle": cycle, "registration": row, "session": wanted, "looked": looked}
    return render(request, "desk/people/place_give.html", context)


def _given(request: HttpRequest, row: CycleRegistration, session: Session | None) -> HttpResponse:
    try:
        booking.give_place(row, session=session, by=access.account(request.user), at=timezone.now())
    except booking.BookingError:
        messages.error(request, _("This person does not wait for a place any more."))
    else:
        messages.success(request, told(row, _("The place is given, beyond the capacity.")))
    return redirect("desk:registrant", row.cycle.slug, row.pk)


@require_http_methods(FORM_METHODS)
@never_cache
@login_required
@announcing.announces(beside="pk", asks=False, says_so=False)
def take_back(request: HttpRequest, slug: str, pk: int, session: int) -> HttpResponse:
    """Free the seat of somebody at one date: as they asked, or because the organisers want it so, with the reason."""
    cycle, _rights = access.cycle_for(request.user, slug, right=access.Right.PLAN)
    row = somebody(cycle, pk, participant__erased_at=None)
    place = get_object_or_404(row.registrations.select_related("session"), session=session)
    if request.method == "POST":
        booking.cancel(place, by=access.account(request.user), at=timezone.now(), **removal(request))
        messages.success(request, told(row, _("The place is given back.")))
        return redirect("desk:registrant", cycle.slug, row.pk)
    place.session.cycle = cycle
    waiting = Registration.objects.filter(session=session, state=State.WAITLISTED).exclude(pk=place.pk)
    context = {
        "cycle": cycle,
        "registration": row,
        "place": place,
        "session": place.session,
        "is_held": place.state in ALIVE,
        # Whoever waits longest gets what becomes free; a place that nobody holds frees none.
        "waiting": waiting.count() if place.state != State.WAITLISTED else 0,
    }
    return render(request, "desk/people/place_take_back.html", context)
