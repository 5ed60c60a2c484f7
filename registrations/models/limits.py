"""Counters of rate limits."""

from __future__ import annotations

from django.db import models

from cycles.models import Cycle


class Tally(models.Model):
    """How often somebody has just asked; `key` is a digest that names nobody (see limits)."""

    key = models.CharField(max_length=32, primary_key=True)
    ends_at = models.DateTimeField()
    count = models.PositiveIntegerField()

    class Meta:
        indexes = (models.Index(fields=("ends_at",), name="tally_ends_at"),)

    def __str__(self) -> str:
        return f"{self.key[:8]} {self.count}"


class Level(models.Model):
    """How full one network's bucket is: when it will be empty, in milliseconds since 1970 (see limits)."""

    key = models.CharField(max_length=32, primary_key=True)
    empty_ms = models.BigIntegerField(db_index=True)

    def __str__(self) -> str:
        return f"{self.key[:8]} {self.empty_ms}"


class CrowdWindow(models.Model):
    """Until when many people may register for a cycle from one place, as its organisers announced."""

    cycle = models.OneToOneField(Cycle, on_delete=models.CASCADE, related_name="crowd_window")
    ends_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.cycle_id} {self.ends_at}"
