"""The words of a mail while they are written: as its reader would see them, and what each variable becomes there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import nh3
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from cycles import access
from desk.ui.forms.languages import LANGUAGES
from notifications.mail.kinds import KINDS
from notifications.mail.own_texts import own_words, standard, texts
from notifications.mail.preview import rehearsal
from notifications.models import ReminderStep
from notifications.plan import planner

if TYPE_CHECKING:
    import datetime as dt

    from django.http import HttpRequest
    from django.utils.functional import Promise

    from cycles.models import Cycle

# What the templates of mails write, without the styles that each element carries there.
TAGS = {
    *("p", "div", "h2", "h3", "h4", "ul", "ol", "li", "blockquote"),
    *("hr", "br", "strong", "em", "a"),
}
ATTRIBUTES = {"a": {"href", "class"}, "p": {"class"}, "div": {"class"}, "ol": {"start"}}
LONGEST_EXAMPLE = 80


@dataclass(frozen=True, kw_only=True)
class Variable:
    """A variable as the editor offers it: what it is in words, and what it would become."""

    name: str
    meaning: str | Promise
    example: str


def step_of(cycle: Cycle, kind: str, code: str) -> ReminderStep | None:
    """Return the line of the plan by which a mail is shown: the one asked for, or the first of its kind."""
    if not code and kind not in ReminderStep.Message.values:
        return None
    lines = [step for step in planner.cycle_steps(cycle) if step.kind == kind and code in ("", step.code)]
    return lines[0] if lines else None


def scene(
    cycle: Cycle, kind: str, *, language: str, code: str = "", at: dt.datetime
) -> rehearsal.Scene | None:
    """Return with what a mail is shown; None while the cycle has no session with a date."""
    sessions = rehearsal.sessions(cycle, at=at)
    if not sessions:
        return None
    return rehearsal.Scene(
        cycle=cycle, kind=kind, session=sessions[0], language=language, step=step_of(cycle, kind, code)
    )


def variables(cycle: Cycle, kind: str, *, code: str = "", at: dt.datetime) -> list[Variable]:
    """Return the variables that this mail fills, each with what it would be for an invented reader."""
    language = get_language() or settings.LANGUAGE_CODE
    shown = scene(cycle, kind, language=language, code=code, at=at)
    filled = rehearsal.values(shown, at=at) if shown is not None else {}
    return [
        Variable(name=name, meaning=texts.VARIABLES[name], example=_example(name, filled))
        for name in texts.variables_for(cycle, kind)
    ]


def _example(name: str, filled: dict[str, str]) -> str:
    if name.endswith("_link"):
        return own_words.label(name)
    value = " ".join(filled.get(name, "").split())
    return value if len(value) <= LONGEST_EXAMPLE else f"{value[: LONGEST_EXAMPLE - 1].rstrip()}…"


@require_POST
@never_cache
@login_required
def words(request: HttpRequest, slug: str, kind: str) -> HttpResponse:
    """Show a text of a mail as it would be sent, for an invented reader. Nothing is kept."""
    cycle, _rights = access.cycle_for(request.user, slug, right=access.Right.PLAN)
    if not (kind in KINDS and (KINDS[kind].is_writable or KINDS[kind].is_to_group)):
        raise Http404
    body = request.POST.get("text", "")
    language = request.POST.get("language", "")
    language = language if language in LANGUAGES else LANGUAGES[0]
    if wrong := texts.problems(body, kind=kind):
        lines = format_html_join("", '<p class="error">{}</p>', ((problem,) for problem in wrong))
        return HttpResponse(lines, status=422)
    if not body.strip() and KINDS[kind].is_writable:
        body = standard.standard(kind, language=language, cycle=cycle)[1]
    at = timezone.now()
    shown = scene(cycle, kind, language=language, code=request.GET.get("line", ""), at=at)
    if shown is None:
        return render(request, "desk/mail/_no_date.html", {"cycle": cycle})
    html = rehearsal.rehearse_words(shown, body, at=at)
    return HttpResponse(nh3.clean(html, tags=TAGS, attributes=ATTRIBUTES, link_rel="noopener"))
