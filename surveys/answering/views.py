"""The page of a survey behind a personal link, and the list of them on one's own page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods, require_safe

from cycles.site.look import looks
from registrations.links import lost_links
from registrations.pages.own import my_views
from surveys.asking import standing
from surveys.models import Survey

from . import links, owned, verbs
from .forms import SurveyForm

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from registrations.models import Participant

UNPROCESSABLE, CONFLICT = 422, 409


def language() -> str:
    return get_language() or "fr"


@require_http_methods(["GET", "HEAD", "POST"])
@lost_links.personal_page
def answer(request: HttpRequest, token: str) -> HttpResponse:
    """Show the questions, and take the answers of whoever the link asks; opening it says nothing of anybody."""
    asked = links.find(token)
    if asked is None:
        return lost_links.answer(request)
    at = timezone.now()
    questions = list(asked.survey.questions.filter(is_retired=False))
    is_sent = request.method == "POST"
    form = SurveyForm(
        request.POST if is_sent else None,
        questions=questions,
        language=language(),
        is_anonymous=asked.survey.is_anonymous,
    )
    how = standing.of(asked, at=at)
    if not is_sent or how != standing.Standing.OPEN:
        # What was typed is shown again to whoever comes too late with it.
        status = CONFLICT if is_sent and how != standing.Standing.ANSWERED else 200
        return _page(request, asked, form, how, token=token, status=status)
    if not form.is_valid():
        return _page(request, asked, form, how, token=token, status=UNPROCESSABLE)
    try:
        verbs.answer(asked, form.said, at=at)
    except verbs.NotTakenError as refusal:
        return _page(request, asked, form, refusal.standing, token=token, status=CONFLICT)
    return redirect("surveys:answered", token)


@require_safe
@lost_links.personal_page
def answered(request: HttpRequest, token: str) -> HttpResponse:
    """Say that the answers were taken: reloading this page sends nothing twice."""
    asked = links.find(token)
    if asked is None:
        return lost_links.answer(request)
    how = standing.of(asked, at=timezone.now())
    if how != standing.Standing.ANSWERED:
        return redirect("surveys:answer", token)
    return _page(request, asked, None, how, token=token, is_thanked=True)


def _page(
    request: HttpRequest,
    asked: links.Asked,
    form: SurveyForm | None,
    how: standing.Standing,
    *,
    token: str,
    is_thanked: bool = False,
    status: int = 200,
) -> HttpResponse:
    survey = asked.survey
    typed = (
        [
            {"label": field.label, "text": text}
            for field in form
            if field.widget_type == "textarea" and (text := str(field.value() or "").strip())
        ]
        if form is not None
        and form.is_bound
        and how not in (standing.Standing.OPEN, standing.Standing.ANSWERED)
        else []
    )
    context: dict[str, Any] = {
        "survey": survey,
        "cycle": survey.cycle,
        "session": asked.session,
        "standing": how.value,
        "form": form,
        "is_thanked": is_thanked,
        "is_asked_before": survey.moment == Survey.Moment.NEEDS,
        "typed": typed,
        "token": token,
    }
    return render(request, "surveys/answering/answer.html", context, status=status)


@require_safe
@my_views.own_page
def mine(request: HttpRequest, participant: Participant, token: str) -> HttpResponse:
    """List what somebody is asked now and what they have answered, each with its own page."""
    surveys = owned.of(participant, at=timezone.now())
    context = {
        "participant": participant,
        "token": token,
        "surveys": surveys,
        "programme": looks.shared_by(one.survey.cycle for one in surveys),
    }
    return render(request, "surveys/answering/mine.html", context)
