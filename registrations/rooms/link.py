"""A room at any https address that the organisers wrote."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from cycles.models import Session

    from .visit import Visit


def is_set_up() -> bool:
    return True


def is_ready(session: Session) -> bool:
    parts = urlsplit(session.room_url)
    return parts.scheme == "https" and bool(parts.hostname)


def address(visit: Visit) -> str:
    return (visit.session.room_host_url if visit.is_host else "") or visit.session.room_url
