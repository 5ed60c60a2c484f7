"""Handing out a PDF that was made for this request."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.http import content_disposition_header


def pdf(body: bytes, name: str, *, is_shown: bool = False) -> HttpResponse:
    """Return a PDF called `name` to be kept, or `is_shown` in the browser; search engines are to leave it out."""
    disposition = content_disposition_header(not is_shown, name) or "inline"
    headers = {"Content-Disposition": disposition, "X-Robots-Tag": "noindex"}
    return HttpResponse(body, content_type="application/pdf", headers=headers)
