"""Browsers in which an account has signed in before: they ask for codes under a limit of their own.

Whoever knows an address can ask for codes to it until no more are sent. A browser that its owner used before is not
counted with them, so that nobody keeps somebody else out (docs/decisions/0081). The cookie names accounts by number,
is signed, and opens nothing.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.conf import settings
from django.core import signing

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

    from accounts.models import User

COOKIE = "escale_known"
SALT = "escale.accounts.known"
KEPT = dt.timedelta(days=180)
# Of one computer that several people use, the last ones.
MOST = 5


def accounts(request: HttpRequest) -> list[int]:
    """Return the numbers of the accounts that signed in here, the last one first."""
    try:
        value = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=KEPT)
    except signing.BadSignature:
        return []
    return [pk for pk in value if isinstance(pk, int)] if isinstance(value, list) else []


def remember(request: HttpRequest, response: HttpResponseBase, user: User) -> None:
    """Note in the browser that an account has just signed in there."""
    known = [user.pk, *(pk for pk in accounts(request) if pk != user.pk)][:MOST]
    response.set_cookie(
        COOKIE,
        signing.dumps(known, salt=SALT),
        max_age=KEPT,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
