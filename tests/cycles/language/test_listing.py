"""Lines after a dash are a list."""

from __future__ import annotations

import pytest
from django.utils.safestring import SafeString
from hypothesis import given, settings
from hypothesis import strategies as st

from cycles.language.listing import Listing, marked, read
from cycles.templatetags.escale import in_lists, markdown
from notifications.mail import markup


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", []),
        ("one\ntwo", ["one", "two"]),
        ("- one", [Listing(("one",))]),
        ("Able to:\n- one\n\n– two\n• three", ["Able to:", Listing(("one", "two", "three"))]),
        ("- one\nthen\n* two", [Listing(("one",)), "then", Listing(("two",))]),
        ("•\tone\n·       two\n\uf0b7\u00a0three", [Listing(("one", "two", "three"))]),
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


ITEMS = st.lists(
    st.sampled_from(["Les sols", "L’eau", "5 €", "a_b", "R&D", "été 2026"]), min_size=2, max_size=5
)
# As Word, LibreOffice, Google Docs and people write the marks of a list when it is text.
MARKS = st.sampled_from(
    ["•\t", "•  ", "·       ", "\uf0b7\t", "\uf0a7 ", "\uf0d8\u00a0", "▪ ", "➢ ", "– ", "— ", "  •\t", "\t● "]
)


@settings(max_examples=60, deadline=None)
@given(items=ITEMS, mark=MARKS, end=st.sampled_from(["\n", "\r\n"]))
def test_a_pasted_list_is_one_on_pages_and_in_mails(items: list[str], mark: str, end: str) -> None:
    def text(sign: str, after: str) -> str:
        return end.join(["Au programme :", *(f"{sign}{item}" for item in items), *after.split("|")])

    for after, meant in (("Et après", "|Et après"), ("|Et après", "|Et après"), ("- fin", "- fin")):
        assert markdown(text(mark, after)) == markdown(text("- ", meant))
        for of_mail in (markup.read, markup.read_letter):
            assert of_mail(text(mark, after)) == of_mail(text("- ", meant))


def test_a_list_within_a_list_stays_within_it() -> None:
    assert marked("•\tSols\no\tArgile\n○ Sable\n•\tEau") == "- Sols\n  - Argile\n  - Sable\n- Eau"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "un\r\ndeux\n",
        "— Bonjour, dit-elle.\nEt puis ?",
        "•",
        "•collé",
        "o rage",
        "13h – 14h",
        "- a\n- b\n",
    ],
)
def test_what_is_no_pasted_list_is_not_changed(text: str) -> None:
    assert marked(text) == text


def test_an_indented_line_is_a_line() -> None:
    shown = "<p>Bonjour,</p>\n<p>Premier alinéa.</p>\n"
    assert markdown("Bonjour,\n\n\tPremier alinéa.") == markdown("Bonjour,\n\n      Premier alinéa.") == shown
