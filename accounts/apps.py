"""Organisers: people who sign in. Participants have no account."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"
