"""Serving pictures: files named by their content, so that whoever has one never asks again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import FileResponse, Http404
from django.views.decorators.http import require_safe

from . import pictures

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponseBase

YEAR = 31_536_000


@require_safe
def picture(request: HttpRequest, digest: str, size: str = "") -> HttpResponseBase:  # noqa: ARG001 - Django's
    """Give one file. It is an image and nothing else, whatever a browser may think of it."""
    path = pictures.folder() / pictures.name(digest, size=size)
    try:
        file = path.open("rb")
    except OSError:
        raise Http404 from None
    return FileResponse(
        file,
        content_type="image/webp",
        headers={
            "Cache-Control": f"public, max-age={YEAR}, immutable",
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "X-Content-Type-Options": "nosniff",
            "Cross-Origin-Resource-Policy": "same-site",
        },
    )
