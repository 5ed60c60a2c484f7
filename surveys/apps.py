"""The app of surveys."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SurveysConfig(AppConfig):
    """Connects what this app hears from others."""

    name = "surveys"
    verbose_name = _("surveys")

    def ready(self) -> None:
        from registrations.links import lost_links  # noqa: PLC0415 - models must be ready

        from . import evidence, receivers  # noqa: F401, PLC0415 - likewise: connected by being imported
        from .answering import links  # noqa: PLC0415 - likewise

        lost_links.add("survey", "surveys:answer", links.find)
