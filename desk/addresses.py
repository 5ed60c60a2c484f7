"""Addresses that keep the filters of a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.http import QueryDict


def without_page(query: QueryDict) -> str:
    """Return the filters of an address as `q=…&state=…&`, ready for a page number; empty without filters."""
    kept = query.copy()
    kept.pop("page", None)
    text = kept.urlencode()
    return f"{text}&" if text else ""
