"""How gunicorn serves Escale: found by itself when it is started in this folder. Options on the line come first."""

from __future__ import annotations

from typing import Any

# The site lies at the root of its host, and who signs in is not decided by a header.
forwarder_headers = ""
# What a cookie, a user agent and three proxies need, and no more.
limit_request_fields = 60
limit_request_field_size = 8190


def post_worker_init(worker: Any) -> None:
    """Leave half of the threads to whoever sends nothing (web/bodies.py)."""
    from web import bodies  # noqa: PLC0415 - once the application is loaded

    bodies.readers.set_threads(worker.cfg.threads)
