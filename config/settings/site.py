"""Which site this is: where its files lie, under which address it is reached, and who answers for it."""

from __future__ import annotations

from pathlib import Path

from config.environment import Environment

env = Environment()

BASE_DIR = Path(__file__).resolve().parent.parent.parent
VAR_DIR = Path(env("ESCALE_VAR", default=str(BASE_DIR / "var")))

# As pyproject.toml has it.
ESCALE_VERSION = "0.2.0"

SECRET_KEY = env("SECRET_KEY", default="")
DEBUG = False
# The site lies at the root of its host. A proxy (or whoever reaches the port) that sends SCRIPT_NAME would otherwise
# write its prefix into every address, also of pages and calendars that are kept for everybody.
FORCE_SCRIPT_NAME = ""
ALLOWED_HOSTS: list[str] = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS: list[str] = env.list("CSRF_TRUSTED_ORIGINS", default=[])

# Where people reach the site: used in mails, feeds and commands, where no request is at hand.
ESCALE_BASE_URL: str = env("ESCALE_BASE_URL", default="http://127.0.0.1:8000").rstrip("/")
# The right-hand side of every calendar UID. Frozen at installation: changing it duplicates every event
# in every subscribed calendar.
ESCALE_UID_DOMAIN: str = env("ESCALE_UID_DOMAIN", default="escale.local")
ESCALE_SITE_NAME: str = env("ESCALE_SITE_NAME", default="Escale")
# How many of our own proxies stand before the application: rate limits count the visitor, not the proxy.
ESCALE_PROXY_COUNT: int = env.int("ESCALE_PROXY_COUNT", default=0)
# Finished pages and calendars that one web process keeps in memory: mebibytes (1,048,576 bytes).
ESCALE_CACHE_MB: int = max(env.int("ESCALE_CACHE_MB", default=80), 8)
# Registrations that one network may send at once, and in each minute after that (a whole room shares one).
ESCALE_REGISTRATIONS_AT_ONCE: int = max(env.int("ESCALE_REGISTRATIONS_AT_ONCE", default=60), 1)
ESCALE_REGISTRATIONS_A_MINUTE: int = max(env.int("ESCALE_REGISTRATIONS_A_MINUTE", default=20), 1)
# Who answers for the data (shown in notices and mails).
ESCALE_CONTROLLER: str = env("ESCALE_CONTROLLER", default="Escale")
ESCALE_CONTACT_EMAIL: str = env("ESCALE_CONTACT_EMAIL", default="contact@example.org")
# Who sends it to /readyz reads why mail does not leave; empty: only organisers do.
ESCALE_STATUS_TOKEN: str = env("ESCALE_STATUS_TOKEN", default="")
