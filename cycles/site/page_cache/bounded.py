"""A cache within one process that is bounded in bytes: the least recently used goes first.

A bound on entries alone is none, since whoever asks chooses how large an entry is. Shared by threads. cachetools has
the order and the sizes, but neither the lock nor a way to let a value go that is too large: what would be left to write
around it is most of this module.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING, Generic, TypeVar

from django.conf import settings

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

V = TypeVar("V")

MEBIBYTE = 1024 * 1024
# What each cache of a process may hold, in hundredths of ESCALE_CACHE_MB.
SHARES = {"pages": 45, "calendar events": 27, "registration forms": 14, "private calendars": 14}
# The same in bytes. Their sum is what a web process needs beside its code.
BUDGETS = {name: settings.ESCALE_CACHE_MB * MEBIBYTE * share // 100 for name, share in SHARES.items()}

# Of the key, the node and the objects around the bytes of a value.
OVERHEAD = 1024
# A value above this part of the whole would push out everything else: it is not kept.
LARGEST_PART = 8


class BoundedCache(Generic[V]):
    """At most `most_bytes` of values (see BUDGETS), as `size` measures each (bytes, without the key)."""

    def __init__(self, *, most_bytes: int, size: Callable[[V], int]) -> None:
        self.most_bytes = most_bytes
        self._size = size
        self._lock = threading.Lock()
        self._kept: OrderedDict[Hashable, tuple[V, int]] = OrderedDict()
        self._held = 0

    @property
    def held_bytes(self) -> int:
        return self._held

    def __len__(self) -> int:
        return len(self._kept)

    def keys(self) -> list[Hashable]:
        """Return what is kept, by its keys, the least recently used first."""
        with self._lock:
            return list(self._kept)

    def clear(self) -> None:
        with self._lock:
            self._kept.clear()
            self._held = 0

    def get(self, key: Hashable) -> V | None:
        with self._lock:
            known = self._kept.get(key)
            if known is None:
                return None
            self._kept.move_to_end(key)
            return known[0]

    def put(self, key: Hashable, value: V) -> None:
        """Keep a value in place of the one before; one that is too large is let go instead."""
        size = self._size(value) + OVERHEAD
        with self._lock:
            before = self._kept.pop(key, None)
            if before is not None:
                self._held -= before[1]
            if size * LARGEST_PART > self.most_bytes:
                return
            self._kept[key] = (value, size)
            self._held += size
            while self._held > self.most_bytes:
                _key, (_value, gone) = self._kept.popitem(last=False)
                self._held -= gone
