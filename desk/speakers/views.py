"""Who speaks: of a cycle at a glance, of a session with all that can be done. Only planners see contacts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts import periods
from cycles import access
from cycles.language import wording
from cycles.models import Organisation, Person, Topic
from cycles.schedule import planning
from cycles.site import pages
from desk.cycle import line
from desk.ui.rights import may
from notifications.notices import speaker_answers
from speakers.answers import board, briefing, naming, verbs
from speakers.answers.standing import Standing
from speakers.consents import replays

from . import words
from .forms import BriefingForm, NamingForm

if TYPE_CHECKING:
    import datetime as dt

    from django.http import HttpRequest

    from accounts.models import User
    from cycles.models import Session


INVITABLE = (Standing.PROPOSED, Standing.UNASKED, Standing.DECLINED, Standing.WITHDRAWN)


@dataclass(frozen=True, kw_only=True)
class Row:
    """A seat as the board shows it."""

    seat: board.Seat
    word: str
    sign: str
    missing: list[str]
    can_invite: bool
    can_stop: bool
    leaves_at: str
    says_yes: bool
    says_no: bool


def _row(seat: board.Seat, *, is_open: bool) -> Row:
    mail = None
    if seat.engagement is not None and seat.standing == Standing.SILENT:
        mail = speaker_answers.waiting(seat.engagement)
    has_address = bool(seat.email)
    return Row(
        seat=seat,
        word=words.standing(seat.standing),
        sign=words.SIGNS[seat.standing],
        missing=[words.missing(code) for code in seat.missing],
        can_invite=is_open and has_address and seat.standing in INVITABLE,
        can_stop=mail is not None,
        leaves_at=_clock(mail.next_at, seat.session) if mail is not None else "",
        says_yes=is_open and has_address and seat.standing not in (Standing.CONFIRMED, Standing.REPLACED),
        says_no=is_open
        and has_address
        and seat.standing not in (Standing.DECLINED, Standing.WITHDRAWN, Standing.REPLACED),
    )


def _clock(moment: dt.datetime, session: Session) -> str:
    return wording.clock(moment.astimezone(session.zone), language=translation.get_language() or "fr")


@require_safe
@never_cache
@login_required
def of_cycle(request: HttpRequest, slug: str) -> HttpResponse:
    """Show for each session who is invited, confirmed, silent, and what is missing."""
    cycle, rights = access.cycle_for(request.user, slug, right=access.Right.PLAN)
    at = timezone.now()
    sessions = list(cycle.sessions.exclude(status="draft").in_order())
    for session in sessions:
        session.cycle = cycle
    listed = [
        {
            "board": one,
            "stop": pages.stop(one.session, at=at),
            "counted": words.counted(one.counts),
            "rows": [_row(seat, is_open=False) for seat in one.seats],
        }
        for one in board.boards(sessions, at=at)
    ]
    context = {
        "cycle": cycle,
        "listed": listed,
        **may(rights),
    }
    return render(request, "desk/speakers/cycle.html", context)


@require_safe
@never_cache
@login_required
def of_session(request: HttpRequest, cycle: str, slug: str) -> HttpResponse:
    """Show everybody who may speak at a session, and what can be done about each."""
    session, _rights = access.session_for(request.user, cycle, slug, right=access.Right.PLAN)
    return _page(request, session)


def _page(
    request: HttpRequest,
    session: Session,
    *,
    form: NamingForm | None = None,
    brief: BriefingForm | None = None,
    status: int = 200,
) -> HttpResponse:
    at = timezone.now()
    (own,) = board.boards([session], at=at)
    is_open = session.is_held and session.starts_at is not None and session.starts_at > at
    hold = replays.reasons([session.pk], on=at.date()).get(session.pk)
    stop = line.desk_stop(pages.stop(session, at=at), seated=0, waiting=0, mailings=(), at=at)
    kept = getattr(session, "briefing", None)
    context = {
        "session": session,
        "cycle": session.cycle,
        "item": stop,
        "rows": [_row(seat, is_open=is_open) for seat in own.seats],
        "counted": words.counted(own.counts),
        "is_open": is_open,
        "form": form or NamingForm(session=session),
        "brief": brief or BriefingForm(initial=BriefingForm.initial_for(session, kept)),
        "hold": words.held(hold) if hold else "",
        "people": Person.objects.all(),
        "organisations": Organisation.objects.all(),
        "topics": Topic.objects.all(),
    }
    return render(request, "desk/speakers/session.html", context, status=status)


def opened(request: HttpRequest, cycle: str, slug: str) -> tuple[Session, User]:
    session, _rights = access.session_for(request.user, cycle, slug, right=access.Right.PLAN)
    by = access.account(request.user)
    if by is None:
        raise Http404
    return session, by


def seat_of(session: Session, pk: int, *, at: dt.datetime) -> board.Seat:
    """Return the seat to which a slot belongs. Raises Http404."""
    (own,) = board.boards([session], at=at)
    for seat in own.seats:
        if any(slot.pk == pk for slot in seat.slots):
            return seat
    raise Http404


def back_to(session: Session) -> HttpResponse:
    return redirect("desk:session-speakers", session.cycle.slug, session.slug)


@require_POST
@never_cache
@login_required
def name(request: HttpRequest, cycle: str, slug: str) -> HttpResponse:
    """Propose somebody: one line, nobody is told."""
    session, by = opened(request, cycle, slug)
    form = NamingForm(request.POST, session=session)
    if not form.is_valid():
        return _page(request, session, form=form, status=422)
    data = form.cleaned_data
    try:
        naming.name(
            session,
            person=data["person"],
            organisation=data["organisation"],
            contact_name=data["contact_name"],
            contact_email=data["contact_email"],
            contact_language=data["contact_language"],
            illustrates=form.topic,
            segment=form.segments.get(data["segment"]),
            by=by,
            at=timezone.now(),
        )
    except planning.PlanningError as error:
        form.add_error(None, str(error))
        return _page(request, session, form=form, status=422)
    messages.success(request, _("Proposed. Nobody is told, and nothing is public, before you invite them."))
    return back_to(session)


@require_POST
@never_cache
@login_required
def brief(request: HttpRequest, cycle: str, slug: str) -> HttpResponse:
    """Keep the practical notes and the rehearsal."""
    session, by = opened(request, cycle, slug)
    form = BriefingForm(request.POST)
    if not form.is_valid():
        return _page(request, session, brief=form, status=422)
    briefing.write(
        session,
        notes=form.notes,
        rehearsal_starts_at=form.rehearsal(session.zone),
        rehearsal_minutes=form.cleaned_data["rehearsal_minutes"] or briefing.USUAL_MINUTES,
        by=by,
        at=timezone.now(),
    )
    messages.success(
        request, _("Saved: speakers read it on their page, and the rehearsal is in their calendar.")
    )
    return back_to(session)


@require_POST
@never_cache
@login_required
def invite(request: HttpRequest, cycle: str, slug: str, pk: int) -> HttpResponse:
    """Invite somebody: the mail leaves after a grace, and can be stopped until then."""
    session, by = opened(request, cycle, slug)
    at = timezone.now()
    seat = seat_of(session, pk, at=at)
    try:
        verbs.invite(session, email=seat.email, by=by, at=at)
    except verbs.AnswerError as error:
        messages.error(request, str(error))
    else:
        messages.success(
            request,
            _("The invitation leaves in %(time)s. Until then you can stop it here.")
            % {"time": periods.in_words(periods.length("grace"))},
        )
    return back_to(session)


@require_POST
@never_cache
@login_required
def uninvite(request: HttpRequest, cycle: str, slug: str, pk: int) -> HttpResponse:
    """Stop an invitation that has not left."""
    session, by = opened(request, cycle, slug)
    at = timezone.now()
    seat = seat_of(session, pk, at=at)
    try:
        verbs.uninvite(session, email=seat.email, by=by, at=at)
    except verbs.AnswerError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Stopped: they are proposed again, and nobody was told."))
    return back_to(session)


@require_POST
@never_cache
@login_required
def note(request: HttpRequest, cycle: str, slug: str, pk: int, answer: str) -> HttpResponse:
    """Note what somebody said by telephone."""
    session, by = opened(request, cycle, slug)
    at = timezone.now()
    seat = seat_of(session, pk, at=at)
    try:
        verbs.note_answer(session, email=seat.email, says_yes=answer == "yes", by=by, at=at)
    except verbs.AnswerError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Noted. The public page follows at once."))
    return back_to(session)
