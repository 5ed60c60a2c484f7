"""From which network a request comes, as far as our own proxies can tell.

Proxies write the address in many ways (RFC 7239, section 6; section 5.2 for X-Forwarded-For): with a port, in
brackets, quoted, as IPv4 inside IPv6 (RFC 4291, 2.5.5.2), with a zone (RFC 4007, 11), or as "unknown" and
"_hidden" when they will not say. All writings of one address are one visitor; what is no address is nobody.
"""

from __future__ import annotations

import ipaddress
import re
from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from django.http import HttpRequest

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

# An address in brackets, or one of IPv4, each with a port or an obfuscated one (RFC 7239, section 6.3).
BRACKETED = re.compile(r"\[([0-9A-Fa-f:.]+)(?:%[^\]]*)?\](?::[\w.-]*)?")
WITH_PORT = re.compile(r"(\d{1,3}(?:\.\d{1,3}){3}):[\w.-]*")
LONGEST = 100
V4_PREFIX, V6_PREFIX = 24, 64
# Translated addresses (NAT64, RFC 6052) hold the IPv4 address that the visitor really has.
NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


def read(written: str) -> Address | None:
    """Return the address that one entry of X-Forwarded-For, or REMOTE_ADDR, writes; None when it writes none."""
    text = written.strip().strip('"').strip()[:LONGEST]
    if match := BRACKETED.fullmatch(text) or WITH_PORT.fullmatch(text):
        text = match[1]
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    if isinstance(address, ipaddress.IPv6Address):
        within = address.ipv4_mapped or address.sixtofour
        if address in NAT64:
            within = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        address = within or address
    return None if address.is_unspecified else address


def visitor(request: HttpRequest) -> Address | None:
    """Return the visitor's address, None when nobody can know it.

    Behind proxies it is the one that the outermost of our own saw (ESCALE_PROXY_COUNT): what stands before it in
    the header was written by the visitor. When the header is missing or says nothing, the connection comes from a
    proxy: its own address, which everybody shares, stands for nobody. An address of the public internet can only
    be a visitor who came past the proxies.
    """
    connected = read(request.META.get("REMOTE_ADDR", ""))
    proxies = settings.ESCALE_PROXY_COUNT
    if not proxies:
        return connected
    hops = request.headers.get("x-forwarded-for", "").split(",")
    if len(hops) >= proxies and hops[-proxies].strip():
        return read(hops[-proxies])
    return connected if connected is not None and connected.is_global else None


def network(request: HttpRequest) -> str:
    """Return the visitor's network: /24 for IPv4, /64 for IPv6, which one line at home or at work has.

    Empty for a visitor of whom no address is known: such visitors have nothing in common, and share no limit.
    """
    address = visitor(request)
    if address is None:
        return ""
    prefix = V4_PREFIX if address.version == 4 else V6_PREFIX  # noqa: PLR2004 - the version of the protocol
    return str(ipaddress.ip_network((address, prefix), strict=False))
