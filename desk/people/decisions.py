"""Several requests decided at once: who is concerned, and one decision after the other.

Each person is a decision of their own (its places, its mail, its line in the journal), in the order in which they
asked, so that nobody is overtaken when places are counted. Somebody who gave up meanwhile is passed over.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django import forms
from django.utils.translation import gettext_lazy

from desk.people.registrants import LONGEST_NUMBER
from desk.terms.forms import DecisionForm
from registrations import booking
from registrations.models import CycleRegistration, State

if TYPE_CHECKING:
    import datetime as dt

    from django.db.models import QuerySet

    from accounts.models import User

NOBODY = gettext_lazy("Nobody of the people chosen waits for a decision.")
# Decided by one press of a button; the next ones by the next.
MOST = 500
LISTED = 50


@dataclass(frozen=True, kw_only=True)
class Selection:
    """Those of some people who wait for a decision, who asked first before; `others` do not wait for one."""

    people: tuple[CycleRegistration, ...]
    others: int
    later: int

    @property
    def numbers(self) -> str:
        return ",".join(str(person.pk) for person in self.people)

    @property
    def listed(self) -> tuple[CycleRegistration, ...]:
        return self.people[:LISTED]

    @property
    def unlisted(self) -> int:
        return max(len(self.people) - LISTED, 0)


def select(rows: QuerySet[CycleRegistration]) -> Selection:
    """Return who of these people waits for a decision."""
    waiting = rows.filter(state=State.IN_REVIEW)
    count = waiting.count()
    first = waiting.select_related("participant").order_by("requested_at", "pk")[:MOST]
    return Selection(people=tuple(first), others=rows.count() - count, later=max(count - MOST, 0))


class NumbersField(forms.CharField):
    """The people that the page showed, by number."""

    widget = forms.HiddenInput

    def to_python(self, value: str | None) -> list[int]:  # type: ignore[override]  # numbers, not text
        parts = (value or "").split(",")
        return [int(part) for part in parts[:MOST] if part.isdecimal() and len(part) <= LONGEST_NUMBER]

    def prepare_value(self, value: object) -> object:
        return ",".join(map(str, value)) if isinstance(value, list) else value

    def validate(self, value: list[int]) -> None:
        if not value:
            raise forms.ValidationError(self.error_messages["required"])

    def run_validators(self, value: object) -> None:
        """Numbers need none of those for text."""


class SeveralForm(DecisionForm):
    people = NumbersField(error_messages={"required": NOBODY})


def decide(selection: Selection, *, accepts: bool, message: str, by: User | None, at: dt.datetime) -> int:
    """Accept or refuse each of these people; return how many it was."""
    verb = booking.accept if accepts else booking.refuse
    done = 0
    for person in selection.people:
        try:
            verb(person, message=message, by=by, at=at)
        except booking.BookingError:
            continue
        done += 1
    return done
