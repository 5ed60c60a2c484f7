"""What a training run and its trainees have beside what every cycle and registration has."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cycles.models import Cycle, Programme
from registrations.models import CycleRegistration

THRESHOLD = 80
MOST_MONTHS = 240


class RunSettings(models.Model):
    """How the presence at one run is proved. No row says the same as these defaults."""

    cycle = models.OneToOneField(Cycle, on_delete=models.CASCADE, related_name="training_settings")
    asks_room_code = models.BooleanField(
        _("the personal link also asks for the code shown in the room"), default=False
    )
    threshold = models.PositiveSmallIntegerField(
        _("attended hours from which a certificate is issued for all, in percent"),
        default=THRESHOLD,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
    )
    # Empty: ESCALE_KEEP_PROOFS_MONTHS.
    proofs_months = models.PositiveSmallIntegerField(
        _("months for which proofs are kept"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_MONTHS)],
    )
    # Frames F-2 and G of the yearly report (Cerfa 10443).
    is_subcontracted = models.BooleanField(
        _("another provider held it for us"), default=False, db_default=False
    )
    is_entrusted = models.BooleanField(_("we hold it for another provider"), default=False, db_default=False)

    class Meta:
        verbose_name = _("settings of a training run")
        verbose_name_plural = _("settings of training runs")
        constraints = (
            models.CheckConstraint(
                name="run_threshold_is_a_share", condition=Q(threshold__gte=1, threshold__lte=100)
            ),
            models.CheckConstraint(
                name="run_entrusted_one_way",
                condition=Q(is_subcontracted=False) | Q(is_entrusted=False),
                violation_error_message=_(
                    "Another provider holds it for us, or we for them: tick one at most."
                ),
            ),
            models.CheckConstraint(
                name="run_proofs_months_positive",
                condition=Q(proofs_months=None) | Q(proofs_months__gte=1, proofs_months__lte=MOST_MONTHS),
            ),
        )

    def __str__(self) -> str:
        return f"{self.cycle_id}"


class TrainerEngagement(models.Model):
    """What a trainer is to the provider, for frame E of the yearly report; by the name on countersigned sheets."""

    class Engagement(models.TextChoices):
        INTERNAL = "internal", _("of the provider: employee or volunteer")
        EXTERNAL = "external", _("from outside: subcontractor or free-lance")

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="trainer_engagements")
    name = models.CharField(max_length=160)
    engagement = models.CharField(max_length=10, choices=Engagement)

    class Meta:
        verbose_name = _("what a trainer is to the provider")
        verbose_name_plural = _("what trainers are to the provider")
        constraints = (
            models.UniqueConstraint(fields=("programme", "name"), name="trainer_engagement_once"),
            models.CheckConstraint(
                name="trainer_engagement_known", condition=Q(engagement__in=["internal", "external"])
            ),
        )

    def __str__(self) -> str:
        return f"{self.name}: {self.engagement}"


class TraineeFile(models.Model):
    """What the papers of a training need of a trainee and the registration form does not ask.

    It goes with the registration's answers; documents keep what was printed.
    """

    class Kind(models.TextChoices):
        """The lines of frame F-1 of the yearly report (Cerfa 10443)."""

        EMPLOYEE = "a", _("employee")
        APPRENTICE = "b", _("apprentice")
        JOB_SEEKER = "c", _("job seeker")
        INDIVIDUAL = "d", _("individual at their own expense")
        OTHER = "e", _("other, such as a volunteer")

    cycle_registration = models.OneToOneField(
        CycleRegistration, on_delete=models.CASCADE, related_name="trainee_file"
    )
    kind = models.CharField(_("status of the trainee"), max_length=1, choices=Kind, blank=True)
    employer_name = models.CharField(_("employer"), max_length=200, blank=True)
    assessment = models.CharField(_("result of the assessment"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("trainee’s file")
        verbose_name_plural = _("trainees’ files")
        constraints = (
            models.CheckConstraint(
                name="trainee_kind_known", condition=Q(kind__in=["", "a", "b", "c", "d", "e"])
            ),
        )

    def __str__(self) -> str:
        return f"{self.cycle_registration_id}"
