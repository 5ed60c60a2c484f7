"""The counter by which every cached page and feed knows whether it is still true."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class ContentVersion(models.Model):
    """One row, raised in the same transaction as any change that a visitor could see."""

    number = models.PositiveBigIntegerField(default=1)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = (models.CheckConstraint(name="content_version_single_row", condition=Q(pk=1)),)

    def __str__(self) -> str:
        return str(self.number)
