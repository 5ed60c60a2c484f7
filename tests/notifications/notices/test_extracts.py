"""How a recap begins in a mail: headings, paragraphs and lists, and never more than so many letters."""

from __future__ import annotations

import string

from hypothesis import given
from hypothesis import strategies as st

from notifications.notices.extracts import LONGEST, Block, blocks, plain

TEXT = """# Ce qui s’est dit

On part **bien** quand on part [ensemble](https://example.org).

## Trois leviers

- Écouter
- Relier
  - de près

1. Un
2. Deux

![une image](a.png)

## Sans suite
"""
WORDS = st.text(string.ascii_letters + " ", min_size=1, max_size=200)


def test_headings_paragraphs_and_lists_stay_and_markup_goes() -> None:
    assert blocks(TEXT) == (
        Block(kind="heading", text="Ce qui s’est dit"),
        Block(kind="paragraph", text="On part bien quand on part ensemble."),
        Block(kind="heading", text="Trois leviers"),
        Block(kind="list", items=("Écouter", "Relier", "de près")),
        Block(kind="list", items=("Un", "Deux"), is_numbered=True),
    )


def test_as_plain_text_lists_have_their_marks() -> None:
    assert plain(TEXT) == (
        "Ce qui s’est dit\n\nOn part bien quand on part ensemble.\n\nTrois leviers\n\n"
        "- Écouter\n- Relier\n- de près\n\n1. Un\n2. Deux"
    )


@given(st.lists(st.tuples(st.sampled_from(["# ", "", "- ", "1. "]), WORDS), max_size=30))
def test_it_is_never_much_longer_than_said_and_ends_with_something_to_read(
    parts: list[tuple[str, str]],
) -> None:
    result = blocks("\n\n".join(mark + words for mark, words in parts))
    assert sum(len(line) for block in result for line in block.lines) <= LONGEST + 40
    assert not result or result[-1].kind != "heading"
