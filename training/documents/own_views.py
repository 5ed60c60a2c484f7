"""A person's own papers and signatures, behind the link of "My registrations"."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from cycles.models import Session
from cycles.site.look import looks
from registrations.models import CycleRegistration, Registration, State
from registrations.pages.own import my_views
from training.models import Document
from training.signing import queries, statements, verbs
from training.signing.room import own_views as signing
from training.signing.sheet.forms import in_words
from training.signing.sheet.sheet_views import proved, state_words
from training.signing.states import State as Presence
from web import papers

from . import participation

if TYPE_CHECKING:
    import datetime as dt

    from django.http import HttpRequest, HttpResponse

    from registrations.models import Participant


@require_safe
@my_views.own_page
def mine(request: HttpRequest, participant: Participant, token: str) -> HttpResponse:
    """Half-days to sign for, sessions that were attended, and every paper that was issued for the person."""
    return _page(request, participant, token)


def _page(
    request: HttpRequest, participant: Participant, token: str, *, error: str = "", status: int = 200
) -> HttpResponse:
    at = timezone.now()
    registrations = list(
        participant.cycle_registrations.exclude(state=State.PENDING)
        .select_related("cycle__programme__picture", "participant")
        .order_by("-requested_at", "-pk")
    )
    cycles = [_cycle(one, token=token, at=at) for one in registrations]
    context = {
        "participant": participant,
        "token": token,
        "now": [day for one in cycles for day in one["half_days"] if day["is_open"] and not day["signed"]],
        "cycles": [one for one in cycles if one["half_days"] or one["attended"] or one["documents"]],
        "programme": looks.shared_by(one.cycle for one in registrations),
        "error": error,
    }
    return render(request, "training/documents/mine.html", context, status=status)


def _cycle(registration: CycleRegistration, *, token: str, at: dt.datetime) -> dict[str, Any]:
    language = signing.language()
    documents = (
        Document.objects.light()
        .filter(cycle_registration=registration)
        .select_related("session__cycle")
        .order_by("kind", "-year", "-number", "-version")
    )
    attended = participation.attended(registration, at=at)
    return {
        "registration": registration,
        "token": token,
        "half_days": [
            {
                "row": row,
                "when": statements.when(row.session, language=language),
                "signed": verbs.clock(row.signature.signed_at, row.session, language=language)
                if hasattr(row, "signature")
                else "",
                "proved": proved(row.signature, row.session) if hasattr(row, "signature") else "",
                "noted": _noted(row),
                # Once its sheet is countersigned nobody signs any more, whatever the hour.
                "is_open": not row.is_countersigned and queries.window_of(row.session).is_open(at=at),
                "is_ahead": queries.window_of(row.session).is_early(at=at),
                "opens": verbs.clock(queries.window_of(row.session).opens_at, row.session, language=language),
            }
            for row in _half_days(registration)
        ],
        "attended": [{"row": row, "session": row.session} for row, _attendance in attended],
        "total": participation.total(registration, at=at) if attended else None,
        "documents": list(documents),
    }


def _half_days(registration: CycleRegistration) -> list[Any]:
    return list(
        Registration.objects.filter(
            cycle_registration=registration,
            state=State.CONFIRMED,
            session__in=queries.half_days(registration.cycle_id),
        )
        .annotate(
            is_countersigned=Exists(Document.objects.sheets().live().filter(session=OuterRef("session")))
        )
        .select_related("session__cycle", "signature", "trainer_note")
        .order_by("session__starts_at", "pk")
    )


def _noted(row: Registration) -> str:
    """Return what the trainer noted of somebody at a half-day, as their sheet says it; "" where they noted nothing."""
    note = getattr(row, "trainer_note", None)
    if note is None:
        return ""
    one = queries.Trainee(
        registration=row,
        session=row.session,
        signature=getattr(row, "signature", None),
        note=note,
        log_minutes=None,
    )
    state, minutes = one.presence.state, one.presence.minutes
    lasted = ngettext("%(count)d minute", "%(count)d minutes", minutes) % {"count": minutes}
    parts = (state_words()[state], lasted if state is Presence.PARTIAL else "", in_words(note.reason))
    return ", ".join(part for part in parts if part)


@require_POST
@my_views.own_page
def attest_session(
    request: HttpRequest, participant: Participant, token: str, registration: int
) -> HttpResponse:
    """Issue the attestation of one session, and hand it out."""
    row = get_object_or_404(
        Registration.objects.filter(session__legal_frame=Session.LegalFrame.INFORMATION),
        pk=registration,
        participant=participant,
    )
    try:
        document = participation.of_session(row, at=timezone.now())
    except participation.DocumentError as error:
        return _page(request, participant, token, error=str(error), status=422)
    return redirect("training:my-document", token, document.code)


@require_POST
@my_views.own_page
def attest_cycle(
    request: HttpRequest, participant: Participant, token: str, registration: int
) -> HttpResponse:
    """Issue the attestation of a whole cycle, as far as it has come, and hand it out."""
    row = get_object_or_404(participant.cycle_registrations, pk=registration)
    try:
        document = participation.of_cycle(row, at=timezone.now())
    except participation.DocumentError as error:
        return _page(request, participant, token, error=str(error), status=422)
    return redirect("training:my-document", token, document.code)


@require_safe
@my_views.own_page
def my_document(_request: HttpRequest, participant: Participant, _token: str, code: str) -> HttpResponse:
    """Hand out one of the person's own papers, as it was frozen."""
    document = get_object_or_404(Document, code=code, cycle_registration__participant=participant)
    return pdf(document)


def pdf(document: Document) -> HttpResponse:
    """Return a document as a file, byte for byte as it was frozen."""
    name = document.full_number.replace("/", "-")
    return papers.pdf(bytes(document.pdf), f"{name}.pdf")
