"""An answer with stored bytes: validators of RFC 9110, and gzip where the client can unpack it."""

from __future__ import annotations

import functools
import time
from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.utils.http import http_date, parse_http_date_safe

if TYPE_CHECKING:
    from django.http import HttpRequest

    from .snapshots import Stored


def _unchanged(request: HttpRequest, kept: Stored) -> bool:
    """RFC 9110, 13.2.2: If-None-Match decides alone when it is sent; dates count only without it."""
    meta = request.META  # Here and below: `request.headers` would copy every header of each request first.
    asked = meta.get("HTTP_IF_NONE_MATCH")
    if asked is not None:
        wanted = kept.etag.removeprefix("W/")
        return asked.strip() == "*" or wanted in (
            part.strip().removeprefix("W/") for part in asked.split(",")
        )
    since = meta.get("HTTP_IF_MODIFIED_SINCE")
    moment = parse_http_date_safe(since) if since else None
    if moment is None or kept.last_modified is None:
        return False
    return kept.last_modified <= min(moment, time.time())


def answer(request: HttpRequest, kept: Stored) -> HttpResponse:
    """Answer with what is kept: 304 when the client has it, packed when the client can unpack it."""
    if _unchanged(request, kept):
        response = HttpResponse(status=304, headers=kept.validators)
        del response.headers["Content-Type"]
        return _dated(response, kept)
    meta = request.META
    packed = kept.packed if _accepts_gzip(meta.get("HTTP_ACCEPT_ENCODING", "")) else None
    body = kept.plain if packed is None else packed
    response = HttpResponse(body, headers=kept.headers)
    if packed is not None:
        response.headers["Content-Encoding"] = "gzip"
    response.headers["Content-Length"] = str(len(body))
    return _dated(response, kept)


def _dated(response: HttpResponse, kept: Stored) -> HttpResponse:
    if kept.last_modified is not None and kept.last_modified > time.time():
        response.headers["Last-Modified"] = http_date(kept.last_modified - 1)
    return response


# Programs of one kind ask with the same words; what people make up is bounded.
@functools.lru_cache(maxsize=256)
def _accepts_gzip(accepted: str) -> bool:
    for part in accepted.split(","):
        name, _, rest = part.strip().partition(";")
        if name.strip().lower() in ("gzip", "*"):
            return rest.replace(" ", "").lower() not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False
