"""Acts of organisers: each has an address of its own, which a button of a page names (`formaction`)."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpResponseBase

    View = Callable[..., HttpResponseBase]


def act_of(page: str) -> Callable[[View], View]:
    """Make a view the address of an act on a page, for POST alone.

    Whoever opens it otherwise (after signing in, or in the other language when something was wrong) is led to the page
    that has its button, named as in `reverse`, with the same arguments; that page asks for their right.
    """

    def decorate(view: View) -> View:
        @require_http_methods(["GET", "HEAD", "POST"])
        @never_cache
        @login_required
        @functools.wraps(view)
        def act(request: Any, **kwargs: Any) -> HttpResponseBase:
            if request.method != "POST":
                query = f"?{request.GET.urlencode()}" if request.GET else ""
                kwargs.pop("language", None)
                return redirect(f"{reverse(page, kwargs=kwargs)}{query}")
            return view(request, **kwargs)

        return act

    return decorate
