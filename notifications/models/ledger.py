"""The delivery ledger: the truth of what was owed, sent, and why not."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cycles.models import Cycle, Session
from registrations.models import CycleRegistration, Participant, Registration

from .group import GroupMessage
from .sent_texts import SentText
from .steps import OnUncertain, ReminderStep


class Occurrence(models.Model):
    """A mailing to the people of one session at one revision: a reminder step, or a notice (no step).

    A notice waits a short grace before it is due, so that an organiser can stop it and several changes give
    one mail; `since_revision` is the schedule that people knew before the first of them.
    """

    class State(models.TextChoices):
        PLANNED = "planned", _("planned")
        OPEN = "open", _("being sent")
        CLOSED = "closed", _("finished")
        CANCELLED = "cancelled", _("cancelled")
        MISSED = "missed", _("not owed: too late")

    kind = models.CharField(max_length=30)
    step = models.ForeignKey(
        ReminderStep, null=True, blank=True, on_delete=models.CASCADE, related_name="occurrences"
    )
    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="mailings")
    revision = models.PositiveIntegerField()
    since_revision = models.PositiveIntegerField(null=True, blank=True)
    due_at = models.DateTimeField()
    not_after = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State, default=State.PLANNED)
    # Fan-out resumes after this registration. The second pass, a quarter of an hour after the first, finds
    # those whose confirmation was being committed meanwhile.
    cursor = models.PositiveBigIntegerField(default=0)
    passes = models.PositiveSmallIntegerField(default=0)
    # The digest that tells this notice with others of its cycle.
    told_by = models.ForeignKey("self", null=True, blank=True, on_delete=models.CASCADE, related_name="tells")
    # An organiser asked for it to leave now: no longer moved by the plan.
    asked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("mailing")
        verbose_name_plural = _("mailings")
        ordering = ("due_at", "pk")
        indexes = (
            models.Index(
                fields=("due_at", "id"), name="occurrence_to_do", condition=Q(state__in=["planned", "open"])
            ),
        )
        constraints = (
            models.UniqueConstraint(
                fields=("step", "session", "revision"),
                name="occurrence_once",
                condition=Q(step__isnull=False),
            ),
            models.UniqueConstraint(
                fields=("kind", "session", "revision"),
                name="occurrence_notice_once",
                condition=Q(step=None),
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.session_id} r{self.revision}"


class Batch(models.Model):
    """What one worker holds. A worker whose lease ran out holds nothing any more: the id is the fence."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    worker = models.CharField(max_length=100)
    lease_until = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=("lease_until",), name="batch_lease"),)

    def __str__(self) -> str:
        return str(self.pk)


class Delivery(models.Model):
    """One owed mail: one kind, one person, one purpose. Only notifications/delivery/ledger.py writes `state`."""

    class State(models.TextChoices):
        PENDING = "pending", _("waiting")
        CLAIMED = "claimed", _("sending")
        SENDING = "sending", _("being handed over")
        SENT = "sent", _("sent")
        FAILED = "failed", pgettext_lazy("mail", "refused")
        SUPPRESSED = "suppressed", _("address stopped")
        SKIPPED = "skipped", _("not sent")
        UNCERTAIN = "uncertain", _("sending not confirmed")

    class Reason(models.TextChoices):
        """Why a mail was not sent."""

        TOO_LATE = "too_late", _("too late")
        SUPERSEDED = "superseded", _("replaced by a newer schedule")
        SESSION_GONE = "session_gone", _("the session is not held")
        REGISTRATION_GONE = "registration_gone", _("the registration ended")
        REMINDERS_STOPPED = "reminders_stopped", _("the person stopped reminders")
        NEWS_STOPPED = "news_stopped", _("the person left this cycle's news")
        STEP_OFF = "step_off", _("the reminder was switched off")
        ERASED = "erased", _("the person was erased")
        STOPPED = "stopped", _("stopped by an organiser")
        NOT_SPEAKING = "not_speaking", _("no longer speaks there under this address")
        ANSWERED = "answered", _("has answered meanwhile")
        SURVEY_CLOSED = "survey_closed", _("the survey is closed, or is not for this person any more")
        NO_ARTICLE = "no_article", _("there was nothing to read for that day")
        RESTORED = "restored", _("may have left before the backup was restored")

    # "rem:{step}:{session}:{revision}:{registration}": the one thing that makes a second mail impossible.
    key = models.CharField(max_length=120, unique=True)
    kind = models.CharField(max_length=30)
    occurrence = models.ForeignKey(
        Occurrence, null=True, blank=True, on_delete=models.SET_NULL, related_name="deliveries"
    )
    session = models.ForeignKey(
        Session, null=True, blank=True, on_delete=models.SET_NULL, related_name="deliveries"
    )
    revision = models.PositiveIntegerField(null=True, blank=True)
    registration = models.ForeignKey(
        Registration, null=True, blank=True, on_delete=models.SET_NULL, related_name="deliveries"
    )
    cycle_registration = models.ForeignKey(
        CycleRegistration, null=True, blank=True, on_delete=models.SET_NULL, related_name="deliveries"
    )
    participant = models.ForeignKey(
        Participant, null=True, blank=True, on_delete=models.SET_NULL, related_name="deliveries"
    )
    # The cycle that it is about, as a whole or by one of its sessions: what organisers list and count.
    cycle = models.ForeignKey(
        Cycle, null=True, blank=True, on_delete=models.SET_NULL, related_name="deliveries", db_index=False
    )
    # Most mails have none: the index that Django would make is a partial one below.
    group_message = models.ForeignKey(
        GroupMessage,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="deliveries",
        db_index=False,
    )
    # What it said, once it has left; kept as long as whom it went to. Most of its index would be empty.
    text = models.ForeignKey(
        SentText, null=True, blank=True, on_delete=models.SET_NULL, related_name="deliveries", db_index=False
    )
    to_address = models.EmailField(max_length=254)
    domain = models.CharField(max_length=254)
    language = models.CharField(max_length=5)
    on_uncertain = models.CharField(max_length=5, choices=OnUncertain, default=OnUncertain.RETRY)

    state = models.CharField(max_length=10, choices=State, default=State.PENDING)
    reason = models.CharField(max_length=20, choices=Reason, blank=True)
    created_at = models.DateTimeField()
    next_at = models.DateTimeField()
    not_after = models.DateTimeField(null=True, blank=True)
    batch = models.ForeignKey(Batch, null=True, blank=True, on_delete=models.PROTECT, db_index=False)
    attempts = models.PositiveSmallIntegerField(default=0)
    # How often a hand-over ended without a clear answer: two, and it is held.
    doubts = models.PositiveSmallIntegerField(default=0)
    message_id = models.CharField(max_length=200, blank=True)
    sending_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    last_code = models.PositiveSmallIntegerField(null=True, blank=True)
    last_error = models.CharField(max_length=500, blank=True)
    # Why a server refused it the last time: a ground of refusals.GROUNDS.
    refusal = models.CharField(max_length=12, blank=True, default="")
    # What an organiser wrote to this one reader.
    note = models.TextField(max_length=1000, blank=True, default="")

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        indexes = (
            models.Index(fields=("next_at", "id"), name="delivery_due", condition=Q(state="pending")),
            models.Index(fields=("batch",), name="delivery_held", condition=Q(batch__isnull=False)),
            models.Index(
                fields=("group_message",),
                name="delivery_of_group",
                condition=Q(group_message__isnull=False),
            ),
            models.Index(fields=("text",), name="delivery_of_text", condition=Q(text__isnull=False)),
            # The list of a cycle's mails, the newest first; how many are in each state; those in trouble.
            models.Index(fields=("cycle", "-next_at", "-id"), name="delivery_of_cycle"),
            models.Index(fields=("cycle", "state"), name="delivery_states_of_cycle"),
            models.Index(
                fields=("cycle", "created_at"),
                name="delivery_troubled",
                condition=Q(state__in=["failed", "uncertain"]) | Q(reason="too_late"),
            ),
        )
        constraints = (
            models.CheckConstraint(
                name="delivery_sent_at_when_sent",
                condition=Q(state="sent", sent_at__isnull=False) | (~Q(state="sent") & Q(sent_at=None)),
            ),
            models.CheckConstraint(
                name="delivery_held_while_claimed",
                condition=Q(state__in=["claimed", "sending"], batch__isnull=False)
                | (~Q(state__in=["claimed", "sending"]) & Q(batch=None)),
            ),
            models.CheckConstraint(
                name="delivery_skipped_says_why",
                condition=(Q(state="skipped") & ~Q(reason="")) | (~Q(state="skipped") & Q(reason="")),
            ),
            models.CheckConstraint(
                name="delivery_state_known",
                condition=Q(
                    state__in=[
                        "pending",
                        "claimed",
                        "sending",
                        "sent",
                        "failed",
                        "suppressed",
                        "skipped",
                        "uncertain",
                    ]
                ),
            ),
        )

    def __str__(self) -> str:
        return self.key


class DeliveryEvent(models.Model):
    """What a mail provider reported about a delivery, once per event however often it is told."""

    provider = models.CharField(max_length=40)
    event_id = models.CharField(max_length=200)
    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="events")
    type = models.CharField(max_length=40)
    at = models.DateTimeField()

    class Meta:
        indexes = (
            # What organisers are told of: few of all that providers report.
            models.Index(
                fields=("at",),
                name="delivery_event_unwelcome",
                condition=Q(type__in=["bounced", "rejected", "failed", "complained"]),
            ),
        )
        constraints = (models.UniqueConstraint(fields=("provider", "event_id"), name="delivery_event_once"),)

    def __str__(self) -> str:
        return f"{self.provider} {self.type}"


class Suppression(models.Model):
    """An address that gets no mail any more, known by its hash only: from the whole site, or from one programme.

    A provider's report is about the address, and stops it everywhere; what an organiser says reaches as far as
    their programme.
    """

    SITE = "all"

    class Reason(models.TextChoices):
        BOUNCE = "bounce", _("the address does not exist")
        COMPLAINT = "complaint", _("marked as spam")
        ASKED = "asked", _("the person asked for it")

    scope = models.CharField(max_length=20, default=SITE)
    address_hash = models.CharField(max_length=64)
    reason = models.CharField(max_length=12, choices=Reason)
    at = models.DateTimeField()
    # The mailing whose refusal stopped it (see breaker.mailing_of): what it stopped is lifted in one act.
    mailing = models.CharField(max_length=60, blank=True, default="", db_index=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("scope", "address_hash"), name="suppression_once"),)

    def __str__(self) -> str:
        return f"{self.scope} {self.address_hash[:8]}"

    @classmethod
    def scope_for(cls, programme_id: int | None) -> str:
        """Return the scope of a programme; what belongs to none is the site's."""
        return cls.SITE if programme_id is None else f"programme:{programme_id}"

    @property
    def is_site_wide(self) -> bool:
        return self.scope == self.SITE


class RefusedMailing(models.Model):
    """How often one mailing was refused on one ground; held, the rest of it waits for a person.

    A mailing is an occurrence, a message to a group, or the mails of one kind of a cycle on one day.
    """

    mailing = models.CharField(max_length=60)
    ground = models.CharField(max_length=12)
    cycle = models.ForeignKey(Cycle, on_delete=models.CASCADE, related_name="refused_mailings")
    kind = models.CharField(max_length=30)
    occurrence = models.ForeignKey(
        Occurrence, null=True, blank=True, on_delete=models.CASCADE, related_name="refused"
    )
    group_message = models.ForeignKey(
        GroupMessage, null=True, blank=True, on_delete=models.CASCADE, related_name="refused"
    )
    first_at = models.DateTimeField()
    count = models.PositiveIntegerField(default=0)
    # So many refusals, and a person is asked; raised each time that somebody lets it go on.
    asks_at = models.PositiveIntegerField()
    held_at = models.DateTimeField(null=True, blank=True)
    # The last reply, without addresses.
    example = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes = (
            models.Index(fields=("mailing",), name="refused_held", condition=Q(held_at__isnull=False)),
        )
        constraints = (models.UniqueConstraint(fields=("mailing", "ground"), name="refused_once_a_ground"),)

    def __str__(self) -> str:
        return f"{self.mailing} {self.ground}"


class DomainRest(models.Model):
    """A mail domain that answered "slow down": nothing is handed over for it until then."""

    domain = models.CharField(max_length=254, primary_key=True)
    until = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.domain} {self.until}"


class Pace(models.Model):
    """When a rate lets the next mail go: of a domain, or of all mail."""

    name = models.CharField(max_length=254, primary_key=True)
    free_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} {self.free_at}"


class Heartbeat(models.Model):
    """When something last happened: the tick, and until when mail is paused and why."""

    name = models.CharField(max_length=40, primary_key=True)
    at = models.DateTimeField()
    detail = models.CharField(max_length=500, blank=True)

    def __str__(self) -> str:
        return f"{self.name} {self.at}"
