"""After a session: who came, the recap, the replay and resources, who gets what, the next stop. One guided page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from cycles import access
from cycles.content import editing
from cycles.schedule import planning
from cycles.site import pages, views
from desk.content import effect
from desk.content.preview import preview
from desk.cycle import line
from desk.followup import aftermath
from desk.followup.recap import RecapForm
from desk.ui import conflict
from desk.ui.rows import reshaped

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from cycles.models import News, Session

LANGUAGES = ("fr", "en")


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def after(request: HttpRequest, cycle: str, slug: str) -> HttpResponse:
    session, _rights = access.session_for(request.user, cycle, slug, right=access.Right.PLAN)
    if request.method != "POST":
        return _page(request, session, RecapForm(initial=RecapForm.initial_for(session), choices={}))
    do = request.POST.get("do", "save")
    if do.split(":")[0] in ("add", "up", "down", "remove"):
        data, focus = reshaped(request.POST, do)
        form = RecapForm(data, choices={})
        form.leave_unchecked()
        return _page(request, session, form, focus=focus)
    form = RecapForm(request.POST, choices={})
    if not form.is_valid():
        return _page(request, session, form, status=422)
    if do.startswith("preview:"):
        language = do.partition(":")[2]
        return preview(
            request,
            language=language if language in LANGUAGES else LANGUAGES[0],
            write=lambda: _write(request, session, form, seen=None),
            page=views.news_detail,
            address=lambda news: (news.slug,),
        )
    try:
        news = _write(request, session, form, seen=form.cleaned_data["seen"])
    except planning.StaleError as error:
        saved = RecapForm(initial=RecapForm.initial_for(error.row), choices={})
        form.follow(saved.initial["seen"])
        found = conflict.differences(saved=saved, written=form)
        return _page(request, error.row, form, status=409, differences=found)
    if do == "publish" and not news.is_published:
        at, by = timezone.now(), access.account(request.user)

        def write() -> News:
            editing.publish(news, by=by, at=at)
            return news

        _row, owed = effect.made(write, at=at, keep=True)
        messages.success(request, effect.with_mails(_("Published: everyone can read it now."), owed))
    else:
        messages.success(request, _("Saved."))
    return redirect("desk:session-after", session.cycle.slug, session.slug)


def _write(request: HttpRequest, session: Session, form: RecapForm, *, seen: str | None) -> News:
    return editing.write_recap(
        session, values=form.values(), by=access.account(request.user), at=timezone.now(), seen=seen
    )


def _page(
    request: HttpRequest,
    session: Session,
    form: RecapForm,
    *,
    status: int = 200,
    focus: str = "",
    differences: list[conflict.Difference] | None = None,
) -> HttpResponse:
    at = timezone.now()
    following = editing.next_after(session)
    context: dict[str, Any] = {
        "session": session,
        "cycle": session.cycle,
        "item": line.desk_stop(pages.stop(session, at=at), seated=0, waiting=0, mailings=(), at=at),
        "form": form,
        "news": editing.recap_of(session),
        "came": aftermath.attendance(session),
        "mails": aftermath.mails(session, at=at),
        "following": pages.stop(following, at=at, is_next=True) if following else None,
        "focus": focus,
        "differences": differences,
        "is_conflict": differences is not None,
        "languages": LANGUAGES,
    }
    return render(request, "desk/followup/session_after.html", context, status=status)
