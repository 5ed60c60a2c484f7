"""Participants and their registrations: no account, signed links only."""

from django.apps import AppConfig


class RegistrationsConfig(AppConfig):
    name = "registrations"

    def ready(self) -> None:
        from cycles.runs import places  # noqa: PLC0415 - once the apps are loaded
        from cycles.site import crowds  # noqa: PLC0415 - likewise

        from . import places_left, receivers  # noqa: F401, PLC0415 - connects them once the apps are loaded

        places.count_with(places_left.of_runs)
        crowds.count_with(places_left)
