"""Settings of the benchmarks: the site as `make run` serves it, plus the bare views it is compared with."""

from config.settings.dev import *  # noqa: F403 - settings modules are layered this way

ROOT_URLCONF = "bench.urls"
ALLOWED_HOSTS = ["127.0.0.1", "testserver"]
LOGGING = {"version": 1, "disable_existing_loggers": True}
