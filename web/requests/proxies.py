"""Noticing that the web server in front does not say what it should: one line in the log, which says what to set."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponseBase

logger = logging.getLogger(__name__)

# Asked on the machine itself, without a web server in front.
PROBES = ("/livez", "/readyz", "/metrics")


class ProxyHeaders:
    """Middleware of a public server: warn, once a process and header, of what a proxy was to bring and does not.

    Without X-Forwarded-Proto every page leads to itself for ever; without X-Forwarded-For, where ESCALE_PROXY_COUNT
    counts a proxy, all visitors are one network and share its limits.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        self._told: set[str] = set()

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path not in PROBES:
            for name, words in self._missing(request):
                if name not in self._told:
                    self._told.add(name)
                    logger.warning("a request came without %s: %s (docs/operating.md)", name, words)
        return self.get_response(request)

    def _missing(self, request: HttpRequest) -> list[tuple[str, str]]:
        meta, missing = request.META, []
        if settings.SECURE_SSL_REDIRECT and settings.SECURE_PROXY_SSL_HEADER:
            header = settings.SECURE_PROXY_SSL_HEADER[0]
            if header not in meta:
                missing.append(
                    ("X-Forwarded-Proto", "let the web server in front set it, or pages redirect for ever")
                )
        if settings.ESCALE_PROXY_COUNT and "HTTP_X_FORWARDED_FOR" not in meta:
            missing.append(
                (
                    "X-Forwarded-For",
                    "let the web server in front add the visitor's address, or set ESCALE_PROXY_COUNT=0",
                )
            )
        return missing
