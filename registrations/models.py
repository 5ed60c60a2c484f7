"""Participants, what they registered for, what they agreed to, and their private calendar address."""

from __future__ import annotations

import secrets

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from i18nfield.fields import I18nCharField, I18nTextField

from cycles.models import Cycle, Session

from .attendance import models as _attendance  # noqa: F401 - Django finds these models through this module
from .people import models as _notes  # noqa: F401 - likewise
from .people import names
from .tables import models as _tables  # noqa: F401 - likewise


def new_link_secret() -> str:
    """Return 128 random bits in 22 characters: what the personal links of one person are sealed with."""
    return secrets.token_urlsafe(16)


class Participant(models.Model):
    """Someone who registered. `email_key` is the address in its normal form: one person per address.

    Whom an organiser entered without an address has an empty `email` (registrations/people/without_address.py).
    """

    email = models.EmailField(_("email address"), max_length=254)
    email_key = models.CharField(max_length=254, unique=True, editable=False)
    # One name is enough.
    given_name = models.CharField(_("given name"), max_length=120, blank=True)
    family_name = models.CharField(_("family name"), max_length=120, blank=True)
    organisation_name = models.CharField(_("organisation"), max_length=200, blank=True)
    language = models.CharField(_("language"), max_length=5, default="fr")
    timezone = models.CharField(_("time zone"), max_length=60, blank=True)
    created_at = models.DateTimeField()
    # Set by the first confirmed link, or by an organiser who registers them: until then nothing but the mail that
    # asks for it is sent to the address.
    confirmed_at = models.DateTimeField(null=True, blank=True)
    # Set by a button that only a reader of that mailbox can press: until then no page of their own opens.
    proved_at = models.DateTimeField(null=True, blank=True)
    # Every personal link is sealed with it; another one ends them all (registrations/links/personal_links.py).
    link_secret = models.CharField(max_length=22, unique=True, editable=False, default=new_link_secret)
    # The last such end. Links of before docs/decisions/0085 hold no secret: they end with the first one.
    links_renewed_at = models.DateTimeField(null=True, blank=True, editable=False)
    # The address to which they want to be written, until its reader proves it or the link to do so expires.
    asked_email = models.EmailField(max_length=254, blank=True, editable=False)
    asked_email_at = models.DateTimeField(null=True, blank=True, editable=False)
    reminders_stopped_at = models.DateTimeField(null=True, blank=True)
    # Erased at their own wish; only what the law makes us keep, with the name on it, is left.
    erased_at = models.DateTimeField(null=True, blank=True)
    # Nobody any more: stands where somebody was, so that counts stay true.
    anonymised_at = models.DateTimeField(null=True, blank=True)
    # Raised by every change that the private feed or the personal page shows.
    version = models.PositiveIntegerField(default=1)
    # When the private feed last changed by something of this person: LAST-MODIFIED (see calendar_version).
    feed_changed_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("participant")
        verbose_name_plural = _("participants")
        indexes = (
            # Few: those whose rows are only there to be counted.
            models.Index(fields=("id",), name="participant_nobody", condition=Q(anonymised_at__isnull=False)),
        )
        constraints = (
            models.CheckConstraint(name="participant_has_address", condition=~Q(email_key="")),
            models.CheckConstraint(name="participant_has_link_secret", condition=~Q(link_secret="")),
            models.CheckConstraint(
                name="participant_asked_address_dated",
                condition=Q(asked_email="", asked_email_at=None)
                | (~Q(asked_email="") & Q(asked_email_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="participant_erased_without_address", condition=Q(erased_at=None) | Q(email="")
            ),
            models.CheckConstraint(
                name="participant_nobody_without_name",
                condition=Q(anonymised_at=None)
                | Q(email="", given_name="", family_name="", organisation_name=""),
            ),
        )

    def __str__(self) -> str:
        return f"{self.given_name} {self.family_name}".strip()

    @property
    def lacks_address(self) -> bool:
        """True for somebody who is there and can be told nothing by mail."""
        return not self.email and self.erased_at is None and self.anonymised_at is None


class State(models.TextChoices):
    """Where a registration stands, for the whole cycle and for each session.

    An offered place is held, so it counts as taken until the offer ends.
    """

    PENDING = "pending", _("address to be confirmed")
    CONFIRMED = "confirmed", _("confirmed")
    WAITLISTED = "waitlisted", _("on the waiting list")
    OFFERED = "offered", _("a place is offered")
    IN_REVIEW = "in_review", _("to be accepted")
    REFUSED = "refused", _("refused")
    CANCELLED = "cancelled", _("cancelled")


class CycleRegistration(models.Model):
    """One person in one cycle: all of it (sessions added later join by themselves) or chosen stops."""

    class Scope(models.TextChoices):
        ALL = "all", _("the whole cycle")
        CHOSEN = "chosen", _("chosen sessions")

    class Source(models.TextChoices):
        FORM = "form", _("form")
        ORGANISER = "organiser", _("added by an organiser")
        IMPORT = "import", _("imported")

    participant = models.ForeignKey(Participant, on_delete=models.CASCADE, related_name="cycle_registrations")
    cycle = models.ForeignKey(Cycle, on_delete=models.PROTECT, related_name="registrations")
    scope = models.CharField(_("scope"), max_length=10, choices=Scope, default=Scope.ALL)
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.PENDING)
    source = models.CharField(
        pgettext_lazy("registration", "source"), max_length=12, choices=Source, default=Source.FORM
    )
    source_code = models.SlugField(_("source code"), max_length=40, blank=True)
    # What was typed with the request, shown to the organisers until the person confirms here; see names.
    typed_given_name = models.CharField(
        _("given name as typed"), max_length=120, blank=True, default="", db_default=""
    )
    typed_family_name = models.CharField(
        _("family name as typed"), max_length=120, blank=True, default="", db_default=""
    )
    typed_organisation_name = models.CharField(
        _("organisation as typed"), max_length=200, blank=True, default="", db_default=""
    )
    # May reveal health: visible to few, erased soon after the last session (retention).
    accessibility_need = models.TextField(_("accessibility need"), max_length=500, blank=True)
    # The sessions that somebody who wants some of them ticked; nothing live is touched before the confirmation.
    requested_session_ids = models.JSONField(default=list, blank=True)
    # {question id: answer}, as typed; see Question.
    answers = models.JSONField(default=dict, blank=True)
    wants_newsletter = models.BooleanField(default=False)
    # Each request raises it: the link of an older mail still confirms, an altered one never does.
    request_number = models.PositiveIntegerField(default=1)
    requested_at = models.DateTimeField()
    # Set by the button of the first mail: the address is proved.
    confirmed_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    # Where the whole cycle counts places: the order of its waiting list, and until when one is held for them.
    queued_at = models.DateTimeField(null=True, blank=True)
    offer_ends_at = models.DateTimeField(null=True, blank=True)
    # What an organiser decided where each request is looked at, and wrote to the person.
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    decision_message = models.TextField(_("message"), max_length=1000, blank=True)

    class Meta:
        verbose_name = _("cycle registration")
        verbose_name_plural = _("cycle registrations")
        indexes = (
            models.Index(fields=("cycle", "state", "queued_at", "id"), name="cycle_registration_queue"),
            # The organisers' table, whoever came last first.
            models.Index(fields=("cycle", "requested_at", "id"), name="cycle_registration_newest"),
            # Few: those that show what was typed instead of the person's own name.
            models.Index(
                fields=("cycle",),
                name="cycle_registration_typed",
                condition=~Q(typed_given_name="", typed_family_name=""),
            ),
        )
        constraints = (
            models.UniqueConstraint(fields=("cycle", "participant"), name="cycle_registration_once"),
            models.CheckConstraint(
                name="cycle_registration_offer_ends",
                condition=Q(state="offered", offer_ends_at__isnull=False)
                | (~Q(state="offered") & Q(offer_ends_at=None)),
            ),
            models.CheckConstraint(
                name="cycle_registration_waits_in_order",
                condition=~Q(state__in=["waitlisted", "offered"]) | Q(queued_at__isnull=False),
            ),
            models.CheckConstraint(
                name="cycle_registration_refused_by_decision",
                condition=~Q(state="refused") | Q(decided_at__isnull=False),
            ),
            models.CheckConstraint(
                name="cycle_registration_cancelled_at",
                condition=Q(state="cancelled", cancelled_at__isnull=False)
                | (~Q(state="cancelled") & Q(cancelled_at=None)),
            ),
        )

    def __str__(self) -> str:
        return f"{self.participant_id} in {self.cycle_id}"

    @property
    def has_typed_name(self) -> bool:
        return bool(self.typed_given_name or self.typed_family_name)

    @property
    def person(self) -> names.KnownAs:
        """Who it is, as the organisers of the cycle may see them."""
        return names.known_as(self)


# An offered place is held, so it counts as taken until the offer ends.
SEATED = (State.CONFIRMED, State.OFFERED)


class RegistrationQuerySet(models.QuerySet["Registration"]):
    def live(self) -> RegistrationQuerySet:
        """Rows that hold or wait for a place."""
        return self.filter(state__in=(State.CONFIRMED, State.WAITLISTED, State.OFFERED))

    def seated(self) -> RegistrationQuerySet:
        return self.filter(state__in=SEATED)

    def confirmed(self) -> RegistrationQuerySet:
        return self.filter(state=State.CONFIRMED)


class Registration(models.Model):
    """One person at one session. The row survives its cancellation, so a fan-out never undoes an opt-out."""

    participant = models.ForeignKey(Participant, on_delete=models.CASCADE, related_name="registrations")
    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="registrations")
    cycle_registration = models.ForeignKey(
        CycleRegistration, on_delete=models.CASCADE, related_name="registrations"
    )
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.PENDING)
    # The moment that decides the order of the waiting list; registering again goes to its end.
    queued_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    # Until when a place is held for somebody who was offered it.
    offer_ends_at = models.DateTimeField(null=True, blank=True)
    # The person declined this very session: no fan-out and no new registration for the cycle brings it back.
    is_opt_out = models.BooleanField(default=False)
    joined_at = models.DateTimeField(_("first joined"), null=True, blank=True)

    objects = RegistrationQuerySet.as_manager()

    class Meta:
        verbose_name = _("registration")
        verbose_name_plural = _("registrations")
        indexes = (
            models.Index(fields=("session", "state", "queued_at", "id"), name="registration_queue"),
            models.Index(fields=("session", "queued_at"), name="registration_arrival"),
        )
        constraints = (
            models.UniqueConstraint(fields=("session", "participant"), name="registration_once"),
            models.CheckConstraint(
                name="registration_offer_ends",
                condition=Q(state="offered", offer_ends_at__isnull=False)
                | (~Q(state="offered") & Q(offer_ends_at=None)),
            ),
            models.CheckConstraint(
                name="registration_cancelled_at",
                condition=Q(state="cancelled", cancelled_at__isnull=False)
                | (~Q(state="cancelled") & Q(cancelled_at=None)),
            ),
        )

    def __str__(self) -> str:
        return f"{self.participant_id} at {self.session_id}"

    @property
    def person(self) -> names.KnownAs:
        """Who it is, as the organisers of the cycle may see them; fetch `participant` and `cycle_registration`."""
        self.cycle_registration.participant = self.participant
        return self.cycle_registration.person


class Question(models.Model):
    """What the form of one cycle asks beside the name and the address.

    `choices` holds one option a line, the same line in each language. A question that was answered is retired,
    not deleted: answers are kept under its id.
    """

    class Kind(models.TextChoices):
        SHORT = "short", _("short text")
        LONG = "long", _("long text")
        CHOICE = "choice", _("one choice")
        SEVERAL = "several", _("several choices")
        YES_NO = "yes_no", _("yes or no")

    cycle = models.ForeignKey(Cycle, on_delete=models.CASCADE, related_name="questions")
    order = models.PositiveSmallIntegerField(_("order"), default=1)
    kind = models.CharField(
        pgettext_lazy("question", "kind"), max_length=10, choices=Kind, default=Kind.SHORT
    )
    label = I18nCharField(_("question"), max_length=300)
    help_text = I18nCharField(_("help"), max_length=300, blank=True)
    choices = I18nTextField(_("choices, one a line"), blank=True)
    is_required = models.BooleanField(_("an answer is required"), default=False)
    is_retired = models.BooleanField(_("no longer asked"), default=False)

    class Meta:
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        ordering = ("cycle", "order", "pk")
        constraints = (
            models.CheckConstraint(
                name="question_kind_known",
                condition=Q(kind__in=["short", "long", "choice", "several", "yes_no"]),
            ),
        )

    def __str__(self) -> str:
        return str(self.label)

    def options(self, language: str) -> list[str]:
        """Return the choices in a language, or in another where this one has none."""
        return [line.strip() for line in self.choices.localize(language).splitlines() if line.strip()]


class SourceCode(models.Model):
    """A code that `?src=` may carry into the registrations of a cycle, so that a partner's link can be counted."""

    cycle = models.ForeignKey(Cycle, on_delete=models.CASCADE, related_name="source_codes")
    code = models.SlugField(_("code"), max_length=40)
    label = models.CharField(_("who uses it"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("source code")
        verbose_name_plural = _("source codes")
        ordering = ("cycle", "code")
        constraints = (models.UniqueConstraint(fields=("cycle", "code"), name="source_code_once_a_cycle"),)

    def __str__(self) -> str:
        return self.code


class ConsentText(models.Model):
    """The words that were shown, by version, so that a consent can be proved."""

    class Purpose(models.TextChoices):
        NOTICE = "notice", _("information notice")
        NEWSLETTER = "newsletter", _("newsletter")

    purpose = models.CharField(_("purpose"), max_length=20, choices=Purpose)
    version = models.PositiveIntegerField(_("version"))
    text = I18nTextField(_("text"))
    valid_from = models.DateTimeField()

    class Meta:
        verbose_name = _("consent text")
        verbose_name_plural = _("consent texts")
        constraints = (models.UniqueConstraint(fields=("purpose", "version"), name="consent_text_once"),)

    def __str__(self) -> str:
        return f"{self.purpose} {self.version}"


class Consent(models.Model):
    """What one person was told or agreed to, when, on which form, and when they withdrew it."""

    participant = models.ForeignKey(Participant, on_delete=models.CASCADE, related_name="consents")
    text = models.ForeignKey(ConsentText, on_delete=models.PROTECT, related_name="consents")
    form = models.CharField(max_length=40)
    given_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        # Withdrawn ones stay as proof; agreeing again makes a new row.
        constraints = (
            models.UniqueConstraint(
                fields=("participant", "text"),
                condition=Q(withdrawn_at=None),
                name="consent_live_once_a_text",
            ),
        )

    def __str__(self) -> str:
        return f"{self.participant_id}: {self.text_id}"


class FeedToken(models.Model):
    """The private calendar address: only its SHA-256 is kept. One live token per participant.

    The token is made from the site's key and `nonce`, so that the page can show it again. A revoked one stays, and
    outlives an erased person: the calendars that still ask for it must be told to forget what they hold.
    """

    participant = models.ForeignKey(
        Participant, null=True, on_delete=models.SET_NULL, related_name="feed_tokens"
    )
    nonce = models.CharField(max_length=43, unique=True)
    token_hash = models.CharField(max_length=64, unique=True)
    # Off unless the person asks; of the choices of `feed_tokens`.
    alarm_minutes = models.PositiveSmallIntegerField(_("rings, minutes before"), null=True, blank=True)
    created_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("participant",), condition=Q(revoked_at=None), name="feed_token_one_live"
            ),
        )

    def __str__(self) -> str:
        return f"{self.participant_id}"


class LinkRequest(models.Model):
    """An address whose reader asks for the link of their own page, until a worker has answered (see finding)."""

    email_key = models.CharField(max_length=254, unique=True)
    asked_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"asked at {self.asked_at:%Y-%m-%d %H:%M}"


class Tally(models.Model):
    """How often somebody has just asked; `key` is a digest that names nobody (see limits)."""

    key = models.CharField(max_length=32, primary_key=True)
    ends_at = models.DateTimeField()
    count = models.PositiveIntegerField()

    class Meta:
        indexes = (models.Index(fields=("ends_at",), name="tally_ends_at"),)

    def __str__(self) -> str:
        return f"{self.key[:8]} {self.count}"


class Level(models.Model):
    """How full one network's bucket is: when it will be empty, in milliseconds since 1970 (see limits)."""

    key = models.CharField(max_length=32, primary_key=True)
    empty_ms = models.BigIntegerField(db_index=True)

    def __str__(self) -> str:
        return f"{self.key[:8]} {self.empty_ms}"


class CrowdWindow(models.Model):
    """Until when many people may register for a cycle from one place, as its organisers announced."""

    cycle = models.OneToOneField(Cycle, on_delete=models.CASCADE, related_name="crowd_window")
    ends_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.cycle_id} {self.ends_at}"
