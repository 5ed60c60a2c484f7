"""E-mail addresses: one way to read them, one normal form to compare them by (docs/decisions/0080)."""

from __future__ import annotations

from .near_domains import suggestion
from .reading import LONGEST, AddressError, Trouble, domain, key, normal_form, pieces, read, shown

__all__ = (
    "LONGEST",
    "AddressError",
    "Trouble",
    "domain",
    "key",
    "normal_form",
    "pieces",
    "read",
    "shown",
    "suggestion",
)
