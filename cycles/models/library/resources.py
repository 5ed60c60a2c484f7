"""Publications, the series they appear in, and databases kept by others."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from i18nfield.fields import I18nCharField, I18nTextField

from accounts.collation import alphabetical
from cycles.language.searching import Searchable, SearchText
from cycles.models.catalogue import Organisation, Topic
from cycles.models.cycle import Cycle
from cycles.models.programme import Programme
from cycles.models.sessions.session import Session
from cycles.models.shared import FuzzyDated, Sourced

from .events import Event


class ResourceSeries(models.Model):
    """A collection with issues, some of which may be missing."""

    slug = models.SlugField(max_length=80, unique=True)
    title = I18nCharField(_("title"), max_length=300)
    first_year = models.PositiveSmallIntegerField(_("first year"), null=True, blank=True)
    cadence = models.CharField(_("cadence"), max_length=20, blank=True)
    known_issues = models.JSONField(_("issues known"), default=list, blank=True)
    implied_issues = models.JSONField(_("issues that must exist"), default=list, blank=True)

    class Meta:
        verbose_name = _("series")
        verbose_name_plural = _("series")
        ordering = ("slug",)

    def __str__(self) -> str:
        return str(self.title)


class ResourceQuerySet(models.QuerySet["Resource"]):
    def published(self) -> ResourceQuerySet:
        """What everyone may read: not a draft, nor of a session that is one."""
        return self.filter(
            Q(session=None) | Q(session__in=Session.objects.published().values("pk")), is_published=True
        )


class Resource(Searchable, Sourced, FuzzyDated):
    """A publication, a kit, a replay… It may have no address: then no dead link is shown."""

    class Kind(models.TextChoices):
        REPORT = "report", _("report")
        GUIDE = "guide", _("guide")
        ANNUAL_ISSUE = "annual_issue", _("annual issue")
        REFERENCE_FRAME = "reference_frame", _("reference frame")
        NOTE = "note", _("note")
        KIT = "kit", _("kit")
        STUDY = "study", _("study")
        FLYBOOK = "flybook", _("flybook")
        ARTICLE_SERIES = "article_series", _("series of articles")
        WEBSITE = "website", _("website")
        SLIDES = "slides", _("slides")
        REPLAY = "replay", _("replay")

    slug = models.SlugField(max_length=80, unique=True)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    title = I18nCharField(_("title"), max_length=300)
    title_variant = models.CharField(_("other title"), max_length=300, blank=True)
    summary = I18nTextField(_("summary"), blank=True)
    audience = I18nCharField(_("audience"), max_length=300, blank=True)
    key_figures = models.JSONField(_("key figures"), default=list, blank=True)
    questions = models.JSONField(_("questions treated"), default=list, blank=True)
    url = models.URLField(_("web address"), max_length=500, blank=True)
    is_downloadable = models.BooleanField(_("can be downloaded"), default=False)
    series = models.ForeignKey(
        ResourceSeries, null=True, blank=True, on_delete=models.SET_NULL, related_name="issues"
    )
    issue = models.PositiveSmallIntegerField(_("issue"), null=True, blank=True)
    version_of = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="versions"
    )
    programme = models.ForeignKey(
        Programme, null=True, blank=True, on_delete=models.SET_NULL, related_name="resources"
    )
    session = models.ForeignKey(
        Session, null=True, blank=True, on_delete=models.SET_NULL, related_name="resources"
    )
    launched_at = models.ForeignKey(
        Event, null=True, blank=True, on_delete=models.SET_NULL, related_name="launched_resources"
    )
    concludes = models.ForeignKey(
        Cycle, null=True, blank=True, on_delete=models.SET_NULL, related_name="concluding_resources"
    )
    coordinated_by = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.SET_NULL, related_name="resources_coordinated"
    )
    publishers = models.ManyToManyField(Organisation, blank=True, related_name="resources_published")
    partners = models.ManyToManyField(Organisation, blank=True, related_name="resources_supported")
    topics = models.ManyToManyField(Topic, blank=True, related_name="resources")
    is_published = models.BooleanField(_("published"), default=True, db_default=True)
    search_title = SearchText(of=("title", "title_variant", "summary"))

    objects = ResourceQuerySet.as_manager()

    class Meta(FuzzyDated.Meta):
        abstract = False
        verbose_name = _("resource")
        verbose_name_plural = _("resources")
        ordering = (models.F("date_from").desc(nulls_last=True), "slug")
        constraints = (
            *FuzzyDated.Meta.constraints,
            models.UniqueConstraint(fields=("series", "issue"), name="resource_issue_once"),
        )

    def __str__(self) -> str:
        return str(self.title)


class ExternalDatabase(Sourced, FuzzyDated):
    """A database kept by others that is worth a link."""

    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(_("name"), max_length=200)
    description = I18nTextField(_("description"), blank=True)
    url = models.URLField(_("web address"), blank=True)
    size_at_launch = models.CharField(_("size when launched"), max_length=200, blank=True)
    topics = models.ManyToManyField(Topic, blank=True, related_name="external_databases")

    class Meta(FuzzyDated.Meta):
        abstract = False
        verbose_name = _("external database")
        verbose_name_plural = _("external databases")
        ordering = (alphabetical("name"), "slug")

    def __str__(self) -> str:
        return self.name
