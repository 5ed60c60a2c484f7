"""Content lines of iCalendar (RFC 5545, 3.1 and 3.3): values as they are written, folded. Pure: no Django.

Events are written here rather than by the icalendar library, which takes ten times as long for each: a calendar of a
thousand sessions is built within a request. Tests read every line with the library.
"""

from __future__ import annotations

import datetime as dt
import re

# RFC 5545, 3.1: 75 octets without the line break; a continuation's first is its space.
LONGEST = 75
ESCAPES = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"})
SIMPLE = re.compile(r"[\w .'-]*", re.ASCII)
CONTROL = re.compile(r"[\x00-\x20\x7f]")


def text(value: str) -> str:
    """Return a clean text as a TEXT value (3.3.11)."""
    return value.translate(ESCAPES)


def instant(moment: dt.datetime) -> str:
    """Return an aware instant as a date with UTC time (3.3.5)."""
    return f"{moment.astimezone(dt.UTC):%Y%m%dT%H%M%SZ}"


def date(day: dt.date) -> str:
    return f"{day:%Y%m%d}"


def uri(address: str) -> str:
    """Return an address as a URI value. Raises ValueError for one that could write lines of its own."""
    if CONTROL.search(address):
        msg = f"no address: {address!r}"
        raise ValueError(msg)
    return address


def parameter(value: str) -> str:
    """Return a parameter's value, quoted where it must be; quotes and line breaks are no part of one (3.2)."""
    return value if SIMPLE.fullmatch(value) else f'"{value}"'


def before(minutes: int) -> str:
    """Return a trigger so many minutes before, in the largest unit that says it (3.3.6)."""
    for unit, length in (("D", 24 * 60), ("H", 60)):
        if minutes and minutes % length == 0:
            return f"-P{'' if unit == 'D' else 'T'}{minutes // length}{unit}"
    return f"-PT{minutes}M"


def line(content: str) -> bytes:
    """Return a content line with its end, folded where no character is cut."""
    octets = content.encode()
    if len(octets) <= LONGEST:
        return octets + b"\r\n"
    parts, start, room = [], 0, LONGEST
    while start < len(octets):
        end = min(start + room, len(octets))
        while end < len(octets) and octets[end] & 0xC0 == 0x80:  # noqa: PLR2004 - inside a character of UTF-8
            end -= 1
        parts.append(octets[start:end])
        start, room = end, LONGEST - 1
    return b"\r\n ".join(parts) + b"\r\n"
