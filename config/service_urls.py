"""The addresses of services in the environment (database, Redis, mail server), read as people write them. Pure.

A password may hold any sign; RFC 3986 wants some of them percent-encoded, which hosting panels and people forget. What
is unambiguous is encoded here; everything else is refused with the name of the setting and the sign at fault, never
with a part of the password.
"""

from __future__ import annotations

import re
from urllib.parse import quote, urlsplit

SCHEME = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://(?P<rest>.*)", re.DOTALL)
# What may follow the last @: a host (a name, IPv4 or [IPv6]), a port, then a path or a query.
AUTHORITY = re.compile(
    r"(?P<host>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)?(?P<port>:[^/?#]*)?(?P<path>[/?].*)?", re.DOTALL
)
ENCODED = re.compile(r"%[0-9A-Fa-f]{2}")
LARGEST_PORT = 65535
# Implicit TLS (RFC 8314, section 7.3): a server on this port waits for TLS before it says a word.
SUBMISSIONS_PORT = 465
MAIL_EXAMPLE = "smtp+tls://user:password@host:587"


class ServiceUrlError(ValueError):
    """An address that cannot be read; its text names the setting, never the password."""


def read(setting: str, value: str, *, example: str) -> str:
    """Return the address with its user and password percent-encoded. Raises ServiceUrlError.

    `example` is an address of the right form, shown where this one cannot be read. The last @ before a host ends the
    password, so a password may hold any sign but a % that is followed by two hexadecimal digits.
    """
    value = value.strip()
    match = SCHEME.fullmatch(value)
    if match is None:
        msg = f"{setting} cannot be read: write {example}"
        raise ServiceUrlError(msg)
    if match["scheme"] == "sqlite":  # a path, or :memory:
        return value
    login, at, where = _split(match["rest"])
    authority = AUTHORITY.fullmatch(where)
    if authority is None:
        msg = (
            f"{setting} cannot be read: {_sign(where)} cannot stand in a host. In a password write "
            f"%23 for #, %2F for /, %3F for ?, %40 for @, %3A for :, as in {example}"
        )
        raise ServiceUrlError(msg)
    port = (authority["port"] or "")[1:]
    if authority["port"] and not (port.isascii() and port.isdigit() and 0 < int(port) <= LARGEST_PORT):
        msg = f"{setting}: the port is no number from 1 to {LARGEST_PORT}. Write {example}"
        raise ServiceUrlError(msg)
    user, colon, password = login.partition(":")
    return f"{match['scheme']}://{_encoded(user)}{colon}{_encoded(password)}{at}{where}"


def read_mail(value: str, *, setting: str = "EMAIL_URL") -> str:
    """Return EMAIL_URL (or another setting of its form) for django-environ, with the kind of TLS that its port speaks.

    Raises ServiceUrlError.
    """
    value = read(setting, value, example=MAIL_EXAMPLE)
    scheme, _, rest = value.partition("://")
    if scheme.startswith("smtp"):
        port = urlsplit(value).port
        if port == SUBMISSIONS_PORT:
            return f"smtp+ssl://{rest}"
        if port is None and scheme in ("smtps", "smtp+ssl"):
            return f"smtp+ssl://{_with_port(rest, SUBMISSIONS_PORT)}"
    return value


def _split(rest: str) -> tuple[str, str, str]:
    """Return user and password, the @, and what follows: a host. The last @ counts, unless it is in a query."""
    first = re.fullmatch(r"(?P<login>[^/?#@]*)@(?P<where>[^/?#@]+(?:/[^?#@]*)?\?[^?#]+=.*)", rest, re.DOTALL)
    if first:
        return first["login"], "@", first["where"]
    login, at, where = rest.rpartition("@")
    return login, at, where


def _encoded(text: str) -> str:
    """Percent-encode what is not; `%` stays where two hexadecimal digits follow."""
    pieces = re.split(f"({ENCODED.pattern})", text)
    return "".join(piece if ENCODED.fullmatch(piece) else quote(piece, safe="") for piece in pieces)


def _sign(where: str) -> str:
    """Return the first sign that ends the host of an address too early."""
    return next((f"“{sign}”" for sign in where if not re.match(r"[A-Za-z0-9._:\[\]-]", sign)), "this")


def _with_port(rest: str, port: int) -> str:
    login, at, where = rest.rpartition("@")
    host, slash, path = where.partition("/")
    return f"{login}{at}{host}:{port}{slash}{path}"
