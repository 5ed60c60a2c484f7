"""The code that is shown in the room: six characters that change every 30 seconds, of one half-day. Pure.

It proves that somebody was in the room; alone it signs for nobody.
"""

from __future__ import annotations

import hmac

# Neither vowels, so that it says nothing, nor what is read for something else.
ALPHABET = "BCDFGHJKMNPQRSTVWXZ23456789"
LENGTH = 6
SECONDS = 30


def code(session_pk: int, *, unix: float, key: bytes) -> str:
    """Return the code of a half-day at a moment (seconds since 1970)."""
    return _of(session_pk, int(unix // SECONDS), key)


def matches(session_pk: int, typed: str, *, unix: float, key: bytes) -> bool:
    """Tell whether what somebody typed is the code of now, or the one before: it may turn while one types."""
    written = "".join(typed.split()).replace("-", "").upper().encode()
    period = int(unix // SECONDS)
    right = [_of(session_pk, period - back, key).encode() for back in (0, 1)]
    return any([hmac.compare_digest(written, one) for one in right])  # noqa: C419 - no short cut


def left(*, unix: float) -> int:
    """Return the seconds until the next code."""
    return SECONDS - int(unix) % SECONDS


def spelled(code: str) -> str:
    """Return a code in two halves, as it is read out."""
    return f"{code[:3]} {code[3:]}"


def _of(session_pk: int, period: int, key: bytes) -> str:
    number = int.from_bytes(hmac.digest(key, f"room:{session_pk}:{period}".encode(), "sha256")[:8])
    signs = []
    for _sign in range(LENGTH):
        number, index = divmod(number, len(ALPHABET))
        signs.append(ALPHABET[index])
    return "".join(signs)
