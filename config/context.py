"""What every template may name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from django.http import HttpRequest


def site(request: HttpRequest) -> dict[str, str]:  # noqa: ARG001 - Django's signature for context processors
    """Return the site's name, address and contact. Reads settings only: no cookie, no session, no query."""
    return {
        "site_name": settings.ESCALE_SITE_NAME,
        "site_url": settings.ESCALE_BASE_URL,
        "site_controller": settings.ESCALE_CONTROLLER,
        "site_contact": settings.ESCALE_CONTACT_EMAIL,
    }
