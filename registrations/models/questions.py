"""What the form of a cycle asks, and where its readers come from."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from i18nfield.fields import I18nCharField, I18nTextField

from cycles.models import Cycle


class Question(models.Model):
    """What the form of one cycle asks beside the name and the address.

    `choices` holds one option a line, the same line in each language. A question that was answered is retired,
    not deleted: answers are kept under its id.
    """

    class Kind(models.TextChoices):
        SHORT = "short", _("short text")
        LONG = "long", _("long text")
        CHOICE = "choice", _("one choice")
        SEVERAL = "several", _("several choices")
        YES_NO = "yes_no", _("yes or no")

    cycle = models.ForeignKey(Cycle, on_delete=models.CASCADE, related_name="questions")
    order = models.PositiveSmallIntegerField(_("order"), default=1)
    kind = models.CharField(
        pgettext_lazy("question", "kind"), max_length=10, choices=Kind, default=Kind.SHORT
    )
    label = I18nCharField(_("question"), max_length=300)
    help_text = I18nCharField(_("help"), max_length=300, blank=True)
    choices = I18nTextField(_("choices, one a line"), blank=True)
    is_required = models.BooleanField(_("an answer is required"), default=False)
    is_retired = models.BooleanField(_("no longer asked"), default=False)

    class Meta:
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        ordering = ("cycle", "order", "pk")
        constraints = (
            models.CheckConstraint(
                name="question_kind_known",
                condition=Q(kind__in=["short", "long", "choice", "several", "yes_no"]),
            ),
        )

    def __str__(self) -> str:
        return str(self.label)

    def options(self, language: str) -> list[str]:
        """Return the choices in a language, or in another where this one has none."""
        return [line.strip() for line in self.choices.localize(language).splitlines() if line.strip()]


class SourceCode(models.Model):
    """A code that `?src=` may carry into the registrations of a cycle, so that a partner's link can be counted."""

    cycle = models.ForeignKey(Cycle, on_delete=models.CASCADE, related_name="source_codes")
    code = models.SlugField(_("code"), max_length=40)
    label = models.CharField(_("who uses it"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("source code")
        verbose_name_plural = _("source codes")
        ordering = ("cycle", "code")
        constraints = (models.UniqueConstraint(fields=("cycle", "code"), name="source_code_once_a_cycle"),)

    def __str__(self) -> str:
        return self.code
