"""Training: who signed for a half-day, and the papers that prove it."""

from django.apps import AppConfig


class TrainingConfig(AppConfig):
    name = "training"

    def ready(self) -> None:
        from . import receivers  # noqa: F401, PLC0415 - connects them once the apps are loaded
