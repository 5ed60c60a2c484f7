"""Accounts for site administrators. People sign in by link; nobody's password is set here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import allauth.account.admin
import allauth.mfa.admin
import allauth.socialaccount.admin  # noqa: F401 - these three register what is unregistered below
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from django.contrib import admin
from django.contrib.auth.models import Group

from accounts.addresses.form_fields import AddressField

from .models import User

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Any]
else:
    # Django's classes take type parameters in the stubs only.
    ModelAdmin = admin.ModelAdmin


# allauth's tables are its own affair: an account has one address, and nobody reads or writes another's keys. Rights
# come from roles in programmes (cycles/access.py), not from groups.
admin.site.unregister([EmailAddress, Authenticator, Group, SocialAccount, SocialApp, SocialToken])


@admin.register(User)
class UserAdmin(ModelAdmin):
    list_display = ("email", "name", "language", "is_active", "is_staff")
    list_filter = ("is_active", "is_staff")
    search_fields = ("email", "name")
    fields = (
        "email",
        "name",
        "language",
        "is_active",
        "is_staff",
        "is_superuser",
        "last_login",
        "created_at",
    )
    readonly_fields = ("last_login", "created_at")

    def formfield_for_dbfield(self, db_field: Any, request: Any, **options: Any) -> Any:
        if db_field.name == "email":
            return AddressField(label=db_field.verbose_name)
        return super().formfield_for_dbfield(db_field, request, **options)
