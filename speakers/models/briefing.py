"""What those who speak must know of a session beforehand."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from i18nfield.fields import I18nTextField

from cycles.models import Session


class Briefing(models.Model):
    """Practical notes, and the rehearsal. Shown to those who speak, never in public."""

    session = models.OneToOneField(Session, on_delete=models.CASCADE, related_name="briefing")
    notes = I18nTextField(_("practical notes"), blank=True)
    rehearsal_starts_at = models.DateTimeField(_("rehearsal"), null=True, blank=True)
    rehearsal_minutes = models.PositiveSmallIntegerField(_("minutes of rehearsal"), default=30)
    # SEQUENCE of the rehearsal in calendars.
    revision = models.PositiveIntegerField(default=0, editable=False)
    revised_at = models.DateTimeField(editable=False)

    class Meta:
        verbose_name = _("briefing of speakers")
        verbose_name_plural = _("briefings of speakers")
        constraints = (
            models.CheckConstraint(
                name="briefing_rehearsal_has_a_length",
                condition=Q(rehearsal_minutes__gte=5, rehearsal_minutes__lte=480),
                violation_error_message=_("A rehearsal lasts from 5 minutes to 8 hours."),
            ),
        )

    def __str__(self) -> str:
        return f"briefing of session {self.session_id}"
