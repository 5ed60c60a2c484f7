"""Confirming the dates of several sessions at once: which ones, which mails that owes, then all of them or none."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.dry_run import dry_run
from cycles import access
from cycles.content import editing
from cycles.schedule import planning
from desk.content import effect
from desk.ui.acts import act_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import HttpRequest, HttpResponse

    from accounts.models import User
    from cycles.models import Cycle, Session

# Each session is confirmed at an instant of its own, so that its mails are told apart from the others'.
APART = dt.timedelta(microseconds=1)


@dataclass(frozen=True, kw_only=True)
class Row:
    """A date that waits for a yes: its session, the version that is shown, and the mails that the yes owes."""

    session: Session
    owed: tuple[str, ...]
    is_chosen: bool

    @property
    def value(self) -> str:
        return f"{self.session.slug}@{self.session.revised_at.isoformat()}"


@require_safe
@never_cache
@login_required
def confirm_dates(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the dates that wait for a yes, each with what confirming it would send."""
    cycle, _rights = access.cycle_for(request.user, slug, right=access.Right.PLAN)
    return _page(request, cycle)


def _page(
    request: HttpRequest, cycle: Cycle, *, chosen: set[str] | None = None, error: str = "", status: int = 200
) -> HttpResponse:
    at, by = timezone.now(), access.account(request.user)
    sessions = _waiting(cycle, at=at)
    owed = dry_run(lambda: _confirmed(sessions, seen={}, by=by, at=at)).result if sessions else []
    rows = [
        Row(
            session=session,
            owed=tuple(map(str, mails)),
            is_chosen=chosen is None or session.slug in chosen,
        )
        for session, mails in zip(sessions, owed, strict=True)
    ]
    context = {"cycle": cycle, "rows": rows, "error": error, "may_plan": True}
    return render(request, "desk/schedule/cycle_confirm.html", context, status=status)


def _waiting(cycle: Cycle, *, at: dt.datetime) -> list[Session]:
    """Return the sessions whose date may be confirmed, in the order of the line; one query."""
    results = []
    for session in cycle.sessions.in_order():
        session.cycle = cycle
        if not planning.refusal(planning.Act.CONFIRM, session, at=at):
            results.append(session)
    return results


def _confirmed(
    sessions: Sequence[Session], *, seen: dict[str, dt.datetime], by: User | None, at: dt.datetime
) -> list[list[effect.Owed]]:
    """Confirm dates, all of them or none; return the mails that each owes."""
    results = []
    with transaction.atomic():
        for number, session in enumerate(sessions):
            moment = at + number * APART
            row = editing.confirm_date(session, by=by, at=moment, seen=seen.get(session.slug))
            results.append([mail for mail in effect.owed(row, at=moment) if mail.people])
    return results


@act_of("desk:cycle-confirm")
def confirm_dates_save(request: HttpRequest, slug: str) -> HttpResponse:
    """Confirm the dates that are ticked, as they were shown."""
    cycle, _rights = access.cycle_for(request.user, slug, right=access.Right.PLAN)
    at, by = timezone.now(), access.account(request.user)
    seen = dict(filter(None, map(_read, request.POST.getlist("session"))))
    sessions = [session for session in _waiting(cycle, at=at) if session.slug in seen]
    if not sessions or len(sessions) != len(seen):
        why = (
            _("Choose the dates to confirm.")
            if not seen
            else _("A date has changed since you looked at it: nothing was confirmed. Check them again.")
        )
        return _page(request, cycle, chosen=set(seen), error=why, status=422)
    try:
        owed = _confirmed(sessions, seen=seen, by=by, at=at)
    except planning.PlanningError:
        why = _("A date has changed since you looked at it: nothing was confirmed. Check them again.")
        return _page(request, cycle, chosen=set(seen), error=why, status=409)
    done = ngettext("%(count)d date is confirmed.", "%(count)d dates are confirmed.", len(sessions))
    mails = [mail for each in owed for mail in each]
    messages.success(request, effect.with_mails(done % {"count": len(sessions)}, mails))
    return redirect("desk:cycle-detail", slug)


def _read(value: str) -> tuple[str, dt.datetime] | None:
    """Return the session and the version that a box of the page stands for; None for what is no such thing."""
    slug, _at, version = value.partition("@")
    try:
        moment = parse_datetime(version)
    except ValueError:
        return None
    return (slug, moment) if moment is not None and moment.tzinfo is not None else None
