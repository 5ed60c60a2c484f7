"""The ledger of one cycle as organisers read it: each mail in words, with why, and what can be done about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django import forms
from django.db.models import Count, Exists, OuterRef, Prefetch, Q
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, npgettext, pgettext_lazy

from accounts import addresses
from cycles.language import naming, wording
from desk.mail.kind_words import audience_in_words, kind_in_words
from desk.people.registrants import named
from desk.reminders import line
from desk.schedule.consequences import language, step_in_words
from desk.ui.tables.long_lists import LongList
from notifications.delivery import interventions, ledger
from notifications.mail.kinds import KINDS
from notifications.models import Delivery, DeliveryEvent, Occurrence, ReminderStep
from registrations.models import CycleRegistration

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping

    from django.db.models import QuerySet
    from django.http import QueryDict

    from cycles.models import Cycle, Session
    from notifications.models import GroupMessage
    from registrations.people.names import KnownAs

MOST_MAILINGS = 12
PER_PAGE = 50
# What providers report after a mail was handed over, by their common names.
DELIVERED, BOUNCED = "delivered", "bounced"
REPORTS = {DELIVERED: ("delivered",), BOUNCED: ledger.UNWELCOME}
State = Delivery.State
STATES = [
    (State.PENDING.value, State.PENDING.label),
    (State.SENT.value, State.SENT.label),
    (DELIVERED, pgettext_lazy("mail", "delivered")),
    (BOUNCED, pgettext_lazy("mail", "bounced")),
    (State.FAILED.value, State.FAILED.label),
    (State.SUPPRESSED.value, State.SUPPRESSED.label),
    (State.SKIPPED.value, State.SKIPPED.label),
    (State.UNCERTAIN.value, State.UNCERTAIN.label),
    (State.CLAIMED.value, State.CLAIMED.label),
    (State.SENDING.value, State.SENDING.label),
]
CSS = {State.SENT: "done", State.FAILED: "failed", State.SUPPRESSED: "failed", State.UNCERTAIN: "failed"}


class FilterForm(forms.Form):
    """The filters of the table; a value that is not known is left out."""

    q = forms.CharField(label=gettext_lazy("Name, email or organisation"), required=False, max_length=200)
    session = forms.ChoiceField(label=gettext_lazy("Session"), required=False)
    kind = forms.ChoiceField(label=gettext_lazy("Kind of email"), required=False)
    state = forms.ChoiceField(
        label=gettext_lazy("State"), required=False, choices=[("", gettext_lazy("All")), *STATES]
    )

    def __init__(self, data: QueryDict, *, cycle: Cycle) -> None:
        super().__init__(data)
        everything = ("", _("All"))
        sessions = list(cycle.sessions.in_order())
        for session in sessions:
            session.cycle = cycle
        labels = [(session.slug, naming.session_label(session)) for session in sessions]
        kinds = sorted(
            ((name, kind_in_words(name)) for name, kind in KINDS.items() if not kind.is_personal),
            key=lambda pair: pair[1].casefold(),
        )
        self.fields["session"].choices = [everything, *labels]  # type: ignore[attr-defined]  # ChoiceField's
        self.fields["kind"].choices = [everything, *kinds]  # type: ignore[attr-defined]  # likewise
        self.numbers = {session.slug: session.pk for session in sessions}


def of_cycle(cycle: Cycle) -> QuerySet[Delivery]:
    """Return every mail about a cycle or one of its sessions."""
    return Delivery.objects.filter(cycle=cycle)


def _reported(what: str) -> Exists:
    return Exists(DeliveryEvent.objects.filter(delivery=OuterRef("pk"), type__in=REPORTS[what]))


def rows(cycle: Cycle, form: FilterForm) -> QuerySet[Delivery]:
    """Return the mails of a cycle that the filters keep, the newest first."""
    form.is_valid()
    asked = form.cleaned_data
    queryset = of_cycle(cycle)
    for word in (asked.get("q") or "").split():
        # Who speaks is known by the address alone.
        sent = Q()
        for piece in addresses.pieces(word):
            sent |= Q(to_address__icontains=piece)
        queryset = queryset.filter(
            named(word, path="cycle_registration__", within=CycleRegistration.objects.filter(cycle=cycle))
            | sent
        )
    if session := form.numbers.get(asked.get("session") or ""):
        # A mail about one place of somebody names the place, not the session.
        queryset = queryset.filter(Q(session=session) | Q(registration__session=session))
    if kind := asked.get("kind"):
        queryset = queryset.filter(kind=kind)
    state = asked.get("state")
    if state in REPORTS:
        queryset = queryset.filter(_reported(state))
    elif state:
        queryset = queryset.filter(state=state)
    return loaded(queryset).order_by("-next_at", "-pk")


def loaded(found: QuerySet[Delivery]) -> QuerySet[Delivery]:
    """Fetch with the mails all that `lines` needs to say what they are."""
    events = DeliveryEvent.objects.order_by("at", "pk")
    return found.select_related(
        "session", "participant", "cycle_registration", "occurrence__step__cycle", "group_message"
    ).prefetch_related(Prefetch("events", queryset=events))


class Pages(LongList):
    """The table cut into pages; without a filter its length is the sum of the counts that the page shows, too."""

    def __init__(self, cycle: Cycle, form: FilterForm, *, by_state: Mapping[str, int]) -> None:
        super().__init__(rows(cycle, form), PER_PAGE)
        self._is_filtered = any(form.cleaned_data.values())
        self._by_state = by_state

    @cached_property
    def count(self) -> int:
        if self._is_filtered:
            return super().count
        return sum(self._by_state.values())


@dataclass(frozen=True, kw_only=True)
class Line:
    """One mail in words."""

    delivery: Delivery
    person: KnownAs | None
    what: str
    group_message: GroupMessage | None
    session: str
    when: str
    state: str
    css: str
    why: str
    reports: tuple[str, ...]
    is_to_speaker: bool
    can_retry: bool
    can_withdraw: bool


def lines(cycle: Cycle, deliveries: Iterable[Delivery], *, at: dt.datetime) -> list[Line]:
    """Return deliveries (see `loaded`) in words, without a query of their own."""
    return [_line(cycle, delivery, at=at) for delivery in deliveries]


def _line(cycle: Cycle, delivery: Delivery, *, at: dt.datetime) -> Line:
    session = delivery.session
    if session is not None:
        session.cycle = cycle
    has_reader = delivery.participant is not None or KINDS[delivery.kind].is_to_speaker
    is_open = has_reader and (delivery.not_after is None or delivery.not_after > at)
    return Line(
        delivery=delivery,
        person=_person(delivery),
        what=_what(delivery),
        group_message=delivery.group_message,
        session=naming.session_label(session) if session else _("All dates"),
        when=_moment(cycle, delivery.sent_at or delivery.next_at),
        state=delivery.get_state_display(),
        css=CSS.get(State(delivery.state), "todate"),
        why=_why(delivery),
        reports=tuple(
            f"{report_in_words(event.type)}, {_moment(cycle, event.at)}" for event in delivery.events.all()
        ),
        is_to_speaker=KINDS[delivery.kind].is_to_speaker,
        can_retry=is_open
        and (
            delivery.state in (State.FAILED, State.SUPPRESSED, State.UNCERTAIN)
            or delivery.reason in interventions.BY_HAND
            or _came_back(delivery)
        ),
        can_withdraw=delivery.state in (State.PENDING, State.UNCERTAIN),
    )


def _person(delivery: Delivery) -> KnownAs | None:
    """Return who it is for, as the organisers know them; None for who speaks, or is nobody any more."""
    if delivery.participant is None or delivery.cycle_registration is None:
        return None
    delivery.cycle_registration.participant = delivery.participant
    return delivery.cycle_registration.person


def _came_back(delivery: Delivery) -> bool:
    """Tell of a mail loaded with its events what `ledger.bounced` asks the database."""
    since = delivery.sending_at or delivery.sent_at
    return since is not None and any(
        event.type in ledger.RETURNED and event.at > since - ledger.CLOCK_STEP
        for event in delivery.events.all()
    )


def _what(delivery: Delivery) -> str:
    if delivery.group_message is not None:
        return str(delivery.group_message)
    step = delivery.occurrence.step if delivery.occurrence else None
    return _step(step) if step else kind_in_words(delivery.kind)


def _step(step: ReminderStep) -> str:
    """Return «H+2, people who came»: several lines of a plan may leave at one moment, each to others."""
    words = step_in_words(step)
    if step.audience == ReminderStep.Audience.CONFIRMED:
        return words
    if step.audience == ReminderStep.Audience.SURVEYED:
        return f"{words}, {step.get_kind_display()}"
    return f"{words}, {audience_in_words(step.audience, step.cycle)}"


def _moment(cycle: Cycle, moment: dt.datetime) -> str:
    return wording.short_when(moment, zone=cycle.timezone, language=language())


def _why(delivery: Delivery) -> str:
    """Say why a mail was not sent, or what the server answered the last time."""
    if delivery.reason:
        return str(delivery.get_reason_display())
    if delivery.state == State.SUPPRESSED:
        return _("The address is on the list of stopped addresses.")
    if delivery.state == State.UNCERTAIN:
        return _("The server took it but its answer was lost: it may have arrived.")
    if delivery.state == State.PENDING and delivery.attempts:
        tried = ngettext("%(count)d attempt so far.", "%(count)d attempts so far.", delivery.attempts)
        return " ".join([tried % {"count": delivery.attempts}, delivery.last_error]).strip()
    return "" if delivery.state == State.SENT else delivery.last_error


def report_in_words(kind: str) -> str:
    """Return what a provider reports, in words; a kind without words of its own is shown as it is."""
    words = {
        "delivered": _("delivered"),
        "bounced": _("bounced"),
        "rejected": _("rejected by the provider"),
        "deferred": _("deferred"),
        "complained": _("marked as spam"),
        "failed": _("failed"),
        "queued": _("queued"),
        "sent": _("taken by the provider"),
        "unsubscribed": _("unsubscribed"),
    }
    return words.get(kind, kind)


@dataclass(frozen=True, kw_only=True)
class Counted:
    """How many mails are in a state."""

    state: str
    label: str
    number: int


def by_state(cycle: Cycle) -> dict[str, int]:
    """Return {state: number of mails} of a cycle; one query."""
    return dict(of_cycle(cycle).order_by("state").values_list("state").annotate(number=Count("pk")))


def counts(cycle: Cycle, states: Mapping[str, int]) -> list[Counted]:
    """Return the number of mails by state (see `by_state`) and of those reported, in the order of a mail's life."""
    events = DeliveryEvent.objects.filter(delivery__cycle=cycle)
    result = dict(states) | events.aggregate(
        delivered=Count("delivery", distinct=True, filter=Q(type__in=REPORTS[DELIVERED])),
        bounced=Count("delivery", distinct=True, filter=Q(type__in=REPORTS[BOUNCED])),
    )
    return [
        Counted(state=value, label=_counted(value, number), number=number)
        for value, _label in STATES
        if (number := result.get(value))
    ]


def _counted(state: str, number: int) -> str:
    """Return the word for so many mails in a state."""
    return {
        State.PENDING.value: npgettext("mails", "waiting", "waiting", number),
        State.SENT.value: npgettext("mails", "sent", "sent", number),
        DELIVERED: npgettext("mails", "delivered", "delivered", number),
        BOUNCED: npgettext("mails", "bounced", "bounced", number),
        State.FAILED.value: npgettext("mails", "refused", "refused", number),
        State.SUPPRESSED.value: npgettext("mails", "address stopped", "addresses stopped", number),
        State.SKIPPED.value: npgettext("mails", "not sent", "not sent", number),
        State.UNCERTAIN.value: npgettext("mails", "sending not confirmed", "sending not confirmed", number),
        State.CLAIMED.value: npgettext("mails", "sending", "sending", number),
        State.SENDING.value: npgettext("mails", "being handed over", "being handed over", number),
    }[state]


@dataclass(frozen=True, kw_only=True)
class Mailing:
    """A mailing that is to come, under way, or was not owed in the end; `told` is what became of its mails so far."""

    mailing: Occurrence
    session: Session
    what: str
    label: str
    when: str
    told: str
    can_stop: bool


def mailings(cycle: Cycle, *, at: dt.datetime) -> tuple[list[Mailing], list[Mailing]]:
    """Return the next mailings of a cycle, soonest first, and the last that were too late; three queries.

    One whose mails have all left is not to come, although it is looked at once more for late comers.
    """
    of_this = Occurrence.objects.filter(session__cycle=cycle).select_related("session", "step")
    state = Occurrence.State
    waits = Exists(Delivery.objects.filter(occurrence=OuterRef("pk"), state=State.PENDING))
    ahead = of_this.filter(
        Q(state=state.PLANNED) | Q(state=state.OPEN, passes=0) | (Q(state=state.OPEN) & waits),
        not_after__gt=at,
    ).order_by("due_at", "pk")
    missed = of_this.filter(state=state.MISSED).order_by("-due_at", "-pk")
    coming, late = list(ahead[:MOST_MAILINGS]), list(missed[:MOST_MAILINGS])
    told = line.counts_of(coming)
    return (
        [_mailing(cycle, row, told=told.get(row.pk)) for row in coming],
        [_mailing(cycle, row) for row in late],
    )


def _mailing(cycle: Cycle, mailing: Occurrence, *, told: line.Counts | None = None) -> Mailing:
    mailing.session.cycle = cycle
    if mailing.step is not None:
        mailing.step.cycle = cycle
    return Mailing(
        mailing=mailing,
        session=mailing.session,
        what=_step(mailing.step) if mailing.step else kind_in_words(mailing.kind),
        label=naming.session_label(mailing.session),
        when=_moment(cycle, mailing.due_at),
        told=line.told_in_words(told) if told else "",
        # Lines of the plan are stopped in the plan, once they are leaving; what is told at once, here.
        can_stop=mailing.step is None or mailing.state == Occurrence.State.OPEN,
    )
