"""The order of the alphabet for people: É beside E, whatever the database compares by. Pure: no Django.

Three levels, as in the Unicode Collation Algorithm (UTS 10): letters first, then accents, then capitals.
"""

from __future__ import annotations

import unicodedata

# Letters that Unicode does not take apart, as people look for them.
APART = str.maketrans(
    {
        "œ": "oe",
        "æ": "ae",
        "ø": "o",
        "đ": "d",
        "ð": "d",
        "ł": "l",
        "þ": "th",
        "ı": "i",
        "’": "'",
        "\u2010": "-",
    }
)
# Lower than every sign that a text has: what ends a level.
END = "\x01"


def folded(text: str) -> str:
    """Return a text without capitals, accents and joined letters: equal for «Élodie», "elodie" and «ÉLODIE»."""
    parts = unicodedata.normalize("NFKD", text.casefold().translate(APART))
    return "".join(sign for sign in parts if not unicodedata.combining(sign))


def sort_key(text: str) -> str:
    """Return what sorts a text by when compared sign by sign."""
    if text.isascii():
        lower = text.lower()
        return f"{lower}{END}{lower}{END}{text.swapcase()}"
    lower = unicodedata.normalize("NFD", text.casefold())
    return f"{folded(text)}{END}{lower}{END}{text.swapcase()}"
