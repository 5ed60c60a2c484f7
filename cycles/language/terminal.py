"""Which language the commands speak."""

from __future__ import annotations

import os

from django.conf import settings


def language() -> str:
    """Return the terminal's language (POSIX: LC_ALL, LC_MESSAGES, LANG) if the site has it, else English."""
    result = next(
        (os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), ""
    )
    return result[:2] if result[:2] in dict(settings.LANGUAGES) else "en"
