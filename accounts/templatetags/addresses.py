"""How pages show e-mail addresses: `{{ person.email|address }}`."""

from __future__ import annotations

from django import template

from accounts.addresses import shown

register = template.Library()


@register.filter
def address(value: object) -> str:
    """Return an address as people write it, its domain in letters where these cannot pass for others."""
    return shown(str(value or ""))
