"""The app of those who speak."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SpeakersConfig(AppConfig):
    """Connects what this app hears from others."""

    name = "speakers"
    verbose_name = _("speakers")

    def ready(self) -> None:
        from registrations.links import lost_links  # noqa: PLC0415 - models must be ready

        from . import receivers  # noqa: F401, PLC0415 - likewise: connected by being imported
        from .people import access  # noqa: PLC0415 - likewise

        lost_links.add("speak", "speakers:page", access.opens)
        lost_links.add("speaker-calendar", "speakers:calendar", access.calendar_of)
