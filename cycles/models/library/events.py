"""Events that happened, or happen elsewhere."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from i18nfield.fields import I18nCharField

from cycles.language.searching import Searchable, SearchText
from cycles.models.catalogue import Organisation, Person
from cycles.models.programme import Programme
from cycles.models.shared import FuzzyDated, Sourced


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
