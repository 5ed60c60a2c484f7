"""What somebody who speaks says of themselves: their proposal, and what an organiser published of it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from i18nfield.fields import I18nCharField

from cycles.models import Person, Resource, Session

from .contact import Contact

LONGEST_BIO = 400


class Described(models.Model):
    """A few lines about a person, and their photo. The file is named by its content (speakers/cards/photos.py)."""

    bio = models.CharField(_("about you"), max_length=LONGEST_BIO, blank=True)
    photo = models.CharField(max_length=64, blank=True)
    photo_width = models.PositiveSmallIntegerField(default=0)
    photo_height = models.PositiveSmallIntegerField(default=0)

    class Meta:
        abstract = True


class SpeakerCard(Described):
    """A proposal for one session; nothing of it is public. An organiser who accepts it publishes a copy."""

    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="cards")
    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="speaker_cards")
    public_name = models.CharField(_("name shown in public"), max_length=120, blank=True)
    role = models.CharField(_("role"), max_length=160, blank=True)
    photo_alt = models.CharField(_("description of the photo"), max_length=200, blank=True)
    # For the organisers and whoever prepares the room; never public.
    accessibility_note = models.CharField(_("accessibility of the slides"), max_length=500, blank=True)
    # Private until they are published: a file named by its content, and the name that it was given.
    slides = models.CharField(max_length=64, blank=True)
    slides_name = models.CharField(max_length=160, blank=True)
    slides_resource = models.ForeignKey(
        Resource, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    submitted_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        verbose_name = _("card of a speaker")
        verbose_name_plural = _("cards of speakers")
        constraints = (
            models.UniqueConstraint(fields=("contact", "session"), name="speaker_card_once_a_session"),
        )

    def __str__(self) -> str:
        return f"card of {self.contact_id} for {self.session_id}"

    @property
    def awaits_review(self) -> bool:
        return self.accepted_at is None or self.submitted_at > self.accepted_at


class SpeakerProfile(Described):
    """What is public of a person beside their name and role: what an organiser accepted last."""

    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="profile")
    # Whose card it was made from: withdrawn with it.
    contact = models.ForeignKey(
        Contact, null=True, blank=True, on_delete=models.SET_NULL, related_name="profiles"
    )
    language = models.CharField(max_length=5, choices=settings.LANGUAGES, default="fr")
    photo_alt = I18nCharField(_("description of the photo"), max_length=300, blank=True)
    published_at = models.DateTimeField()

    class Meta:
        verbose_name = _("public profile of a speaker")
        verbose_name_plural = _("public profiles of speakers")

    def __str__(self) -> str:
        return f"profile of {self.person_id}"
