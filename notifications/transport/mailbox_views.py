"""The local mailbox page: what would have left, on machines from which no mail leaves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from . import mailbox as kept

if TYPE_CHECKING:
    from django.http import HttpRequest

# A mail's own styles may be inline; nothing may run or be fetched, and links open elsewhere.
MAIL_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; "
    "base-uri 'none'; form-action 'none'; sandbox allow-popups allow-popups-to-escape-sandbox"
)


def _mail(name: str) -> kept.KeptMail:
    mail = kept.find(name) if settings.ESCALE_MAILBOX else None
    if mail is None:
        raise Http404
    return mail


@never_cache
@require_safe
def mailbox(request: HttpRequest) -> HttpResponse:
    if not settings.ESCALE_MAILBOX:
        raise Http404
    return render(request, "notifications/transport/mailbox.html", {"mails": kept.newest()})


@never_cache
@require_safe
def mailbox_mail(request: HttpRequest, name: str) -> HttpResponse:
    return render(request, "notifications/transport/mailbox_mail.html", {"mail": _mail(name)})


@never_cache
@xframe_options_sameorigin
@require_safe
def mailbox_html(request: HttpRequest, name: str) -> HttpResponse:  # noqa: ARG001 - Django's signature
    """Serve a mail's HTML from an address of its own, for the sandboxed frame of its page."""
    response = HttpResponse(_mail(name).html)
    response.headers["Content-Security-Policy"] = MAIL_POLICY
    return response
