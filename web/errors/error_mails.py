"""Telling administrators of errors by email: each kind at most once in ten minutes, and never in anybody's way."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.mail import mail_admins
from django.utils.log import AdminEmailHandler

if TYPE_CHECKING:
    import logging

# The same error is told again after so many seconds; so many kinds are remembered.
AGAIN_SECONDS = 600.0
MOST_KINDS = 500


class ErrorMails(AdminEmailHandler):
    """Django's handler, for ESCALE_ADMINS: one email for a flood of the same error, sent by a thread of its own."""

    def __init__(self) -> None:
        super().__init__(include_html=False)
        self._told: dict[tuple[Any, ...], float] = {}
        self._guard = threading.Lock()

    def emit(self, record: logging.LogRecord) -> None:
        """Tell of an error, unless one of its kind was told of lately."""
        if settings.ADMINS and self._is_new(record):
            super().emit(record)

    def _is_new(self, record: logging.LogRecord) -> bool:
        kind = record.exc_info[0] if record.exc_info else None
        key = (record.name, record.pathname, record.lineno, kind)
        now = time.monotonic()
        with self._guard:
            last = self._told.get(key)
            if last is not None and now - last < AGAIN_SECONDS:
                return False
            if len(self._told) >= MOST_KINDS:
                self._told.clear()
            self._told[key] = now
            return True

    def send_mail(self, subject: Any, message: Any, *args: Any, **kwargs: Any) -> None:
        """Send one report; a server that is away must not hold the request, nor report itself."""
        kwargs["fail_silently"] = True
        work = threading.Thread(
            target=mail_admins, args=(subject, message, *args), kwargs=kwargs, name="error-mail", daemon=True
        )
        work.start()
