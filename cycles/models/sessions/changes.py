"""The log of what changed in the schedule."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from i18nfield.fields import I18nTextField

from .session import Session


class SessionChangeQuerySet(models.QuerySet["SessionChange"]):
    """Named questions."""

    def public(self) -> SessionChangeQuerySet:
        """Changes of sessions that a visitor may see."""
        return self.filter(session__in=Session.objects.published())


class SessionChange(models.Model):
    """One change of schedule, kept for notices ("old → new"), for the feed of changes and for the record."""

    class Kind(models.TextChoices):
        MOVED = "moved", _("moved")
        POSTPONED = "postponed", _("postponed")
        CANCELLED = "cancelled", _("cancelled")
        RESTORED = "restored", _("restored")

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="changes")
    revision = models.PositiveIntegerField()
    kind = models.CharField(max_length=10, choices=Kind)
    from_starts_at = models.DateTimeField(null=True, blank=True)
    from_ends_at = models.DateTimeField(null=True, blank=True)
    to_starts_at = models.DateTimeField(null=True, blank=True)
    to_ends_at = models.DateTimeField(null=True, blank=True)
    reason = I18nTextField(_("reason"), blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    at = models.DateTimeField()

    objects = SessionChangeQuerySet.as_manager()

    class Meta:
        verbose_name = _("change of schedule")
        verbose_name_plural = _("changes of schedule")
        ordering = ("session", "revision")
        constraints = (
            models.UniqueConstraint(fields=("session", "revision"), name="session_change_once_a_revision"),
        )

    def __str__(self) -> str:
        return f"{self.session_id} r{self.revision} {self.kind}"
