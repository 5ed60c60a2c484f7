"""How often one network or one address may ask, counted in the database by one statement.

Nothing that names a person or a network is kept: keys are digests, and a count goes soon after its window.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import ipaddress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import connection

from .models import Tally
from .places import moment

if TYPE_CHECKING:
    from django.http import HttpRequest

MINUTE = dt.timedelta(minutes=1)
HOUR = dt.timedelta(hours=1)

TALLIES = Tally._meta.db_table
COUNT = f"""
INSERT INTO {TALLIES} AS known (key, ends_at, count) VALUES {{rows}}
ON CONFLICT (key) DO UPDATE SET
    count = CASE WHEN known.ends_at <= %s THEN 1 ELSE known.count + 1 END,
    ends_at = CASE WHEN known.ends_at <= %s THEN excluded.ends_at ELSE known.ends_at END
RETURNING key, count
"""  # noqa: S608 - our own table


@dataclass(frozen=True, kw_only=True)
class Limit:
    """At most `most` acts of a kind in a `window`, by one network or about one address (`who`)."""

    name: str
    who: str
    most: int
    window: dt.timedelta

    @property
    def key(self) -> str:
        secret = settings.SECRET_KEY.encode()
        return hmac.digest(secret, f"{self.name}:{self.who}".encode(), hashlib.sha256).hex()[:32]


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


def passed(*limits: Limit, at: dt.datetime) -> Limit | None:
    """Count one act under each of these limits; return the first one that it goes beyond, None when within all.

    Always in the order of the keys, so that two requests never wait for each other in a ring.
    """
    ends = {limit.key: limit for limit in limits}
    keys = sorted(ends)
    values: list[Any] = []
    for key in keys:
        values += [key, moment(at + ends[key].window)]
    rows = ", ".join(["(%s, %s, 1)"] * len(keys))
    with connection.cursor() as cursor:
        cursor.execute(COUNT.format(rows=rows), [*values, moment(at), moment(at)])
        counts = dict(cursor.fetchall())
    return next((limit for limit in limits if counts[limit.key] > limit.most), None)


def forget_past(*, at: dt.datetime) -> int:
    """Erase the counts whose window is over; return how many."""
    return Tally.objects.filter(ends_at__lte=at).delete()[0]
