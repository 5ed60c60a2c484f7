"""Training modules, and the workshops that hold them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from i18nfield.fields import I18nCharField, I18nTextField

from cycles.language.searching import Searchable, SearchText
from cycles.models.catalogue import Organisation
from cycles.models.cycle import Cycle
from cycles.models.programme import Programme
from cycles.models.sessions.session import Session
from cycles.models.shared import FuzzyDated, Modality, Sourced


class ModuleQuerySet(models.QuerySet["Module"]):
    def published(self) -> ModuleQuerySet:
        return self.filter(is_published=True)


class Module(Searchable, Sourced):
    """A unit of training: ours, or a course run elsewhere."""

    class Kind(models.TextChoices):
        TRAINING = "training_module", _("training module")
        MOOC = "mooc", _("MOOC")

    class Status(models.TextChoices):
        IN_DESIGN = "in_design", _("in design")
        OPEN = "open", _("open")
        CLOSED = "closed", pgettext_lazy("a module", "closed")

    slug = models.SlugField(max_length=80, unique=True)
    programme = models.ForeignKey(
        Programme, null=True, blank=True, on_delete=models.SET_NULL, related_name="modules"
    )
    kind = models.CharField(_("kind"), max_length=20, choices=Kind, default=Kind.TRAINING)
    status = models.CharField(_("status"), max_length=20, choices=Status, default=Status.IN_DESIGN)
    legal_frame = models.CharField(
        _("legal frame"), max_length=20, choices=Session.LegalFrame, default=Session.LegalFrame.INFORMATION
    )
    title = I18nCharField(_("title"), max_length=300)
    summary = I18nTextField(_("summary"), blank=True)
    audience = I18nCharField(_("audience"), max_length=300, blank=True)
    owners = models.ManyToManyField(Organisation, blank=True, related_name="modules_owned")
    partners = models.ManyToManyField(Organisation, blank=True, related_name="modules_supported")
    platform = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.SET_NULL, related_name="modules_hosted"
    )
    is_external = models.BooleanField(_("run elsewhere"), default=False)
    url = models.URLField(_("web address"), blank=True)
    is_published = models.BooleanField(_("published"), default=True, db_default=True)
    search_title = SearchText(of=("title", "summary"))

    objects = ModuleQuerySet.as_manager()

    class Meta:
        verbose_name = _("training module")
        verbose_name_plural = _("training modules")
        ordering = ("slug",)

    def __str__(self) -> str:
        return str(self.title)

    @property
    def is_training(self) -> bool:
        """True where people sign for each half-day, and get papers that prove it."""
        return self.legal_frame == Session.LegalFrame.TRAINING


class WorkshopQuerySet(models.QuerySet["Workshop"]):
    def published(self) -> WorkshopQuerySet:
        """Published workshops, as far as the module on whose page they stand is no draft."""
        return self.filter(
            Q(module=None) | Q(module__in=Module.objects.published().values("pk")), is_published=True
        )


class Workshop(Sourced, FuzzyDated):
    """A working meeting, such as the co-design of a module. Its hour and place may be unknown.

    It is announced from the first; people register once its hour is known, for the `run` that opens it.
    """

    slug = models.SlugField(max_length=80, unique=True)
    module = models.ForeignKey(
        Module, null=True, blank=True, on_delete=models.CASCADE, related_name="workshops"
    )
    kind = models.CharField(_("kind"), max_length=40, default="co_design_workshop")
    title = I18nCharField(_("title"), max_length=300)
    modality = models.CharField(_("modality"), max_length=10, choices=Modality, default=Modality.UNKNOWN)
    place = I18nCharField(_("place"), max_length=300, blank=True)
    starts_at = models.DateTimeField(_("starts, when the hour is known"), null=True, blank=True)
    run = models.OneToOneField(
        Cycle, null=True, blank=True, on_delete=models.SET_NULL, related_name="workshop"
    )
    hosts = models.ManyToManyField(Organisation, blank=True, related_name="workshops")
    is_published = models.BooleanField(_("published"), default=True, db_default=True)

    objects = WorkshopQuerySet.as_manager()

    class Meta(FuzzyDated.Meta):
        abstract = False
        verbose_name = _("workshop")
        verbose_name_plural = _("workshops")
        ordering = ("-date_from", "slug")

    def __str__(self) -> str:
        return str(self.title)
