"""How much of a process's time may go into building pages anew after changes (docs/decisions/0140).

One counter says that something changed somewhere, so each change makes every stored page untrue. Once in a while that
costs nothing; saved every second, by an import or several organisers, it would leave no time to answer. So the time
for building again is a budget: while it lasts a page is current with the next request. When it is spent, pages that
were true half a minute ago are served as they are, and the budget fills up again.
"""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpRequest

# Seconds of processor time: what may be spent at once, and what comes back each second.
MOST_SECONDS = 2.0
SHARE = 0.05
# No page is served that has been untrue for longer.
OLDEST_SECONDS = 30.0


class Budget:
    """Seconds that may be spent; they come back by themselves. Shared by threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.fill()

    def fill(self) -> None:
        """Begin anew with all of it."""
        self._left, self._at = MOST_SECONDS, time.monotonic()

    def is_spent(self) -> bool:
        with self._lock:
            now = time.monotonic()
            self._left = min(MOST_SECONDS, self._left + (now - self._at) * SHARE)
            self._at = now
            return self._left <= 0

    @contextmanager
    def spending(self) -> Iterator[None]:
        """Take what happens inside from the budget: the processor time of this thread."""
        began = time.thread_time()
        try:
            yield
        finally:
            with self._lock:
                self._left -= time.thread_time() - began


budget = Budget()


def may_stay(request: HttpRequest, *, untrue_since: float) -> bool:
    """Tell whether a page that a change made untrue is good enough for now.

    Never for who is signed in: organisers see what they have just saved. `untrue_since` is on the monotonic clock.
    """
    if time.monotonic() - untrue_since > OLDEST_SECONDS or not budget.is_spent():
        return False
    return settings.SESSION_COOKIE_NAME not in request.COOKIES
