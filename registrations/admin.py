"""Registrations for site administrators, to look at. They are changed by their verbs, which tell people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin

from .models import ConsentText, CycleRegistration, Participant, Registration

if TYPE_CHECKING:
    from django.db.models import Model
    from django.http import HttpRequest

    ModelAdmin = admin.ModelAdmin[Any]
else:
    # Django's classes take type parameters in the stubs only.
    ModelAdmin = admin.ModelAdmin


class ReadOnlyAdmin(ModelAdmin):
    """Nothing is added, changed or deleted here."""

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002 - Django's signature
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:  # noqa: ARG002 - likewise
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:  # noqa: ARG002 - likewise
        return False


@admin.register(Participant)
class ParticipantAdmin(ReadOnlyAdmin):
    list_display = ("family_name", "given_name", "email", "confirmed_at")
    search_fields = ("family_name", "given_name", "email_key")


@admin.register(CycleRegistration)
class CycleRegistrationAdmin(ReadOnlyAdmin):
    list_display = ("participant", "cycle", "scope", "state", "requested_at")
    list_filter = ("state", "cycle")
    list_select_related = ("participant", "cycle")


@admin.register(Registration)
class RegistrationAdmin(ReadOnlyAdmin):
    list_display = ("participant", "session", "state", "confirmed_at")
    list_filter = ("state",)
    list_select_related = ("participant", "session__cycle")


@admin.register(ConsentText)
class ConsentTextAdmin(ReadOnlyAdmin):
    list_display = ("purpose", "version", "valid_from")
