"""Settings in the environment: what cannot be read is told with its name and what to write, never with its value."""

from __future__ import annotations

import sys
import zoneinfo
from typing import TYPE_CHECKING

import environ
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

if TYPE_CHECKING:
    # Methods below bear the names of types.
    import builtins

YES = frozenset({"1", "on", "true", "yes", "y", "ok"})
NO = frozenset({"0", "off", "false", "no", "n"})


def read_or_exit() -> None:
    """Read the settings; end the process with one line, and no traceback, where one of them cannot be read.

    Called by whatever starts first in a process: `manage.py`, gunicorn, Celery.
    """
    try:
        settings.DEBUG  # noqa: B018 - reads the environment
    except ImproperlyConfigured as error:
        sys.exit(f"A setting cannot be read. {error}")


class Environment(environ.Env):
    """django-environ's, except that a number, a switch or a word that is left empty is what it is by default.

    Each method raises ImproperlyConfigured for a value that it cannot read.
    """

    def int(self, var: builtins.str, *, default: builtins.int) -> builtins.int:
        """Return a whole number."""
        value = self._written(var)
        try:
            return int(value) if value else default
        except ValueError:
            pass
        msg = f"{var} is no whole number: write digits only, as in {var}={default}"
        raise ImproperlyConfigured(msg)

    def bool(self, var: builtins.str, *, default: builtins.bool) -> builtins.bool:
        """Return whether something is switched on. What is neither yes nor no is refused, not taken for no."""
        value = self._written(var).lower()
        if value and value not in YES | NO:
            msg = f"{var} is neither on nor off: write {var}=1 or {var}=0"
            raise ImproperlyConfigured(msg)
        return value in YES if value else default

    def choice(
        self, var: builtins.str, *, default: builtins.str, among: tuple[builtins.str, ...]
    ) -> builtins.str:
        """Return one of some words in capitals, however it is written."""
        value = self._written(var).upper() or default
        if value not in among:
            msg = f"{var} is none of {', '.join(among)}"
            raise ImproperlyConfigured(msg)
        return value

    def time_zone(self, var: builtins.str, *, default: builtins.str) -> builtins.str:
        """Return the name of a zone in the tz database."""
        value = self._written(var) or default
        if value not in zoneinfo.available_timezones():
            msg = f"{var} names no time zone: write a continent and a city, as in {var}={default}"
            raise ImproperlyConfigured(msg)
        return value

    def _written(self, var: builtins.str) -> builtins.str:
        value: builtins.str = self.str(var, default="")
        return value.strip()
