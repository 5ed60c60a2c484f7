"""The agenda of a session, and who speaks in it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from i18nfield.fields import I18nCharField, I18nTextField

from accounts.addresses.columns import AddressColumn
from cycles.language.searching import Searchable, SearchText
from cycles.models.catalogue import Organisation, Person, Topic

from .session import Session


class Segment(Searchable):
    """An ordered part of a session."""

    class Kind(models.TextChoices):
        WELCOME = "welcome", _("welcome")
        CASE_STUDY = "case_study", _("case study")
        ILLUSTRATION = "illustration", _("illustration")
        INTERVENTION = "intervention", _("talk")
        DISCUSSION = "discussion", _("discussion")

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="segments")
    order = models.PositiveSmallIntegerField(_("order"))
    kind = models.CharField(_("kind"), max_length=20, choices=Kind, default=Kind.INTERVENTION)
    title = I18nCharField(_("title"), max_length=300, blank=True)
    description = I18nTextField(_("description"), blank=True)
    topic = models.ForeignKey(
        Topic, null=True, blank=True, on_delete=models.SET_NULL, related_name="segments"
    )
    minutes = models.PositiveSmallIntegerField(_("minutes"), null=True, blank=True)
    # As the public search compares it.
    search_page = SearchText(of=("title", "description"))

    class Meta:
        verbose_name = _("agenda item")
        verbose_name_plural = _("agenda items")
        ordering = ("session", "order")
        constraints = (models.UniqueConstraint(fields=("session", "order"), name="segment_order_once"),)

    def __str__(self) -> str:
        return str(self.title) or f"{self.order}"


class SpeakerSlotQuerySet(models.QuerySet["SpeakerSlot"]):
    """Named questions."""

    def confirmed(self) -> SpeakerSlotQuerySet:
        """Those who said yes."""
        return self.filter(state=SpeakerSlot.State.ACCEPTED)

    def announced(self) -> SpeakerSlotQuerySet:
        """Those that the public is told about: who said yes, and the organisations of everybody who was asked."""
        asked = Q(state__in=SpeakerSlot.ASKED, organisation__isnull=False)
        return self.filter(Q(state=SpeakerSlot.State.ACCEPTED) | asked)

    def reachable(self) -> SpeakerSlotQuerySet:
        """Those who were asked, have not said no, and whose address was given."""
        return self.filter(state__in=SpeakerSlot.SPEAKING).exclude(contact_email="")


class SpeakerSlot(models.Model):
    """Who speaks in a segment: a person, an organisation, or both, and what they illustrate."""

    class State(models.TextChoices):
        PROPOSED = "proposed", _("proposed")
        INVITED = "invited", _("invited")
        ACCEPTED = "accepted", _("accepted")
        DECLINED = "declined", _("declined")
        WITHDRAWN = "withdrawn", _("withdrawn")
        REPLACED = "replaced", _("replaced")

    # A wish of the organisers', or somebody who does not come: nobody is written to.
    SILENT = (State.PROPOSED, State.DECLINED, State.WITHDRAWN, State.REPLACED)
    SPEAKING = (State.INVITED, State.ACCEPTED)
    # Asked without a yes that stands: the public is told of their organisation alone, which may name somebody else.
    ASKED = (State.INVITED, State.DECLINED, State.WITHDRAWN)

    segment = models.ForeignKey(Segment, on_delete=models.CASCADE, related_name="slots")
    order = models.PositiveSmallIntegerField(_("order"))
    person = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="slots")
    organisation = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="slots"
    )
    illustrates = models.ForeignKey(
        Topic, null=True, blank=True, on_delete=models.SET_NULL, related_name="illustrated_by"
    )
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.ACCEPTED)
    # Whom to write to about this session; of a slot, because an organisation may speak before it names a person.
    # Never shown in public, and kept no longer than registrations are.
    contact_name = models.CharField(_("contact"), max_length=120, blank=True)
    contact_email = AddressColumn(_("email of the contact"), max_length=254, blank=True)
    contact_language = models.CharField(
        _("language of the contact"), max_length=5, choices=settings.LANGUAGES, default="fr"
    )

    objects = SpeakerSlotQuerySet.as_manager()

    class Meta:
        verbose_name = _("speaker")
        verbose_name_plural = _("speakers")
        ordering = ("segment", "order")
        constraints = (
            models.UniqueConstraint(fields=("segment", "order"), name="speaker_slot_order_once"),
            models.CheckConstraint(
                name="speaker_slot_someone",
                condition=Q(person__isnull=False) | Q(organisation__isnull=False),
                violation_error_message=_("Name a person, an organisation, or both."),
            ),
        )

    def __str__(self) -> str:
        return " · ".join(str(part) for part in (self.person, self.organisation) if part)

    @property
    def is_confirmed(self) -> bool:
        return self.state == self.State.ACCEPTED

    @property
    def is_announced(self) -> bool:
        """As `announced` says of many."""
        return self.is_confirmed or (self.state in self.ASKED and self.organisation_id is not None)

    @property
    def shown_person(self) -> Person | None:
        """The person as far as the public is told: nobody before they said yes."""
        return self.person if self.is_confirmed else None
