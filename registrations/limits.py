"""How often one network or one address may ask, counted in the cache.

Nothing that names a person or a network is kept: keys are digests, and they expire with their window. When the
cache is out of order people can still register: a limit is a courtesy, not a lock.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import logging
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.cache import cache

if TYPE_CHECKING:
    from django.http import HttpRequest

logger = logging.getLogger(__name__)
MINUTE = 60
HOUR = 3600


def network(request: HttpRequest) -> str:
    """Return the visitor's network: /24 for IPv4, /64 for IPv6, which one line at home or at work has.

    Behind proxies the address is the one that the last of our own proxies saw (ESCALE_PROXY_COUNT).
    """
    address = request.META.get("REMOTE_ADDR", "")
    hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",") if hop.strip()]
    proxies = settings.ESCALE_PROXY_COUNT
    if proxies and len(hops) >= proxies:
        address = hops[-proxies]
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    return str(ipaddress.ip_network((parsed, 24 if parsed.version == 4 else 64), strict=False))  # noqa: PLR2004


def allows(name: str, who: str, *, limit: int, seconds: int) -> bool:
    """Count one act of `who` and say whether it is within `limit` in a window of `seconds`."""
    digest = hmac.digest(settings.SECRET_KEY.encode(), f"{name}:{who}".encode(), hashlib.sha256).hex()
    key = f"limit:{name}:{digest[:32]}"
    try:
        if cache.add(key, 1, timeout=seconds):
            return True
        return bool(cache.incr(key) <= limit)
    except ValueError:
        # The window ended between the two calls.
        return True
    except Exception:  # any cache may fail in its own way
        logger.exception("The cache does not answer: rate limits are off")
        return True
