"""A session: one dated meeting."""

from __future__ import annotations

import uuid
import zoneinfo
from typing import TYPE_CHECKING

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Length
from django.utils.translation import gettext_lazy as _
from i18nfield.fields import I18nCharField, I18nTextField

from cycles.language.searching import LONGEST_PAGE, Searchable, SearchText
from cycles.models.catalogue import Organisation, Territory, Topic
from cycles.models.cycle import Cycle
from cycles.models.shared import Modality, Sourced

if TYPE_CHECKING:
    import datetime as dt


class SessionQuerySet(models.QuerySet["Session"]):
    """Named questions; instants are aware, `at` is the moment asked about."""

    def published(self) -> SessionQuerySet:
        """Everything a visitor may see: not a draft, in a published cycle. Cancelled ones stay visible."""
        return self.exclude(status=Session.Status.DRAFT).filter(cycle__status__in=Cycle.PUBLIC)

    def held(self) -> SessionQuerySet:
        """Sessions that are to take place: dated, neither draft, postponed nor cancelled."""
        return self.filter(status__in=(Session.Status.TENTATIVE, Session.Status.CONFIRMED))

    def upcoming(self, *, at: dt.datetime) -> SessionQuerySet:
        """Held sessions that have not ended at `at`, soonest first."""
        return self.held().filter(ends_at__gt=at).order_by("starts_at", "pk")

    def with_room(self) -> SessionQuerySet:
        """As `has_room` says of one."""
        no_room = Q(cycle__kind=Cycle.Kind.DAILY, room_url="", room_kind=Session.RoomKind.LINK)
        return self.exclude(Q(modality=Modality.ON_SITE) | no_room)

    def readable(self) -> SessionQuerySet:
        """As `has_article` says of one."""
        # A text in several languages of which none is written is kept as "{}": two letters, and not one.
        return self.alias(written=Length("article")).filter(Q(written__gt=len("{}")) | ~Q(article_url=""))

    def past(self, *, at: dt.datetime) -> SessionQuerySet:
        return self.held().filter(ends_at__lte=at).order_by("starts_at", "pk")

    def in_order(self) -> SessionQuerySet:
        """As a reader expects the line: by number, then by date (postponed ones keep their place)."""
        return self.order_by(F("number").asc(nulls_last=True), F("starts_at").asc(nulls_last=True), "pk")


class Session(Searchable, Sourced):
    """One meeting of a cycle.

    `planned_date` is the day that the rule gave and never changes; `starts_at` is the truth.
    `revision` rises with every change of schedule (move, postpone, cancel, restore): it is SEQUENCE in
    iCalendar and the version that reminders belong to. `revised_at` rises with every edit: an organiser who
    looked at an older one is warned.
    """

    class Status(models.TextChoices):
        DRAFT = "draft", _("draft")
        TENTATIVE = "tentative", _("date to be confirmed")
        CONFIRMED = "confirmed", _("confirmed")
        POSTPONED = "postponed", _("postponed")
        CANCELLED = "cancelled", _("cancelled")

    class Phase(models.TextChoices):
        """What a visitor is told: the status, and for held sessions where the clock stands."""

        DRAFT = "draft", _("draft")
        TENTATIVE = "tentative", _("date to be confirmed")
        CONFIRMED = "confirmed", _("confirmed")
        LIVE = "live", _("in progress")
        DONE = "done", _("past")
        POSTPONED = "postponed", _("postponed")
        CANCELLED = "cancelled", _("cancelled")

    class LegalFrame(models.TextChoices):
        INFORMATION = "information", _("information")
        TRAINING = "training_action", _("training action")

    class RoomKind(models.TextChoices):
        LINK = "link", _("an address")
        BIGBLUEBUTTON = "bigbluebutton", "BigBlueButton"
        JITSI = "jitsi", "Jitsi"

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    cycle = models.ForeignKey(Cycle, on_delete=models.PROTECT, related_name="sessions")
    slug = models.SlugField(max_length=80)
    number = models.PositiveSmallIntegerField(_("number"), null=True, blank=True)
    title = I18nCharField(_("title"), max_length=300, blank=True)
    has_theme = models.BooleanField(_("the theme is known"), default=True)
    summary = I18nTextField(_("summary"), blank=True)
    # What there is to read instead of a meeting, or beside it: a text here, or an address elsewhere.
    article = I18nTextField(_("article (Markdown)"), blank=True)
    article_url = models.URLField(_("address of the article"), max_length=500, blank=True)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.DRAFT)

    planned_date = models.DateField(_("date that the rule gave"), null=True, blank=True)
    starts_at = models.DateTimeField(_("starts"), null=True, blank=True)
    ends_at = models.DateTimeField(_("ends"), null=True, blank=True)
    is_all_day = models.BooleanField(_("whole day"), default=False)
    cancel_reason = I18nTextField(_("reason of the cancellation"), blank=True)
    status_before_cancel = models.CharField(max_length=10, blank=True, editable=False)
    # Kept while it is postponed, also when it is cancelled then: an unsure date is followed by an unsure one.
    status_before_postponing = models.CharField(max_length=10, blank=True, editable=False)

    territory = models.ForeignKey(
        Territory, null=True, blank=True, on_delete=models.SET_NULL, related_name="sessions"
    )
    topics = models.ManyToManyField(Topic, blank=True, related_name="sessions")
    track = models.ForeignKey(
        "Track", null=True, blank=True, on_delete=models.SET_NULL, related_name="sessions"
    )
    host = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.SET_NULL, related_name="hosted_sessions"
    )
    legal_frame = models.CharField(
        _("legal frame"), max_length=20, choices=LegalFrame, default=LegalFrame.INFORMATION
    )
    modality = models.CharField(
        _("how people take part"),
        max_length=10,
        choices=[choice for choice in Modality.choices if choice[0] != Modality.UNKNOWN],
        default=Modality.ONLINE,
        db_default=Modality.ONLINE,
    )
    place = I18nCharField(_("place, with its address"), max_length=300, blank=True)
    access = I18nTextField(_("how to get there"), blank=True)
    # Never shown in public: people reach the room through their own join link.
    room_kind = models.CharField(_("room"), max_length=15, choices=RoomKind, default=RoomKind.LINK)
    # On a server of one's own; empty: a name that nobody guesses is made from the session.
    room_name = models.SlugField(_("name of the room"), max_length=80, blank=True)
    room_url = models.URLField(_("address of the room"), max_length=500, blank=True)
    room_host_url = models.URLField(_("address of the room for the speakers"), max_length=500, blank=True)
    room_opens_minutes = models.PositiveSmallIntegerField(_("room opens, minutes before"), default=15)
    is_recorded = models.BooleanField(_("recorded"), default=False)
    replay_url = models.URLField(_("address of the replay"), max_length=500, blank=True)
    # Somebody who spoke does not agree, or no more: kept, and shown to nobody (written by speakers/consents).
    is_replay_held = models.BooleanField(
        _("the replay is held"), default=False, db_default=False, editable=False
    )
    capacity = models.PositiveIntegerField(
        _("places"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    revision = models.PositiveIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(editable=False)
    revised_at = models.DateTimeField(editable=False)
    # When what calendars show of it last changed, and a digest of that (calendars.calendar_revision): LAST-MODIFIED.
    # It also follows a speaker's or an organisation's name, and no change that subscribers cannot see.
    shown_at = models.DateTimeField(null=True, editable=False)
    shown_digest = models.CharField(max_length=32, blank=True, editable=False)
    # As the desk's search compares it.
    search_title = SearchText(of=("title",))
    # As the public search does besides.
    search_page = SearchText(of=("summary", "article", "place"), longest=LONGEST_PAGE)

    objects = SessionQuerySet.as_manager()

    class Meta:
        verbose_name = _("session")
        verbose_name_plural = _("sessions")
        ordering = ("cycle", "number", "starts_at")
        indexes = (
            models.Index(fields=("starts_at",), name="session_starts_at"),
            # What is to come, of a site whose archives are large; what changed lately, for the tick.
            models.Index(fields=("ends_at",), name="session_ends_at"),
            models.Index(fields=("revised_at",), name="session_revised_at"),
        )
        constraints = (
            models.UniqueConstraint(
                fields=("cycle", "planned_date"),
                name="session_once_a_planned_date",
                violation_error_message=_("This cycle already has a session for that date of its rhythm."),
            ),
            models.UniqueConstraint(fields=("cycle", "slug"), name="session_slug_once_a_cycle"),
            models.UniqueConstraint(fields=("cycle", "number"), name="session_number_once_a_cycle"),
            models.CheckConstraint(
                name="session_ends_after_start",
                # A comparison with NULL is not false for a check: both must be asked for.
                condition=Q(starts_at=None, ends_at=None)
                | Q(starts_at__isnull=False, ends_at__isnull=False, ends_at__gt=F("starts_at")),
                violation_error_message=_("A session ends after it starts: check the date and the hours."),
            ),
            models.CheckConstraint(
                name="session_dated_unless_postponed",
                condition=Q(status__in=["draft", "postponed"]) | Q(starts_at__isnull=False),
                violation_error_message=_("Only a draft or a postponed session may be without a date."),
            ),
            models.CheckConstraint(
                name="session_modality_known",
                condition=Q(modality__in=["online", "on_site", "hybrid"]),
            ),
            models.CheckConstraint(
                name="session_room_kind_known",
                condition=Q(room_kind__in=["link", "bigbluebutton", "jitsi"]),
            ),
            models.CheckConstraint(
                name="session_capacity_positive", condition=Q(capacity=None) | Q(capacity__gte=1)
            ),
        )

    def __str__(self) -> str:
        return f"{self.cycle_id}/{self.slug}"

    @property
    def zone(self) -> dt.tzinfo:
        return zoneinfo.ZoneInfo(self.cycle.timezone)

    @property
    def local_date(self) -> dt.date | None:
        """The day in the cycle's zone on which it starts; None while it has no date."""
        return self.starts_at.astimezone(self.zone).date() if self.starts_at else None

    @property
    def is_held(self) -> bool:
        return self.status in (self.Status.TENTATIVE, self.Status.CONFIRMED)

    @property
    def has_room(self) -> bool:
        """True where people may join from afar: nobody is offered a link to a room that there is not.

        The day of a daily cycle is read: it has a room only where organisers gave it one.
        """
        if self.modality == Modality.ON_SITE:
            return False
        is_read = self.cycle.kind == Cycle.Kind.DAILY
        return not is_read or bool(self.room_url) or self.room_kind != self.RoomKind.LINK

    @property
    def has_article(self) -> bool:
        """True where there is something to read: a text here, or an address elsewhere."""
        return bool(str(self.article) or self.article_url)

    @property
    def lacks_article(self) -> bool:
        """True for a day of a daily cycle on which there is nothing to read, and nowhere to meet either."""
        is_read = self.cycle.kind == Cycle.Kind.DAILY and not self.has_room and not self.is_on_site
        return is_read and not self.has_article

    @property
    def is_on_site(self) -> bool:
        """True where people may come to a place."""
        return self.modality != Modality.ONLINE

    @property
    def status_when_dated(self) -> Status:
        """How sure the next date of a postponed session is: as sure as the one it had."""
        was_unsure = self.status_before_postponing == self.Status.TENTATIVE
        return self.Status.TENTATIVE if was_unsure else self.Status.CONFIRMED

    @property
    def public_replay_url(self) -> str:
        """The address of the replay as far as those who spoke agree; empty without one."""
        return "" if self.is_replay_held else self.replay_url

    @property
    def is_announced(self) -> bool:
        """True once its date is sure and its theme is known."""
        return self.status == self.Status.CONFIRMED and self.has_theme

    @property
    def is_off_rule(self) -> bool:
        """True when it is not held on the day that the rule gave; `schedule.first_dates` knows any that was moved."""
        return bool(self.planned_date and self.starts_at and self.local_date != self.planned_date)

    def phase(self, *, at: dt.datetime) -> Phase:
        """Where the session stands at `at`; from start to end it is live, the end itself is done."""
        if self.is_held and self.starts_at and self.ends_at:
            if self.ends_at <= at:
                return self.Phase.DONE
            if self.starts_at <= at:
                return self.Phase.LIVE
        return self.Phase(self.status)
