"""What the processes of a site count, for /metrics: requests, mails, pages from the store.

Each process adds up in memory and writes its sums to a file of its own every few seconds; whoever is asked reads the
files of all. A counter never falls: what a process that ended had counted stays until the web server starts again.
"""

from __future__ import annotations

import contextlib
import functools
import json
import math
import os
import socket
import threading
import time
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

# Between two writings of a process's file: seconds.
WRITE_EVERY = 5.0
# Upper bounds of a request's time: seconds.
BUCKETS = (0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


def labelled(name: str, labels: Mapping[str, str]) -> str:
    """Return a series as the text format of Prometheus writes it: `name{label="value"}`."""
    return _labelled(name, tuple(labels.items())) if labels else name


@functools.lru_cache(maxsize=1000)
def _labelled(name: str, labels: tuple[tuple[str, str], ...]) -> str:
    pairs = []
    for key, value in labels:
        escaped = value.replace("\\", r"\\").replace("\n", r"\n").replace('"', r"\"")
        pairs.append(f'{key}="{escaped}"')
    return f"{name}{{{','.join(pairs)}}}"


@functools.cache
def _buckets(name: str) -> tuple[tuple[float, str], ...]:
    """Return the upper bound and the series of each bucket of a histogram."""
    bounds = [(bound, f"{bound:g}") for bound in BUCKETS] + [(math.inf, "+Inf")]
    return tuple((bound, labelled(f"{name}_bucket", {"le": le})) for bound, le in bounds)


class Counters:
    """The sums of one process. Shared by threads; a forked process begins its own."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._begin()

    def _begin(self) -> None:
        self._pid = os.getpid()
        self._sums: defaultdict[str, float] = defaultdict(float)
        self._written_at = 0.0

    def add(self, name: str, amount: float = 1.0, **labels: str) -> None:
        """Add to a series, and now and then write all of them down."""
        self._add([(labelled(name, labels), amount)])

    def observe(self, name: str, seconds: float) -> None:
        """Add one duration to a histogram."""
        parts = [(series, 1.0) for bound, series in _buckets(name) if seconds <= bound]
        self._add([*parts, (f"{name}_sum", seconds), (f"{name}_count", 1.0)])

    def _add(self, amounts: list[tuple[str, float]]) -> None:
        with self._lock:
            if self._pid != os.getpid():
                self._begin()
            for series, amount in amounts:
                self._sums[series] += amount
            is_time = time.monotonic() - self._written_at >= WRITE_EVERY
        if is_time:
            self.write()

    def write(self) -> None:
        """Write this process's sums to its file; a disk that is full costs a figure, never a request."""
        with self._lock:
            self._written_at = time.monotonic()
            sums = dict(self._sums)
        path = _folder() / f"{_machine()}-{os.getpid()}.json"
        draft = path.with_suffix(".draft")
        with contextlib.suppress(OSError):
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            draft.write_text(json.dumps(sums), encoding="ascii")
            draft.replace(path)

    def clear(self) -> None:
        """Begin anew (tests)."""
        with self._lock:
            self._begin()


counters = Counters()


def total() -> dict[str, float]:
    """Return {series: sum} over all processes of the site that share its folder."""
    counters.write()
    sums: defaultdict[str, float] = defaultdict(float)
    for found in _files():
        for series, amount in found.items():
            sums[series] += amount
    return dict(sums)


def _files() -> Iterator[dict[str, float]]:
    for path in sorted(_folder().glob("*.json")):
        with contextlib.suppress(OSError, ValueError):
            yield json.loads(path.read_text(encoding="ascii"))


def forget_this_machine() -> None:
    """Delete the files of the processes of this machine (or container): called as its web server starts."""
    for path in _folder().glob(f"{_machine()}-*"):
        with contextlib.suppress(OSError):
            path.unlink()


def _folder() -> Path:
    return Path(settings.VAR_DIR) / "metrics"


def _machine() -> str:
    return "".join(c if c.isalnum() else "_" for c in socket.gethostname()[:60])
