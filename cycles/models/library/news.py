"""News, and what each post is about."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from i18nfield.fields import I18nCharField, I18nTextField

from cycles.language.searching import Searchable, SearchText
from cycles.models.cycle import Cycle
from cycles.models.programme import Programme
from cycles.models.sessions.session import Session
from cycles.models.shared import FuzzyDated, Sourced

from .events import Event
from .modules import Module, Workshop
from .resources import ExternalDatabase, Resource

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
