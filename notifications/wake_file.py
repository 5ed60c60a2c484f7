"""How a site without Redis asks its worker to send at once: a file whose time of change the worker looks at."""

from __future__ import annotations

from django.conf import settings


def touch() -> None:
    """Ask the worker to send. Raises OSError where the file cannot be written."""
    settings.ESCALE_WAKE_FILE.touch(mode=0o600)


def touched_at() -> int:
    """Return when somebody last asked, in nanoseconds since the epoch; 0 when nobody did."""
    try:
        return int(settings.ESCALE_WAKE_FILE.stat().st_mtime_ns)
    except OSError:
        return 0
