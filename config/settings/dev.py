"""The embedded mode of `make run`: one machine, no service, the secret key kept beside the database.

`DEBUG=1` in the environment turns Django's debug pages on for working on Escale itself.
"""

from __future__ import annotations

import secrets

from .base import *  # noqa: F403 - settings modules are layered this way
from .site import VAR_DIR, env


def _kept_secret() -> str:
    """Return the secret key kept in var/, made on first use and readable by its owner only."""
    VAR_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = VAR_DIR / "secret_key"
    try:
        with path.open("x", encoding="ascii") as handle:
            path.chmod(0o600)
            handle.write(secrets.token_urlsafe(50))
    except FileExistsError:
        pass
    return path.read_text(encoding="ascii").strip()


SECRET_KEY = env("SECRET_KEY", default="") or _kept_secret()
DEBUG = env.bool("DEBUG", default=False)
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
