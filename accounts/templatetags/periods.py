"""`{% period "confirm" %}`: how long something lasts, in the reader's language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import template

from accounts import periods

if TYPE_CHECKING:
    import datetime as dt

    from accounts.periods import Name

register = template.Library()


@register.simple_tag
def period(name: Name) -> str:
    """Return the length of that name in words."""
    return periods.in_words(periods.length(name))


@register.filter
def in_words(span: dt.timedelta) -> str:
    """Return a length in words."""
    return periods.in_words(span)
