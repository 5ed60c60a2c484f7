"""What organisers write down about somebody. Django finds this model through registrations.models."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

LONGEST_NOTE = 2000


class PersonNote(models.Model):
    """A note about one person in one cycle: read by its organisers, and by the person who asks for their data."""

    cycle_registration = models.ForeignKey(
        "registrations.CycleRegistration", on_delete=models.CASCADE, related_name="notes"
    )
    text = models.TextField(_("note"), max_length=LONGEST_NOTE)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    written_at = models.DateTimeField()

    class Meta:
        verbose_name = _("note")
        verbose_name_plural = _("notes")
        ordering = ("-written_at", "-pk")
        constraints = (models.CheckConstraint(name="person_note_says_something", condition=~Q(text="")),)

    def __str__(self) -> str:
        return f"{self.cycle_registration_id} {self.written_at:%Y-%m-%d}"
