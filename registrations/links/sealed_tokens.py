"""Sealed, purpose-bound tokens: each opens one kind of page, and none says why it fails.

A token is one or two numbers (ids) and a seal: 89 bits of an HMAC-SHA-256 (FIPS 198-1) over the purpose, the numbers
and a secret of the person whose link it is. Another secret ends every link of that person; another purpose opens
nothing. The secret itself is not in the token, nor is anything that can be read about anybody.

Only digits and letters stand in it, so that what mail programs glue to the end of an address can be told from it,
and it is short: a link of ours fits on one line of a mail (76 characters) behind a host name of usual length.
"""

from __future__ import annotations

import datetime as dt
import functools
import hashlib
import hmac
import string
from dataclasses import dataclass
from typing import Literal, get_args

from django.conf import settings

from accounts import periods

Purpose = Literal[
    "confirm",
    "manage",
    "join",
    "offer",
    "unsubscribe",
    "news",
    "newsletter",
    "email",
    "mail",
    # Of those who speak (speakers/people/links.py); "speak" opened one session, before that app.
    "speak",
    "speaker",
    "speaker-calendar",
    "sign",
    "teach",
    "tablet",
    # What somebody is asked in a survey (surveys/answering/links.py): registered, or not.
    "survey",
    "survey-guest",
]
PURPOSES: tuple[Purpose, ...] = get_args(Purpose)
# These end some time after the moment that they carry; the others live as long as what they name.
DATED: frozenset[Purpose] = frozenset({"confirm", "tablet"})

# A device that goes round in a room, for one day.
TABLET = dt.timedelta(hours=12)

DIGITS = string.digits + string.ascii_uppercase + string.ascii_lowercase
VALUES = {digit: value for value, digit in enumerate(DIGITS)}
SEAL = 15
# A moment is kept in hours: three digits begin again after 27 years.
MOMENT = 3
HOUR = 3600
MOMENTS = len(DIGITS) ** MOMENT
# The longest: a moment and two numbers of 63 bits.
LONGEST = 50
MOST = 2**63 - 1


@dataclass(frozen=True)
class Token:
    """What a token says. Nothing of it is to be believed before `is_sealed_with` the secret of whom it names."""

    purpose: Purpose
    numbers: tuple[int, ...]
    body: str
    seal: str

    def is_sealed_with(self, secret: str) -> bool:
        """Tell, in constant time, whether the seal was made with this secret and a key of the site."""
        keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
        seals = [_seal(self.purpose, self.body, secret=secret, key=str(key)) for key in keys]
        return any([hmac.compare_digest(self.seal, seal) for seal in seals])  # noqa: C419 - no short cut

    def is_expired(self, *, at: dt.datetime) -> bool:
        """Tell whether the purpose gives a time to live, and it is over."""
        if self.purpose not in DATED:
            return False
        lifetime = TABLET if self.purpose == "tablet" else periods.length("confirm")
        # The hour of its making counts as not begun: never a minute too short.
        hours = (int(at.timestamp()) // HOUR - _number(self.body[:MOMENT]) - 1) % MOMENTS
        return dt.timedelta(hours=hours) >= lifetime and hours != MOMENTS - 1


def make(purpose: Purpose, *numbers: int, secret: str, at: dt.datetime | None = None) -> str:
    """Return a token for these ids, the same each time; `at` is the moment from which one with a lifetime counts."""
    parts = []
    if purpose in DATED:
        if at is None:
            msg = f"a token to {purpose} needs the moment from which it counts"
            raise TypeError(msg)
        parts.append(_digits(int(at.timestamp()) // HOUR % MOMENTS).rjust(MOMENT, DIGITS[0]))
    # The invented people of a rehearsal have ids below zero: their token names nobody.
    *first, last = (_digits(max(number, 0)) for number in numbers)
    parts += [DIGITS[len(digits)] + digits for digits in first]
    body = "".join([*parts, last])
    return body + _seal(purpose, body, secret=secret, key=settings.SECRET_KEY)


def read(purpose: Purpose, token: str, *, count: int = 1) -> Token | None:
    """Return what a token with so many numbers says; None for what was never made here."""
    if not (token.isascii() and token.isalnum() and SEAL < len(token) <= LONGEST):
        return None
    body, seal = token[:-SEAL], token[-SEAL:]
    rest = body[MOMENT:] if purpose in DATED else body
    numbers = []
    for _first in range(count - 1):
        width = VALUES[rest[0]] if rest else 0
        numbers.append(_number(rest[1 : 1 + width]))
        rest = rest[1 + width :]
    numbers.append(_number(rest))
    if not all(0 < number <= MOST for number in numbers):
        return None
    return Token(purpose, tuple(numbers), body, seal)


def _digits(number: int) -> str:
    digits = ""
    while number:
        number, value = divmod(number, len(DIGITS))
        digits = DIGITS[value] + digits
    return digits or DIGITS[0]


def _number(digits: str) -> int:
    return functools.reduce(lambda number, digit: number * len(DIGITS) + VALUES[digit], digits, 0)


def _seal(purpose: Purpose, body: str, *, secret: str, key: str) -> str:
    mac = hmac.digest(_key(purpose, key), f"{body}:{secret}".encode(), "sha256")
    return _digits(int.from_bytes(mac[:16]) % len(DIGITS) ** SEAL).rjust(SEAL, DIGITS[0])


@functools.lru_cache(maxsize=64)
def _key(purpose: Purpose, key: str) -> bytes:
    return hashlib.sha256(f"escale.registrations.sealed.{purpose}:{key}".encode()).digest()
