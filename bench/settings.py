"""Settings of the benchmarks: the site as `make run` serves it, without its log."""

from config.settings.dev import *  # noqa: F403 - settings modules are layered this way

ALLOWED_HOSTS = ["127.0.0.1", "testserver"]
LOGGING = {"version": 1, "disable_existing_loggers": True}
