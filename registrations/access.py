"""Who may open what: one way from a link or an address in the site to the row behind it."""

from __future__ import annotations

from cycles.models import Session

from . import links, speaking, tokens
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
    return (
        Participant.objects.filter(
            pk=pk, confirmed_at__isnull=False, erased_at=None, anonymised_at=None
        ).first()
        if pk
        else None
    )


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


def speaker(token: str) -> tuple[Session, speaking.Speaker] | None:
    """Return who speaks at which session by a link; None once they do not any more."""
    try:
        value = tokens.read("speak", token)
    except tokens.Invalid:
        return None
    if not (isinstance(value, list) and len(value) == 2):  # noqa: PLR2004 - which session, whose address
        return None
    pk, mark = value
    session = Session.objects.select_related("cycle").filter(pk=pk).first()
    if session is None:
        return None
    found = (one for one in speaking.of(session) if speaking.mark(one.email) == mark)
    return next(((session, one) for one in found), None)


def address_to_prove(token: str) -> tuple[Participant, str] | None:
    """Return whose new address a link proves, and that address; None when it is too old or used up.

    The token names the address that was in force when it was made: after one change the others end.
    """
    try:
        value = tokens.read("email", token)
    except tokens.Invalid:
        return None
    if not (isinstance(value, list) and len(value) == 3):  # noqa: PLR2004 - who, from which address, to which
        return None
    pk, before, email = value
    found = Participant.objects.filter(pk=pk, confirmed_at__isnull=False, erased_at=None).first()
    return (found, str(email)) if found and links.address_mark(found) == before else None
