"""What those who speak agree to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cycles.models import Session

from .contact import Contact

if TYPE_CHECKING:
    import datetime as dt


class SpeakerConsentQuerySet(models.QuerySet["SpeakerConsent"]):
    """Named questions."""

    def standing(self) -> SpeakerConsentQuerySet:
        """The last decision for each purpose: neither replaced nor withdrawn."""
        return self.filter(ended_at=None)


class SpeakerConsent(models.Model):
    """One decision of one person about one purpose at one session. Rows are added and ended, never changed.

    A withdrawal ends the row that said yes; what was agreed to, when and until when stays as proof.
    """

    class Purpose(models.TextChoices):
        RECORDING = "recording", _("recording")
        PUBLICATION = "publication", _("publication of the replay")
        SLIDES = "slides", _("publication of the slides")
        PHOTO = "photo", _("publication of the photo")

    class End(models.TextChoices):
        REPLACED = "replaced", _("replaced by another decision")
        WITHDRAWN = "withdrawn", _("withdrawn")

    class Territory(models.TextChoices):
        WORLD = "world", _("the whole world (the web)")
        FRANCE = "france", _("France")

    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="consents")
    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="speaker_consents")
    purpose = models.CharField(_("purpose"), max_length=12, choices=Purpose)
    is_given = models.BooleanField(_("agrees"))
    months = models.PositiveSmallIntegerField(_("months"), null=True, blank=True)
    until_date = models.DateField(_("until"), null=True, blank=True)
    territory = models.CharField(_("territory"), max_length=8, choices=Territory, blank=True)
    # Codes of speakers.consents.terms.SUPPORTS.
    supports = models.JSONField(_("supports"), default=list, blank=True)
    # The words as they were shown, in the language in which they were.
    text = models.TextField(_("text"))
    language = models.CharField(max_length=5, choices=settings.LANGUAGES)
    given_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    end = models.CharField(max_length=10, choices=End, blank=True)
    on_behalf_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    # How an organiser knows of a decision that they noted: a signed paper, a mail.
    why = models.CharField(_("how you know"), max_length=300, blank=True)

    objects = SpeakerConsentQuerySet.as_manager()

    class Meta:
        verbose_name = _("consent of a speaker")
        verbose_name_plural = _("consents of speakers")
        ordering = ("given_at", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("contact", "session", "purpose"),
                condition=Q(ended_at=None),
                name="speaker_consent_one_standing",
            ),
            models.CheckConstraint(
                name="speaker_consent_end_is_dated",
                condition=Q(ended_at=None, end="") | (Q(ended_at__isnull=False) & ~Q(end="")),
            ),
            models.CheckConstraint(
                name="speaker_consent_given_has_terms",
                condition=Q(is_given=False)
                | (Q(months__isnull=False, until_date__isnull=False) & ~Q(territory="")),
            ),
        )

    def __str__(self) -> str:
        return f"{self.contact_id} {self.purpose} {self.is_given}"

    def is_in_force(self, *, on: dt.date) -> bool:
        """Tell whether it allows something on a day: agreed, not ended, and its time not over."""
        return (
            self.is_given and self.ended_at is None and self.until_date is not None and on <= self.until_date
        )
