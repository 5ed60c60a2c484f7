"""The page for who lacks a right. That somebody tried is noted: a data-protection officer asks for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone
from django.views import defaults

from accounts import journal
from cycles import access

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


def refused(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 403 (Django's handler403)."""
    if isinstance(exception, access.Refused):
        journal.record(
            "access.refused",
            by=access.account(request.user),
            at=timezone.now(),
            target=exception.programme,
            detail=exception.right.value,
        )
    return defaults.permission_denied(request, exception)
