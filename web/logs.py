"""How log lines look: one form of time with its offset, the request they belong to, JSON where a program reads them.

Personal links are taken out before a line is made, and addresses of people with them (web/redaction.py).
"""

from __future__ import annotations

import datetime as dt
import json
import logging
import os
import random
import re
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponseBase

NO_REQUEST = "-"
request_id: ContextVar[str] = ContextVar("request_id", default=NO_REQUEST)
# What a web server in front may send along, so that its log and ours can be laid side by side.
GIVEN = re.compile(r"[A-Za-z0-9-]{8,64}")


def _number() -> str:
    # It names lines of a log and guards nothing. A forked process begins another sequence.
    return f"{random.getrandbits(64):016x}"


class RequestIds:
    """Middleware: each request that is not answered from the store has a number, in its log lines and its answer."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        # `request.headers` would copy every header first, and django-upgrade would write it here.
        meta = request.META
        given = meta.get("HTTP_X_REQUEST_ID", "")
        number = given if GIVEN.fullmatch(given) else _number()
        token = request_id.set(number)
        try:
            response = self.get_response(request)
        finally:
            request_id.reset(token)
        response.headers["X-Request-ID"] = number
        return response


def moment(record: logging.LogRecord) -> str:
    """Return when a record was made, as RFC 3339 writes it: in UTC, with milliseconds and the offset."""
    at = dt.datetime.fromtimestamp(record.created, tz=dt.UTC)
    return at.isoformat(timespec="milliseconds")


class PlainFormatter(logging.Formatter):
    """`2026-11-29T09:00:00.000+00:00 INFO notifications.delivery.run.sending [request]: message`."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s [%(request)s]: %(message)s")

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: ARG002, N802 - logging's
        return moment(record)

    def format(self, record: logging.LogRecord) -> str:
        # Django's own records carry the request object under this name.
        line = logging.makeLogRecord(record.__dict__ | {"request": request_id.get()})
        return super().format(line)


class JsonFormatter(logging.Formatter):
    """One object a line: time, level, logger, request, message, and the traceback where there is one."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": moment(record),
            "level": record.levelname,
            "logger": record.name,
            "request": request_id.get(),
            "process": record.process,
            "message": record.getMessage(),
        }
        if record.exc_info and record.exc_info[0] is not None:
            line["traceback"] = record.exc_text or self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


def formatter() -> logging.Formatter:
    """Return the formatter that LOG_FORMAT asks for: `json`, or else plain lines."""
    return JsonFormatter() if os.environ.get("LOG_FORMAT", "").strip().lower() == "json" else PlainFormatter()


def for_gunicorn() -> dict[str, Any]:
    """Return gunicorn's `logconfig_dict`: the same lines for the server itself as for the site."""
    handler = {"class": "logging.StreamHandler", "formatter": "ours", "stream": "ext://sys.stderr"}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"ours": {"()": "web.logs.formatter"}},
        "handlers": {"ours": handler},
        "root": {"level": "INFO", "handlers": ["ours"]},
        "loggers": {
            "gunicorn.error": {"level": "INFO", "handlers": ["ours"], "propagate": False},
            "gunicorn.access": {"level": "INFO", "handlers": ["ours"], "propagate": False},
        },
    }
