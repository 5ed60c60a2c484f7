"""Signed links: one purpose each, and one answer to everything that is not one of ours."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.core import signing

from registrations import tokens
from tests.make import AT

DAY = dt.timedelta(days=1)


@pytest.mark.parametrize("purpose", tokens.LIFETIMES)
def test_a_token_gives_its_value_back(purpose: tokens.Purpose) -> None:
    assert tokens.read(purpose, tokens.make(purpose, [7, "é"])) == [7, "é"]


@pytest.mark.parametrize("other", [purpose for purpose in tokens.LIFETIMES if purpose != "manage"])
def test_a_token_of_another_purpose_is_none(other: tokens.Purpose) -> None:
    with pytest.raises(tokens.Invalid) as caught:
        tokens.read("manage", tokens.make(other, 7))
    assert type(caught.value) is tokens.Invalid


def test_every_altered_character_is_seen() -> None:
    token = tokens.make("manage", 7)
    for place, character in enumerate(token):
        altered = token[:place] + ("A" if character != "A" else "B") + token[place + 1 :]
        with pytest.raises(tokens.Invalid):
            tokens.read("manage", altered)


@pytest.mark.parametrize(
    "token", ["", "x", ":::", "a:b:c", "é" * 40, "x" * 10_000, "../../etc/passwd", "\x00"]
)
def test_what_is_no_token_at_all(token: str) -> None:
    with pytest.raises(tokens.Invalid):
        tokens.read("confirm", token)


def test_a_true_signature_over_something_that_is_no_json() -> None:
    token = signing.Signer(salt="escale.registrations.manage").sign("bm90IGpzb24")
    with pytest.raises(tokens.Invalid):
        tokens.read("manage", token)


def test_a_confirmation_lives_seven_days_and_then_says_whose_it_was() -> None:
    with time_machine.travel(AT, tick=False):
        token = tokens.make("confirm", 7)
    with time_machine.travel(AT + 7 * DAY, tick=False):
        assert tokens.read("confirm", token) == 7
    with time_machine.travel(AT + 7 * DAY + dt.timedelta(seconds=2), tick=False):
        with pytest.raises(tokens.Expired) as caught:
            tokens.read("confirm", token)
        assert caught.value.value == 7


def test_a_link_that_does_not_grow_old_is_the_same_each_time() -> None:
    with time_machine.travel(AT, tick=False):
        token = tokens.make("join", 7)
    assert tokens.make("join", 7) == token


def test_a_manage_link_does_not_grow_old() -> None:
    with time_machine.travel(AT, tick=False):
        token = tokens.make("manage", 7)
    with time_machine.travel(AT + 700 * DAY, tick=False):
        assert tokens.read("manage", token) == 7
