"""Files named by their content, in a folder of their own: written whole, read by views that ask who may, swept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection
    from pathlib import Path


def folder(name: str) -> Path:
    path: Path = settings.MEDIA_ROOT / name
    return path


def keep(content: bytes, *, folder_name: str, name: str) -> None:
    """Write a file; it is there already when the same was sent before."""
    folder(folder_name).mkdir(parents=True, exist_ok=True)
    path = folder(folder_name) / name
    if not path.exists():
        # Never half a file under its name, whoever looks meanwhile.
        waiting = path.with_suffix(".tmp")
        waiting.write_bytes(content)
        waiting.replace(path)


def sweep(folder_name: str, *, known: Collection[str], at: dt.datetime, older_than: dt.timedelta) -> int:
    """Delete the files that nothing names any more and that are older; return how many."""
    if not folder(folder_name).is_dir():
        return 0
    removed = 0
    for path in folder(folder_name).iterdir():
        is_old = path.stat().st_mtime < (at - older_than).timestamp()
        if path.stem not in known and is_old:
            path.unlink(missing_ok=True)
            removed += 1
    return removed
