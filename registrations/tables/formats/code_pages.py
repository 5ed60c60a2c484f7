"""The older encodings of Western texts: which of them some bytes are written in. Pure.

Nothing in a file says so. Excel on Windows writes Windows-1252, on a Mac it may write Mac Roman, and its "CSV (MS-DOS)"
is in code page 850; every byte means something in each of them, but words look right in one.
"""

from __future__ import annotations

import html
import re
from functools import partial

# In this order where two look as right as each other.
CODE_PAGES = ("cp1252", "mac_roman", "cp850")
FREQUENT = frozenset("éèêàçôî’")
SMALL = frozenset("ëâäáãåïíìöóòõùûüúñœæßšžýÿø")
CAPITALS = frozenset("ÉÈÊËÀÂÄÁÇÎÏÔÖÓÛÜÚÑŒÆŠŽØÅ")
SIGNS = frozenset("€’‘“”«»–—…°•·\u00a0")
HIGH = re.compile("[^\x00-\x7f]")
# Letters of UTF-8 that some program read in an older code page and wrote so: ZoÃ«, Zo√´ (a Mac). The first of each
# is no letter that people write before such a sign; the others are only beside it.
_AFTER = "".join(bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in range(0x80, 0xC0))
_AFTER_ON_MAC = bytes(range(0x80, 0xC0)).decode("mac_roman")
READ_TWICE = {
    "cp1252": (re.compile(f"Ã[{_AFTER}]"), re.compile(f"[ÂÃÅ][{_AFTER}]|â[€‚][{_AFTER}]")),
    "mac_roman": (
        re.compile(f"√[{_AFTER_ON_MAC}]"),
        re.compile(f"[¬√≈][{_AFTER_ON_MAC}]|‚Ä[{_AFTER_ON_MAC}]"),
    ),
}
ENTITY = re.compile("&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z]{2,31}[0-9]{0,2});")
# What would cut a cell in two, or end it.
OF_THE_TABLE = frozenset('"\t\r\n,;|\ufffd')
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


def mended(text: str) -> str:
    """Return a text with the letters that programs on its way made something else of: ZoÃ«, Zo√´, O&#039;Brien."""
    for page, (sign, pairs) in READ_TWICE.items():
        if sign.search(text):
            text = pairs.sub(partial(_read_once, page), text)
    return ENTITY.sub(_of_html, text) if "&" in text else text


def _read_once(page: str, found: re.Match[str]) -> str:
    written = found[0]
    data = b"".join(_byte(sign, page) for sign in written)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return written


def _byte(sign: str, page: str) -> bytes:
    try:
        return sign.encode(page)
    except UnicodeEncodeError:
        # Five bytes are no sign of Windows-1252, and pass through as they are.
        return sign.encode("latin-1", "replace")


def _of_html(found: re.Match[str]) -> str:
    sign = html.unescape(found[0])
    return sign if len(sign) == 1 and sign.isprintable() and sign not in OF_THE_TABLE else found[0]
