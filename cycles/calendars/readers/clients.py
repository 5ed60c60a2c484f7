"""Which calendar program asks, and how many readers a day's marks stand for. Pure: no Django, no clock.

Readers are counted by linear counting (Whang and others, 1990): each leaves one mark among `SIZE` places, chosen by a
keyed digest, and the share of empty places tells how many there were. A mark names nobody: several readers share
one, and once the key is thrown away no place can be found again.
"""

from __future__ import annotations

import hashlib
import hmac
import math
import re

SIZE = 4096
NOTHING = bytes(SIZE // 8)

# The first that fits counts. Apple's and Google's own words for themselves; browsers come last, because many
# programs begin with "Mozilla/5.0".
FAMILIES: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (family, re.compile(pattern, re.IGNORECASE))
    for family, pattern in (
        ("google", r"google-calendar|googlecalendar|feedfetcher-google"),
        ("microsoft365", r"microsoft\.exchange|exchangeservices|owa|outlook-(ios|android)|microsoft365"),
        ("outlook", r"microsoft office|microsoft outlook|ms-?office|outlook"),
        ("apple", r"dataaccessd|calendaragent|accountsd|remindd|\b(ios|macos|mac os x|ipados)/\d"),
        ("thunderbird", r"thunderbird|betterbird|lightning"),
        ("nextcloud", r"nextcloud|owncloud"),
        ("android", r"icsx5|icsdroid|davx5|davdroid|dmfs|acalendar|onecalendar"),
        ("evolution", r"evolution|gnome|libsoup"),
        ("kde", r"\bkio\b|akonadi|korganizer|kalendar|merkuro"),
        ("vdirsyncer", r"vdirsyncer|khal|pimsync"),
        ("program", r"curl|wget|python|okhttp|java/|go-http|php|node|ruby|bot\b|crawler|spider|monitor"),
        ("browser", r"mozilla/"),
    )
)
OTHER = "other"
NAMES = frozenset({OTHER, *(name for name, _pattern in FAMILIES)})
# Services that fetch once for all the people who subscribed through them: how many those are is not known.
SHARED = frozenset({"google", "microsoft365", "nextcloud"})
# Not calendars: people who look at the file, and programs that watch the site.
PASSING = frozenset({"browser", "program"})


def family(user_agent: str) -> str:
    """Return the family of a calendar program by the name that it gives itself; a family is its own."""
    if user_agent in NAMES:
        return user_agent
    return next((name for name, pattern in FAMILIES if pattern.search(user_agent)), OTHER)


def place(who: str, *, key: bytes) -> int:
    """Return the place of someone's mark, from 0 to SIZE - 1; without the key nothing leads back to `who`."""
    digest = hmac.digest(key, who.encode("utf-8", "surrogateescape"), hashlib.sha256)
    return int.from_bytes(digest[:8], "big") % SIZE


def marked(marks: bytes, places: set[int]) -> bytes:
    """Return marks with more places marked."""
    number = int.from_bytes(marks or NOTHING, "big")
    for one in places:
        number |= 1 << one
    return number.to_bytes(SIZE // 8, "big")


def readers(marks: bytes) -> int:
    """Return about how many left these marks: exact to a few hundredths up to ten thousand."""
    empty = SIZE - int.from_bytes(marks, "big").bit_count()
    return round(-SIZE * math.log(max(empty, 1) / SIZE))
