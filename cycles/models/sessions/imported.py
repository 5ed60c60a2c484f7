"""Which event of which calendar file a session came from."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from .session import Session


class ImportedEvent(models.Model):
    """A name under which a file knew a session, and what it said of it last.

    A session has several when a calendar names its events anew at each export. `recurrence` is the wall time that a
    rule gave the event (as in RECURRENCE-ID), empty for an event of its own. `starts_at`, `title` and the digest of the
    description are the file's: where the session differs from them, somebody decided so here.
    """

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="imported_events")
    uid = models.CharField(max_length=255, blank=True)
    recurrence = models.CharField(max_length=15, blank=True)
    title = models.CharField(max_length=300, blank=True)
    text_digest = models.CharField(max_length=32, blank=True)
    starts_at = models.DateTimeField()
    seen_at = models.DateTimeField()

    class Meta:
        verbose_name = _("imported event")
        verbose_name_plural = _("imported events")
        ordering = ("session", "pk")
        constraints = (
            models.UniqueConstraint(fields=("session", "uid", "recurrence"), name="imported_event_once"),
        )

    def __str__(self) -> str:
        return f"{self.uid} {self.recurrence}".strip()
