"""The programme sheet of a module in versions, and which of them a run was sold with.

What is published is kept by triggers (migrations 0004 and 0006): nothing of it changes but its end and the codes of the
yearly report; the version of a run stays once somebody is registered for it.
"""

from __future__ import annotations

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from i18nfield.fields import I18nCharField, I18nTextField

from cycles.models import Cycle, Module, Session
from cycles.models.shared import Modality
from training.syllabus import checklist

NSF = RegexValidator(r"^[1-4][0-9]{2}[a-z]?\Z", _("Three figures, such as 413, perhaps a letter."))
EMPTY = ["", "{}"]
MOST_MINUTES = 60 * 1000
MOST_HALF_DAYS = 300
DURATION = Q(minutes__isnull=False, half_days__isnull=False)
KNOWN_MODALITY = Q(modality__in=["online", "on_site", "hybrid"])


def _complete() -> Q:
    """Return the condition that each field is filled, or waived with a reason."""
    result = Q()
    for name in checklist.FIELDS:
        if name == "duration":
            filled = DURATION
        elif name == "modality":
            filled = KNOWN_MODALITY
        else:
            filled = ~Q(**{f"{name}__in": EMPTY})
        result &= filled | Q(waivers__has_key=name)
    return result


class SyllabusQuerySet(models.QuerySet["Syllabus"]):
    """Named questions."""

    def published(self) -> SyllabusQuerySet:
        return self.filter(published_at__isnull=False)

    def in_force(self) -> SyllabusQuerySet:
        """The version that a module has now."""
        return self.published().filter(ended_at=None)

    def drafts(self) -> SyllabusQuerySet:
        return self.filter(published_at=None)


class Syllabus(models.Model):
    """One version of a programme sheet. Texts are in the languages of the site; the PDF takes the French ones."""

    class Goal(models.TextChoices):
        """The lines of frame F-3 of the yearly report (Cerfa 10443)."""

        LEVEL_6 = "a6", _("title of the RNCP, level 6 to 8")
        LEVEL_5 = "a5", _("title of the RNCP, level 5")
        LEVEL_4 = "a4", _("title of the RNCP, level 4")
        LEVEL_3 = "a3", _("title of the RNCP, level 3")
        LEVEL_2 = "a2", _("title of the RNCP, level 2")
        CQP = "aq", _("CQP in the RNCP, without a level")
        SPECIFIC = "b", _("certification of the “répertoire spécifique”")
        OTHER_CQP = "c", _("CQP outside of the registers")
        OTHER = "d", _("other training")
        SKILLS = "e", _("assessment of skills")
        EXPERIENCE = "f", _("support for the recognition of experience (VAE)")

    module = models.ForeignKey(Module, on_delete=models.CASCADE, related_name="syllabuses")
    version = models.PositiveSmallIntegerField(_("version"))
    dated_on = models.DateField(_("date of this version"), null=True, blank=True)
    # As they were when it was published.
    title = I18nCharField(_("title"), max_length=300)
    legal_frame = models.CharField(
        _("legal frame"), max_length=20, choices=Session.LegalFrame, default=Session.LegalFrame.INFORMATION
    )
    audience = I18nTextField(blank=True)
    prerequisites = I18nTextField(blank=True)
    objectives = I18nTextField(blank=True)
    content = I18nTextField(blank=True)
    minutes = models.PositiveIntegerField(
        null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(MOST_MINUTES)]
    )
    half_days = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(MOST_HALF_DAYS)]
    )
    access = I18nTextField(blank=True)
    modality = models.CharField(max_length=10, choices=Modality, default=Modality.UNKNOWN)
    price = I18nTextField(blank=True)
    methods = I18nTextField(blank=True)
    means = I18nTextField(blank=True)
    trainers = I18nTextField(blank=True)
    assessment = I18nTextField(blank=True)
    validation = I18nTextField(blank=True)
    accessibility = I18nTextField(blank=True)
    contact = I18nTextField(blank=True)
    results = I18nTextField(blank=True)
    # {field: why it says nothing}
    waivers = models.JSONField(default=dict, blank=True)
    # For the yearly report alone; they may be corrected after it was published.
    bpf_goal = models.CharField(_("aim, for the yearly report"), max_length=2, choices=Goal, blank=True)
    nsf_code = models.CharField(
        _("speciality (NSF code), for the yearly report"),
        max_length=4,
        blank=True,
        validators=[NSF],
    )
    revised_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = SyllabusQuerySet.as_manager()

    class Meta:
        verbose_name = _("programme sheet")
        verbose_name_plural = _("programme sheets")
        ordering = ("module", "version")
        constraints = (
            models.UniqueConstraint(fields=("module", "version"), name="syllabus_version_once"),
            models.UniqueConstraint(
                fields=("module",), condition=Q(published_at=None), name="syllabus_one_draft"
            ),
            models.UniqueConstraint(
                fields=("module",),
                condition=Q(published_at__isnull=False, ended_at=None),
                name="syllabus_one_in_force",
            ),
            models.CheckConstraint(name="syllabus_version_positive", condition=Q(version__gte=1)),
            models.CheckConstraint(
                name="syllabus_published_is_dated",
                condition=Q(published_at=None, ended_at=None)
                | Q(published_at__isnull=False, dated_on__isnull=False),
            ),
            models.CheckConstraint(
                name="syllabus_length_positive",
                condition=(Q(minutes=None) | Q(minutes__gte=1)) & (Q(half_days=None) | Q(half_days__gte=1)),
            ),
            models.CheckConstraint(
                name="syllabus_goal_known",
                condition=Q(bpf_goal__in=["", "a6", "a5", "a4", "a3", "a2", "aq", "b", "c", "d", "e", "f"]),
            ),
            models.CheckConstraint(
                name="syllabus_complete_in_training",
                condition=Q(published_at=None) | ~Q(legal_frame="training_action") | _complete(),
            ),
        )

    def __str__(self) -> str:
        return f"{self.module_id}: {self.version}"

    @property
    def filled(self) -> list[str]:
        """The fields that say something, in the order of the sheet."""
        return [name for name in checklist.FIELDS if self.is_filled(name)]

    def is_filled(self, name: str) -> bool:
        if name == "duration":
            return self.minutes is not None and self.half_days is not None
        if name == "modality":
            return self.modality != Modality.UNKNOWN
        text = getattr(self, name)
        data = getattr(text, "data", text)
        parts = data.values() if isinstance(data, dict) else [data]
        return any(checklist.says_something(str(part or "")) for part in parts)

    @property
    def missing(self) -> list[str]:
        """The fields that are neither filled nor waived with a reason."""
        return checklist.missing(self.filled, self.waivers)


class SyllabusLook(models.Model):
    """The colour and the logo that a version was published with, so that its PDF stays the same.

    A version without a row was published before sheets had them. Kept by a trigger (migration 0006).
    """

    syllabus = models.OneToOneField(Syllabus, on_delete=models.CASCADE, related_name="look")
    color = models.CharField(max_length=7)
    logo = models.BinaryField(blank=True, default=b"")
    alt = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = _("look of a programme sheet")
        verbose_name_plural = _("looks of programme sheets")

    def __str__(self) -> str:
        return f"{self.syllabus_id}: {self.color}"


class RunSyllabus(models.Model):
    """The version of the sheet that a run was sold with: that in force when the first person registered."""

    cycle = models.OneToOneField(Cycle, on_delete=models.CASCADE, related_name="run_syllabus")
    syllabus = models.ForeignKey(Syllabus, on_delete=models.PROTECT, related_name="runs")
    kept_at = models.DateTimeField()

    class Meta:
        verbose_name = _("programme sheet of a run")
        verbose_name_plural = _("programme sheets of runs")

    def __str__(self) -> str:
        return f"{self.cycle_id}: {self.syllabus_id}"
