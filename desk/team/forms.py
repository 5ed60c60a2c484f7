"""Inviting someone, giving a role, accepting."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.addresses.form_fields import AddressField, AsksAboutSlips
from cycles.models import Membership


class InviteForm(AsksAboutSlips):
    email = AddressField(
        label=_("Email address"),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Give the address of the person to invite.")},
    )
    role = forms.ChoiceField(
        label=_("Role"), choices=Membership.Role.choices, initial=Membership.Role.ORGANISER
    )
    language = forms.ChoiceField(label=_("Language of the email"), choices=settings.LANGUAGES)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["language"].initial = get_language()


class RoleForm(forms.Form):
    """The role of one member, in a table with others: its identifiers carry the member's number."""

    ROLES: ClassVar[list[Membership.Role]] = list(Membership.Role)

    role = forms.ChoiceField(label=_("Role"), choices=Membership.Role.choices)

    def __init__(self, member: Membership, *args: Any, **options: Any) -> None:
        options.setdefault("initial", {"role": member.role})
        options.setdefault("auto_id", f"id_{member.pk}_%s")
        super().__init__(*args, **options)


class AcceptForm(forms.Form):
    name = forms.CharField(
        label=_("Your name"),
        help_text=_("As your colleagues will read it."),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
