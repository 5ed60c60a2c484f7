"""What people agreed to, in which words."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from i18nfield.fields import I18nTextField

from .participants import Participant


class ConsentText(models.Model):
    """The words that were shown, by version, so that a consent can be proved."""

    class Purpose(models.TextChoices):
        NOTICE = "notice", _("information notice")
        NEWSLETTER = "newsletter", _("newsletter")

    purpose = models.CharField(_("purpose"), max_length=20, choices=Purpose)
    version = models.PositiveIntegerField(_("version"))
    text = I18nTextField(_("text"))
    valid_from = models.DateTimeField()

    class Meta:
        verbose_name = _("consent text")
        verbose_name_plural = _("consent texts")
        constraints = (models.UniqueConstraint(fields=("purpose", "version"), name="consent_text_once"),)

    def __str__(self) -> str:
        return f"{self.purpose} {self.version}"


class Consent(models.Model):
    """What one person was told or agreed to, when, on which form, and when they withdrew it."""

    participant = models.ForeignKey(Participant, on_delete=models.CASCADE, related_name="consents")
    text = models.ForeignKey(ConsentText, on_delete=models.PROTECT, related_name="consents")
    form = models.CharField(max_length=40)
    given_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        # Withdrawn ones stay as proof; agreeing again makes a new row.
        constraints = (
            models.UniqueConstraint(
                fields=("participant", "text"),
                condition=Q(withdrawn_at=None),
                name="consent_live_once_a_text",
            ),
        )

    def __str__(self) -> str:
        return f"{self.participant_id}: {self.text_id}"
