"""Codes and numbers of documents. Pure.

A code is 80 random bits in Crockford's base 32, in four groups; it opens the page that says what was issued. A number
(CR-2026-0001, CR-2026-0001/2 once corrected) opens nothing.
"""

from __future__ import annotations

import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH, GROUP = 16, 4
# What people read for something else: https://www.crockford.com/base32.html.
LOOKALIKES = str.maketrans({"O": "0", "I": "1", "L": "1"})


def new() -> str:
    """Return a new code, without its hyphens."""
    return "".join(secrets.choice(ALPHABET) for _sign in range(LENGTH))


def grouped(code: str) -> str:
    """Return a code as it is printed: 7K3M-Q9XA-0T5B-2VHE."""
    return "-".join(code[start : start + GROUP] for start in range(0, len(code), GROUP))


def read(typed: str) -> str | None:
    """Return the code that somebody typed, in any letters and with any spaces; None for what is none."""
    written = "".join(sign for sign in typed if not sign.isspace() and sign not in "-‐‑–—_.").upper()
    code = written.translate(LOOKALIKES)
    return code if len(code) == LENGTH and all(sign in ALPHABET for sign in code) else None


def number(*, series: str, year: int, number: int, version: int) -> str:
    """Return how a document is numbered; the first version needs no mark."""
    first = f"{series}-{year}-{number:04d}"
    return first if version == 1 else f"{first}/{version}"


def initials(name: str) -> str:
    """Return "A. D." for a name: what the page that verifies a document says of a person."""
    return " ".join(f"{part[0].upper()}." for part in name.split())


def is_siret(digits: str) -> bool:
    """Tell whether 14 digits are a SIRET: their Luhn sum fits, or for the post office (356 000 000) their sum."""
    if len(digits) != 14 or not (digits.isascii() and digits.isdigit()):  # noqa: PLR2004 - digits of a SIRET
        return False
    if digits.startswith("356000000"):
        return digits == "35600000000048" or sum(map(int, digits)) % 5 == 0
    doubled = (int(digit) * (2 if place % 2 == 0 else 1) for place, digit in enumerate(digits))
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0  # noqa: PLR2004 - cross sum
