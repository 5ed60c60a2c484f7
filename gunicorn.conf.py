"""How gunicorn serves Escale: found by itself when it is started in this folder. Options on the line come first."""

from __future__ import annotations

import gc
import os
from typing import Any

from web import logs

# The site lies at the root of its host, and who signs in is not decided by a header.
forwarder_headers = ""
# What a cookie, a user agent and three proxies need, and no more.
limit_request_fields = 60
limit_request_field_size = 8190
# The same lines as the site writes.
logconfig_dict = logs.for_gunicorn()


# So many objects more than before, of which a page makes a few thousand, let the collector look for rings of them.
GARBAGE_AFTER = 10_000


def on_starting(server: Any) -> None:  # noqa: ARG001 - gunicorn's signature
    """Begin the counters of /metrics anew: the processes that wrote the old ones are gone."""
    # As config/wsgi.py does, which is not loaded yet.
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.prod")
    from config import environment  # noqa: PLC0415 - once the settings are named

    environment.read_or_exit()
    from web import counters  # noqa: PLC0415 - once the settings are read

    counters.forget_this_machine()


def post_worker_init(worker: Any) -> None:
    """Leave half of the threads to whoever sends nothing (web/requests/bodies.py); look for garbage less often."""
    from web.requests import bodies  # noqa: PLC0415 - once the application is loaded

    bodies.readers.set_threads(worker.cfg.threads)
    # The classes and texts of the application stay: the collector need not walk through all of them again and again.
    gc.collect()
    gc.freeze()
    gc.set_threshold(GARBAGE_AFTER)
