"""Reminder plans, the delivery ledger, mail."""

from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "notifications"

    def ready(self) -> None:
        from . import receivers  # noqa: F401, PLC0415 - connects the signals once the models are loaded
        from .transport import tracking  # noqa: F401, PLC0415 - connects the signals once the models are loaded
