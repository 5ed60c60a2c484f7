"""A ZIP of files with a manifest, written while it is sent: in memory is one file at a time, whatever there is in all.

MANIFEST.json names each file with its SHA-256 and size; index.html says the same for people, and opens anywhere.
"""

from __future__ import annotations

import hashlib
import json
import re
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.template.loader import render_to_string

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Iterator, Sequence

    from .questions import Part

SCHEMA = "escale.evidence/1"
SAFE = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*(?:/[A-Za-z0-9_-][A-Za-z0-9._-]*)*\Z")
LONGEST = 100
MANIFEST, INDEX = "MANIFEST.json", "index.html"


@dataclass(frozen=True, kw_only=True)
class Cover:
    """What the archive says of itself: of what, made when, and what is missing (sentences)."""

    title: str
    facts: Sequence[tuple[str, str]]
    missing: Sequence[str]
    made_at: dt.datetime
    language: str


class _Sink:
    """A file that cannot be sought: what is written is handed on and forgotten."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def write(self, piece: bytes) -> int:
        self._pieces.append(bytes(piece))
        return len(piece)

    def flush(self) -> None:
        """Nothing waits here."""

    def close(self) -> None:
        """There is nothing to close."""

    def take(self) -> bytes:
        result = b"".join(self._pieces)
        self._pieces.clear()
        return result


def pieces(parts: Iterable[Part], *, cover: Cover) -> Iterator[bytes]:
    """Yield the archive. Raises ValueError for a name that some system could not unpack, or that comes twice."""
    sink = _Sink()
    listed: list[dict[str, Any]] = []
    seen = {MANIFEST.lower(), INDEX}
    with zipfile.ZipFile(sink, "w") as archive:
        for part in parts:
            if not SAFE.match(part.name) or len(part.name) > LONGEST or part.name.lower() in seen:
                msg = f"no file of an archive is called {part.name!r}, or one is already"
                raise ValueError(msg)
            seen.add(part.name.lower())
            digest, size = hashlib.sha256(), 0
            with archive.open(_entry(part.name, at=cover.made_at), "w") as target:
                for piece in part.content():
                    digest.update(piece)
                    size += len(piece)
                    target.write(piece)
                    yield sink.take()
            listed.append(
                {"name": part.name, "sha256": digest.hexdigest(), "bytes": size, "about": part.about}
            )
            yield sink.take()
        for name, content in ((MANIFEST, _manifest(listed, cover)), (INDEX, _index(listed, cover))):
            archive.writestr(_entry(name, at=cover.made_at), content)
            yield sink.take()
    yield sink.take()


def _entry(name: str, *, at: dt.datetime) -> zipfile.ZipInfo:
    result = zipfile.ZipInfo(name, date_time=(at.year, at.month, at.day, at.hour, at.minute, at.second))
    # Stored files whose length follows them are not unpacked everywhere (APPNOTE.TXT 4.4.4, bit 3): all are packed.
    result.compress_type = zipfile.ZIP_DEFLATED
    result.external_attr = 0o644 << 16
    return result


def _manifest(listed: list[dict[str, Any]], cover: Cover) -> bytes:
    content = {
        "schema": SCHEMA,
        "title": cover.title,
        "facts": dict(cover.facts),
        "made_at": cover.made_at.isoformat(),
        "missing": list(cover.missing),
        "files": listed,
    }
    return json.dumps(content, ensure_ascii=False, indent=1).encode()


def _index(listed: list[dict[str, Any]], cover: Cover) -> bytes:
    return render_to_string("training/evidence/index.html", {"cover": cover, "files": listed}).encode()
