"""The address of a room, copied out of a mail whose links lead through a guard, becomes the room's own."""

from __future__ import annotations

import pytest

from desk.runs.forms import HalfDayForm

ROOM = "https://us02web.zoom.us/j/8521?pwd=abc"
GUARDED = "https://eur01.safelinks.protection.outlook.com/?url={}&data=05%7C02&reserved=0"


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        (ROOM, ROOM),
        (GUARDED.format("https%3A%2F%2Fus02web.zoom.us%2Fj%2F8521%3Fpwd%3Dabc"), ROOM),
        (GUARDED.format("https%3A%2F%2Fsalle.example.org%2Fescale"), "https://salle.example.org/escale"),
        ("https://urldefense.com/v3/__https://us02web.zoom.us/j/8521?pwd=abc__;!!Ab!xyz$", ROOM),
        (
            "https://salle.example.org/?url=https://example.org/",
            "https://salle.example.org/?url=https://example.org/",
        ),
        ("", ""),
    ],
)
def test_a_guard_is_nobody_s_room(written: str, kept: str) -> None:
    form = HalfDayForm({"room_url": written})
    form.full_clean()
    assert form.cleaned_data["room_url"] == kept


def test_a_guard_before_an_address_that_is_not_secure_is_refused() -> None:
    form = HalfDayForm({"room_url": GUARDED.format("http%3A%2F%2Fsalle.example.org%2Fescale")})
    form.full_clean()
    assert "room_url" in form.errors
