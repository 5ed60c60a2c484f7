"""The page that says what was issued under a code: kind, title, dates, hours and initials, never a name.

Whether a file is the one that was issued is compared in the browser: nothing is sent. A wrong code and an unknown one
get the same answer, and one network may ask twenty times a minute.
"""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING, Any

from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from cycles.language import wording
from registrations.rate_limits import limits
from training.models import Document
from training.signing import hours
from training.signing.room.own_views import language
from web.requests import networks

from .issued import codes

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

A_MINUTE = 20
TOO_MANY = 429


def _headers(response: HttpResponse) -> HttpResponse:
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


@require_safe
@never_cache
def verify(request: HttpRequest) -> HttpResponse:
    """Ask for the code that is printed on a document."""
    typed = request.GET.get("code", "")[:100]
    if typed:
        code = codes.read(typed)
        return redirect("training:verify-document", codes.grouped(code) if code else "0")
    return _headers(render(request, "training/documents/verify.html", {}))


@require_safe
@never_cache
def verify_document(request: HttpRequest, code: str) -> HttpResponse:
    """Say what was issued under a code."""
    who = str(networks.network(request) or "")
    asked = limits.Limit(name="verify", who=who, most=A_MINUTE, window=limits.MINUTE)
    if who and limits.passed(asked, at=timezone.now()):
        response = render(request, "training/documents/verify_wait.html", status=TOO_MANY)
        response.headers["Retry-After"] = "60"
        return _headers(response)
    read = codes.read(code)
    # Asked of the database whatever was typed: a wrong code takes as long as an unknown one.
    document = (
        Document.objects.light()
        .select_related("replaced_by", "cycle")
        .filter(code=read or "-" * codes.LENGTH)
        .first()
    )
    if document is None:
        return _headers(render(request, "training/documents/verify.html", {"is_unknown": True}, status=404))
    return _headers(render(request, "training/documents/verified.html", shown(document)))


def shown(document: Document) -> dict[str, Any]:
    """Return what the page says of a document: all of it from its frozen record, and no name."""
    record = json.loads(document.record)
    zone = document.cycle.timezone
    return {
        "document": document,
        "kind": document.get_kind_display(),
        "facts": list(_facts(record)),
        "issued": wording.short_when(document.issued_at, zone=zone, language=language()),
        "ended": wording.short_when(document.ended_at, zone=zone, language=language())
        if document.ended_at
        else "",
        "state": "live" if document.is_live else document.end,
        "has_successor": hasattr(document, "replaced_by"),
    }


def _facts(record: dict[str, Any]) -> list[tuple[str, str]]:
    title = (
        record.get("module", {}).get("title")
        or record.get("session", {}).get("title")
        or record.get("cycle", {}).get("title", "")
    )
    results = [(_("Issued by"), record["provider"]["legal_name"]), (_("Title"), title)]
    name = (record.get("trainee") or record.get("person") or {}).get("name", "")
    if name:
        results.append((_("For (initials)"), codes.initials(name)))
    results.append((_("Dates"), _dates(record)))
    minutes = record.get("minutes", record.get("total", {}).get("minutes"))
    if minutes is not None:
        results.append((_("Hours attended"), hours.clock(minutes)))
    if "total" in record:
        total = record["total"]
        results.append(
            (
                _("Sessions attended"),
                _("%(attended)d of %(held)d") % {"attended": total["attended"], "held": total["held"]},
            )
        )
    if "trainees" in record:
        signed = sum("signed_at" in one for one in record["trainees"])
        results.append(
            (
                _("People on the sheet"),
                _("%(count)d, of whom %(signed)d signed")
                % {"count": len(record["trainees"]), "signed": signed},
            )
        )
    return [(word, value) for word, value in results if value]


def _dates(record: dict[str, Any]) -> str:
    spans = record.get("sessions") or [record.get("session") or record.get("half_day") or record]
    first, last = spans[0], spans[-1]
    starts = dt.datetime.fromisoformat(first.get("starts_at") or first["from"])
    ends = dt.datetime.fromisoformat(last.get("ends_at") or last["until"])
    zone = first.get("zone", record.get("zone", "UTC"))
    return wording.long_when(starts, ends, zone=zone, language=language())
