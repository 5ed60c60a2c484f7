"""Calendar files for tests, as other programs write them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cycles.imports import ics
from tests import make

if TYPE_CHECKING:
    from cycles.models import Cycle


def calendar(*events: str, head: str = "") -> bytes:
    """Return a file; each event is its lines, without BEGIN, END and, unless given, UID."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//test//FR", *head.split("\n")]
    for number, event in enumerate(events, start=1):
        uid = [] if "UID:" in event else [f"UID:event-{number}@example.org"]
        lines += ["BEGIN:VEVENT", *uid, *event.strip().split("\n"), "END:VEVENT"]
    lines.append("END:VCALENDAR")
    return ("\r\n".join(line.strip("\r") for line in lines if line) + "\r\n").encode()


def bring(cycle: Cycle, data: bytes, *, language: str = "fr") -> ics.Outcome:
    return ics.import_calendar(cycle, data=data, language=language, by=None, at=make.AT)
