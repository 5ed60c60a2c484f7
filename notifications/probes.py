"""What a supervisor asks: is the process alive, and does the site do its work."""

from __future__ import annotations

import datetime as dt
import hmac
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from cycles import access

from .delivery import ledger
from .delivery.run import sending
from .models import Heartbeat
from .transport import trouble

if TYPE_CHECKING:
    from django.http import HttpRequest

SILENCE = dt.timedelta(minutes=2)


@never_cache
@require_safe
def livez(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - Django's signature for views
    """Answer as long as the process can: asks nothing of the database."""
    return HttpResponse("ok\n", content_type="text/plain")


@never_cache
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """Say whether mail would leave: 503 when the database or the tick is silent.

    Everyone gets the word; why, and how late mail is, are for organisers and for who holds ESCALE_STATUS_TOKEN: a
    mail server's answer may name addresses, and a pause names who ordered it. Never by the visitor's own address:
    behind a web server on the same machine everybody comes from 127.0.0.1.
    """
    may_read = holds_token(request)
    try:
        may_read = may_read or bool(access.rights_anywhere(request.user))
        report, reasons = _look(at=timezone.now())
    except DatabaseError:
        report, reasons = {}, ["the database does not answer"]
    ready = not reasons
    answer: dict[str, object] = {"ready": ready, "status": "ok" if ready else "not ok"}
    if may_read:
        answer |= {"reasons": reasons, **report}
    return JsonResponse(answer, status=200 if ready else 503)


def holds_token(request: HttpRequest) -> bool:
    """Tell whether a request carries the token as RFC 6750, 2.1 has it; none is good while none is set."""
    scheme, _space, given = request.headers.get("Authorization", "").partition(" ")
    token = settings.ESCALE_STATUS_TOKEN
    return bool(token) and scheme.lower() == "bearer" and hmac.compare_digest(given.encode(), token.encode())


def _look(*, at: dt.datetime) -> tuple[dict[str, object], list[str]]:
    reasons = []
    last = Heartbeat.objects.filter(name=sending.TICK).first()
    if last is None:
        reasons.append("no worker has ticked yet: start Celery with beat, or manage.py send_due --loop")
    elif last.at < at - SILENCE:
        reasons.append(
            "no tick for more than two minutes: is a worker running (Celery with beat, or send_due --loop)?"
        )
    late = ledger.oldest_due(at=at)
    pause = Heartbeat.objects.filter(name__in=(sending.TRANSPORT, sending.PAUSED), at__gt=at).first()
    report: dict[str, object] = {
        "last_tick": last.at.isoformat() if last else None,
        "oldest_due_seconds": int(late.total_seconds()) if late is not None else 0,
        # A mail server at rest is not this process's fault: reported, but no reason to restart it.
        "mail_paused": (pause.detail or pause.name) if pause else None,
    }
    if refused := trouble.now():
        # Why the mail server refuses us, as a word of refusals.GROUNDS; its own words are for the desk.
        report |= {"mail_refused": refused.ground, "mail_refused_since": refused.since.isoformat()}
    return report, reasons
