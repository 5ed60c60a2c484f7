"""Settings for the tests: no network, no service unless DATABASE_URL or REDIS_URL names one."""

from __future__ import annotations

import tempfile
from pathlib import Path

from .base import *  # noqa: F403 - settings modules are layered this way
from .base import database
from .site import env

SECRET_KEY = "tests-only"  # noqa: S105 - never used outside the tests
VAR_DIR = Path(tempfile.mkdtemp(prefix="escale-tests-"))
DATABASES = {"default": database(env("DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'test.sqlite3'}"))}
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
ESCALE_BASE_URL = "http://testserver"
ESCALE_UID_DOMAIN = "escale.test"
ESCALE_MAILBOX = True
ESCALE_MAILBOX_DIR = VAR_DIR / "mail"
MEDIA_ROOT = VAR_DIR / "media"
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
CELERY_BROKER_URL = "memory://"
CELERY_BROKER_TRANSPORT_OPTIONS = {}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
