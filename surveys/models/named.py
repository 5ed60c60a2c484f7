"""Answers that carry a name, and people who are asked without being registered."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.addresses.columns import AddressColumn
from registrations.models import CycleRegistration, new_link_secret

from .survey import Survey


class Guest(models.Model):
    """An employer, a funder or a trainer who is asked, at the address that organisers gave."""

    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="guests")
    email = AddressColumn(_("email address"), max_length=254)
    name = models.CharField(_("name"), max_length=160, blank=True)
    language = models.CharField(_("language"), max_length=5, default="fr")
    # Their link is sealed with it.
    link_secret = models.CharField(max_length=22, unique=True, editable=False, default=new_link_secret)

    class Meta:
        verbose_name = _("guest of a survey")
        verbose_name_plural = _("guests of surveys")
        ordering = ("survey", "pk")
        constraints = (models.UniqueConstraint(fields=("survey", "email"), name="survey_guest_once"),)

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def given_name(self) -> str:
        """How a mail greets them."""
        return self.name

    # Hours are those of the cycle.
    timezone = ""


class Answer(models.Model):
    """What one person said under their name: {question id: answer}."""

    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="answers")
    cycle_registration = models.ForeignKey(
        CycleRegistration,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="survey_answers",
    )
    guest = models.ForeignKey(
        Guest, null=True, blank=True, on_delete=models.CASCADE, related_name="survey_answers"
    )
    answers = models.JSONField(default=dict)
    answered_at = models.DateTimeField()

    class Meta:
        verbose_name = _("named answer")
        verbose_name_plural = _("named answers")
        ordering = ("survey", "pk")
        constraints = (
            models.UniqueConstraint(fields=("survey", "cycle_registration"), name="survey_answer_once"),
            models.UniqueConstraint(fields=("survey", "guest"), name="survey_answer_once_a_guest"),
            models.CheckConstraint(
                name="survey_answer_of_somebody",
                condition=Q(cycle_registration__isnull=False, guest=None)
                | Q(cycle_registration=None, guest__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return f"{self.survey_id}"
