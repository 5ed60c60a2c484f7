"""A Markdown text while it is written, as the public pages would show it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from cycles import access
from cycles.templatetags.escale import markdown
from desk.content.editors.fields import LONGEST_MARKDOWN

if TYPE_CHECKING:
    from django.http import HttpRequest


@require_POST
@never_cache
@login_required
def words(request: HttpRequest) -> HttpResponse:
    """Answer the HTML that a text becomes. It is the sender's own, and nothing is kept."""
    if not access.may_plan_anything(request.user):
        raise access.Refused(programme=None, right=access.Right.PLAN)
    text = request.POST.get("text", "")
    if len(text) > LONGEST_MARKDOWN:
        said = _("It is too long: %(length)d characters, %(longest)d at most.")
        problem = said % {"length": len(text), "longest": LONGEST_MARKDOWN}
        return HttpResponse(format_html('<p class="error">{}</p>', problem), status=422)
    return HttpResponse(markdown(text))
