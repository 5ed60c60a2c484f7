"""The older encodings of Western texts: which of them some bytes are written in. Pure.

Nothing in a file says so. Excel on Windows writes Windows-1252, on a Mac it may write Mac Roman, and its "CSV (MS-DOS)"
is in code page 850; every byte means something in each of them, but words look right in one.
"""

from __future__ import annotations

import re

# In this order where two look as right as each other.
CODE_PAGES = ("cp1252", "mac_roman", "cp850")
FREQUENT = frozenset("éèêàçôî’")
SMALL = frozenset("ëâäáãåïíìöóòõùûüúñœæßšžýÿø")
CAPITALS = frozenset("ÉÈÊËÀÂÄÁÇÎÏÔÖÓÛÜÚÑŒÆŠŽØÅ")
SIGNS = frozenset("€’‘“”«»–—…°•·\u00a0")
HIGH = re.compile("[^\x00-\x7f]")
# Enough to tell; a file may be large.
MOST_BYTES = 50_000


def decoded(data: bytes) -> str:
    """Return a text that is not in UTF-8, read in the code page in which its words look right."""
    sample = data[:MOST_BYTES]
    best = max(
        CODE_PAGES,
        # The first is what most programs write: one letter that may be two things is no reason against it.
        key=lambda page: _looks_right(sample.decode(page, errors="replace")) + (page == CODE_PAGES[0]),
    )
    return data.decode(best, errors="replace")


def _looks_right(text: str) -> int:
    return sum(_weight(text, found.start()) for found in HIGH.finditer(text))


def _weight(text: str, place: int) -> int:
    """Return how well a letter or sign stands where it does: above zero well, below it badly."""
    sign = text[place]
    before, after = text[place - 1 : place], text[place + 1 : place + 2]
    is_in_word = before.isalpha() or after.isalpha()
    if sign in SIGNS:
        return 2 if sign == "’" and before.isalpha() else (-1 if before.isalpha() and after.isalpha() else 1)
    if sign in FREQUENT:
        return 2 if is_in_word or sign == "à" else -1
    if sign in SMALL:
        return 1 if is_in_word else -1
    if sign in CAPITALS:
        # No capital follows a small letter.
        return -1 if before.islower() or not is_in_word else 1
    return -1
