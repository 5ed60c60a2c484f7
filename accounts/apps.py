"""Organisers: people who sign in. Participants have no account."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        from .sign_in import receivers  # noqa: PLC0415 - the models are loaded now

        receivers.connect()
