"""Everything around the cycles: events, modules, workshops, publications, news."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from i18nfield.fields import I18nCharField, I18nTextField

from accounts.collation import alphabetical
from cycles.language.searching import Searchable, SearchText

from .catalogue import Organisation, Person, Topic
from .cycle import Cycle
from .programme import Programme
from .session import Session
from .shared import FuzzyDated, Modality, Sourced

NEWS_TARGETS = (
    "programme",
    "cycle",
    "session",
    "module",
    "workshop",
    "resource",
    "event",
    "external_database",
)


class Event(Searchable, Sourced, FuzzyDated):
    """Something that happened, or happens elsewhere: not ours to open for registration."""

    class Kind(models.TextChoices):
        LAUNCH = "launch", _("launch")
        CONFERENCE = "conference", _("conference")
        ANNOUNCEMENT = "announcement", _("announcement")
        FORUM = "forum", _("forum")
        WEBINAR = "webinar", _("webinar")
        OTHER = "other", _("other")

    slug = models.SlugField(max_length=80, unique=True)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind, default=Kind.OTHER)
    title = I18nCharField(_("title"), max_length=300)
    programme = models.ForeignKey(
        Programme, null=True, blank=True, on_delete=models.SET_NULL, related_name="events"
    )
    within = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.SET_NULL, related_name="events_within"
    )
    hosts = models.ManyToManyField(Organisation, blank=True, related_name="events_hosted")
    people = models.ManyToManyField(Person, blank=True, related_name="events")
    is_external = models.BooleanField(_("held elsewhere"), default=True)
    url = models.URLField(_("web address"), blank=True)
    # As the public search compares it.
    search_title = SearchText(of=("title",))

    class Meta(FuzzyDated.Meta):
        abstract = False
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ("-date_from", "slug")

    def __str__(self) -> str:
        return str(self.title)


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
        CLOSED = "closed", _("closed")

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


class NewsQuerySet(models.QuerySet["News"]):
    def published(self) -> NewsQuerySet:
        return self.filter(is_published=True)


class News(Searchable, Sourced, FuzzyDated):
    """A post. A recap is a post of kind recap: about one session, announcing the next."""

    class Kind(models.TextChoices):
        LAUNCH = "launch", _("launch")
        RECAP = "recap", _("recap")
        ANNOUNCEMENT = "announcement", _("announcement")
        PUBLICATION = "publication", _("publication")
        SERVICE = "service", _("service")
        OPENING = "opening", _("opening")
        CLOSING = "closing", _("closing")

    slug = models.SlugField(max_length=80, unique=True)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    programme = models.ForeignKey(
        Programme, null=True, blank=True, on_delete=models.SET_NULL, related_name="news"
    )
    title = I18nCharField(_("title (empty: made from what it is about)"), max_length=300, blank=True)
    body = I18nTextField(_("text (Markdown)"), blank=True)
    is_pinned = models.BooleanField(_("kept on top"), default=False)
    is_published = models.BooleanField(_("published"), default=True)
    position = models.PositiveIntegerField(_("order among undated posts, newest first"), default=0)
    # For the Atom feed only (RFC 4287, 4.2.9 and 4.2.15), which wants instants where a post may have no date at all.
    created_at = models.DateTimeField(auto_now_add=True)
    revised_at = models.DateTimeField(auto_now=True)
    search_title = SearchText(of=("title", "body"))

    objects = NewsQuerySet.as_manager()

    class Meta(FuzzyDated.Meta):
        abstract = False
        verbose_name = _("news post")
        verbose_name_plural = _("news")
        ordering = ("-is_pinned", "position", "slug")

    def __str__(self) -> str:
        return str(self.title) or self.slug


class NewsLinkQuerySet(models.QuerySet["NewsLink"]):
    def public(self) -> NewsLinkQuerySet:
        """Links to what everyone may read: a published post may name a draft, and is shown without it."""
        return self.filter(
            # Events, and databases of others, are public from the first.
            Q(event__isnull=False)
            | Q(external_database__isnull=False)
            | Q(programme__in=Programme.objects.published().values("pk"))
            | Q(cycle__in=Cycle.objects.published().values("pk"))
            | Q(session__in=Session.objects.published().values("pk"))
            | Q(module__in=Module.objects.published().values("pk"))
            | Q(workshop__in=Workshop.objects.published().values("pk"))
            | Q(resource__in=Resource.objects.published().values("pk"))
        )


class NewsLink(models.Model):
    """What a post is about, or what it announces: exactly one thing each."""

    class Relation(models.TextChoices):
        ABOUT = "about", _("about")
        ANNOUNCES = "announces", _("announces")

    news = models.ForeignKey(News, on_delete=models.CASCADE, related_name="links")
    relation = models.CharField(_("relation"), max_length=10, choices=Relation)
    order = models.PositiveSmallIntegerField(_("order"), default=1)
    programme = models.ForeignKey(
        Programme, null=True, blank=True, on_delete=models.CASCADE, related_name="news_links"
    )
    cycle = models.ForeignKey(
        Cycle, null=True, blank=True, on_delete=models.CASCADE, related_name="news_links"
    )
    session = models.ForeignKey(
        Session, null=True, blank=True, on_delete=models.CASCADE, related_name="news_links"
    )
    module = models.ForeignKey(
        Module, null=True, blank=True, on_delete=models.CASCADE, related_name="news_links"
    )
    workshop = models.ForeignKey(
        Workshop, null=True, blank=True, on_delete=models.CASCADE, related_name="news_links"
    )
    resource = models.ForeignKey(
        Resource, null=True, blank=True, on_delete=models.CASCADE, related_name="news_links"
    )
    event = models.ForeignKey(
        Event, null=True, blank=True, on_delete=models.CASCADE, related_name="news_links"
    )
    external_database = models.ForeignKey(
        ExternalDatabase, null=True, blank=True, on_delete=models.CASCADE, related_name="news_links"
    )

    objects = NewsLinkQuerySet.as_manager()

    class Meta:
        verbose_name = _("link of a post")
        verbose_name_plural = _("links of a post")
        ordering = ("news", "relation", "order")
        constraints = (
            models.UniqueConstraint(fields=("news", "relation", "order"), name="news_link_order_once"),
            models.CheckConstraint(
                name="news_link_one_target",
                condition=Q(
                    *(
                        Q(**{f"{other}__isnull": other != target for other in NEWS_TARGETS})
                        for target in NEWS_TARGETS
                    ),
                    _connector=Q.OR,
                ),
                violation_error_message=_("A link names exactly one thing."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.news_id} {self.relation} {self.target}"

    @property
    def target(self) -> models.Model:
        """The one thing it names."""
        for name in NEWS_TARGETS:
            if getattr(self, f"{name}_id") is not None:
                target: models.Model = getattr(self, name)
                return target
        msg = "a news link without a target cannot be stored"
        raise AssertionError(msg)
