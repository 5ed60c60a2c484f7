"""Which mails organisers do not want."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class OrganiserStop(models.Model):
    """A mail to organisers that one of them has switched off in their account."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="stopped_mails")
    kind = models.CharField(max_length=30)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("mail to organisers switched off")
        verbose_name_plural = _("mails to organisers switched off")
        constraints = (models.UniqueConstraint(fields=("user", "kind"), name="organiser_stop_once"),)

    def __str__(self) -> str:
        return f"{self.user_id} {self.kind}"
