"""Text in one normal form, in a time that grows with its length. Pure.

Putting combining marks in their order takes the square of their number in a row (300 kB of them: ten seconds). No
language has more than a few: the Stream-Safe Text Format (Unicode Standard Annex 15, section 13) parts a run after
thirty of them with a character that nobody sees, and nothing is lost.
"""

from __future__ import annotations

import functools
import re
import sys
import unicodedata

MOST_MARKS = 30
JOINER = "\u034f"  # combining grapheme joiner


@functools.cache
def _long_run() -> re.Pattern[str]:
    marks = "".join(chr(code) for code in range(sys.maxunicode + 1) if unicodedata.combining(chr(code)))
    return re.compile(f"([{re.escape(marks)}]{{{MOST_MARKS}}})(?=[{re.escape(marks)}])")


def nfc(text: str) -> str:
    """Return a text with composed letters (Unicode Normalization Form C)."""
    if text.isascii():
        return text
    return unicodedata.normalize("NFC", _long_run().sub(rf"\1{JOINER}", text))
