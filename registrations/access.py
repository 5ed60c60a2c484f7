"""Who may open what: one way from a link or an address in the site to the row behind it."""

from __future__ import annotations

from . import tokens
from .models import CycleRegistration, Participant, Registration


def _row(purpose: tokens.Purpose, token: str) -> int | None:
    try:
        value = tokens.read(purpose, token)
    except tokens.Invalid:
        return None
    return value if isinstance(value, int) else None


def participant(token: str) -> Participant | None:
    """Return whose "My registrations" a link opens; None for every link that is not theirs or no more."""
    pk = _row("manage", token)
    return Participant.objects.filter(pk=pk, confirmed_at__isnull=False).first() if pk else None


def registration(token: str) -> Registration | None:
    """Return whose place at which session a join link names."""
    pk = _row("join", token)
    if pk is None:
        return None
    rows = Registration.objects.select_related("session__cycle", "participant", "cycle_registration")
    return rows.filter(pk=pk).first()


def request_to_confirm(token: str) -> tuple[CycleRegistration | None, bool]:
    """Return the request that a confirmation link names, and whether the link has grown too old."""
    is_expired = False
    try:
        value = tokens.read("confirm", token)
    except tokens.Expired as expired:
        value, is_expired = expired.value, True
    except tokens.Invalid:
        return None, False
    rows = CycleRegistration.objects.select_related("participant", "cycle")
    return (rows.filter(pk=value).first() if isinstance(value, int) else None), is_expired


def offered(token: str) -> CycleRegistration | None:
    """Return whose offers of a place a link opens."""
    pk = _row("offer", token)
    rows = CycleRegistration.objects.select_related("participant", "cycle")
    return rows.filter(pk=pk).first() if pk else None
