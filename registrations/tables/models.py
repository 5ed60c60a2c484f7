"""Columns that an organiser told us about, so that the next file of the same kind is read without asking."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class ColumnChoice(models.Model):
    """What a column holds in the files of one programme, by its heading; an empty role says that it is left out."""

    class Use(models.TextChoices):
        PEOPLE = "people"
        ATTENDANCE = "attendance"

    programme = models.ForeignKey("cycles.Programme", on_delete=models.CASCADE, related_name="column_choices")
    use = models.CharField(max_length=10, choices=Use)
    # Without case, accents and punctuation: headings.plain.
    heading = models.CharField(max_length=300)
    role = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("programme", "use", "heading"), name="column_choice_once_a_heading"
            ),
            models.CheckConstraint(name="column_choice_has_heading", condition=~Q(heading="")),
        )

    def __str__(self) -> str:
        return f"{self.heading}: {self.role}"
