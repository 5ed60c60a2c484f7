"""Programmes, cycles, sessions, and everything published around them."""

from django.apps import AppConfig


class CyclesConfig(AppConfig):
    name = "cycles"
