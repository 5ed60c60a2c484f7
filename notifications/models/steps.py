"""The reminder plan: one row a line of it, for a whole cycle or for one session."""

from __future__ import annotations

import datetime as dt

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cycles.models import Cycle, Session
from notifications.plan import reminders

LONGEST_DELTA = 366


class OnUncertain(models.TextChoices):
    """What becomes of a mail whose acceptance the server did not confirm."""

    RETRY = "retry", _("send it once more, with the same number")
    HOLD = "hold", _("hold it and list it")


class ReminderStep(models.Model):
    """One line of a cycle's reminder plan. Times are those of the cycle's zone.

    A line with a session belongs to that session alone: it stands in for the cycle's line of the same code
    (another hour, or off: "skipped this once"), or it is one more.
    """

    class Moment(models.TextChoices):
        BEFORE_START = "before_start", _("before the start")
        AFTER_END = "after_end", _("after the end")
        LOCAL_TIME = "local_time", _("at an hour, some days away")

    class Audience(models.TextChoices):
        CONFIRMED = "confirmed", _("people who have a place")
        WAITLISTED = "waitlisted", _("people on the waiting list")
        ATTENDED = "attended", _("people who came")
        MISSED = "missed", _("people who missed it")
        UNKNOWN = "unknown", _("people whose attendance is not known")
        CYCLE = "cycle", _("everyone registered for the cycle")
        SPEAKERS = "speakers", _("the speakers")
        SURVEYED = "surveyed", _("people who have not answered the survey")

    class Message(models.TextChoices):
        """Which mail a line sends: a kind of notifications/mail/kinds/__init__.py."""

        REMINDER = "reminder", _("reminder with the join link")
        THANKS = "thanks", _("thanks to those who came")
        MISSED = "missed", _("replay for those who missed it")
        FOLLOW_UP = "follow_up", _("follow-up for everyone")
        NOTE = "note", _("message of your own")
        ARTICLE = "article", _("article of the day")
        SPEAKER = "speaker_reminder", _("reminder to the speakers, with the host’s link")
        CHASED = "speaker_chased", _("chase-up to speakers who have not answered")
        THANKED = "speaker_thanked", _("thanks to those who spoke, with the figures")
        NEEDS = "survey_needs", _("survey: needs, before the training")
        HOT = "survey_hot", _("survey: at the end of the training")
        COLD = "survey_cold", _("survey: three months after the training")
        EMPLOYER = "survey_employer", _("survey: employers")
        FUNDER = "survey_funder", _("survey: funders")
        TRAINER = "survey_trainer", _("survey: trainers")

    cycle = models.ForeignKey(Cycle, on_delete=models.CASCADE, related_name="reminder_steps")
    session = models.ForeignKey(
        Session, null=True, blank=True, on_delete=models.CASCADE, related_name="own_reminder_steps"
    )
    code = models.SlugField(_("short name"), max_length=20)
    kind = models.CharField(_("message"), max_length=30, choices=Message, default=Message.REMINDER)
    moment = models.CharField(_("counted"), max_length=12, choices=Moment)
    offset = models.DurationField(_("time before or after"), default=dt.timedelta(0))
    day_delta = models.SmallIntegerField(
        _("days after (negative: before)"),
        default=0,
        validators=[MinValueValidator(-LONGEST_DELTA), MaxValueValidator(LONGEST_DELTA)],
    )
    local_time = models.TimeField(_("hour (empty: the session's)"), null=True, blank=True)
    audience = models.CharField(_("to whom"), max_length=12, choices=Audience, default=Audience.CONFIRMED)
    is_enabled = models.BooleanField(_("on"), default=True)
    # Since when the line stands as it does: what was due before is not sent late. Empty: since always.
    valid_from = models.DateTimeField(null=True, blank=True, editable=False)
    on_uncertain = models.CharField(
        _("when acceptance is uncertain"), max_length=5, choices=OnUncertain, default=OnUncertain.RETRY
    )
    opens = models.TimeField(_("email leaves from"), default=dt.time(8))
    closes = models.TimeField(_("email leaves until"), default=dt.time(20))
    avoids_weekends = models.BooleanField(_("not on Saturdays and Sundays"), default=False)
    avoids_holidays = models.BooleanField(_("not on public holidays"), default=False)

    class Meta:
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        # Of two lines of one moment, the one that was written first.
        ordering = ("cycle", "day_delta", "-offset", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("cycle", "code"), condition=Q(session=None), name="reminder_step_code_once"
            ),
            models.UniqueConstraint(
                fields=("session", "code"),
                condition=Q(session__isnull=False),
                name="reminder_step_code_once_a_session",
            ),
            models.CheckConstraint(
                name="reminder_step_one_way_to_count",
                condition=(
                    Q(moment="local_time", offset=dt.timedelta(0))
                    & Q(day_delta__gte=-LONGEST_DELTA, day_delta__lte=LONGEST_DELTA)
                    & (~Q(day_delta=0) | Q(local_time__isnull=False))
                )
                | Q(
                    moment__in=["before_start", "after_end"],
                    day_delta=0,
                    local_time=None,
                    offset__gt=dt.timedelta(0),
                    offset__lte=dt.timedelta(days=LONGEST_DELTA),
                ),
                violation_error_message=_("Count in elapsed time or in days, not in both, and not zero."),
            ),
            models.CheckConstraint(
                name="reminder_step_hours_in_order",
                condition=Q(opens__lt=F("closes")),
                violation_error_message=_("Email leaves between an hour and a later one."),
            ),
            models.CheckConstraint(
                name="reminder_step_speakers_have_their_own",
                condition=Q(
                    audience="speakers",
                    kind__in=["speaker_reminder", "speaker_chased", "speaker_thanked"],
                )
                | (
                    ~Q(audience="speakers")
                    & ~Q(kind__in=["speaker_reminder", "speaker_chased", "speaker_thanked"])
                ),
                violation_error_message=_("Speakers get the message made for them, and nobody else does."),
            ),
            models.CheckConstraint(
                name="reminder_step_surveys_have_their_own",
                condition=Q(audience="surveyed", kind__startswith="survey_")
                | (~Q(audience="surveyed") & ~Q(kind__startswith="survey_")),
                violation_error_message=_(
                    "A survey goes to those who have not answered it, and they get nothing else."
                ),
            ),
            models.CheckConstraint(
                name="reminder_step_follow_up_comes_after",
                condition=~Q(kind__in=["thanks", "missed", "follow_up"], moment="before_start")
                & ~Q(kind__in=["thanks", "missed", "follow_up"], moment="local_time", day_delta__lte=0),
                violation_error_message=_("A follow-up leaves after the session."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.cycle_id}/{self.code}"

    @property
    def pure(self) -> reminders.Step:
        """The step as the arithmetic of reminders understands it."""
        return reminders.Step(
            moment=self.moment,  # type: ignore[arg-type]  # held to the three words by choices and check
            offset=self.offset,
            day_delta=self.day_delta,
            local_time=self.local_time,
            opens=self.opens,
            closes=self.closes,
            avoids_weekends=self.avoids_weekends,
            avoids_holidays=self.avoids_holidays,
            is_of_the_day=self.kind == self.Message.ARTICLE,
        )

    @property
    def distance(self) -> dt.timedelta:
        """How far from the session it leaves: negative before, positive after."""
        if self.moment == self.Moment.LOCAL_TIME:
            return dt.timedelta(days=self.day_delta)
        return self.offset if self.moment == self.Moment.AFTER_END else -self.offset

    @property
    def is_after(self) -> bool:
        """True for what leaves once the session is over."""
        return self.moment == self.Moment.AFTER_END or self.day_delta > 0
