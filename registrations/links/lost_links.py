"""Links that open nothing as they came: mended where that is safe, else one page that says how to get another.

Mail programs, chats and spreadsheets glue what follows a link to its end, encode it once more, cut it or write it in
capitals. A page looks the same whatever is wrong: which links are true is nobody's business.
"""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING, ParamSpec
from urllib.parse import unquote

from django.conf import settings
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.views import defaults
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from registrations import access
from registrations.calendar import feed_tokens
from registrations.pages.form.forms import FindForm

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse
    from django.http.response import HttpResponseBase

P = ParamSpec("P")

# The word of the path, the page, and what must be found for it to open.
PAGES: dict[str, tuple[str, Callable[[str], object]]] = {
    "my": ("registrations:my-registrations", access.participant),
    "join": ("registrations:join", access.registration),
    "offer": ("registrations:offer", access.offered),
    "confirm": (
        "registrations:confirm",
        lambda token: access.request_to_confirm(token, at=timezone.now())[0],
    ),
    "address": (
        "registrations:confirm-address",
        lambda token: access.address_to_prove(token, at=timezone.now()),
    ),
    "link": ("registrations:send-link", access.participant_to_mail),
    "calendar": ("registrations:private-feed", feed_tokens.is_known),
    "stop": ("notifications:unsubscribe", access.subscriber),
    "unsubscribe": ("notifications:unsubscribe", access.subscriber),
}


def add(word: str, page: str, opens: Callable[[str], object]) -> None:
    """Let links below one more word of the path be mended: those of an app above (its AppConfig calls this)."""
    PAGES[word] = (page, opens)
    _personal.cache_clear()


@functools.cache
def _personal() -> re.Pattern[str]:
    """Return «/fr/join/abc…», in any letters, with more slashes than needed, or with nothing behind the word."""
    languages = "|".join(code for code, _name in settings.LANGUAGES)
    return re.compile(
        rf"/*(?:(?P<language>{languages})/+)?(?P<page>{'|'.join(PAGES)})(?![a-z0-9_.-])/*(?P<rest>.*)",
        re.IGNORECASE | re.DOTALL,
    )


# What a token of ours is made of, now and before; everything else around it was glued to it.
TOKEN = re.compile(r"[A-Za-z0-9_:-]+")
# Each time a link is encoded once more; more often than that nobody sends it on.
ENCODED_AT_MOST = 3


def personal_page(view: Callable[P, HttpResponseBase]) -> Callable[P, HttpResponseBase]:
    """Serve a page behind a personal link: nothing of it is kept by a cache, and every dead end is one page.

    It needs no check for forgeries and so no cookie: what a page may do is in its address, which no other site
    knows, and not in the browser. (Its Referrer-Policy, no-referrer, would make the check fail:
    web/requests/headers.py.)
    """

    @csrf_exempt
    @never_cache
    @functools.wraps(view)
    def opened(*args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        try:
            return view(*args, **kwargs)
        except Http404:
            request: HttpRequest = args[0]  # type: ignore[assignment]  # every view takes its request first
            return answer(request)

    return opened


def answer(request: HttpRequest) -> HttpResponse:
    """Lead to the page that a mended link opens, or show the page that mails another."""
    path = _decoded(request.path)
    mended = _mended(path) if request.method in ("GET", "HEAD") else None
    if mended is not None and mended != request.path:
        return redirect(mended)
    match = _personal().match(path)
    language = (match["language"] or "").lower() if match else ""
    with translation.override(language or translation.get_language()):
        return render(request, "registrations/pages/unknown_link.html", {"form": FindForm()}, status=404)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 404 (Django's handler404); what looks like a personal link gets the page for these."""
    if _personal().fullmatch(_decoded(request.path)):
        return answer(request)
    return defaults.page_not_found(request, exception)


def _decoded(path: str) -> str:
    for _again in range(ENCODED_AT_MOST):
        plain = unquote(path)
        if plain == path:
            break
        path = plain
    return path


def _mended(path: str) -> str | None:
    """Return the path of the page that a link means, without what was glued to it; None when it opens nothing."""
    match = _personal().fullmatch(path)
    token = TOKEN.search(match["rest"]) if match else None
    if match is None or token is None:
        return None
    name, opens = PAGES[match["page"].lower()]
    with translation.override((match["language"] or settings.LANGUAGE_CODE).lower()):
        for candidate in dict.fromkeys((token[0], token[0].strip("_:-"))):
            if opens(candidate):
                return reverse(name, args=[candidate])
    return None
