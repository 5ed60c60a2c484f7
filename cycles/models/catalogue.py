"""Who and what the pages name: topics, territories, organisations, people."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from i18nfield.fields import I18nCharField, I18nTextField

from accounts.collation import alphabetical
from cycles.language.searching import Searchable, SearchText

from .shared import Sourced


class Topic(Searchable):
    """A word of the controlled vocabulary; a lever is a topic that a session illustrates."""

    class Kind(models.TextChoices):
        TOPIC = "topic", _("topic")
        LEVER = "lever", _("lever")

    slug = models.SlugField(max_length=80, unique=True)
    name = I18nCharField(_("name"), max_length=200)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.TOPIC)
    search_title = SearchText(of=("name",))

    class Meta:
        verbose_name = _("topic")
        verbose_name_plural = _("topics")
        ordering = ("slug",)

    def __str__(self) -> str:
        return str(self.name)


class Territory(models.Model):
    """The region that a session is about."""

    slug = models.SlugField(max_length=80, unique=True)
    name = I18nCharField(_("name"), max_length=200)
    kind = models.CharField(_("kind"), max_length=40, blank=True)

    class Meta:
        verbose_name = _("territory")
        verbose_name_plural = _("territories")
        ordering = ("slug",)

    def __str__(self) -> str:
        return str(self.name)


class Organisation(Searchable, Sourced):
    """An association, foundation, public body, company, school…"""

    class Kind(models.TextChoices):
        ASSOCIATION = "association", _("association")
        FOUNDATION = "foundation", _("foundation")
        PUBLIC = "public", _("public body")
        COMPANY = "company", _("company")
        SCHOOL = "school", _("school")
        NETWORK = "network", _("network")
        PUBLISHER = "publisher", _("publisher")
        INTERNATIONAL = "international", _("international organisation")
        PLATFORM = "platform", _("platform")
        EVENT = "event", _("event")
        OTHER = "other", _("other")

    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(_("name"), max_length=200)
    full_name = models.CharField(_("full name"), max_length=300, blank=True)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind, default=Kind.OTHER)
    aliases = models.JSONField(_("other spellings"), default=list, blank=True)
    description = I18nTextField(_("description"), blank=True)
    url = models.URLField(_("web address"), blank=True)
    # As the public search compares it; what it is called, and by whom, and what is said of it.
    search_title = SearchText(of=("name", "full_name"))
    search_page = SearchText(of=("description",))

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        ordering = (alphabetical("name"), "slug")

    def __str__(self) -> str:
        return self.name


class Person(Searchable, Sourced):
    """Someone named in public. A role without a name ("President of the Republic") is allowed."""

    slug = models.SlugField(max_length=80, unique=True)
    given_name = models.CharField(_("given name"), max_length=120, blank=True)
    family_name = models.CharField(_("family name"), max_length=120, blank=True)
    role = I18nCharField(_("role"), max_length=300, blank=True)
    organisation = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.SET_NULL, related_name="people"
    )
    search_title = SearchText(of=("given_name", "family_name", "role"))

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = (alphabetical("family_name"), alphabetical("given_name"), "slug")
        constraints = (
            models.CheckConstraint(
                name="cycles_person_named_or_role",
                condition=~Q(family_name="") | ~Q(given_name="") | ~Q(role__in=["", "{}"]),
                violation_error_message=_("Give a name, or a role for someone who is only known by it."),
            ),
        )

    def __str__(self) -> str:
        return self.full_name or str(self.role)

    @property
    def full_name(self) -> str:
        """Given and family name, empty for someone known by office only."""
        return f"{self.given_name} {self.family_name}".strip()
