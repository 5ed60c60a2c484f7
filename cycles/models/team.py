"""Invitations to organise a programme. Who accepted is a Membership; only open invitations have a row here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.addresses.columns import AddressColumn

from .programme import Membership, Programme

if TYPE_CHECKING:
    import datetime as dt


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def open(self, *, at: dt.datetime) -> InvitationQuerySet:
        return self.filter(expires_at__gt=at)


class Invitation(models.Model):
    """An address that someone was invited at, and to do what. Accepting, withdrawing and ageing delete the row."""

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="invitations")
    email = AddressColumn(_("email address"))
    role = models.CharField(_("role"), max_length=12, choices=Membership.Role)
    language = models.CharField(_("language"), max_length=5, default="fr")
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="invitations_sent"
    )
    sent_at = models.DateTimeField(_("sent"))
    expires_at = models.DateTimeField(_("valid until"))

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering = ("-sent_at",)
        constraints = (
            models.UniqueConstraint(fields=("programme", "email"), name="invitation_once"),
            models.CheckConstraint(name="invitation_ends_later", condition=Q(expires_at__gt=F("sent_at"))),
        )

    def __str__(self) -> str:
        return f"{self.programme} · {self.get_role_display()}"
