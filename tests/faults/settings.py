"""Settings of the chaos run: the real parts, a hostile mail server, a tick every two seconds."""

from __future__ import annotations

from config.settings.base import *  # noqa: F403 - settings modules are layered this way
from config.settings.base import CELERY_BROKER_TRANSPORT_OPTIONS
from config.settings.site import env

SECRET_KEY = "tests-only"
EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_HOST, EMAIL_PORT = "127.0.0.1", env.int("CHAOS_SMTP_PORT", default=25)
EMAIL_TIMEOUT = 3
ESCALE_MAILBOX = False
# Nobody answers there, and the hostile server refuses many of one mailing on purpose.
ESCALE_REFUSALS_BEFORE_ASKING = 1_000_000
CELERY_BEAT_SCHEDULE = {
    "tick": {"task": "notifications.tick", "schedule": 2.0, "options": {"expires": 2}},
}
CELERY_BROKER_TRANSPORT_OPTIONS = CELERY_BROKER_TRANSPORT_OPTIONS | {"visibility_timeout": 3600}
LOGGING = {"version": 1, "disable_existing_loggers": True}
