"""Two tables: how many places are left, and who has one."""

from __future__ import annotations

from django.db import models


class Event(models.Model):
    free = models.IntegerField()

    class Meta:
        app_label = "floor"

    def __str__(self) -> str:
        return str(self.free)


class Entry(models.Model):
    event = models.ForeignKey(Event, on_delete=models.CASCADE)
    name = models.CharField(max_length=200)
    email = models.EmailField()

    class Meta:
        app_label = "floor"

    def __str__(self) -> str:
        return self.email
