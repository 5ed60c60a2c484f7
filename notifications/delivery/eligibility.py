"""May this mail leave? One list of rules, each with its condition, and the reason that is kept and shown when it fails.

The conditions are expressions over a delivery, built from the querysets of the apps that they ask about. `verdict` puts
those that concern a kind of mail together; the statement that reserves a mail (`statements`) asks it at the last
instant. Nothing else in the code answers the question.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from django.db.models import (
    Case,
    CharField,
    DateTimeField,
    Exists,
    Expression,
    F,
    Field,
    OuterRef,
    Q,
    Value,
    When,
)
from django.db.models.functions import Coalesce
from django.db.models.lookups import In

from cycles.models import Session, SpeakerSlot
from notifications.mail.kinds import ARTICLE, NOTICES, OF_SURVEYS
from notifications.models import Delivery, NewsStop, RefusedMailing, Suppression
from notifications.notices import digests, surveys
from notifications.notices.training import papers
from registrations.models import CycleRegistration, Registration
from registrations.models import State as Seat
from speakers.people import asked

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.db.models.expressions import Combinable
    from django.utils.functional import Promise

    from notifications.mail.kinds import Kind

    Condition = Q | Combinable

Reason = Delivery.Reason
State = Delivery.State
# What is known when a mail is reserved, and no column of its row.
Name = Literal["now", "reserve", "mailing", "scope", "address_hash"]


@dataclass(frozen=True)
class Parameter:
    """A value that is filled in at each run of a statement that was built once."""

    name: str


class Given(Expression):
    """A named parameter in an expression: `statements` puts its place in the SQL."""

    def __init__(self, name: Name, output_field: Field[Any, Any]) -> None:
        super().__init__(output_field=output_field)
        self.name = name

    def as_sql(self, *_args: Any, **_kwargs: Any) -> Any:
        return "%s", [Parameter(self.name)]


def _text(name: Name) -> Given:
    return Given(name, CharField())


NOW = Given("now", DateTimeField())


@dataclass(frozen=True, kw_only=True)
class Rule:
    """What has to be true of a mail that leaves.

    `condition` holds for those that may; what is unknown (NULL) does not hold. `concerns` tells for which kinds it is
    asked. A mail that fails it goes into `state`, with `reason` where it is skipped.
    """

    name: str
    label: str | Promise
    condition: Callable[[], Condition]
    concerns: Callable[[Kind], bool] = lambda _kind: True
    state: Delivery.State = State.SKIPPED

    @property
    def reason(self) -> str:
        return self.name if self.state == State.SKIPPED else ""


def _skips(
    reason: Delivery.Reason,
    condition: Callable[[], Condition],
    *,
    concerns: Callable[[Kind], bool] = lambda _kind: True,
) -> Rule:
    return Rule(name=reason.value, label=reason.label, condition=condition, concerns=concerns)


def _speaks() -> Condition:
    slots = SpeakerSlot.objects.reachable().filter(segment__session=OuterRef("session"))
    return Exists(slots.filter(contact_email=OuterRef("to_address")))


def _said_yes() -> Condition:
    slots = SpeakerSlot.objects.confirmed().filter(segment__session=OuterRef("session"))
    return Exists(slots.filter(contact_email=OuterRef("to_address")))


def _is_asked() -> Condition:
    """Ask whether their answer is still waited for, for the date that the session has now (speakers/people/asked)."""
    rows = asked.unanswered().filter(session=OuterRef("session"))
    return Exists(rows.filter(contact__email=OuterRef("to_address")))


def _is_registered() -> Condition:
    place = Coalesce("registration__state", "cycle_registration__state")
    return Q(In(place, [state for state in Seat if state not in ENDED]))


def _is_concerned() -> Condition:
    """Ask of a reader without a row at a changed date whether they still wait for it, or got a row there since."""
    waiting = CycleRegistration.objects.waiting_by_date()
    rows = Registration.objects.live().filter(cycle_registration=OuterRef("cycle_registration"))
    return (
        Q(registration__isnull=False)
        | Exists(waiting.filter(pk=OuterRef("cycle_registration"), date=OuterRef("session")))
        | Exists(rows.filter(session=OuterRef("session")))
    )


def _is_in_the_cycle() -> Condition:
    """Ask whether it is still true: the mail for dates taken one by one waits, and its reader may have left since."""
    return Q(cycle_registration__state=Seat.CONFIRMED)


def _is_current() -> Condition:
    return Q(revision=None) | Q(session__revision=F("revision"))


def _is_held() -> Condition:
    return Q(revision=None) | Exists(Session.objects.held().filter(pk=OuterRef("session")))


def _has_article() -> Condition:
    return Exists(Session.objects.readable().filter(pk=OuterRef("session")))


def _wants_news() -> Condition:
    stops = NewsStop.objects.filter(participant=OuterRef("participant"))
    return ~Exists(stops.filter(cycle=OuterRef("cycle_registration__cycle")))


def _is_not_stopped() -> Condition:
    stops = Suppression.objects.filter(address_hash=_text("address_hash"))
    return ~Exists(stops.filter(Q(scope=Suppression.SITE) | Q(scope=_text("scope"))))


def _is_not_held_back() -> Condition:
    return ~Exists(RefusedMailing.objects.filter(mailing=_text("mailing"), held_at__isnull=False))


def _of_survey(moment: str) -> tuple[Rule, ...]:
    """Return what has to be true of a mail that asks for a survey."""

    def concerns(kind: Kind) -> bool:
        return kind.survey == moment

    return (
        _skips(Reason.ANSWERED, lambda: surveys.is_unanswered(moment), concerns=concerns),
        _skips(Reason.SURVEY_CLOSED, lambda: surveys.is_open(moment), concerns=concerns),
    )


ENDED = (Seat.CANCELLED, Seat.REFUSED)
# In the order in which they are asked: the first that fails is the reason.
RULES: tuple[Rule, ...] = (
    _skips(
        Reason.ERASED,
        lambda: Q(participant__isnull=False),
        concerns=lambda kind: not (kind.is_to_speaker or kind.is_to_organiser or kind.is_to_guest),
    ),
    _skips(Reason.NOT_SPEAKING, _speaks, concerns=lambda kind: kind.is_to_speaker),
    _skips(Reason.NOT_SPEAKING, _said_yes, concerns=lambda kind: kind.needs_yes),
    _skips(Reason.ANSWERED, _is_asked, concerns=lambda kind: kind.asks_speaker),
    *(rule for moment in OF_SURVEYS.values() for rule in _of_survey(moment)),
    _skips(Reason.SUPERSEDED, _is_current),
    _skips(Reason.SUPERSEDED, lambda: Exists(digests.current()), concerns=lambda kind: kind.is_digest),
    _skips(Reason.SUPERSEDED, papers.stands, concerns=lambda kind: kind.name == papers.ISSUED),
    _skips(Reason.SUPERSEDED, papers.is_gone, concerns=lambda kind: kind.name == papers.WITHDRAWN),
    _skips(Reason.SESSION_GONE, _is_held, concerns=lambda kind: not kind.is_farewell),
    _skips(Reason.REGISTRATION_GONE, _is_registered, concerns=lambda kind: kind.needs_seat),
    _skips(Reason.REGISTRATION_GONE, _is_concerned, concerns=lambda kind: kind.name in NOTICES),
    _skips(Reason.REGISTRATION_GONE, _is_in_the_cycle, concerns=lambda kind: kind.says_registered),
    _skips(
        Reason.REGISTRATION_GONE, lambda: Exists(digests.concerning()), concerns=lambda kind: kind.is_digest
    ),
    _skips(
        Reason.REMINDERS_STOPPED,
        lambda: Q(participant__reminders_stopped_at=None),
        concerns=lambda kind: kind.stops_with_reminders,
    ),
    _skips(Reason.NEWS_STOPPED, _wants_news, concerns=lambda kind: kind.stops_with_news),
    _skips(
        Reason.STEP_OFF, lambda: Q(occurrence__step__is_enabled=True), concerns=lambda kind: kind.follows_plan
    ),
    _skips(Reason.NO_ARTICLE, _has_article, concerns=lambda kind: kind.name == ARTICLE),
    _skips(Reason.TOO_LATE, lambda: Q(not_after=None) | Q(not_after__gt=NOW)),
    _skips(
        Reason.TOO_LATE,
        lambda: Exists(digests.concerning().filter(not_after__gt=NOW)),
        concerns=lambda kind: kind.is_digest,
    ),
    Rule(name="suppressed", label=State.SUPPRESSED.label, condition=_is_not_stopped, state=State.SUPPRESSED),
    # Last: what would not leave anyway says so at once. It waits, and is looked at again.
    Rule(name="held", label=State.PENDING.label, condition=_is_not_held_back, state=State.PENDING),
)
BY_NAME = {rule.name: rule for rule in RULES}
# The verdict on a mail that may leave.
MAY_LEAVE = ""


def rules_for(kind: Kind) -> tuple[Rule, ...]:
    """Return the rules that are asked of a kind of mail, in order."""
    return tuple(rule for rule in RULES if rule.concerns(kind))


def verdict(rules: tuple[Rule, ...]) -> Expression:
    """Return the expression over a delivery that gives the name of the first rule that fails, or MAY_LEAVE."""
    result: Expression = Value(MAY_LEAVE, output_field=CharField())
    for rule in reversed(rules):
        # Asked for what holds, not for what fails: an unknown holds nothing.
        result = Case(
            When(rule.condition(), then=result),
            default=Value(rule.name, output_field=CharField()),
            output_field=CharField(),
        )
    return result
