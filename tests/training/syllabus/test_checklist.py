"""What is missing of a programme sheet, and which reasons stand for it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from training.syllabus import checklist

# Everything that people type into a field that they leave empty: nothing of it is a word.
NOTHINGS = st.text(alphabet=" \t\n\u00a0\u202f\u200b-–—._…?!/*'«»\"()", max_size=12)


@given(NOTHINGS)
def test_signs_without_a_letter_say_nothing(text: str) -> None:
    assert not checklist.says_something(text)


@given(NOTHINGS, st.characters(categories=("L", "Nd")), NOTHINGS)
def test_one_letter_or_figure_says_something(before: str, sign: str, after: str) -> None:
    assert checklist.says_something(before + sign + after)


@given(
    st.sets(st.sampled_from(checklist.FIELDS)), st.dictionaries(st.sampled_from(checklist.FIELDS), NOTHINGS)
)
def test_an_empty_reason_waives_nothing(filled: set[str], waivers: dict[str, str]) -> None:
    assert checklist.missing(filled, waivers) == [name for name in checklist.FIELDS if name not in filled]


@given(st.sets(st.sampled_from(checklist.FIELDS)), st.sets(st.sampled_from(checklist.FIELDS)))
def test_a_field_that_is_filled_loses_its_waiver(filled: set[str], waived: set[str]) -> None:
    waivers = dict.fromkeys(waived, "première session")
    assert set(checklist.needed_waivers(filled, waivers)) == waived - filled
    assert set(checklist.missing(filled, waivers)) == set(checklist.FIELDS) - filled - waived


def test_unknown_fields_are_no_waivers() -> None:
    assert checklist.needed_waivers([], {"chocolate": "none left"}) == {}
