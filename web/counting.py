"""Counting requests for /metrics: how many, with which status, how long they took."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from web.counters import counters

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponseBase


class CountRequests:
    """Middleware: count what is not answered from the store, which counts itself."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        began = time.perf_counter()
        response = self.get_response(request)
        counters.observe("escale_http_request_seconds", time.perf_counter() - began)
        counters.add("escale_http_requests_total", status=f"{response.status_code // 100}xx")
        return response
