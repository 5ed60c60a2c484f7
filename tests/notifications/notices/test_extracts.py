"""How a recap begins in a mail: its first headings, paragraphs and lists, and never more than so many letters."""

from __future__ import annotations

import string

from hypothesis import given
from hypothesis import strategies as st

from notifications.mail.markup import Block, Item, Run
from notifications.notices.extracts import LONGEST, blocks, plain, size

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


def test_headings_lists_and_links_stay() -> None:
    below = Block(kind="list", items=(Item(runs=(Run(text="de près"),)),))
    assert blocks(TEXT) == (
        Block(kind="heading", runs=(Run(text="Ce qui s’est dit"),)),
        Block(
            kind="paragraph",
            runs=(
                Run(text="On part "),
                Run(text="bien", is_strong=True),
                Run(text=" quand on part "),
                Run(text="ensemble", url="https://example.org"),
                Run(text="."),
            ),
        ),
        Block(kind="heading", runs=(Run(text="Trois leviers"),)),
        Block(
            kind="list",
            items=(Item(runs=(Run(text="Écouter"),)), Item(runs=(Run(text="Relier"),), blocks=(below,))),
        ),
        Block(kind="list", items=(Item(runs=(Run(text="Un"),)), Item(runs=(Run(text="Deux"),))), start=1),
    )


def test_as_plain_text_headings_are_underlined_and_links_say_where_they_lead() -> None:
    assert plain(TEXT) == (
        "Ce qui s’est dit\n----------------\n\n"
        "On part bien quand on part ensemble (https://example.org).\n\n"
        "Trois leviers\n-------------\n\n"
        "- Écouter\n- Relier\n  - de près\n\n1. Un\n2. Deux"
    )


def test_a_list_that_is_cut_says_so() -> None:
    assert plain("- un\n- deux\n- trois", longest=7) == "- un\n- deux\n- …"
    assert plain("1. un\n2. deux **trois quatre**", longest=13) == "1. un\n2. deux trois…"


@given(st.lists(st.tuples(st.sampled_from(["# ", "", "- ", "1. ", "> "]), WORDS), max_size=30))
def test_it_is_never_longer_than_said_and_ends_with_something_to_read(parts: list[tuple[str, str]]) -> None:
    result = blocks("\n\n".join(mark + words for mark, words in parts))
    # One mark for what was left out, at each level.
    assert sum(map(size, result)) <= LONGEST + 2
    assert not result or result[-1].kind != "heading"
