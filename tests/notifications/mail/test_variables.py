"""Variables in an organiser's text: found, refused with their place, filled in and never read twice."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.mail.own_texts.variables import Mistake, alone, fill, mistakes, used

KNOWN = ("given_name", "join_link", "date")


def wrong(text: str, **fields: bool) -> list[tuple[str, str, int, int]]:
    return [(m.wrong, m.found, m.line, m.column) for m in mistakes(text, known=KNOWN, **fields)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Bonjour {given_name}, le {date}.", []),
        ("", []),
        ("Bonjour {prenom}", [("unknown", "{prenom}", 1, 9)]),
        ("Un\n\ndeux {join_lnik}", [("unknown", "{join_lnik}", 3, 6)]),
        ("a\r\nb {x}", [("unknown", "{x}", 2, 3)]),
        ("{{ settings.SECRET_KEY }}", [("tag", "{{ settings.SECRET_KEY }}", 1, 1)]),
        ("{% include 'x' %} et {# y #}", [("tag", "{% include 'x' %}", 1, 1), ("tag", "{# y #}", 1, 22)]),
        ("{given_name", [("brace", "{", 1, 1)]),
        ("a } b", [("brace", "}", 1, 3)]),
        ("{}", [("unknown", "{}", 1, 1)]),
        ("{given_name.__class__}", [("unknown", "{given_name.__class__}", 1, 1)]),
        ("{given_name!r}", [("unknown", "{given_name!r}", 1, 1)]),
        ("{Given_Name}", [("unknown", "{Given_Name}", 1, 1)]),
    ],
)
def test_mistakes_are_found_with_their_place(text: str, found: list[tuple[str, str, int, int]]) -> None:
    assert wrong(text) == found


@pytest.mark.parametrize("broken", ["\r\nBcc: x@example.org", "\n", "\r", "\u2028", "\x85", "\v"])
def test_a_subject_is_one_line(broken: str) -> None:
    assert wrong(f"Demain{broken}", one_line=True)[-1][0] == "lines"
    assert wrong("Demain", one_line=True) == []


def test_the_variable_that_was_meant_is_named() -> None:
    assert mistakes("{join_lnik}", known=KNOWN) == [
        Mistake(wrong="unknown", found="{join_lnik}", line=1, column=1, meant="join_link")
    ]


def test_what_is_filled_in_is_not_read_again() -> None:
    assert fill("{given_name} {date}", {"given_name": "{date}", "date": "jeudi"}) == "{date} jeudi"
    assert fill("{given_name}!", {}) == "!"


@given(st.text(), st.text())
def test_no_value_can_become_a_mistake_or_another_variable(value: str, around: str) -> None:
    template = f"{around.replace('{', '').replace('}', '')}{{given_name}}"
    assert fill(template, {"given_name": value}).endswith(value)
    assert wrong(template) == []


@given(st.text(alphabet="{}abc_ %#\n"))
def test_a_text_without_mistakes_has_only_known_variables(text: str) -> None:
    if not mistakes(text, known=KNOWN):
        assert used(text) <= set(KNOWN)
        assert "{" not in fill(text, {})


def test_what_stands_alone() -> None:
    assert [alone(part) for part in ("Bonjour,", "{join_link}", "{join_link} {date}")] == [
        "",
        "join_link",
        "",
    ]
