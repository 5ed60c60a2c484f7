"""A trainee signs on their own phone: the page behind their personal link, and where the room's QR code leads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from cycles.language import naming
from cycles.models import Session
from registrations.links import lost_links
from registrations.models import Registration
from registrations.models import State as Place
from registrations.pages.own import my_views
from training.models import Document, RunSettings, Signature
from training.signing import links, queries, statements, verbs

from . import room_code

if TYPE_CHECKING:
    import datetime as dt

    from django.http import HttpRequest, HttpResponse

    from registrations.models import Participant


def language() -> str:
    return get_language() or "fr"


@require_http_methods(["GET", "HEAD", "POST"])
@lost_links.personal_page
def sign(request: HttpRequest, token: str) -> HttpResponse:
    """Show what is declared and the button that declares it; opening the link signs nothing."""
    row = links.signer(token)
    if row is None or not queries.in_training(row.session):
        return lost_links.answer(request)
    at = timezone.now()
    error = ""
    if request.method == "POST":
        try:
            return _sign(row, typed=request.POST.get("code", ""), at=at)
        except verbs.SigningError as refusal:
            error = str(refusal)
    return _page(request, row, error=error, typed=request.POST.get("code", ""), at=at)


def _sign(row: Registration, *, typed: str, at: dt.datetime) -> HttpResponse:
    """Sign with the button that was pressed. The code of the room is asked for where the organisers want it."""
    means = Signature.Means.LINK
    if typed.strip():
        if not room_code.matches(row.session_id, typed, unix=at.timestamp(), key=links.room_key()):
            raise verbs.SigningError(
                _("This is not the code that is shown in the room now: it changes every 30 seconds.")
            )
        means = Signature.Means.ROOM_CODE
    elif asks_code(row.session) and not Signature.objects.filter(registration=row).exists():
        raise verbs.SigningError(_("Type the six characters that are shown in the room."))
    verbs.sign(row, means=means, language=language(), at=at)
    return redirect("training:sign", links.sign_token(row))


def asks_code(session: Session) -> bool:
    return RunSettings.objects.filter(cycle=session.cycle_id, asks_room_code=True).exists()


def _page(
    request: HttpRequest, row: Registration, *, error: str, typed: str, at: dt.datetime
) -> HttpResponse:
    session = row.session
    one = queries.trainee(queries.rows([session]).filter(pk=row.pk).first() or row, session)
    is_signed_for = queries.is_signed_for(session)
    window = queries.window_of(session) if is_signed_for else None
    sheet = queries.live_sheet(session.pk)
    state = "not_held"
    if one.signature is not None:
        state = "signed"
    elif row.state != Place.CONFIRMED:
        state = "no_place"
    elif sheet is not None:
        state = "frozen"
    elif window is not None:
        state = "open" if window.is_open(at=at) else "early" if window.is_early(at=at) else "late"
    context = {
        "session": session,
        "trainee": one,
        "name": str(row.participant),
        "state": state,
        "error": error,
        "typed": typed,
        "asks_code": state == "open" and asks_code(session),
        "statement": statements.statement(session, name=str(row.participant), language=language()),
        "when": statements.when(session, language=language()),
        "opens": verbs.clock(window.opens_at, session, language=language()) if window else "",
        "closes": verbs.clock(window.closes_at, session, language=language()) if window else "",
        "opens_in": max(int((window.opens_at - at).total_seconds()) + 1, 0) if window else 0,
        "signed": verbs.clock(one.signature.signed_at, session, language=language()) if one.signature else "",
        **others(row, at=at),
        "contact": session.cycle.contact_email,
        "token": links.sign_token(row),
    }
    return render(request, "training/signing/sign.html", context, status=422 if error else 200)


def others(row: Registration, *, at: dt.datetime) -> dict[str, Any]:
    """Return the same person's other half-days of the run that may be signed for now, and whether some come later."""
    rows = (
        Registration.objects.filter(
            cycle_registration=row.cycle_registration_id, state=Place.CONFIRMED, signature=None
        )
        .exclude(pk=row.pk)
        .filter(session__in=queries.half_days(row.session.cycle_id))
        .exclude(session__in=Document.objects.sheets().live().values("session"))
        .select_related("session__cycle", "participant")
        .order_by("session__starts_at", "pk")
    )
    windows = [(one, queries.window_of(one.session)) for one in rows]
    listed = [
        {
            "url": reverse("training:sign", args=[links.sign_token(one)]),
            "label": naming.session_label(one.session),
            "when": statements.when(one.session, language=language()),
        }
        for one, window in windows
        if window.is_open(at=at)
    ]
    return {"others": listed, "has_more": bool(listed) or any(w.is_early(at=at) for _one, w in windows)}


@require_safe
@my_views.own_page
def sign_from_mine(
    request: HttpRequest, participant: Participant, _token: str, registration: int
) -> HttpResponse:
    """Lead from one's own page to the page on which one signs."""
    row = Registration.objects.filter(pk=registration, participant=participant).first()
    if row is None:
        return lost_links.answer(request)
    return redirect("training:sign", links.sign_token(row))


@require_safe
@never_cache
def room(request: HttpRequest, cycle: str, slug: str, code: str) -> HttpResponse:
    """Say to whoever scanned the code of a room how to sign: alone it signs for nobody."""
    session = (
        Session.objects.select_related("cycle__programme__picture")
        .filter(cycle__slug=cycle, slug=slug, legal_frame=Session.LegalFrame.TRAINING)
        .exclude(status=Session.Status.DRAFT)
        .first()
    )
    context = {
        "session": session,
        "code": room_code.spelled(code.upper())
        if len(code) == room_code.LENGTH and set(code.upper()) <= set(room_code.ALPHABET)
        else "",
    }
    if session is None:
        return render(request, "404.html", status=404)
    return render(request, "training/signing/room_guide.html", context)
