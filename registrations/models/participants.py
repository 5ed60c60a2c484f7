"""Who registered, whom organisers entered, and what their personal links are sealed with."""

from __future__ import annotations

import secrets

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


def new_link_secret() -> str:
    """Return 128 random bits in 22 characters: what the personal links of one person are sealed with."""
    return secrets.token_urlsafe(16)


class Participant(models.Model):
    """Someone who registered. `email_key` is the address in its normal form: one person per address.

    Whom an organiser entered without an address has an empty `email` (registrations/people/without_address.py).
    """

    email = models.EmailField(_("email address"), max_length=254)
    email_key = models.CharField(max_length=254, unique=True, editable=False)
    # One name is enough.
    given_name = models.CharField(_("given name"), max_length=120, blank=True)
    family_name = models.CharField(_("family name"), max_length=120, blank=True)
    organisation_name = models.CharField(_("organisation"), max_length=200, blank=True)
    language = models.CharField(_("language"), max_length=5, default="fr")
    timezone = models.CharField(_("time zone"), max_length=60, blank=True)
    created_at = models.DateTimeField()
    # Set by the first confirmed link, or by an organiser who registers them: until then nothing but the mail that
    # asks for it is sent to the address.
    confirmed_at = models.DateTimeField(null=True, blank=True)
    # Set by a button that only a reader of that mailbox can press: until then no page of their own opens.
    proved_at = models.DateTimeField(null=True, blank=True)
    # Every personal link is sealed with it; another one ends them all (registrations/links/personal_links.py).
    link_secret = models.CharField(max_length=22, unique=True, editable=False, default=new_link_secret)
    # The last such end. Links of before docs/decisions/0085 hold no secret: they end with the first one.
    links_renewed_at = models.DateTimeField(null=True, blank=True, editable=False)
    # The address to which they want to be written, until its reader proves it or the link to do so expires.
    asked_email = models.EmailField(max_length=254, blank=True, editable=False)
    asked_email_at = models.DateTimeField(null=True, blank=True, editable=False)
    reminders_stopped_at = models.DateTimeField(null=True, blank=True)
    # Erased at their own wish; only what the law makes us keep, with the name on it, is left.
    erased_at = models.DateTimeField(null=True, blank=True)
    # Nobody any more: stands where somebody was, so that counts stay true.
    anonymised_at = models.DateTimeField(null=True, blank=True)
    # Raised by every change that the private feed or the personal page shows.
    version = models.PositiveIntegerField(default=1)
    # When the private feed last changed by something of this person: LAST-MODIFIED (see calendar_version).
    feed_changed_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("participant")
        verbose_name_plural = _("participants")
        indexes = (
            # Few: those whose rows are only there to be counted.
            models.Index(fields=("id",), name="participant_nobody", condition=Q(anonymised_at__isnull=False)),
        )
        constraints = (
            models.CheckConstraint(name="participant_has_address", condition=~Q(email_key="")),
            models.CheckConstraint(name="participant_has_link_secret", condition=~Q(link_secret="")),
            models.CheckConstraint(
                name="participant_asked_address_dated",
                condition=Q(asked_email="", asked_email_at=None)
                | (~Q(asked_email="") & Q(asked_email_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="participant_erased_without_address", condition=Q(erased_at=None) | Q(email="")
            ),
            models.CheckConstraint(
                name="participant_nobody_without_name",
                condition=Q(anonymised_at=None)
                | Q(email="", given_name="", family_name="", organisation_name=""),
            ),
        )

    def __str__(self) -> str:
        return f"{self.given_name} {self.family_name}".strip()

    @property
    def lacks_address(self) -> bool:
        """True for somebody who is there and can be told nothing by mail."""
        return not self.email and self.erased_at is None and self.anonymised_at is None
