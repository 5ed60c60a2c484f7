"""The words of an organiser in the place of the standard ones."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from cycles.models import Cycle


class MessageText(models.Model):
    """One kind of mail of one cycle in one language, written by notifications.mail.own_texts.texts only.

    An empty subject or body is the standard one. `code` names one line of the reminder plan (R12); empty, the
    text is for every line that sends this kind.
    """

    cycle = models.ForeignKey(Cycle, on_delete=models.CASCADE, related_name="message_texts")
    kind = models.CharField(max_length=30)
    code = models.SlugField(max_length=20, blank=True)
    language = models.CharField(max_length=5)
    subject = models.CharField(_("subject"), max_length=200, blank=True)
    body = models.TextField(_("text"), blank=True)
    revised_at = models.DateTimeField()

    class Meta:
        verbose_name = _("message text")
        verbose_name_plural = _("message texts")
        constraints = (
            models.UniqueConstraint(fields=("cycle", "kind", "code", "language"), name="message_text_once"),
        )

    def __str__(self) -> str:
        return f"{self.cycle_id}/{self.kind}/{self.code}/{self.language}"
