"""What mails said that have left."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class SentText(models.Model):
    """The subject and the text that mails left with, once for all who got the same.

    A mark stands where a reader's own words and links stood (notifications/mail/parts/rendering.py): no name, no
    address, and nothing that opens a page of theirs.
    """

    digest = models.CharField(max_length=64, unique=True)
    subject = models.TextField()
    text = models.TextField()
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("text of sent mails")
        verbose_name_plural = _("texts of sent mails")

    def __str__(self) -> str:
        return self.subject
