"""What one mail said that has left."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from cycles import access
from desk.mail.deliveries import table
from desk.ui.rights import may
from notifications.mail.parts import rendering

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_safe
@never_cache
@login_required
def text(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Show the subject and the text with which a mail left; a reader's own links are named, and open nothing."""
    cycle, rights = access.cycle_for(request.user, slug, right=access.Right.PEOPLE)
    rows = table.loaded(table.of_cycle(cycle).filter(text__isnull=False)).select_related("text")
    mail = get_object_or_404(rows, pk=pk)
    (line,) = table.lines(cycle, [mail], at=timezone.now())
    own = dict.fromkeys(rendering.PERSONAL, _("[the reader’s own link]"))
    own["given_name"] = line.person.given_name if line.person else _("[the reader’s name]")
    kept = mail.text
    context = {
        "cycle": cycle,
        "line": line,
        "subject": rendering.filled(kept.subject, own) if kept else "",
        "text": rendering.filled(kept.text, own) if kept else "",
        "language": mail.language,
        **may(rights),
    }
    return render(request, "desk/mail/deliveries/delivery_text.html", context)
