"""Organisers: people who sign in. Participants have no account."""

from django.apps import AppConfig
from django.db.backends.signals import connection_created


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        from . import collation  # noqa: PLC0415 - the models are loaded now
        from .sign_in import receivers  # noqa: PLC0415 - the models are loaded now

        receivers.connect()
        connection_created.connect(collation.teach, dispatch_uid="accounts.collation")
