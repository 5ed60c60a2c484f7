"""Addresses that get no mail any more, as the people of a cycle have them.

Only hashes of stopped addresses are kept: whose they are is found by trying the addresses of the cycle. That is done
on a page of its own, and so many at a time that it costs the same in a cycle of a thousand and of a million.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django import forms
from django.utils.translation import gettext_lazy

from cycles.language import wording
from desk.schedule.consequences import language
from notifications.delivery import ledger
from notifications.models import Suppression
from registrations.models import CycleRegistration

if TYPE_CHECKING:
    from cycles.models import Cycle
    from registrations.models import Participant
    from registrations.people.names import KnownAs

PER_PAGE = 50
# Addresses tried for one page.
MOST_TRIED = 20_000


class StopForm(forms.Form):
    """Why an address is stopped by hand."""

    reason = forms.ChoiceField(
        label=gettext_lazy("Why"),
        choices=[
            (reason.value, reason.label) for reason in (Suppression.Reason.ASKED, Suppression.Reason.BOUNCE)
        ],
        initial=Suppression.Reason.ASKED,
        widget=forms.RadioSelect,
    )


@dataclass(frozen=True, kw_only=True)
class Stopped:
    """An address that gets no mail any more, with whose it is in this cycle."""

    suppression: Suppression
    participant: Participant
    person: KnownAs
    when: str


@dataclass(frozen=True, kw_only=True)
class Page:
    """Some of the stopped people of a cycle; `after` is where the next page goes on, None at the end."""

    people: tuple[Stopped, ...]
    after: int | None


def of_person(row: CycleRegistration) -> Stopped | None:
    """Return what stops the mail of a cycle to one person, if anything does; of the whole site first."""
    stops = ledger.stops_of(row.participant.email, scope=_scope(row.cycle)).order_by("scope")
    stop = stops.first() if row.participant.email else None
    return _stopped(row, stop) if stop else None


def page(cycle: Cycle, *, after: int = 0) -> Page:
    """Return the people of a cycle whose address is stopped, in the order of their numbers; three queries.

    A page ends with so many of them, or so many tried.
    """
    stops = Suppression.objects.filter(scope__in={Suppression.SITE, _scope(cycle)})
    # What stops the whole site is told rather than what stops the programme: it comes last, so it stays.
    by_hash = {row.address_hash: row for row in stops.order_by("-scope")}
    tried = CycleRegistration.objects.filter(cycle=cycle, participant__gt=after).order_by("participant")
    matches: dict[int, Suppression] = {}
    count, last = 0, after
    if by_hash:
        rows = tried.exclude(participant__email="").values_list("participant_id", "participant__email")
        for count, (last, email) in enumerate(rows[:MOST_TRIED].iterator(), start=1):  # noqa: B007 - where it ends
            if (row := by_hash.get(ledger.address_hash(email))) is not None:
                matches[last] = row
                if len(matches) == PER_PAGE:
                    break
    people = {one.participant_id: one for one in _loaded(cycle, matches)}
    return Page(
        people=tuple(_stopped(people[pk], row) for pk, row in matches.items()),
        after=last if len(matches) == PER_PAGE or count == MOST_TRIED else None,
    )


def _scope(cycle: Cycle) -> str:
    return Suppression.scope_for(cycle.programme_id)


def _loaded(cycle: Cycle, matches: dict[int, Suppression]) -> list[CycleRegistration]:
    rows = CycleRegistration.objects.filter(cycle=cycle, participant__in=matches)
    queryset = list(rows.select_related("participant")) if matches else []
    for row in queryset:
        row.cycle = cycle
    return queryset


def _stopped(row: CycleRegistration, stop: Suppression) -> Stopped:
    when = wording.short_when(stop.at, zone=row.cycle.timezone, language=language())
    return Stopped(suppression=stop, participant=row.participant, person=row.person, when=when)
