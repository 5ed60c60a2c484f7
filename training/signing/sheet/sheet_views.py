"""The pages of whoever keeps the sheet of a half-day: the live list, each trainee, the countersignature.

The desk opens them for accounts, `teach_views` for trainers with a link: each gives the door through which it came.
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cycles.language import naming
from registrations import booking
from registrations.models import CycleRegistration, Registration, State
from training.models import Document, PaperScan, Signature
from training.signing import links, queries, statements, verbs
from training.signing.paper import printing
from training.signing.room import own_views, screen
from training.signing.states import State as Presence
from web import papers

from . import forms, freezing, warnings

if TYPE_CHECKING:
    import datetime as dt

    from django.http import HttpRequest, HttpResponse

    from cycles.models import Session

    from .doors import Door

REFUSED = 422
PAGES = ("sheet", "absent", "countersign", "walk-in", "room", "tablet", "blank")
# Accounts read every version; a trainer with a link takes home what they countersigned.
LINK_PAGES = ("file",)
# Files come from accounts only, and taking a countersignature back is the organisers'.
DESK_PAGES = ("paper", "undo")


def say(request: HttpRequest, door: Door, text: str, *, page: str = "sheet") -> HttpResponse:
    """Go to a page of the sheet and say there what was done. A trainer with a link has no cookie to keep it in."""
    if door.user:
        messages.success(request, text)
        return redirect(door.url(page))
    return redirect(f"{door.url(page)}?done=noted")


def sheet(request: HttpRequest, door: Door) -> HttpResponse:
    """The live list: who has signed, who is awaited, and what can be done."""
    at = timezone.now()
    part = "list" if request.GET.get("part") == "list" else ""
    people = queries.trainees(door.session)
    frozen = queries.live_sheet(door.session.pk)
    window = queries.window_of(door.session) if queries.is_signed_for(door.session) else None
    ends_at = door.session.ends_at
    context = {
        **frame(door),
        "rows": [_row(one, door) for one in people],
        "figures": figures(people),
        "frozen": frozen,
        "versions": list(Document.objects.sheets().light().filter(session=door.session).order_by("-version")),
        "scans": PaperScan.objects.filter(session=door.session).defer("content").order_by("pk"),
        "is_signed_for": window is not None,
        "is_over": ends_at is not None and ends_at <= at,
        "is_open": window is not None and window.is_open(at=at) and frozen is None,
        "opens": verbs.clock(window.opens_at, door.session, language=own_views.language()) if window else "",
        "closes": verbs.clock(window.closes_at, door.session, language=own_views.language())
        if window
        else "",
        "warnings": warnings.of(door.session, people, language=own_views.language()),
        "done": _("Noted.") if request.GET.get("done") == "noted" and not door.user and not frozen else "",
        "undecided": sum(not one.presence.is_decided for one in people),
        "next": None if part else _next(door),
    }
    template = "training/signing/_list.html" if part else "training/signing/sheet.html"
    return render(request, template, context)


def _next(door: Door) -> dict[str, str] | None:
    """Return the way to the sheet of the half-day after this one, for whoever keeps that one too."""
    if door.session.starts_at is None:
        return None
    after = queries.half_days(door.session.cycle_id).filter(starts_at__gt=door.session.starts_at)
    session = after.select_related("cycle").first()
    if session is None or (door.user is None and not freezing.is_trainer(session, email=door.email)):
        return None
    token = "" if door.user else links.teach_token(session, email=door.email)
    return {
        "url": dataclasses.replace(door, session=session, token=token).url("sheet"),
        "label": naming.session_label(session),
        "when": statements.when(session, language=own_views.language()),
    }


def frame(door: Door) -> dict[str, Any]:
    """Return what every page of a sheet shows."""
    return {
        "door": door,
        "session": door.session,
        "cycle": door.session.cycle,
        "when": statements.when(door.session, language=own_views.language()),
        "urls": {
            page.replace("-", "_"): door.url(page)
            for page in (*PAGES, *(DESK_PAGES if door.user else LINK_PAGES))
        },
    }


def _row(one: queries.Trainee, door: Door) -> dict[str, Any]:
    language = own_views.language()
    result = one.presence
    note = one.note
    return {
        "trainee": one,
        "state": result.state.value,
        "word": state_words()[result.state],
        "minutes": result.minutes,
        "proved": proved(one.signature, door.session) if one.signature else "",
        "vouched_because": forms.in_words(one.signature.reason) if one.signature else "",
        "reason": forms.in_words(note.reason) if note else "",
        "arrived": verbs.clock(note.arrived_at, door.session, language=language)
        if note and note.arrived_at
        else "",
        "left": verbs.clock(note.left_at, door.session, language=language) if note and note.left_at else "",
        "url": door.url("person", one.registration.pk),
    }


def proved(signature: Signature, session: Session) -> str:
    """Return how a presence is proved, and when that was done: where the trainer vouches, nobody signed."""
    said = {
        Signature.Means.TRAINER: _("no signature: %(name)s vouches for the presence, noted at %(clock)s"),
        Signature.Means.PAPER: _("signed on paper, noted at %(clock)s by %(name)s"),
    }.get(Signature.Means(signature.means), _("signed at %(clock)s, %(means)s"))
    return said % {
        "clock": verbs.clock(signature.signed_at, session, language=own_views.language()),
        "name": signature.by_name,
        "means": signature.get_means_display(),
    }


def state_words() -> dict[Presence, str]:
    """Return the words for where somebody stands."""
    return {
        Presence.PRESENT: _("present"),
        Presence.PARTIAL: _("present in part"),
        Presence.ABSENT: _("absent"),
        Presence.EXCUSED: _("excused"),
        Presence.UNDECIDED: _("has not signed"),
    }


def figures(people: list[queries.Trainee]) -> str:
    """Return how many signed of how many, in a sentence that a screen reader may repeat."""
    counts = Counter(one.presence.state for one in people)
    proofs = Counter(one.signature.means for one in people if one.signature)
    vouched = proofs.pop(Signature.Means.TRAINER, 0)
    signed = proofs.total()
    # The number that decides on the verb is that of those who signed: "1 of 5 has signed".
    outcome = ngettext(
        "%(signed)d of %(count)d has signed", "%(signed)d of %(count)d have signed", signed
    ) % {"signed": signed, "count": len(people)}
    if vouched:
        outcome += " · " + ngettext(
            "%(count)d vouched for without a signature",
            "%(count)d vouched for without a signature",
            vouched,
        ) % {"count": vouched}
    absent = counts[Presence.ABSENT] + counts[Presence.EXCUSED]
    if absent:
        outcome += " · " + ngettext("%(count)d absent", "%(count)d absent", absent) % {"count": absent}
    return outcome


def person(request: HttpRequest, door: Door, registration: int) -> HttpResponse:
    """Decide about one trainee: late, absent, seen, on paper."""
    row = get_object_or_404(queries.rows([door.session]), pk=registration)
    one = queries.trainee(row, door.session)
    is_sent = request.method == "POST"
    form = forms.PersonForm(request.POST if is_sent else None, trainee=one, initial=_initial(one))
    if is_sent and form.is_valid():
        try:
            _decide(door, one, form, at=timezone.now())
        except verbs.SigningError as error:
            form.add_error(None, str(error))
        else:
            return say(request, door, _("Noted: %(name)s.") % {"name": one.name})
    context = {
        **frame(door),
        "row": _row(one, door),
        "trainee": one,
        "form": form,
        "frozen": queries.live_sheet(door.session.pk),
        "action": door.url("person", registration),
    }
    status = REFUSED if is_sent else 200
    return render(request, "training/signing/person.html", context, status=status)


def _initial(one: queries.Trainee) -> dict[str, Any]:
    note = one.note
    if note is None:
        return {}
    zone = one.session.zone
    words = {french: key for key, (french, _words) in forms.REASONS.items()}
    return {
        "decision": note.kind,
        "arrived": note.arrived_at.astimezone(zone).time() if note.arrived_at else None,
        "left": note.left_at.astimezone(zone).time() if note.left_at else None,
        "reason": words.get(note.reason, forms.OTHER if note.reason else ""),
        "other": "" if note.reason in words else note.reason,
    }


def _decide(door: Door, one: queries.Trainee, form: forms.PersonForm, *, at: dt.datetime) -> None:
    decision = form.cleaned_data["decision"]
    row = one.registration
    if decision == form.CLEAR:
        verbs.clear_note(row, by=door.user, at=at)
    elif decision in (form.SEEN, form.PAPER):
        verbs.vouch(
            row,
            means=form.means,
            reason=form.words(),
            arrived_at=form.moment("arrived"),
            left_at=form.moment("left"),
            by=door.user,
            by_name=door.name,
            at=at,
        )
    else:
        verbs.note(
            row,
            kind=decision,
            arrived_at=form.moment("arrived"),
            left_at=form.moment("left"),
            reason=form.words(),
            by=door.user,
            by_name=door.name,
            at=at,
        )


def absent(request: HttpRequest, door: Door) -> HttpResponse:
    """Note as absent whoever did not sign."""
    try:
        count = verbs.mark_absent(door.session, by=door.user, by_name=door.name, at=timezone.now())
    except verbs.SigningError as error:
        return refused(request, door, str(error))
    return say(
        request,
        door,
        ngettext("%(count)d person noted as absent.", "%(count)d people noted as absent.", count)
        % {"count": count},
    )


def refused(request: HttpRequest, door: Door, text: str) -> HttpResponse:
    """Say why an act without a form of its own was refused."""
    return render(request, "training/signing/refused.html", {**frame(door), "error": text}, status=REFUSED)


def countersign(request: HttpRequest, door: Door) -> HttpResponse:
    """Read the whole sheet once more, then sign it: it is frozen from then on."""
    is_sent = request.method == "POST"
    is_trainer = freezing.is_trainer(door.session, email=door.email)
    form = forms.CountersignForm(
        request.POST if is_sent else None, is_trainer=is_trainer, initial={"name": door.name}
    )
    if is_sent and form.is_valid():
        try:
            document = freezing.countersign(
                door.session,
                by=door.user,
                by_name=form.cleaned_data["name"],
                by_email=door.email,
                reason=form.words(),
                language=own_views.language(),
                at=timezone.now(),
            )
        except verbs.SigningError as error:
            form.add_error(None, str(error))
        else:
            return say(
                request, door, _("Countersigned: sheet %(number)s.") % {"number": document.full_number}
            )
    people = queries.trainees(door.session)
    ends_at = door.session.ends_at
    context = {
        **frame(door),
        "form": form,
        "rows": [_row(one, door) for one in people],
        "figures": figures(people),
        "undecided": [one.name for one in people if not one.presence.is_decided],
        "frozen": queries.live_sheet(door.session.pk),
        "is_trainer": is_trainer,
        "ends": verbs.clock(ends_at, door.session, language=own_views.language())
        if ends_at is not None and ends_at > timezone.now()
        else "",
        "warnings": warnings.of(door.session, people, language=own_views.language()),
    }
    return render(request, "training/signing/countersign.html", context, status=REFUSED if is_sent else 200)


def walk_in(request: HttpRequest, door: Door) -> HttpResponse:
    """Register somebody who is in the room and on no list, so that they can sign."""
    is_sent = request.method == "POST"
    form = forms.WalkInForm(request.POST if is_sent else None)
    if is_sent and form.is_valid():
        try:
            row = _register(door, form, at=timezone.now())
        except (verbs.SigningError, booking.BookingError) as error:
            form.add_error(None, str(error))
        else:
            return say(request, door, _("Registered: %(name)s can sign now.") % {"name": row.participant})
    context = {**frame(door), "form": form}
    return render(request, "training/signing/walk_in.html", context, status=REFUSED if is_sent else 200)


def _register(door: Door, form: forms.WalkInForm, *, at: dt.datetime) -> CycleRegistration:
    session = door.session
    if not queries.is_signed_for(session) or queries.live_sheet(session.pk) is not None:
        raise verbs.SigningError(_("Nobody can be added to this sheet any more."))
    if session.ends_at is not None and session.ends_at <= at:
        raise verbs.SigningError(_("The half-day is over: nobody can be added to it any more."))
    # Refused, nothing of it stays: no place on the waiting list, and no mail about one.
    with transaction.atomic():
        row = booking.add(
            session.cycle,
            applicant=booking.Applicant(**form.cleaned_data, language=own_views.language()),
            scope=CycleRegistration.Scope.ALL,
            by=door.user,
            at=at,
        )
        if not Registration.objects.filter(
            cycle_registration=row, session=session, state=State.CONFIRMED
        ).exists():
            raise verbs.SigningError(
                _("There is no place left: an organiser gives one more, then add them again.")
            )
    return row


def room_code(request: HttpRequest, door: Door) -> HttpResponse:
    """The code of the room, large enough to be read from the last row, and its QR code."""
    at = timezone.now()
    is_part = request.GET.get("part") == "code"
    people = queries.trainees(door.session)
    context = {
        **frame(door),
        **screen.shown(door.session, at=at, language=own_views.language()),
        "figures": figures(people),
        "is_signed_for": queries.is_signed_for(door.session),
        "url": door.url("room"),
    }
    template = "training/signing/_room_code.html" if is_part else "training/signing/room.html"
    return render(request, template, context)


def tablet(request: HttpRequest, door: Door) -> HttpResponse:
    """Open the sheet on a device that goes round: its own address, for this half-day and twelve hours."""
    at = timezone.now()
    name = " ".join(door.name.replace("/", " ").split())
    token = links.tablet_token(door.session, by_name=name, at=at)
    address = links.address("tablet", token, name, language=own_views.language())
    return render(
        request,
        "training/signing/tablet_open.html",
        {**frame(door), "address": address, "qr": screen.qr(address), "lives": links.TABLET_LIVES},
    )


def blank(request: HttpRequest, door: Door) -> HttpResponse:
    """A sheet to be signed with pens."""
    del request
    pdf = printing.blank(
        door.session,
        trainers=freezing.trainers(door.session),
        describe=freezing.describe(door.session),
        at=timezone.now(),
    )
    return papers.pdf(pdf, printing.file_name(door.session))
