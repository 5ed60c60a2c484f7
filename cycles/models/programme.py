"""The umbrella: a programme, its aims, its partners, and who may organise it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from i18nfield.fields import I18nCharField, I18nTextField

from .catalogue import Organisation
from .shared import Color, Sourced


class ProgrammeQuerySet(models.QuerySet["Programme"]):
    def published(self) -> ProgrammeQuerySet:
        return self.filter(is_published=True)


class Programme(Sourced):
    """An umbrella with partners and objectives, holding cycles, modules and publications."""

    slug = models.SlugField(max_length=80, unique=True)
    title = I18nCharField(_("title"), max_length=300)
    short_title = I18nCharField(_("short title"), max_length=120, blank=True)
    summary = I18nTextField(_("summary"), blank=True)
    banner = I18nTextField(_("banner shown on every page of it"), blank=True)
    lead = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.SET_NULL, related_name="led_programmes"
    )
    launched_on = models.DateField(_("launched on"), null=True, blank=True)
    is_published = models.BooleanField(_("published"), default=False)
    # In whose name its emails speak, and the mailbox that answers to them reach; empty: the site's.
    sender_name = models.CharField(_("name of the sender of its emails"), max_length=80, blank=True)
    contact_email = models.EmailField(_("address that answers go to"), max_length=254, blank=True)
    # The colour of what one can do on its public pages (escale.css says each in light and dark); empty: the site's.
    accent = models.CharField(_("colour of its pages"), max_length=20, choices=Color, blank=True)

    objects = ProgrammeQuerySet.as_manager()

    class Meta:
        verbose_name = _("programme")
        verbose_name_plural = _("programmes")
        ordering = ("slug",)

    def __str__(self) -> str:
        return str(self.title)


class Objective(models.Model):
    """An ordered aim of a programme."""

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="objectives")
    order = models.PositiveSmallIntegerField(_("order"))
    text = I18nTextField(_("text"))

    class Meta:
        verbose_name = _("objective")
        verbose_name_plural = _("objectives")
        ordering = ("programme", "order")
        constraints = (models.UniqueConstraint(fields=("programme", "order"), name="objective_order_once"),)

    def __str__(self) -> str:
        return str(self.text)


class Partnership(Sourced):
    """An organisation behind a programme, in a role, under the name it had at the time."""

    class Role(models.TextChoices):
        LEAD = "lead", _("lead")
        INSTITUTIONAL = "institutional_partner", _("institutional partner")
        FUNDER = "funder_or_partner", _("funder or partner")
        PARTNER = "partner", _("partner")
        MEDIA = "media", _("media partner")

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="partnerships")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="partnerships")
    role = models.CharField(_("role"), max_length=30, choices=Role, default=Role.PARTNER)
    role_text = I18nCharField(_("role in words"), max_length=200, blank=True)
    name_at_the_time = models.CharField(_("name at the time"), max_length=200, blank=True)
    order = models.PositiveSmallIntegerField(_("order"))

    class Meta:
        verbose_name = _("partner")
        verbose_name_plural = _("partners")
        ordering = ("programme", "order")
        constraints = (
            models.UniqueConstraint(fields=("programme", "organisation"), name="partnership_once"),
            models.UniqueConstraint(fields=("programme", "order"), name="partnership_order_once"),
        )

    def __str__(self) -> str:
        return self.name_at_the_time or self.organisation.name


class Membership(models.Model):
    """What an account may do in one programme. Here, not in accounts, because imports go down only."""

    class Role(models.TextChoices):
        OWNER = "owner", _("owner")
        ORGANISER = "organiser", _("organiser")
        TRAINER = "trainer", _("trainer")
        READER = "reader", _("reader")
        PRIVACY = "privacy", _("data-protection officer")

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(_("role"), max_length=12, choices=Role)

    class Meta:
        verbose_name = _("role in a programme")
        verbose_name_plural = _("roles in programmes")
        constraints = (
            models.UniqueConstraint(fields=("programme", "user"), name="membership_once"),
            models.CheckConstraint(
                name="membership_known_role",
                condition=Q(role__in=("owner", "organiser", "trainer", "reader", "privacy")),
            ),
        )

    def __str__(self) -> str:
        return f"{self.user} · {self.get_role_display()}"
