"""A worker of its own for the crash tests: one tick and one drain at a given instant, then the end."""

from __future__ import annotations

import datetime as dt
import os
import sys

import django


def main(moment: str) -> None:
    django.setup()
    from django.conf import settings  # noqa: PLC0415 - only after Django is set up

    from notifications import sending  # noqa: PLC0415 - likewise

    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", int(os.environ["TEST_EMAIL_PORT"])
    clock = dt.datetime.fromisoformat(moment)
    sending.tick(clock=clock)
    sending.drain(clock=clock)


if __name__ == "__main__":
    main(sys.argv[1])
