"""A session as the rule gave it, and how planning refuses."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import translation

from cycles.schedule.planning import PlanningError
from tests import make

if TYPE_CHECKING:
    from cycles.models import Session


AT = make.AT
REASON = {"fr": "Lancement du programme", "en": "Launch of the programme"}


def refusal(call: Any) -> str:
    """Return the refusal in English, after checking that French says something else."""
    with translation.override("fr"), pytest.raises(PlanningError) as french:
        call()
    with translation.override("en"), pytest.raises(PlanningError) as english:
        call()
    assert str(french.value)
    return str(english.value)


def planned(**fields: Any) -> Session:
    """Escale 2 as the rule gave it."""
    return make.session(**{"planned_date": dt.date(2026, 11, 19), **fields})
