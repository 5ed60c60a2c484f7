"""Reminder plans, the delivery ledger, mail."""

from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "notifications"
