"""The signed mark of the form: its value comes back for a day, and nothing else is one."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.core import signing

from registrations.links import signed_values
from tests.make import AT


def test_a_mark_gives_its_value_back_for_a_day() -> None:
    with time_machine.travel(AT, tick=False):
        token = signed_values.make("form", 7)
    with time_machine.travel(AT + dt.timedelta(days=1), tick=False):
        assert signed_values.read("form", token) == 7
    with (
        time_machine.travel(AT + dt.timedelta(days=1, seconds=2), tick=False),
        pytest.raises(signed_values.Invalid),
    ):
        signed_values.read("form", token)


def test_every_altered_character_is_seen() -> None:
    token = signing.Signer(salt="escale.registrations.join").sign_object(7)
    for place, character in enumerate(token):
        altered = token[:place] + ("A" if character != "A" else "B") + token[place + 1 :]
        with pytest.raises(signed_values.Invalid):
            signed_values.read("join", altered)


@pytest.mark.parametrize(
    "token", ["", "x", ":::", "a:b:c", "é" * 40, "x" * 10_000, "../../etc/passwd", "\x00"]
)
def test_what_is_no_token_at_all(token: str) -> None:
    with pytest.raises(signed_values.Invalid):
        signed_values.read("confirm", token)


def test_a_true_signature_over_something_that_is_no_json() -> None:
    token = signing.Signer(salt="escale.registrations.manage").sign("bm90IGpzb24")
    with pytest.raises(signed_values.Invalid):
        signed_values.read("manage", token)
