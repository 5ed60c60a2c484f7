"""A form that is sent when its sign-in has ended, or with the token of an older page: what was typed is given back.

The page that answers holds it in hidden fields of its own. Nothing is stored here, so nobody else gets to see it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.csrf import csrf_failure
from django.views.decorators.cache import never_cache

from web.requests.kept_fields import kept_fields

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse, HttpResponseBase

# Typed anew rather than written into a page.
SECRET = ("password", "credential")


class KeptForms:
    """Answer a form of somebody who is no longer signed in with a page that keeps what they typed.

    A redirect to the page of signing in, which every view of the desk answers, would lose it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if request.method == "POST" and _asks_to_sign_in(request, response):
            return _kept(request, is_signed_out=True)
        return response


def _asks_to_sign_in(request: HttpRequest, response: HttpResponseBase) -> bool:
    """Tell whether an answer leads to signing in, and from there back to the address of the form."""
    target = urlsplit(response.headers.get("Location", ""))
    if QueryDict(target.query).get(REDIRECT_FIELD_NAME) != request.get_full_path():
        return False
    is_login = target.path in (reverse("accounts:login"), reverse("admin:login"))
    return is_login and not request.user.is_authenticated


def forged(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form whose token is not this browser's (CSRF_FAILURE_VIEW): signing in changes it in every open page.

    Only what a page of this site sent is kept: a button under what another site wrote would be the forgery itself.
    """
    return _kept(request, is_signed_out=False) if _is_from_here(request) else csrf_failure(request, reason)


def _is_from_here(request: HttpRequest) -> bool:
    """Tell whether the browser says that a page of this site sent the form; whoever says nothing is not believed."""
    return request.headers.get("origin") == f"{request.scheme}://{request.get_host()}"


@never_cache
def _kept(request: HttpRequest, *, is_signed_out: bool) -> HttpResponse:
    context = {
        "is_signed_out": is_signed_out,
        "kept": kept_fields(request.POST, besides=SECRET),
        "files": [file.name for _name, files in request.FILES.lists() for file in files],
    }
    return render(request, "accounts/sign_in/kept_form.html", context, status=403)
