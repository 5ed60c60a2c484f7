"""Reminder plans, the delivery ledger, mail."""

from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "notifications"

    def ready(self) -> None:
        from cycles.site import promised_reminders  # noqa: PLC0415 - likewise

        from . import receivers  # noqa: F401, PLC0415 - connects the signals once the models are loaded
        from .mail import kinds  # noqa: PLC0415 - likewise
        from .notices import speaker_answers  # noqa: F401, PLC0415 - likewise
        from .plan import promises  # noqa: PLC0415 - likewise
        from .transport import tracking  # noqa: F401, PLC0415 - connects the signals once the models are loaded

        kinds.load()
        promised_reminders.told_by(promises.of_session)
