"""Whom to write to about speaking, and what they answered."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.addresses.columns import AddressColumn
from cycles.models import Session
from registrations.models import new_link_secret


class Contact(models.Model):
    """Somebody who speaks, known by the address that a slot of an agenda gives.

    Answers, cards and consents hang on this and on a session, never on a slot: an agenda may be written anew.
    Another address is another contact. The address is emptied when it is forgotten; consents stay as proof.
    """

    email = AddressColumn(_("email address"), max_length=254, blank=True)
    # Every personal link of theirs is sealed with it.
    link_secret = models.CharField(max_length=22, unique=True, editable=False, default=new_link_secret)
    # The zone in which they want to read hours; empty: that of each session.
    timezone = models.CharField(_("time zone"), max_length=60, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("contact of a speaker")
        verbose_name_plural = _("contacts of speakers")
        constraints = (
            models.UniqueConstraint(fields=("email",), condition=~Q(email=""), name="speaker_contact_once"),
        )

    def __str__(self) -> str:
        return f"contact {self.pk}"


class Engagement(models.Model):
    """What one contact was asked about one session, and what they answered."""

    class Answer(models.TextChoices):
        ACCEPTED = "accepted", _("accepted")
        DECLINED = "declined", _("declined")
        WITHDRAWN = "withdrawn", _("withdrawn")

    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="engagements")
    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="engagements")
    invited_at = models.DateTimeField(null=True, blank=True)
    # How often they were invited: an invitation that was taken back and made again is another mail.
    invitations = models.PositiveSmallIntegerField(default=0)
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    answer = models.CharField(_("answer"), max_length=10, choices=Answer, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    # The date that the answer was about: another one, and the question is asked again.
    answered_starts_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    # An organiser noted the answer (by telephone); empty: they pressed the button themselves.
    noted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        verbose_name = _("engagement of a speaker")
        verbose_name_plural = _("engagements of speakers")
        constraints = (
            models.UniqueConstraint(fields=("contact", "session"), name="engagement_once_a_session"),
            models.CheckConstraint(
                name="engagement_answer_is_dated",
                condition=Q(answer="", answered_at=None) | (~Q(answer="") & Q(answered_at__isnull=False)),
            ),
        )

    def __str__(self) -> str:
        return f"{self.contact_id} at {self.session_id}: {self.answer or 'no answer'}"
