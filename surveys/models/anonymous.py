"""Answers without a name: who has answered, and what was said, with nothing that leads from one to the other.

No row is one person's answers. What is said goes into one row for all, where texts stand in the order of the alphabet
and the rest is counted: there is no moment, no order of arrival and no number in it that could be matched with a turn.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cycles.models import Session
from registrations.models import CycleRegistration

from .survey import Survey


class Turn(models.Model):
    """Somebody has answered: nothing more, not even when."""

    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="turns")
    # Of a survey that is answered after each session: which one.
    session = models.ForeignKey(
        Session, null=True, blank=True, on_delete=models.CASCADE, related_name="survey_turns"
    )
    cycle_registration = models.ForeignKey(
        CycleRegistration, on_delete=models.CASCADE, related_name="survey_turns"
    )

    class Meta:
        verbose_name = _("turn of a survey")
        verbose_name_plural = _("turns of surveys")
        constraints = (
            models.UniqueConstraint(
                fields=("survey", "session", "cycle_registration"),
                condition=Q(session__isnull=False),
                name="survey_turn_once_a_session",
            ),
            models.UniqueConstraint(
                fields=("survey", "cycle_registration"),
                condition=Q(session=None),
                name="survey_turn_once",
            ),
        )

    def __str__(self) -> str:
        return f"{self.survey_id} {self.session_id or ''}"


class Urn(models.Model):
    """All that was said in one survey (after one session): {"tallies": …, "texts": …}, see answering/urn.py.

    `shown` holds what may be read; the latest answers stand in `waiting` until there are five of them, or the survey
    is over: what is read from one day to the next never differs by fewer.
    """

    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="urns")
    session = models.ForeignKey(
        Session, null=True, blank=True, on_delete=models.CASCADE, related_name="survey_urns"
    )
    count = models.PositiveIntegerField(default=0)
    waiting_count = models.PositiveSmallIntegerField(default=0)
    shown = models.JSONField(default=dict)
    waiting = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("anonymous answers")
        verbose_name_plural = _("anonymous answers")
        constraints = (
            models.UniqueConstraint(
                fields=("survey", "session"), condition=Q(session__isnull=False), name="urn_once_a_session"
            ),
            models.UniqueConstraint(fields=("survey",), condition=Q(session=None), name="urn_once"),
            models.CheckConstraint(
                name="urn_counts_agree", condition=Q(waiting_count__lt=5, waiting_count__lte=F("count"))
            ),
        )

    def __str__(self) -> str:
        return f"{self.survey_id} {self.session_id or ''}"
