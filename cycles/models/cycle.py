"""A cycle: a rule, its exceptions, a planned count. The rule proposes; the sessions are the truth."""

from __future__ import annotations

import zoneinfo
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from i18nfield.fields import I18nCharField, I18nTextField

from cycles.language.searching import LONGEST_PAGE, Searchable, SearchText
from cycles.schedule import recurrence

from .catalogue import Organisation
from .programme import Programme
from .shared import Color as Palette
from .shared import Sourced

if TYPE_CHECKING:
    import datetime as dt

LONGEST_MINUTES = 24 * 60
LONGEST_OFFER = 14 * 24


def validate_zone(value: str) -> None:
    """Refuse a name that the IANA time zone database does not know."""
    if value not in zoneinfo.available_timezones():
        raise ValidationError(
            _("“%(zone)s” is not a time zone. Give a name such as Europe/Paris or Indian/Reunion."),
            code="zone",
            params={"zone": value},
        )


class CycleQuerySet(models.QuerySet["Cycle"]):
    def published(self) -> CycleQuerySet:
        """Cycles that everyone may see (archived ones included: their pages and feeds stay)."""
        return self.filter(status__in=Cycle.PUBLIC)

    def registrable(self) -> CycleQuerySet:
        """Published cycles that register here; windows and free seats are decided in registrations."""
        return self.filter(
            status=Cycle.Status.PUBLISHED, is_external=False, kind__in=Cycle.Kind.with_registration()
        )

    def series(self) -> CycleQuerySet:
        """Cycles that stand on their own: the lists of cycles show these, and modules list their runs."""
        return self.exclude(kind=Cycle.Kind.RUN)

    def runs(self) -> CycleQuerySet:
        """Runs of training modules and of workshops."""
        return self.filter(kind=Cycle.Kind.RUN)


class Cycle(Searchable, Sourced):
    """A planned series of sessions."""

    class Kind(models.TextChoices):
        WEBINAR = "webinar", _("webinar cycle")
        DAILY = "daily", _("daily cycle")
        RUN = "run", _("training run")
        OTHER = "other", _("other cycle")

        @classmethod
        def with_registration(cls) -> tuple[Cycle.Kind, ...]:
            """Return the kinds that people register for here. One answer, for pages and for verbs."""
            return (cls.WEBINAR, cls.DAILY, cls.RUN, cls.OTHER)

        @classmethod
        def with_meetings(cls) -> tuple[Cycle.Kind, ...]:
            """Return the kinds whose sessions people come to; the days of a daily cycle are there to be read."""
            return (cls.WEBINAR, cls.RUN, cls.OTHER)

    class Status(models.TextChoices):
        DRAFT = "draft", _("draft")
        PUBLISHED = "published", _("published")
        ARCHIVED = "archived", _("archived")

    PUBLIC = (Status.PUBLISHED, Status.ARCHIVED)

    class Frequency(models.TextChoices):
        MONTHLY_WEEKDAY = "monthly_weekday", _("a weekday of the month (3rd Thursday)")
        MONTHLY_DAY = "monthly_day", _("a day of the month (the 15th)")
        WEEKLY = "weekly", _("every week")
        DAILY = "daily", _("every day")

    class RegistrationMode(models.TextChoices):
        OPEN = "open", _("open to all")
        APPROVAL = "approval", _("each request is accepted or refused by an organiser")
        CLOSED = "closed", _("closed")

    Color = Palette

    slug = models.SlugField(max_length=80, unique=True)
    programme = models.ForeignKey(
        Programme, null=True, blank=True, on_delete=models.PROTECT, related_name="cycles"
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.WEBINAR)
    # Of a run only: what is taught, which time it is, and what it costs in words (nothing is paid here).
    module = models.ForeignKey("Module", null=True, blank=True, on_delete=models.PROTECT, related_name="runs")
    run_number = models.PositiveSmallIntegerField(_("number of the run"), null=True, blank=True)
    price = I18nCharField(_("price in words"), max_length=300, blank=True)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.DRAFT)
    title = I18nCharField(_("title"), max_length=300)
    short_title = I18nCharField(_("short title"), max_length=80, blank=True)
    session_word = I18nCharField(_("this cycle's word for a session"), max_length=60, blank=True)
    description = I18nTextField(_("description"), blank=True)
    # One line each; empty: nothing is promised.
    outcomes = I18nTextField(_("what one will learn, a line each"), blank=True)
    # The language in which it is held, whatever that of the page; empty: not said.
    spoken_language = models.CharField(
        _("language spoken"), max_length=5, choices=settings.LANGUAGES, blank=True, default="", db_default=""
    )
    banner = I18nTextField(_("banner shown on every page of it"), blank=True)
    # In whose name its emails speak, and the mailbox that answers to them reach; empty: the programme's.
    sender_name = models.CharField(_("name of the sender of its emails"), max_length=80, blank=True)
    contact_email = models.EmailField(_("address that answers go to"), max_length=254, blank=True)
    # Empty: the site's own, which its events do not repeat.
    color = models.CharField(_("colour in calendars"), max_length=20, choices=Color, blank=True)
    demo_shift_years = models.SmallIntegerField(_("years by which demo data was shifted"), default=0)

    timezone = models.CharField(
        _("time zone"), max_length=60, default="Europe/Paris", validators=[validate_zone]
    )
    planned_count = models.PositiveSmallIntegerField(
        _("number of sessions planned"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    # The rule (cycles.schedule.recurrence.Rule). Empty for a cycle that is only a list of sessions or a link.
    frequency = models.CharField(_("rhythm"), max_length=20, choices=Frequency, blank=True)
    nth = models.SmallIntegerField(_("which one in the month (-1: the last)"), null=True, blank=True)
    weekday = models.PositiveSmallIntegerField(
        _("weekday (0: Monday)"), null=True, blank=True, validators=[MaxValueValidator(6)]
    )
    month_day = models.PositiveSmallIntegerField(
        _("day of the month"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(31)]
    )
    interval = models.PositiveSmallIntegerField(
        _("every how many months, weeks or days"), default=1, validators=[MinValueValidator(1)]
    )
    first_date = models.DateField(_("first day of the period"), null=True, blank=True)
    last_date = models.DateField(_("last day of the period"), null=True, blank=True)
    local_start = models.TimeField(_("start time (empty: whole days)"), null=True, blank=True)
    minutes = models.PositiveSmallIntegerField(
        _("minutes"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(LONGEST_MINUTES)],
    )

    is_external = models.BooleanField(_("hosted elsewhere"), default=False)
    external_url = models.URLField(_("address elsewhere"), blank=True)
    host = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.SET_NULL, related_name="hosted_cycles"
    )
    follows = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="followed_by"
    )
    opening_event = models.ForeignKey(
        "Event", null=True, blank=True, on_delete=models.SET_NULL, related_name="opens"
    )
    closing_event = models.ForeignKey(
        "Event", null=True, blank=True, on_delete=models.SET_NULL, related_name="closes"
    )

    registration_mode = models.CharField(
        _("registration"), max_length=10, choices=RegistrationMode, default=RegistrationMode.OPEN
    )
    registration_opens_at = models.DateTimeField(_("registration opens"), null=True, blank=True)
    registration_closes_at = models.DateTimeField(_("registration closes"), null=True, blank=True)
    capacity = models.PositiveIntegerField(
        _("places in the whole cycle"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    # Empty: whoever waits longest gets a freed place straight away. Else it is held for them so long, then
    # passes on to the next.
    offer_hours = models.PositiveSmallIntegerField(
        _("hours to accept a place that became free"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(LONGEST_OFFER)],
    )
    revised_at = models.DateTimeField(_("last visible change"))
    # As the desk's search compares them.
    search_title = SearchText(of=("title",))
    # As the public search does besides.
    search_page = SearchText(of=("description", "outcomes"), longest=LONGEST_PAGE)
    search_word = SearchText(of=("session_word",))

    objects = CycleQuerySet.as_manager()

    class Meta:
        verbose_name = _("cycle")
        verbose_name_plural = _("cycles")
        ordering = ("-first_date", "slug")
        constraints = (
            models.CheckConstraint(
                name="cycle_period_in_order",
                condition=Q(last_date=None) | Q(last_date__gte=F("first_date")),
                violation_error_message=_("The period ends before it begins: exchange the two dates."),
            ),
            models.CheckConstraint(
                name="cycle_hours_or_whole_days",
                condition=Q(local_start=None, minutes=None)
                | Q(
                    local_start__isnull=False,
                    minutes__isnull=False,
                    minutes__gte=1,
                    minutes__lte=LONGEST_MINUTES,
                ),
                violation_error_message=_(
                    "Give a start time and a length between 1 minute and 24 hours, or neither for whole days."
                ),
            ),
            models.CheckConstraint(
                # A comparison with NULL is not false for a check: what is needed is asked for by name.
                name="cycle_rule_complete",
                condition=Q(frequency="", nth=None, weekday=None, month_day=None)
                | Q(
                    frequency="monthly_weekday",
                    nth__isnull=False,
                    nth__in=[-1, 1, 2, 3, 4, 5],
                    weekday__isnull=False,
                    weekday__lte=6,
                    month_day=None,
                    first_date__isnull=False,
                    last_date__isnull=False,
                )
                | Q(
                    frequency="monthly_day",
                    month_day__isnull=False,
                    month_day__gte=1,
                    month_day__lte=31,
                    nth=None,
                    weekday=None,
                    first_date__isnull=False,
                    last_date__isnull=False,
                )
                | Q(
                    frequency="weekly",
                    weekday__isnull=False,
                    weekday__lte=6,
                    nth=None,
                    month_day=None,
                    first_date__isnull=False,
                    last_date__isnull=False,
                )
                | Q(
                    frequency="daily",
                    nth=None,
                    weekday=None,
                    month_day=None,
                    first_date__isnull=False,
                    last_date__isnull=False,
                ),
                violation_error_message=_(
                    "The rhythm is incomplete: a period, and for “3rd Thursday” the rank and the weekday, "
                    "for “the 15th” the day of the month, for “every week” the weekday."
                ),
            ),
            models.CheckConstraint(name="cycle_interval_positive", condition=Q(interval__gte=1)),
            models.CheckConstraint(
                name="cycle_run_of_a_module",
                condition=Q(kind="run", module__isnull=False, run_number__isnull=False, run_number__gte=1)
                | (~Q(kind="run") & Q(module=None, run_number=None)),
                violation_error_message=_("A training run belongs to a module and has a number."),
            ),
            models.UniqueConstraint(fields=("module", "run_number"), name="cycle_run_number_once"),
            models.CheckConstraint(
                name="cycle_planned_positive", condition=Q(planned_count=None) | Q(planned_count__gte=1)
            ),
            models.CheckConstraint(
                name="cycle_capacity_positive", condition=Q(capacity=None) | Q(capacity__gte=1)
            ),
            models.CheckConstraint(
                name="cycle_offer_hours",
                condition=Q(offer_hours=None) | Q(offer_hours__gte=1, offer_hours__lte=LONGEST_OFFER),
            ),
            models.CheckConstraint(
                name="cycle_registration_window",
                condition=Q(registration_closes_at=None)
                | Q(registration_opens_at=None)
                | Q(registration_closes_at__gt=F("registration_opens_at")),
                violation_error_message=_("Registration closes before it opens: exchange the two moments."),
            ),
        )

    def __str__(self) -> str:
        return str(self.title)

    @property
    def is_run(self) -> bool:
        return self.kind == self.Kind.RUN

    @property
    def is_training_run(self) -> bool:
        """True for a run whose half-days are signed for: what proves it outlives who registered."""
        return self.is_run and self.module is not None and self.module.is_training

    @property
    def is_public(self) -> bool:
        """True when everyone may see it (`CycleQuerySet.published`)."""
        return self.status in self.PUBLIC

    @property
    def public_programme(self) -> Programme | None:
        """The programme that its pages may name: none while that is a draft."""
        return self.programme if self.programme is not None and self.programme.is_published else None

    @property
    def rule(self) -> recurrence.Rule | None:
        """The rule as the pure planner understands it, or None for a cycle without one."""
        if not self.frequency or self.first_date is None or self.last_date is None:
            return None
        return recurrence.Rule(
            frequency=self.frequency,
            nth=self.nth,
            weekday=self.weekday,
            day=self.month_day,
            interval=self.interval,
            first_date=self.first_date,
            last_date=self.last_date,
            local_start=self.local_start,
            minutes=self.minutes,
            zone=self.timezone,
        )

    @property
    def zone(self) -> dt.tzinfo:
        return zoneinfo.ZoneInfo(self.timezone)


class CycleException(Sourced):
    """Why a date of the rule was moved or skipped, or why one was added beside it.

    For a move the new date is the session's own `starts_at`; only the departure and its reason stand here. `moved_to`
    repeats that day, for a date that a programme file moves and that has no session yet: it is proposed there.
    """

    class Kind(models.TextChoices):
        MOVED = "moved", _("moved")
        SKIPPED = "skipped", _("skipped")
        ADDED = "added", _("added")

    cycle = models.ForeignKey(Cycle, on_delete=models.CASCADE, related_name="exceptions")
    planned_date = models.DateField(_("planned date"))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    moved_to = models.DateField(_("moved to"), null=True, blank=True)
    reason = I18nCharField(_("reason"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("exception to the rhythm")
        verbose_name_plural = _("exceptions to the rhythm")
        ordering = ("cycle", "planned_date")
        constraints = (
            models.UniqueConstraint(fields=("cycle", "planned_date"), name="cycle_exception_once_a_date"),
        )

    def __str__(self) -> str:
        return f"{self.planned_date} · {self.get_kind_display()}"


class Track(models.Model):
    """A reading path through a daily cycle."""

    cycle = models.ForeignKey(Cycle, on_delete=models.CASCADE, related_name="tracks")
    slug = models.SlugField(max_length=80)
    name = I18nCharField(_("name"), max_length=200)
    order = models.PositiveSmallIntegerField(_("order"), default=1)

    class Meta:
        verbose_name = _("track")
        verbose_name_plural = _("tracks")
        ordering = ("cycle", "order")
        constraints = (models.UniqueConstraint(fields=("cycle", "slug"), name="track_once"),)

    def __str__(self) -> str:
        return str(self.name)
