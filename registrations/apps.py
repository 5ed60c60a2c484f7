"""Participants and their registrations: no account, signed links only."""

from django.apps import AppConfig


class RegistrationsConfig(AppConfig):
    name = "registrations"
