"""A worker of its own for the fault tests: one tick and one drain at a given instant, then the end.

The environment says the rest: TEST_EMAIL_PORT where the mail server listens, TEST_CHUNK how many people a
chunk of a fan-out holds, TEST_BUSY_SECONDS how long SQLite waits for a lock, ESCALE_FAILPOINT where to die.
"""

from __future__ import annotations

import datetime as dt
import os
import sys

import django


def main(moment: str) -> None:
    django.setup()
    from django.conf import settings  # noqa: PLC0415 - only after Django is set up
    from django.db import connection  # noqa: PLC0415 - likewise

    from notifications.delivery.run import sending  # noqa: PLC0415 - likewise
    from notifications.plan import planner  # noqa: PLC0415 - likewise

    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", int(os.environ["TEST_EMAIL_PORT"])
    planner.CHUNK = int(os.environ.get("TEST_CHUNK", planner.CHUNK))
    if connection.vendor == "sqlite" and "TEST_BUSY_SECONDS" in os.environ:
        connection.settings_dict["OPTIONS"]["timeout"] = float(os.environ["TEST_BUSY_SECONDS"])
    clock = dt.datetime.fromisoformat(moment)
    sending.tick(clock=clock)
    sending.drain(clock=clock)


if __name__ == "__main__":
    main(sys.argv[1])
