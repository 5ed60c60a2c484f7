"""The ledger of one cycle as organisers read it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django import forms
from django.db.models import Count, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cycles import naming, wording
from notifications.models import Delivery, Occurrence

from .consequences import language, step_in_words

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from django.db.models import QuerySet

    from cycles.models import Cycle

MOST_PLANNED = 12


class FilterForm(forms.Form):
    """The filters of the table; a value that is not known is left out."""

    q = forms.CharField(label=gettext_lazy("Name or e-mail"), required=False, max_length=200)
    state = forms.ChoiceField(
        label=gettext_lazy("State"),
        required=False,
        choices=[("", gettext_lazy("All")), *Delivery.State.choices],
    )


def _of(cycle: Cycle) -> QuerySet[Delivery]:
    return Delivery.objects.filter(Q(session__cycle=cycle) | Q(cycle_registration__cycle=cycle))


def rows(cycle: Cycle, form: FilterForm) -> QuerySet[Delivery]:
    """Return the mails of a cycle that the filters keep, the newest first."""
    form.is_valid()
    asked = form.cleaned_data
    found = _of(cycle).select_related("session", "participant", "occurrence__step")
    for word in (asked.get("q") or "").split():
        found = found.filter(
            Q(participant__given_name__icontains=word)
            | Q(participant__family_name__icontains=word)
            | Q(to_address__icontains=word)
        )
    if asked.get("state"):
        found = found.filter(state=asked["state"])
    return found.order_by("-next_at", "-pk")


@dataclass(frozen=True, kw_only=True)
class Line:
    """One mail in words."""

    delivery: Delivery
    what: str
    session: str
    when: str
    state: str
    css: str
    why: str


def lines(cycle: Cycle, deliveries: Iterable[Delivery]) -> list[Line]:
    """Return deliveries in words, without a query of their own."""
    return [_line(cycle, delivery) for delivery in deliveries]


def _line(cycle: Cycle, delivery: Delivery) -> Line:
    session = delivery.session
    if session is not None:
        session.cycle = cycle
    step = delivery.occurrence.step if delivery.occurrence else None
    return Line(
        delivery=delivery,
        what=step_in_words(step) if step else kind_in_words(delivery.kind),
        session=naming.session_label(session) if session else _("The whole cycle"),
        when=wording.short_when(
            delivery.sent_at or delivery.next_at, zone=cycle.timezone, language=language()
        ),
        state=delivery.get_state_display(),
        css={"sent": "done", "failed": "failed", "suppressed": "failed"}.get(delivery.state, "todate"),
        why=delivery.get_reason_display() if delivery.reason else delivery.last_error,
    )


def kind_in_words(kind: str) -> str:
    """Return what a mail is in words; a kind without words of its own is shown as it is."""
    words = {
        "confirm_address": _("Address to confirm"),
        "already_registered": _("Already registered"),
        "registration_confirmed": _("Registration confirmed"),
        "registration_cancelled": _("Registration cancelled"),
        "place_given": _("A place was given"),
        "reminder": _("Reminder"),
        "follow_up": _("Follow-up"),
        "note": _("Message"),
        "recap": _("Recap"),
        "themes_announced": _("New themes"),
        "session_moved": _("Session moved"),
        "session_postponed": _("Session postponed"),
        "session_cancelled": _("Session cancelled"),
        "session_restored": _("Session restored"),
    }
    return words.get(kind, kind)


@dataclass(frozen=True, kw_only=True)
class Counted:
    """How many mails are in a state."""

    state: str
    label: str
    number: int


def counts(cycle: Cycle) -> list[Counted]:
    """Return the number of mails by state in one query, in the order of a mail's life."""
    found = dict(
        _of(cycle)
        .order_by("state")
        .values_list("state")
        .annotate(number=Count("pk"))
        .values_list("state", "number")
    )
    return [
        Counted(state=value, label=str(label), number=found[value])
        for value, label in Delivery.State.choices
        if value in found
    ]


@dataclass(frozen=True, kw_only=True)
class Planned:
    """A mailing whose mails are written when it is due."""

    what: str
    session: str
    when: str


def planned(cycle: Cycle, *, at: dt.datetime) -> list[Planned]:
    """Return the next mailings of a cycle, soonest first, in one query."""
    found = []
    for occurrence in (
        Occurrence.objects.filter(session__cycle=cycle, state=Occurrence.State.PLANNED, due_at__gte=at)
        .select_related("session", "step")
        .order_by("due_at", "pk")[:MOST_PLANNED]
    ):
        occurrence.session.cycle = cycle
        found.append(
            Planned(
                what=step_in_words(occurrence.step) if occurrence.step else kind_in_words(occurrence.kind),
                session=naming.session_label(occurrence.session),
                when=wording.short_when(occurrence.due_at, zone=cycle.timezone, language=language()),
            )
        )
    return found
