"""Signed, purpose-bound links: each opens one kind of page, and none says why it fails.

A token carries one value (usually a primary key), signed with a salt of its purpose, so that the link of one
page never opens another. Purposes that act on a stranger's wish grow old; the others live as long as what
they name.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

from django.core import signing

Purpose = Literal["confirm", "manage", "join", "unsubscribe", "email", "form", "offer", "speak"]

# None: valid as long as the row that the value names.
LIFETIMES: dict[Purpose, dt.timedelta | None] = {
    "confirm": dt.timedelta(days=7),
    "manage": None,
    "join": None,
    "unsubscribe": None,
    "email": dt.timedelta(days=2),
    "offer": None,
    "speak": None,
    "form": dt.timedelta(days=1),
}
# Ours are under 100 characters: longer ones are not worth a hash.
LONGEST = 500


class Invalid(Exception):  # noqa: N818 - reads as tokens.Invalid
    """The token is altered, of another purpose, or no token at all. Which of them is not told."""


class Expired(Invalid):
    """A true token that is older than its purpose allows; `value` is what it carried."""

    def __init__(self, value: Any) -> None:
        super().__init__()
        self.value = value


def _salt(purpose: Purpose) -> str:
    return f"escale.registrations.{purpose}"


def make(purpose: Purpose, value: Any) -> str:
    """Return a token for `value` (anything JSON can hold), fit for an address.

    One that grows old is dated now; one that does not is the same each time, so that calendars keep theirs.
    """
    if LIFETIMES[purpose] is None:
        return signing.Signer(salt=_salt(purpose)).sign_object(value)
    return signing.dumps(value, salt=_salt(purpose))


def read(purpose: Purpose, token: str) -> Any:
    """Return the value of a token made for `purpose`. Raises Invalid, or Expired (an Invalid) if too old."""
    if len(token) > LONGEST:
        raise Invalid
    lifetime = LIFETIMES[purpose]
    try:
        if lifetime is None:
            return signing.Signer(salt=_salt(purpose)).unsign_object(token)
        value = signing.loads(token, salt=_salt(purpose))
    except (signing.BadSignature, ValueError):
        raise Invalid from None
    try:
        signing.loads(token, salt=_salt(purpose), max_age=lifetime)
    except signing.SignatureExpired:
        raise Expired(value) from None
    return value
