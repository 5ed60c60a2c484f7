"""How a presence is proved, in the words of the sheet: where the trainer vouches for somebody, they did not sign."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import translation

from tests.training import build
from tests.training.build import at
from training.signing import queries, verbs
from training.signing.sheet import sheet_views

pytestmark = pytest.mark.django_db


def test_who_is_vouched_for_is_not_counted_as_having_signed() -> None:
    run = build.run()
    marc: dict[str, Any] = {"by": None, "by_name": "Marc Exemple", "at": at(12), "reason": "sans téléphone"}
    build.sign(run.row(0), at(9, 5))
    verbs.vouch(run.row(1), means="trainer", **marc)
    verbs.vouch(run.row(2), means="paper", **marc)
    people = queries.trainees(run.morning)
    with translation.override("en"):
        assert sheet_views.figures(people) == "2 of 3 have signed · 1 vouched for without a signature"
        told = [sheet_views.proved(one.signature, run.morning) for one in people if one.signature]
    assert sorted(told) == [
        "no signature: Marc Exemple vouches for the presence, noted at 12:00",
        "signed at 09:05, personal link",
        "signed on paper, noted at 12:00 by Marc Exemple",
    ]
