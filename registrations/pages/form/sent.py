"""What was sent with the form, kept in the browser that sent it for an hour: so that a wrong address can be corrected.

Nobody else is told which address was typed: it stands in no address of a page and is kept by no server. The cookie is
signed, goes to the form of this cycle only, and no script reads it.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.core import signing
from django.http import QueryDict

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.http import HttpRequest, HttpResponse

NAME = "escale_sent"
SALT = "escale.registrations.sent"
KEPT = dt.timedelta(hours=1)
# RFC 6265, 6.1: browsers keep cookies of 4096 bytes, name and attributes included.
LONGEST = 3600
NOT_KEPT = ("csrfmiddlewaretoken", "kept_address", "blank")


@dataclass(frozen=True, kw_only=True)
class Sent:
    """The addresses written to, the sender's first; `typed` is the form, empty when it was too long to keep.

    `made` is the mark by which the sender's own request can be withdrawn, empty when they had asked before.
    """

    emails: tuple[str, ...]
    typed: QueryDict
    made: str = ""


def keep(response: HttpResponse, typed: QueryDict, *, emails: Iterable[str], made: str) -> None:
    """Let the browser keep what was sent: all of it, or the addresses alone where it is long."""
    fields: dict[str, list[object]] = {
        name: [*values] for name, values in typed.lists() if name not in NOT_KEPT
    }
    value = ""
    # As it is, which most fit into: compressing takes longer than everything else here.
    for kept, compress in ((fields, False), (fields, True), ({}, False)):
        value = signing.dumps([[*emails], kept, made], salt=SALT, compress=compress)
        if len(value) <= LONGEST:
            break
    else:
        return
    response.set_cookie(
        NAME,
        value,
        max_age=KEPT,
        path=response["Location"],
        secure=settings.CSRF_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def read(request: HttpRequest) -> Sent | None:
    """Return what this browser sent within the hour; None when nothing is known of it."""
    try:
        # Cookies of before the mark was kept hold two things.
        emails, fields, *marks = signing.loads(request.COOKIES.get(NAME, ""), salt=SALT, max_age=KEPT)
    except signing.BadSignature:
        return None
    typed = QueryDict(mutable=True)
    for name, values in fields.items():
        typed.setlist(name, values)
    return Sent(emails=tuple(emails), typed=typed, made="".join(marks))
