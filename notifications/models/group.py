"""What organisers write to a group of people registered."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cycles.models import Cycle


class GroupMessage(models.Model):
    """A message to a selection of the people of a cycle: a draft, then one mail a person after a grace."""

    class About(models.TextChoices):
        ORGANISATION = "organisation", _("how the cycle is run: everyone chosen gets it")
        NEWS = "news", _("news: not to those who left the news of this cycle")

    cycle = models.ForeignKey(Cycle, on_delete=models.CASCADE, related_name="group_messages")
    about = models.CharField(max_length=12, choices=About, default=About.ORGANISATION)
    # By language, as typed; a language that is empty is told in the other one.
    subjects = models.JSONField(default=dict)
    bodies = models.JSONField(default=dict)
    # The filters of the table as they stood, or the people ticked: {name: [values]}. Emptied when it is sent.
    selection = models.JSONField(default=dict, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    written_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    stopped_at = models.DateTimeField(null=True, blank=True)
    people = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        verbose_name = _("message to a group")
        verbose_name_plural = _("messages to groups")
        ordering = ("-written_at", "-pk")
        constraints = (
            models.CheckConstraint(
                name="group_message_sent_to_people",
                condition=Q(sent_at=None, people=None, stopped_at=None)
                | Q(sent_at__isnull=False, people__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return next((text for text in self.subjects.values() if text), str(self.pk))

    @property
    def is_draft(self) -> bool:
        return self.sent_at is None
