"""Addresses of cycles."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.urls import URLPattern

app_name = "cycles"
urlpatterns: list[URLPattern] = []
