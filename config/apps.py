"""Registers what belongs to the site as a whole."""

from django.apps import AppConfig
from django.conf import settings


class SiteConfig(AppConfig):
    name = "config"
    label = "site_config"

    def ready(self) -> None:
        from . import checks  # noqa: F401, PLC0415 - registers the checks once the apps are loaded

        if settings.SENTRY_DSN:
            from web.errors import sentry  # noqa: PLC0415 - only where it is asked for

            sentry.start(settings.SENTRY_DSN)
