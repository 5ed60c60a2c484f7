"""The record of a document: canonical JSON and its SHA-256. Pure.

Keys in order, no spaces, UTF-8 in normal form C, whole numbers, instants in UTC with Z: one content, one hash, whoever
computes it. The rows that it was made from may change or go; the record is the proof.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import unicodedata
from typing import Any


def instant(moment: dt.datetime) -> str:
    """Return an aware instant as records write it: to the second, in UTC."""
    return f"{moment.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%SZ}"


def normal(value: Any) -> Any:
    """Return a value with every text in normal form C, as it is stored. Raises TypeError for floats and the like."""
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if isinstance(value, dict):
        return {unicodedata.normalize("NFC", key): normal(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [normal(one) for one in value]
    if value is None or isinstance(value, bool | int):
        return value
    msg = f"a record holds no {type(value).__name__}"
    raise TypeError(msg)


def canonical(record: dict[str, Any]) -> bytes:
    """Return the one writing of a record."""
    return json.dumps(
        normal(record), ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    ).encode()


def digest(record: dict[str, Any]) -> str:
    """Return the SHA-256 of a record, in 64 hexadecimal signs."""
    return hashlib.sha256(canonical(record)).hexdigest()


def chained(previous: str, record_digest: str) -> str:
    """Return the link of a chain: the hash of the link before it ("" at the start) and of this record."""
    return hashlib.sha256(f"{previous}{record_digest}".encode()).hexdigest()
