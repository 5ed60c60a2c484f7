"""Signed values: the mark of when a form was opened, and links as they were made before docs/decisions/0085.

Those carry a number only, and no secret of the person: `access` says which of them still open something. Today's
links are in `seals`.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

from django.core import signing

from accounts import periods

Purpose = Literal["form", "confirm", "manage", "join", "unsubscribe", "offer", "speak"]

# How long a form may lie open. That of a request to confirm is in accounts.periods.
FORM_LIVES = dt.timedelta(days=1)
# Ours were under 100 characters: longer ones are not worth a hash.
LONGEST = 500


class Invalid(Exception):  # noqa: N818 - reads as tokens.Invalid
    """The token is altered, too old, of another purpose, or no token at all. Which of them is not told."""


def _salt(purpose: Purpose) -> str:
    return f"escale.registrations.{purpose}"


def make(purpose: Literal["form"], value: Any) -> str:
    """Return a value (anything JSON can hold), dated now and signed."""
    return signing.dumps(value, salt=_salt(purpose))


def read(purpose: Purpose, token: str) -> Any:
    """Return the value that was signed for `purpose`. Raises Invalid."""
    if len(token) > LONGEST:
        raise Invalid
    # The others are valid as long as the row that the value names.
    lifetime = {"form": FORM_LIVES, "confirm": periods.length("confirm")}.get(purpose)
    try:
        if lifetime is None:
            return signing.Signer(salt=_salt(purpose)).unsign_object(token)
        return signing.loads(token, salt=_salt(purpose), max_age=lifetime)
    except (signing.BadSignature, ValueError):
        raise Invalid from None
