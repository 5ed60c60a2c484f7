"""A registration form as somebody fills it in."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import time_machine
from django.urls import reverse
from django.utils import translation

from registrations.links import signed_values
from tests import make
from tests.make import AT

if TYPE_CHECKING:
    from cycles.models import Cycle, Session

DAY = dt.timedelta(days=1)


def cycle_of(count: int, **fields: Any) -> tuple[Cycle, list[Session]]:
    cycle = make.cycle(**fields)
    first = make.paris(2026, 10, 22)
    return cycle, [
        make.session(cycle=cycle, number=n + 1, slug=f"escale-{n + 1:02d}", starts_at=first + n * 28 * DAY)
        for n in range(count)
    ]


def address(cycle: Cycle, language: str = "fr") -> str:
    with translation.override(language):
        return reverse("registrations:register", args=[cycle.slug])


def mark(*, seconds_ago: int = 60) -> str:
    """The hidden field of a form that was opened a while ago."""
    with time_machine.travel(AT - dt.timedelta(seconds=seconds_ago), tick=False):
        return signed_values.make("form", int((AT - dt.timedelta(seconds=seconds_ago)).timestamp()))


def typed(**fields: Any) -> dict[str, Any]:
    return {
        "given_name": "Amina",
        "family_name": "Diallo-Lefèvre",
        "email": "amina@asso-test.example.org",
        "organisation_name": "Association des Quais",
        "scope": "all",
        "started": mark(),
    } | fields
