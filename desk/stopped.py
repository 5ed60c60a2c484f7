"""Addresses that get no mail any more, as the people of a cycle have them.

Only hashes of stopped addresses are kept: whose they are is found by trying the addresses of the cycle. That is done
on a page of its own, and so many at a time that it costs the same in a cycle of a thousand and of a million.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django import forms
from django.utils.translation import gettext_lazy

from cycles import wording
from notifications import ledger
from notifications.models import Suppression
from registrations.models import CycleRegistration

from .consequences import language

if TYPE_CHECKING:
    from cycles.models import Cycle
    from registrations.models import Participant

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
    when: str


@dataclass(frozen=True, kw_only=True)
class Page:
    """Some of the stopped people of a cycle; `after` is where the next page goes on, None at the end."""

    people: tuple[Stopped, ...]
    after: int | None


def of_person(cycle: Cycle, person: Participant) -> Stopped | None:
    """Return what stops the mail of one person, if anything does."""
    row = Suppression.objects.filter(scope="all", address_hash=ledger.address_hash(person.email)).first()
    return _stopped(cycle, row, person) if row and person.email else None


def page(cycle: Cycle, *, after: int = 0) -> Page:
    """Return the people of a cycle whose address is stopped, in the order of their numbers; three queries.

    A page ends with so many of them, or so many tried.
    """
    found = {row.address_hash: row for row in Suppression.objects.filter(scope="all")}
    tried = CycleRegistration.objects.filter(cycle=cycle, participant__gt=after).order_by("participant")
    matches: dict[int, Suppression] = {}
    count, last = 0, after
    if found:
        rows = tried.exclude(participant__email="").values_list("participant_id", "participant__email")
        for count, (last, email) in enumerate(rows[:MOST_TRIED].iterator(), start=1):  # noqa: B007 - where it ends
            if (row := found.get(ledger.address_hash(email))) is not None:
                matches[last] = row
                if len(matches) == PER_PAGE:
                    break
    people = {one.participant_id: one.participant for one in _loaded(cycle, matches)}
    return Page(
        people=tuple(_stopped(cycle, row, people[pk]) for pk, row in matches.items()),
        after=last if len(matches) == PER_PAGE or count == MOST_TRIED else None,
    )


def _loaded(cycle: Cycle, matches: dict[int, Suppression]) -> list[CycleRegistration]:
    rows = CycleRegistration.objects.filter(cycle=cycle, participant__in=matches)
    return list(rows.select_related("participant")) if matches else []


def _stopped(cycle: Cycle, row: Suppression, person: Participant) -> Stopped:
    when = wording.short_when(row.at, zone=cycle.timezone, language=language())
    return Stopped(suppression=row, participant=person, when=when)
