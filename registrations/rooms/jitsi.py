"""Jitsi: a room is an address; where the server asks for it, a token says who comes and for how long.

The token is a JWT signed with HMAC-SHA-256 (RFC 7519, RFC 7515) with the claims that Jitsi's own authentication
reads. Pure: the moment is passed in.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlsplit

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


def token(
    server: Server, *, room: str, name: str, person: str, is_host: bool, at: dt.datetime, until: dt.datetime
) -> str:
    """Return the JWT for one person in one room, valid from `at` to `until`."""
    claims: dict[str, Any] = {
        "iss": server.app_id,
        "aud": "jitsi",
        "sub": urlsplit(server.url).hostname or "",
        "room": room,
        "nbf": int((at - CLOCK_SKEW).timestamp()),
        "exp": int(until.timestamp()),
        "context": {"user": {"id": person, "name": name, "moderator": is_host}},
    }
    head = {"alg": "HS256", "typ": "JWT"}
    signed = ".".join(_part(json.dumps(part, separators=(",", ":")).encode()) for part in (head, claims))
    return f"{signed}.{_part(hmac.digest(server.secret.encode(), signed.encode(), hashlib.sha256))}"


def address(
    server: Server,
    *,
    room: str,
    name: str,
    person: str,
    is_host: bool,
    language: str,
    at: dt.datetime,
    until: dt.datetime,
) -> str:
    """Return the address of a room for one person, with their name filled in."""
    place = f"{server.url.rstrip('/')}/{quote(room, safe='')}"
    if server.app_id and server.secret:
        jwt = token(server, room=room, name=name, person=person, is_host=is_host, at=at, until=until)
        place += f"?jwt={jwt}"
    shown = quote(json.dumps(name, ensure_ascii=False), safe="")
    return f"{place}#userInfo.displayName={shown}&config.defaultLanguage=%22{language}%22"
