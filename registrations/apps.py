"""Participants and their registrations: no account, signed links only."""

from django.apps import AppConfig


class RegistrationsConfig(AppConfig):
    name = "registrations"

    def ready(self) -> None:
        from . import receivers  # noqa: F401, PLC0415 - connects them once the apps are loaded
