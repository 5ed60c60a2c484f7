"""The organisers' space: pages that need two apps or more."""

from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "desk"
