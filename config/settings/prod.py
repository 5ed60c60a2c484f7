"""Settings for a public server behind HTTPS. `manage.py check --deploy` explains what is missing."""

from __future__ import annotations

from .base import *  # noqa: F403 - settings modules are layered this way
from .base import MIDDLEWARE
from .site import env

DEBUG = False
# Before SecurityMiddleware, which would redirect.
MIDDLEWARE = ["web.requests.proxies.ProxyHeaders", *MIDDLEWARE]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
SECURE_REDIRECT_EXEMPT = [r"^(livez|readyz)$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=31_536_000)
SECURE_HSTS_INCLUDE_SUBDOMAINS = env.bool("SECURE_HSTS_INCLUDE_SUBDOMAINS", default=False)
SECURE_HSTS_PRELOAD = False
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
# Browsers accept a cookie of such a name over HTTPS, for this host and the whole of it only.
SESSION_COOKIE_NAME = "__Host-sessionid"
CSRF_COOKIE_NAME = "__Host-csrftoken"
ESCALE_PRODUCTION = True
