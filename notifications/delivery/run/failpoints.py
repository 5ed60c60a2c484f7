"""Named places where a test may kill or freeze the process, to prove what the crash table promises.

Nothing happens unless ESCALE_FAILPOINT names the place: "after-reserve", or "after-reserve:2" for the second
passage; "=freeze" behind it stops the process there (SIGSTOP) instead of killing it.
"""

from __future__ import annotations

import os
import signal

KILLED = 86
_passages: dict[str, int] = {}


def reach(name: str) -> None:
    """Die here, as a power cut would, or freeze, if a test asked for it."""
    wanted = os.environ.get("ESCALE_FAILPOINT")
    if wanted is None:
        return
    where, _, act = wanted.partition("=")
    place, _, passage = where.partition(":")
    if place != name:
        return
    _passages[name] = _passages.get(name, 0) + 1
    if _passages[name] != int(passage or 1):
        return
    if act == "freeze":
        os.kill(os.getpid(), signal.SIGSTOP)
    else:
        os._exit(KILLED)
