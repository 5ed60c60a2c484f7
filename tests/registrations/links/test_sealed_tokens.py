"""Sealed tokens: short, of one purpose and one secret, and one answer to everything that is none of ours."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import override_settings
from hypothesis import given
from hypothesis import strategies as st

from registrations.links import personal_links, sealed_tokens
from speakers.people import links as speaker_links
from tests import make
from tests.make import AT

SECRET = "a secret of somebody"
COUNT = {"news": 2, "survey": 2}
HOUR = dt.timedelta(hours=1)
PURPOSES = st.sampled_from(sealed_tokens.PURPOSES)
IDS = st.integers(1, sealed_tokens.MOST)


def made(purpose: sealed_tokens.Purpose, *numbers: int, secret: str = SECRET, at: dt.datetime = AT) -> str:
    return sealed_tokens.make(purpose, *numbers, secret=secret, at=at)


@given(PURPOSES, st.tuples(IDS, IDS))
def test_a_token_gives_its_numbers_back_and_holds_letters_and_digits_only(
    purpose: sealed_tokens.Purpose, numbers: tuple[int, int]
) -> None:
    given_numbers = numbers[: COUNT.get(purpose, 1)]
    token = made(purpose, *given_numbers)
    result = sealed_tokens.read(purpose, token, count=len(given_numbers))
    assert result is not None
    assert (result.numbers, result.is_sealed_with(SECRET)) == (given_numbers, True)
    assert not result.is_sealed_with("another secret")
    assert token.isascii()
    assert token.isalnum()
    assert len(token) <= sealed_tokens.LONGEST


@pytest.mark.parametrize("purpose", sealed_tokens.PURPOSES)
@pytest.mark.parametrize("other", sealed_tokens.PURPOSES)
def test_the_link_of_one_page_opens_no_other(
    purpose: sealed_tokens.Purpose, other: sealed_tokens.Purpose
) -> None:
    token = made(purpose, *[7, 5][: COUNT.get(purpose, 1)])
    result = sealed_tokens.read(other, token, count=COUNT.get(other, 1))
    assert (result is not None and result.is_sealed_with(SECRET)) is (purpose == other)


@given(PURPOSES, st.integers(1, 10**6), st.integers(0, 60), st.sampled_from(sealed_tokens.DIGITS))
def test_every_altered_character_is_seen(
    purpose: sealed_tokens.Purpose, number: int, place: int, digit: str
) -> None:
    count = COUNT.get(purpose, 1)
    token = made(purpose, *[number] * count)
    place %= len(token)
    altered = token[:place] + digit + token[place + 1 :]
    result = sealed_tokens.read(purpose, altered, count=count)
    assert (result is not None and result.is_sealed_with(SECRET)) is (altered == token)


@given(PURPOSES, st.text(max_size=80))
def test_what_is_no_token_at_all(purpose: sealed_tokens.Purpose, text: str) -> None:
    result = sealed_tokens.read(purpose, text, count=COUNT.get(purpose, 1))
    assert result is None or not result.is_sealed_with(SECRET)


def test_no_number_is_too_large_for_the_database() -> None:
    assert sealed_tokens.read("join", "z" * 45) is None
    assert sealed_tokens.read("join", "0" * 20) is None


@pytest.mark.parametrize("purpose", sealed_tokens.PURPOSES)
@pytest.mark.parametrize("number", [0, -1, -7])
def test_the_token_of_somebody_invented_names_nobody(purpose: sealed_tokens.Purpose, number: int) -> None:
    count = COUNT.get(purpose, 1)
    assert sealed_tokens.read(purpose, made(purpose, *[number] * count), count=count) is None


def test_a_link_is_the_same_each_time() -> None:
    assert made("join", 7) == made("join", 7)
    assert made("join", 7) != made("join", 8)


@pytest.mark.parametrize("minutes", [0, 30, 59])
def test_a_confirmation_lives_seven_days_and_an_hour_at_most(minutes: int) -> None:
    at = AT.replace(minute=minutes)
    result = sealed_tokens.read("confirm", made("confirm", 7, at=at))
    assert result is not None
    week = dt.timedelta(days=7)
    assert [result.is_expired(at=at + more) for more in (dt.timedelta(0), week, week + 2 * HOUR)] == [
        False,
        False,
        True,
    ]
    # After 27 years the three digits begin again: what is older than a lifetime stays so until then.
    years = [dt.timedelta(days=365 * number) for number in (1, 10, 20, 26)]
    assert [result.is_expired(at=at + more) for more in years] == [True] * 4


def test_the_others_do_not_expire() -> None:
    result = sealed_tokens.read("manage", made("manage", 7))
    assert result is not None
    assert not result.is_expired(at=AT + dt.timedelta(days=4000))


def test_a_key_of_the_site_that_was_replaced_opens_as_long_as_it_is_listed() -> None:
    with override_settings(SECRET_KEY="old"):
        result = sealed_tokens.read("manage", made("manage", 7))
    assert result is not None
    with override_settings(SECRET_KEY="new", SECRET_KEY_FALLBACKS=["old"]):
        assert result.is_sealed_with(SECRET)
    with override_settings(SECRET_KEY="new"):
        assert not result.is_sealed_with(SECRET)


@pytest.mark.django_db
def test_a_link_fits_on_a_line_of_a_mail_behind_a_real_host_name() -> None:
    row = make.registration(
        participant=make.participant(pk=14_000_000), session=make.session(), pk=14_000_001
    )
    asked = make.cycle_registration(participant=row.participant, pk=14_000_002)
    slot = make.slot(make.session())
    person, language = row.participant, "fr"
    with override_settings(ESCALE_BASE_URL="https://webinaires.association-example.fr"):
        result = {
            "confirm": personal_links.confirm(asked, language=language),
            "manage": personal_links.manage(person, language=language),
            "join": personal_links.join(row, language=language),
            "offer": personal_links.offer(asked, language=language),
            "speak": speaker_links.page(make.contact(slot.contact_email), language=language),
            "email": personal_links.prove_address(person, email="x@example.org", language=language),
            "unsubscribe": personal_links.unsubscribe(person),
            "news": personal_links.unsubscribe(person, cycle_id=9999),
        }
    assert {name: url for name, url in result.items() if len(url) > 76} == {}
