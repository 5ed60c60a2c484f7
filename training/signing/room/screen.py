"""What the screen in the room shows: the code of now, its QR code, and where that leads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import segno

from training.signing import links

from . import room_code

if TYPE_CHECKING:
    import datetime as dt

    from cycles.models import Session


def shown(session: Session, *, at: dt.datetime, language: str) -> dict[str, Any]:
    """Return the code of a half-day at a moment, and the QR code of the page that says how to sign."""
    unix = at.timestamp()
    code = room_code.code(session.pk, unix=unix, key=links.room_key())
    address = links.address("room", session.cycle.slug, session.slug, code, language=language)
    return {
        "code": room_code.spelled(code),
        "left": room_code.left(unix=unix),
        "address": address,
        "qr": qr(address),
    }


def qr(address: str) -> str:
    """Return the QR code of an address, as the source of a picture."""
    return segno.make(address, error="m").svg_data_uri(scale=6, light="white")
