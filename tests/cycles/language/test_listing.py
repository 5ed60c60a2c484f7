"""Lines after a dash are a list."""

from __future__ import annotations

import pytest
from django.utils.safestring import SafeString

from cycles.language.listing import Listing, read
from cycles.templatetags.escale import in_lists


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", []),
        ("one\ntwo", ["one", "two"]),
        ("- one", [Listing(("one",))]),
        ("Able to:\n- one\n\n– two\n• three", ["Able to:", Listing(("one", "two", "three"))]),
        ("- one\nthen\n* two", [Listing(("one",)), "then", Listing(("two",))]),
        # A mark without a blank is part of a word, a mark without words is a line.
        ("-5 degrees\n-", ["-5 degrees", "-"]),
    ],
)
def test_lines_after_a_mark_are_one_list(text: str, parts: list[str | Listing]) -> None:
    assert read(text) == parts


def test_a_page_shows_lists_and_line_breaks_and_no_markup_of_others() -> None:
    shown = in_lists("Able to:\n<b>\n- one & two\n- three\nin the end")
    assert shown == "Able to:<br>&lt;b&gt;<ul><li>one &amp; two</li><li>three</li></ul>in the end"
    assert isinstance(shown, SafeString)
    assert in_lists(None) == ""
