"""Security headers that Django 5.2 does not set itself (6.0 brings its own CSP; this file then goes)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponseBase

# Nothing from another host, nothing inline. A view that must allow more (the join page, whose form is
# answered by a redirect to the room) sets its own header, which is left alone.
CONTENT_SECURITY_POLICY = "; ".join(  # noqa: FLY002 - one directive a line reads best
    (
        "default-src 'none'",
        "style-src 'self'",
        "script-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "font-src 'self'",
        "manifest-src 'self'",
        "frame-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)
PERMISSIONS_POLICY = "camera=(), microphone=(), geolocation=(), browsing-topics=()"


class SecurityHeadersMiddleware:
    """Add a strict Content-Security-Policy and Permissions-Policy to every response.

    A page whose address holds a token is in no index, in no cache, and in no Referer.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        match = request.resolver_match
        if match is not None and "token" in match.kwargs:
            _keep_address(response, is_exempt=getattr(match.func, "csrf_exempt", False))
        return response


def _keep_address(response: HttpResponseBase, *, is_exempt: bool) -> None:
    response.headers["X-Robots-Tag"] = "noindex"
    if "private" not in response.headers.get("Cache-Control", ""):
        response.headers["Cache-Control"] = "private, no-store"
    # A page that checks for forgeries needs "same-origin", which is the site's own: with "no-referrer" browsers
    # send "Origin: null" with its forms. It tells other hosts as little.
    if is_exempt:
        response.headers["Referrer-Policy"] = "no-referrer"


def leads_elsewhere(response: HttpResponseBase) -> None:
    """Let the forms of this one page lead to any https address.

    Browsers hold the redirects that follow a form to form-action too, and a platform sends people on to hosts of its
    own (the room may also change while the page is open).
    """
    response.headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY.replace(
        "form-action 'self'", "form-action 'self' https:"
    )
