"""A registration for a cycle, and its rows for each session."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cycles.models import Cycle, Session
from registrations.people import names

from .participants import Participant

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper
    from django.db.models.sql.compiler import SQLCompiler


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


# Without a place in the cycle, and neither refused nor given back: they wait for one, or for the organisers' answer.
WAITING = (State.WAITLISTED, State.OFFERED, State.IN_REVIEW)


class _IsIn(models.Func):
    """Whether the number in one column is in the list of another: SQLite has no `contains` for JSON."""

    output_field = models.BooleanField()
    arity = 2

    def as_sqlite(
        self,
        compiler: SQLCompiler,
        connection: BaseDatabaseWrapper,  # noqa: ARG002 - the shape of Func
        **extra_context: Any,  # noqa: ARG002 - likewise
    ) -> tuple[str, tuple[str | int, ...]]:
        number, numbers = self._compiled(compiler)
        # Names and columns of our own; what varies is a parameter.
        sql = f"EXISTS (SELECT 1 FROM json_each({numbers[0]}) one WHERE one.value = {number[0]})"  # noqa: S608 - likewise
        return sql, (*numbers[1], *number[1])

    def as_postgresql(
        self,
        compiler: SQLCompiler,
        connection: BaseDatabaseWrapper,  # noqa: ARG002 - the shape of Func
        **extra_context: Any,  # noqa: ARG002 - likewise
    ) -> tuple[str, tuple[str | int, ...]]:
        number, numbers = self._compiled(compiler)
        return f"({numbers[0]} @> to_jsonb({number[0]}))", (*numbers[1], *number[1])

    def _compiled(self, compiler: SQLCompiler) -> list[tuple[str, Any]]:
        return [compiler.compile(expression) for expression in self.get_source_expressions()]


class CycleRegistrationQuerySet(models.QuerySet["CycleRegistration"]):
    def waiting_by_date(self) -> models.QuerySet[Any, Any]:
        """Return who waits for the cycle, once for each `date` (a session's id) that they asked for.

        They have no row at it. Not for what they declined by name, unless it was chosen by name since, as when they
        are let in (booking.open_rows).
        """
        rows = Registration.objects.filter(cycle_registration=OuterRef("pk"), session=OuterRef("date"))
        of_all = Q(scope=CycleRegistration.Scope.ALL) & ~Exists(rows.filter(is_opt_out=True))
        return (
            self.filter(state__in=WAITING)
            .annotate(date=F("cycle__sessions"))
            .filter(
                of_all | Q(_IsIn(F("date"), F("requested_session_ids")), scope=CycleRegistration.Scope.CHOSEN)
            )
            .exclude(Exists(rows.live()))
        )


class CycleRegistration(models.Model):
    """One person in one cycle: all of it (sessions added later join by themselves) or chosen stops."""

    class Scope(models.TextChoices):
        ALL = "all", _("the whole cycle")
        CHOSEN = "chosen", _("chosen sessions")

    # What somebody asked for, as it is told: a run is no cycle to those who learn in it.
    SCOPES_IN_WORDS: ClassVar[dict[str, Any]] = {**dict(Scope.choices), "run": _("the whole run")}

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

    objects = CycleRegistrationQuerySet.as_manager()

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
    def told_scope(self) -> str:
        """The key of what was asked for in `SCOPES_IN_WORDS`."""
        return "run" if self.scope == self.Scope.ALL and self.cycle.is_run else self.scope

    @property
    def scope_in_words(self) -> str:
        return str(self.SCOPES_IN_WORDS[self.told_scope])

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
