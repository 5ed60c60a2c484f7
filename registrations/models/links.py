"""Private calendar addresses, and requests for lost links."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .participants import Participant


class FeedToken(models.Model):
    """The private calendar address: only its SHA-256 is kept. One live token per participant.

    The token is made from the site's key and `nonce`, so that the page can show it again. A revoked one stays, and
    outlives an erased person: the calendars that still ask for it must be told to forget what they hold.
    """

    participant = models.ForeignKey(
        Participant, null=True, on_delete=models.SET_NULL, related_name="feed_tokens"
    )
    nonce = models.CharField(max_length=43, unique=True)
    token_hash = models.CharField(max_length=64, unique=True)
    # Off unless the person asks; of the choices of `feed_tokens`.
    alarm_minutes = models.PositiveSmallIntegerField(_("rings, minutes before"), null=True, blank=True)
    created_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("participant",), condition=Q(revoked_at=None), name="feed_token_one_live"
            ),
        )

    def __str__(self) -> str:
        return f"{self.participant_id}"


class LinkRequest(models.Model):
    """An address whose reader asks for the link of their own page, until a worker has answered (see finding)."""

    email_key = models.CharField(max_length=254, unique=True)
    asked_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"asked at {self.asked_at:%Y-%m-%d %H:%M}"
