"""All mails to come, across the cycles whose mails one may read; and a rehearsal of those of one cycle."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from cycles import access
from cycles.language import naming
from desk.mail.ahead import journey, listing
from desk.mail.texts.forms import PreviewForm
from desk.status import pausing
from desk.ui.rights import may
from notifications.mail.preview import rehearsal
from notifications.plan import ahead

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_safe
@never_cache
@login_required
def coming(request: HttpRequest) -> HttpResponse:
    """List what leaves in the next month, or in the month from a day on (`?from=`), of all cycles or of one."""
    at = timezone.now()
    cycles = access.cycles(request.user, right=access.Right.PEOPLE)
    slug = request.GET.get("cycle", "")
    cycle = get_object_or_404(cycles, slug=slug) if slug else None
    start = _from(request, at=at)
    until = start + listing.WINDOW
    of_these = cycles.filter(pk=cycle.pk) if cycle else cycles
    rows = ahead.coming(of_these, at=at, until=until, most=listing.MOST)
    rows = [row for row in rows if start == at or row.due_at >= start]
    days = listing.days(rows)
    context = {
        "days": days,
        "total": sum(day.people for day in days),
        "is_cut": len(rows) >= listing.MOST,
        "cycle": cycle,
        "may_plan": set(access.cycles(request.user, right=access.Right.PLAN).values_list("pk", flat=True)),
        "until": timezone.localtime(until).date(),
        "is_later": start > at,
        **pausing.facts(at=at),
    }
    return render(request, "desk/mail/ahead/coming.html", context)


def _from(request: HttpRequest, *, at: dt.datetime) -> dt.datetime:
    """Return from when on is listed: the day in the address if it lies ahead, else now."""
    try:
        date = parse_date(request.GET.get("from", ""))
        start = dt.datetime.combine(date, dt.time(), timezone.get_current_timezone()) if date else at
        return max(at, min(start, at + listing.FURTHEST))
    except (ValueError, OverflowError):
        return at


@require_safe
@never_cache
@login_required
def rehearse(request: HttpRequest, slug: str) -> HttpResponse:
    """Show every mail of a cycle in its order, for one session and in one language."""
    cycle, rights = access.cycle_for(request.user, slug, right=access.Right.PLAN)
    at = timezone.now()
    sessions = rehearsal.sessions(cycle, at=at)
    initial = {"language": get_language() or settings.LANGUAGE_CODE}
    choices = [(session.slug, naming.session_title(session)) for session in sessions]
    form = PreviewForm({**initial, **request.GET.dict()}, sessions=choices)
    moments: list[journey.Moment] = []
    if sessions:
        chosen = form.chosen("session", sessions[0].slug)
        session = next(one for one in sessions if one.slug == chosen)
        language = form.chosen("language", initial["language"])
        moments = journey.moments(cycle, session, language=language, at=at)
    context = {
        "cycle": cycle,
        "form": form,
        "moments": moments,
        "language": form.chosen("language", initial["language"]),
        **may(rights),
    }
    return render(request, "desk/mail/ahead/rehearsal.html", context)
