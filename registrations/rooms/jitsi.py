"""Jitsi: a room is an address; where the server asks for it, a token says who comes and for how long.

The token is a JWT signed with HMAC-SHA-256 (RFC 7519, RFC 7515) with the claims that Jitsi's own authentication
reads.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from django.conf import settings
from django.utils.translation import get_language

if TYPE_CHECKING:
    from cycles.models import Session

    from .visit import Visit

# Whoever loses the connection comes back with the same address, also when the session lasts longer than planned.
MARGIN = dt.timedelta(hours=1)
CLOCK_SKEW = dt.timedelta(minutes=1)


@dataclass(frozen=True, kw_only=True)
class Server:
    """Where the rooms are; `app_id` and `secret` are empty where anybody may enter."""

    url: str
    app_id: str = ""
    secret: str = field(default="", repr=False)


def _part(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def token(server: Server, visit: Visit, *, until: dt.datetime) -> str:
    """Return the JWT for one person in one room, valid from the visit to `until`."""
    claims: dict[str, Any] = {
        "iss": server.app_id,
        "aud": "jitsi",
        "sub": urlsplit(server.url).hostname or "",
        "room": visit.room,
        "nbf": int((visit.at - CLOCK_SKEW).timestamp()),
        "exp": int(until.timestamp()),
        "context": {"user": {"id": visit.person, "name": visit.name, "moderator": visit.is_host}},
    }
    head = {"alg": "HS256", "typ": "JWT"}
    signed = ".".join(_part(json.dumps(part, separators=(",", ":")).encode()) for part in (head, claims))
    return f"{signed}.{_part(hmac.digest(server.secret.encode(), signed.encode(), hashlib.sha256))}"


def is_set_up() -> bool:
    return bool(settings.ESCALE_JITSI_URL)


def is_ready(_session: Session) -> bool:
    return True


def address(visit: Visit) -> str:
    """Return the address of a room for one person, with their name filled in."""
    server = Server(
        url=settings.ESCALE_JITSI_URL,
        app_id=settings.ESCALE_JITSI_APP_ID,
        secret=settings.ESCALE_JITSI_SECRET,
    )
    place = f"{server.url.rstrip('/')}/{quote(visit.room, safe='')}"
    if server.app_id and server.secret:
        until = max(visit.session.ends_at or visit.at, visit.at) + MARGIN
        place += f"?jwt={token(server, visit, until=until)}"
    shown = quote(json.dumps(visit.name, ensure_ascii=False), safe="")
    language = get_language() or settings.LANGUAGE_CODE
    return f"{place}#userInfo.displayName={shown}&config.defaultLanguage=%22{language}%22"
