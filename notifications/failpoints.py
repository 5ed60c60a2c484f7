"""Named places where a test may kill the process, to prove what the crash table promises.

Nothing happens unless ESCALE_FAILPOINT names the place (and, after a colon, which passage: the first is 1).
"""

from __future__ import annotations

import os

KILLED = 86
_passages: dict[str, int] = {}


def reach(name: str) -> None:
    """Die here, as a power cut would, if a test asked for it."""
    wanted = os.environ.get("ESCALE_FAILPOINT")
    if wanted is None:
        return
    place, _, passage = wanted.partition(":")
    if place != name:
        return
    _passages[name] = _passages.get(name, 0) + 1
    if _passages[name] == int(passage or 1):
        os._exit(KILLED)
