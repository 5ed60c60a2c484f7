"""News of a cycle: what was announced, and who no longer wants it."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from cycles.models import Cycle, Session
from registrations.models import Participant

from .ledger import Occurrence


class Announcement(models.Model):
    """A stop whose theme became known: told once, by the mailing at the end of that day."""

    session = models.OneToOneField(Session, on_delete=models.CASCADE, related_name="announcement")
    mailing = models.ForeignKey(Occurrence, on_delete=models.CASCADE, related_name="announcements")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("announced theme")
        verbose_name_plural = _("announced themes")

    def __str__(self) -> str:
        return f"{self.session_id}"


class NewsStop(models.Model):
    """Someone who left the news of a cycle: recaps and themes. Their registration and reminders stay (R9)."""

    participant = models.ForeignKey(Participant, on_delete=models.CASCADE, related_name="news_stops")
    cycle = models.ForeignKey(Cycle, on_delete=models.CASCADE, related_name="news_stops")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("news left")
        verbose_name_plural = _("news left")
        constraints = (models.UniqueConstraint(fields=("participant", "cycle"), name="news_stop_once"),)

    def __str__(self) -> str:
        return f"{self.participant_id} leaves {self.cycle_id}"
