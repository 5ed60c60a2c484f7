"""Which calendar programs fetch the feeds, a day at a time; never who (docs/decisions, "feed health")."""

from __future__ import annotations

from django.db import models


class FeedDay(models.Model):
    """The key of one day's marks. It is thrown away with the day: from then on no mark can be found again."""

    day = models.DateField(unique=True)
    key = models.BinaryField(max_length=32)

    def __str__(self) -> str:
        return f"{self.day}"


class FeedFetch(models.Model):
    """One calendar, one family of programs, one day (UTC). `marks` is emptied when the day is over."""

    # The path of a public feed, or a fixed word for private ones: their own addresses are secret.
    address = models.CharField(max_length=200)
    family = models.CharField(max_length=20)
    day = models.DateField()
    last_at = models.DateTimeField()
    fetches = models.PositiveIntegerField(default=0)
    readers = models.PositiveIntegerField(default=0)
    marks = models.BinaryField(max_length=512, blank=True, default=b"")

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("address", "family", "day"), name="feed_fetch_once_a_family_and_day"
            ),
        )
        indexes = (models.Index(fields=("day",), name="feed_fetch_day"),)

    def __str__(self) -> str:
        return f"{self.day} {self.family} {self.address}"
