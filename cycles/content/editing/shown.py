"""What an editor was shown, as a short text that changes with it (decision 0050)."""

from __future__ import annotations

import hashlib
import json

from i18nfield.strings import LazyI18nString

from .rows import said


def fingerprint(state: object) -> str:
    """Return a short text that differs whenever anything in lists, dictionaries and values differs."""
    text = json.dumps(state, sort_keys=True, ensure_ascii=False, default=_plain)
    return hashlib.blake2b(text.encode(), digest_size=12).hexdigest()


def _plain(value: object) -> object:
    return said(value) if isinstance(value, LazyI18nString) else str(value)
