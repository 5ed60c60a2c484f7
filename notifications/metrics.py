"""/metrics: what a monitoring system (Prometheus' text format 0.0.4) may know of the site. Numbers only, of nobody."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING

from django.db import DatabaseError, InterfaceError
from django.http import Http404, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from cycles.site.page_cache import snapshots
from registrations.models import CycleRegistration
from web import counters

from . import probes
from .delivery import ledger
from .delivery.run import sending
from .models import Heartbeat

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from django.http import HttpRequest

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
# What a web server in front adds: whoever asks through one is no longer the machine itself.
PASSED_ON = ("HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED", "HTTP_VIA", "HTTP_X_REAL_IP")
HELP = {
    "escale_up": ("gauge", "1 while the database answers."),
    "escale_mails_due": ("gauge", "Mails that wait and may leave now."),
    "escale_oldest_due_seconds": ("gauge", "How late the oldest of them is."),
    "escale_last_tick_seconds": ("gauge", "Seconds since the last tick was done; -1 when there was none."),
    "escale_mail_paused": ("gauge", "1 while no mail leaves: paused, or the mail server is left alone."),
    "escale_registrations": ("gauge", "Registrations for cycles, whatever became of them."),
    "escale_page_cache_bytes": ("gauge", "Bytes of stored pages in the process that answers."),
    "escale_mails_total": ("counter", "Mails dealt with, by outcome and by the class of the server's reply."),
    "escale_http_requests_total": (
        "counter",
        "Requests answered, by class of status and by where they came from.",
    ),
    "escale_http_request_seconds": (
        "histogram",
        "Seconds from a request to its answer, stored pages left out.",
    ),
    "escale_page_cache_total": ("counter", "Public pages asked for: from the store, or built."),
    "escale_ticks_total": ("counter", "Ticks done."),
}


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Answer whoever holds ESCALE_STATUS_TOKEN, and this machine itself; for everybody else it does not exist."""
    if not (probes.holds_token(request) or _is_this_machine(request)):
        raise Http404
    series = counters.total()
    try:
        series |= _of_the_database(at=timezone.now())
    except (DatabaseError, InterfaceError):
        series |= {"escale_up": 0.0}
    series["escale_page_cache_bytes"] = float(snapshots.store.held_bytes)
    return HttpResponse("\n".join([*_lines(series), ""]), content_type=CONTENT_TYPE)


def _is_this_machine(request: HttpRequest) -> bool:
    """Tell whether a request comes from the machine itself, and not through a web server that stands on it."""
    meta = request.META
    try:
        address = ipaddress.ip_address(meta.get("REMOTE_ADDR", ""))
    except ValueError:
        return False
    return address.is_loopback and not any(meta.get(name) for name in PASSED_ON)


def _of_the_database(*, at: dt.datetime) -> dict[str, float]:
    late = ledger.oldest_due(at=at)
    last = Heartbeat.objects.filter(name=sending.TICK).values_list("at", flat=True).first()
    return {
        "escale_up": 1.0,
        "escale_mails_due": float(ledger.due_count(at=at)),
        "escale_oldest_due_seconds": late.total_seconds() if late else 0.0,
        "escale_last_tick_seconds": (at - last).total_seconds() if last else -1.0,
        "escale_mail_paused": float(sending.paused_until(at=at) is not None),
        "escale_registrations": float(CycleRegistration.objects.count()),
    }


def _lines(series: dict[str, float]) -> Iterable[str]:
    for name, (kind, words) in HELP.items():
        mine = sorted(key for key in series if key == name or key.startswith((f"{name}{{", f"{name}_")))
        if mine:
            yield f"# HELP {name} {words}"
            yield f"# TYPE {name} {kind}"
            yield from (f"{key} {series[key]:g}" for key in mine)
