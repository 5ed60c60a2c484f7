"""A survey of a cycle, and its questions."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from i18nfield.fields import I18nCharField, I18nTextField

from cycles.models import Cycle


class Survey(models.Model):
    """What is asked in one cycle at one moment; one that an organiser closed stays, with its answers.

    Whether it is anonymous follows from its moment, and nothing can change it: the two kinds of answers are different
    tables, and neither is ever turned into the other (docs/decisions/0175).
    """

    class Moment(models.TextChoices):
        SESSION = "session", _("after each session")
        NEEDS = "needs", _("needs, before the training")
        HOT = "hot", _("at the end of the training")
        COLD = "cold", _("three months after the training")
        EMPLOYER = "employer", _("employers, after the training")
        FUNDER = "funder", _("funders, after the training")
        TRAINER = "trainer", _("trainers, after the training")

    ANONYMOUS = (Moment.SESSION, Moment.HOT, Moment.COLD)
    # Answered by those who are registered, each behind a link of their own.
    OF_REGISTERED = (Moment.SESSION, Moment.NEEDS, Moment.HOT, Moment.COLD)
    OF_GUESTS = (Moment.EMPLOYER, Moment.FUNDER, Moment.TRAINER)
    OF_RUNS = (Moment.NEEDS, Moment.HOT, Moment.COLD, Moment.EMPLOYER, Moment.FUNDER, Moment.TRAINER)

    cycle = models.ForeignKey(Cycle, on_delete=models.CASCADE, related_name="surveys")
    moment = models.CharField(pgettext_lazy("survey", "moment"), max_length=10, choices=Moment)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("survey")
        verbose_name_plural = _("surveys")
        ordering = ("cycle", "pk")
        constraints = (
            models.UniqueConstraint(fields=("cycle", "moment"), name="survey_once_a_moment"),
            models.CheckConstraint(
                name="survey_moment_known",
                condition=Q(moment__in=["session", "needs", "hot", "cold", "employer", "funder", "trainer"]),
            ),
        )

    def __str__(self) -> str:
        return f"{self.cycle_id} {self.moment}"

    @property
    def is_anonymous(self) -> bool:
        return self.moment in self.ANONYMOUS

    @property
    def is_of_guests(self) -> bool:
        return self.moment in self.OF_GUESTS

    @property
    def is_open(self) -> bool:
        """True as far as the organisers decide; each link also has its own time (asking/window.py)."""
        return self.closed_at is None


class Question(models.Model):
    """One question of a survey.

    `choices` holds one option a line, the same line in each language; of a scale from 1 to 5 the words of its two ends.
    Answers name the question and the number of the option, so that its words may be corrected afterwards.
    """

    class Kind(models.TextChoices):
        SCALE = "scale", _("from 1 to 5")
        CHOICE = "choice", _("one choice")
        YES_NO = "yes_no", _("yes or no")
        TEXT = "text", pgettext_lazy("question", "text")

    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="questions")
    order = models.PositiveSmallIntegerField(_("order"), default=1)
    kind = models.CharField(pgettext_lazy("question", "kind"), max_length=10, choices=Kind)
    label = I18nCharField(_("question"), max_length=300)
    choices = I18nTextField(_("choices, one a line"), blank=True)
    is_required = models.BooleanField(_("an answer is required"), default=False)
    is_retired = models.BooleanField(_("no longer asked"), default=False)

    class Meta:
        verbose_name = _("question of a survey")
        verbose_name_plural = _("questions of surveys")
        ordering = ("survey", "order", "pk")
        constraints = (
            models.CheckConstraint(
                name="survey_question_kind_known",
                condition=Q(kind__in=["scale", "choice", "yes_no", "text"]),
            ),
        )

    def __str__(self) -> str:
        return str(self.label)

    def options(self, language: str) -> list[str]:
        """Return the choices (of a scale: the words of its ends) in a language, or in another that has them."""
        return [line.strip() for line in self.choices.localize(language).splitlines() if line.strip()]
