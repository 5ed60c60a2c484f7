"""Who signed for a half-day, what the trainer noted, and sheets that were signed on paper."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cycles.models import Session
from registrations.models import Registration


class Signature(models.Model):
    """The act of one trainee for one half-day. Nothing says from where: no address of a network, no place.

    `by` vouches for it where it was not one's own phone: their name stays when the account goes.
    """

    class Means(models.TextChoices):
        LINK = "link", _("personal link")
        ROOM_CODE = "room_code", _("personal link, with the code of the room")
        TABLET = "tablet", _("tablet in the room")
        PAPER = "paper", _("on paper")
        TRAINER = "trainer", _("the trainer vouches for it")

    registration = models.OneToOneField(Registration, on_delete=models.PROTECT, related_name="signature")
    means = models.CharField(pgettext_lazy("signature", "means"), max_length=10, choices=Means)
    signed_at = models.DateTimeField()
    # The window as it was when they signed: a half-day that is moved later changes nothing of it.
    opens_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    statement_version = models.PositiveSmallIntegerField(default=1)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    by_name = models.CharField(max_length=160, blank=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("signature")
        verbose_name_plural = _("signatures")
        constraints = (
            models.CheckConstraint(
                name="signature_means_known",
                condition=Q(means__in=["link", "room_code", "tablet", "paper", "trainer"]),
            ),
            models.CheckConstraint(
                name="signature_in_its_window",
                condition=Q(signed_at__gte=F("opens_at"), signed_at__lte=F("closes_at"))
                | (Q(means__in=["paper", "trainer"]) & ~Q(by_name="") & ~Q(reason="")),
            ),
            models.CheckConstraint(
                name="signature_vouched_for", condition=Q(means__in=["link", "room_code"]) | ~Q(by_name="")
            ),
            models.CheckConstraint(
                name="signature_of_trainer_with_reason", condition=~Q(means="trainer") | ~Q(reason="")
            ),
            models.CheckConstraint(
                name="signature_window_in_order", condition=Q(closes_at__gt=F("opens_at"))
            ),
        )

    def __str__(self) -> str:
        return f"{self.registration_id} {self.means}"


class TrainerNote(models.Model):
    """What the trainer decided about one trainee: late, left early, absent, excused. It stands above a signature."""

    class Kind(models.TextChoices):
        PARTIAL = "partial", _("present in part")
        ABSENT = "absent", _("absent")
        EXCUSED = "excused", _("excused")

    registration = models.OneToOneField(Registration, on_delete=models.PROTECT, related_name="trainer_note")
    kind = models.CharField(pgettext_lazy("note", "kind"), max_length=10, choices=Kind)
    arrived_at = models.DateTimeField(_("arrived"), null=True, blank=True)
    left_at = models.DateTimeField(_("left"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    by_name = models.CharField(max_length=160)
    noted_at = models.DateTimeField()

    class Meta:
        verbose_name = _("trainer’s note")
        verbose_name_plural = _("trainer’s notes")
        constraints = (
            models.CheckConstraint(
                name="trainer_note_kind_known", condition=Q(kind__in=["partial", "absent", "excused"])
            ),
            models.CheckConstraint(
                name="trainer_note_partial_says_when",
                condition=(Q(kind="partial") & (Q(arrived_at__isnull=False) | Q(left_at__isnull=False)))
                | (~Q(kind="partial") & Q(arrived_at=None, left_at=None)),
            ),
            models.CheckConstraint(
                name="trainer_note_with_reason", condition=Q(kind="absent") | ~Q(reason="")
            ),
            models.CheckConstraint(name="trainer_note_says_who", condition=~Q(by_name="")),
        )

    def __str__(self) -> str:
        return f"{self.registration_id} {self.kind}"


class PaperScan(models.Model):
    """The picture of a sheet that was signed on paper; its hash stands in the record of the sheet."""

    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="paper_scans")
    name = models.CharField(_("file"), max_length=200)
    kind = models.CharField(max_length=20)
    content = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    added_at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    by_name = models.CharField(max_length=160)

    class Meta:
        verbose_name = _("scan of a paper sheet")
        verbose_name_plural = _("scans of paper sheets")
        constraints = (
            models.UniqueConstraint(fields=("session", "sha256"), name="paper_scan_once"),
            models.CheckConstraint(
                name="paper_scan_kind_known",
                condition=Q(kind__in=["application/pdf", "image/jpeg", "image/png"]),
            ),
        )

    def __str__(self) -> str:
        return f"{self.session_id}: {self.name}"
