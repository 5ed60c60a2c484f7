"""Counters of rate limits."""

from __future__ import annotations

from django.db import models

from cycles.models import Cycle


class Tally(models.Model):
    """How often somebody has just asked; `key` is a digest that names nobody (see registrations/rate_limits/limits.py).

    `ends_ms`, in milliseconds since 1970, is when a window ends or a bucket is empty; `count` is 0 for a bucket.
    On PostgreSQL the table is not written to its log: after a crash of the server all counts begin anew.
    """

    key = models.CharField(max_length=32, primary_key=True)
    # Without an index: PostgreSQL then updates the row of a crowd in place, and past rows are looked for once a day.
    ends_ms = models.BigIntegerField()
    count = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.key[:8]} {self.count}"


class CrowdWindow(models.Model):
    """Until when many people may register for a cycle from one place, as its organisers announced."""

    cycle = models.OneToOneField(Cycle, on_delete=models.CASCADE, related_name="crowd_window")
    ends_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.cycle_id} {self.ends_at}"
