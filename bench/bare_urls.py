"""Bare views: what Django answers when it does nothing."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from django.conf import settings
from django.http import HttpResponse
from django.urls import path

if TYPE_CHECKING:
    from django.http import HttpRequest


def bare(_request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok", content_type="text/plain")


@cache
def _packed(name: str) -> bytes:
    return (settings.VAR_DIR / f"{name}.gz").read_bytes()


def same_bytes(_request: HttpRequest, name: str) -> HttpResponse:
    """Return the compressed bytes that a benchmark left in the site's folder, kept in memory."""
    response = HttpResponse(_packed(name), content_type="text/calendar; charset=utf-8")
    response.headers["Content-Encoding"] = "gzip"
    return response


def not_modified(_request: HttpRequest) -> HttpResponse:
    return HttpResponse(status=304)


urlpatterns = [
    path("bare/", bare),
    path("same/<slug:name>/", same_bytes),
    path("unchanged/", not_modified),
]
