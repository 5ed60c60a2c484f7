"""Texts as calendars and news readers survive them. Pure: no Django.

RFC 5545, 3.3.11 (TEXT) allows neither control characters nor raw line breaks; XML 1.0, 2.2 allows neither control
characters nor U+FFFE and U+FFFF. Several readers split lines where Python's `str.splitlines` does.
"""

from __future__ import annotations

import re
import unicodedata

from .normal_form import nfc

# What some program or another takes for the end of a line: a vertical tab is what word processors paste for one.
LINE_ENDS = str.maketrans(dict.fromkeys("\r\v\f\x85\u2028\u2029", "\n"))
ZERO_WIDTH_NO_BREAK_SPACE = "\ufeff"
# All that is changed or left out, to pass quickly over the many texts that have none of it.
ODD = re.compile(r"[^\t\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufdcf\ufdf0-\ufefe\uff00-\ufffd]")
LINE_BREAKS = "\v\f\x1c\x1d\x1e\x85\u2028\u2029"
CONTROLS: dict[int, str | None] = {
    **dict.fromkeys(range(0x20)),
    **dict.fromkeys(range(0x7F, 0xA0)),
    **dict.fromkeys(range(0xD800, 0xE000)),
    **dict.fromkeys((0xFFFE, 0xFFFF)),
    **dict.fromkeys(map(ord, LINE_BREAKS), "\n"),
    **{ord(sign): sign for sign in "\t\n\r"},
}


def readable(value: object) -> str:
    """Return a text without control characters, which make a file that no program opens: a line may break, no more.

    A vertical tab and the like are line breaks of a paste; halves of a sign (surrogates) have no place in UTF-8.
    """
    return str(value).translate(CONTROLS)


def clean(text: str, *, limit: int | None = None) -> str:
    """Return text that every reader survives: NFC, LF only, no control characters but newline and tab.

    Lone surrogates, noncharacters and byte order marks are left out, too. Cleaning twice changes nothing more.
    """
    kept = text
    if ODD.search(text):
        broken = text.replace("\r\n", "\n").translate(LINE_ENDS)
        kept = "".join(c for c in broken if _is_text(c))
    kept = nfc(kept)
    if limit is not None and len(kept) > limit:
        kept = kept[: limit - 1].rstrip() + "…"
    return kept


def one_line(text: str, *, limit: int | None = None) -> str:
    """Return clean text on a single line: names, titles, places, which programs show in one line."""
    return clean(" ".join(clean(text).split("\n")), limit=limit)


def _is_text(character: str) -> bool:
    if character in "\n\t":
        return True
    # The last two code points of each plane and U+FDD0 to U+FDEF never stand for a character (Unicode, 23.7).
    code = ord(character)
    is_noncharacter = code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF  # noqa: PLR2004 - said just above
    return (
        not is_noncharacter
        and character != ZERO_WIDTH_NO_BREAK_SPACE
        and unicodedata.category(character) not in ("Cc", "Cs")
    )
