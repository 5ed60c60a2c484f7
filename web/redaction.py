"""No personal link, and no address of a person, in a log line or an error report: who reads these may not open those.

Every record of the process passes here as it is made, whichever logger and handler it is for (Django's, gunicorn's
access log, Celery's, a library's), with its arguments and its traceback. The route stays, the token goes.
"""

from __future__ import annotations

import copy
import logging
import re
import traceback
from collections.abc import Mapping
from typing import Any

# The words before a token in our addresses; tests/web/test_redaction.py finds the forgotten ones.
ROUTES = (
    "my",
    "join",
    "offer",
    "confirm",
    "address",
    "speak",
    "speaker",
    "speaker-calendar",
    "sign",
    "teach",
    "tablet",
    "survey",
    "link",
    "calendar",
    "stop",
    "unsubscribe",
    "desk/invitation",
    "account/enter",
)
SLASH = r"(?:/|%(?:25){0,3}2F)"
TOKEN = re.compile(
    rf"(?P<route>{SLASH}(?:{'|'.join(ROUTES).replace('/', SLASH)}){SLASH}+)"
    # Words and numbers of ours that stand where a token would.
    rf"(?!(?:sent|ended|alarm|[0-9]+)(?:{SLASH}|[\s?#\"'<>\\]|$))"
    rf"(?:(?!{SLASH})[^\s?#\"'<>\\])+",
    re.IGNORECASE,
)
# What Django signs, wherever it stands: a value, perhaps a moment, and the signature.
SIGNED = re.compile(r"[A-Za-z0-9_-]+:(?:[A-Za-z0-9]{6}:)?[A-Za-z0-9_-]{43}(?![A-Za-z0-9_-])")
HIDDEN = "[token]"
# An address of a person, as it stands in a message, encoded in a query, or in a server's reply. What is before the @ of
# a service (postgres://user@host) stands behind // and is no mailbox.
ADDRESS = re.compile(r"(?<![/\w.+-])[\w+][\w.+'-]*(?:@|%(?:25){0,3}40)[\w-]+(?:\.[\w-]+)+")
HIDDEN_ADDRESS = "[address]"


def redact(text: str) -> str:
    """Return a text without the tokens of personal links and the addresses of people."""
    text = SIGNED.sub(HIDDEN, TOKEN.sub(rf"\g<route>{HIDDEN}", text))
    return ADDRESS.sub(HIDDEN_ADDRESS, text) if "@" in text or "40" in text else text


def _redacted(value: Any) -> Any:
    """Return a log argument without tokens; numbers, and what holds none, as they are."""
    if isinstance(value, str):
        return redact(value)
    if value is None or isinstance(value, int | float):
        return value
    if isinstance(value, Mapping):
        # gunicorn's atoms are a kind of dict of their own.
        same: Any = copy.copy(value)
        for name, inner in value.items():
            same[name] = _redacted(inner)
        return same
    if type(value) in (tuple, list):
        return type(value)(_redacted(inner) for inner in value)
    text = str(value)
    plain = redact(text)
    return value if plain == text else plain


def install() -> None:
    """Let every log record of this process be redacted as it is made."""
    make = logging.getLogRecordFactory()
    if getattr(make, "is_redacting", False):
        return

    def redacting(*args: Any, **kwargs: Any) -> logging.LogRecord:
        record = make(*args, **kwargs)
        record.msg = _redacted(record.msg)
        if record.args:
            record.args = _redacted(record.args)
        if record.exc_info and record.exc_info[0] is not None:
            # Formatters take this text where it stands already.
            record.exc_text = redact("".join(traceback.format_exception(*record.exc_info)).rstrip("\n"))
        return record

    redacting.is_redacting = True  # type: ignore[attr-defined]  # so that it is installed once
    logging.setLogRecordFactory(redacting)
