"""Markdown in mails: what organisers write, as blocks and as plain text."""

from __future__ import annotations

import pytest

from notifications.mail.markup import Block, Item, Run, plain, read, read_letter

BREAK = Run(is_break=True)


def paragraph(*runs: Run) -> Block:
    return Block(kind="paragraph", runs=runs)


@pytest.mark.parametrize(
    ("written", "block"),
    [
        ("# Un", Block(kind="heading", runs=(Run(text="Un"),))),
        ("### Un", Block(kind="heading", runs=(Run(text="Un"),), level=3)),
        ("###### Un", Block(kind="heading", runs=(Run(text="Un"),), level=4)),
        ("_Un_", paragraph(Run(text="Un", is_emphasised=True))),
        ("**_Un_**", paragraph(Run(text="Un", is_emphasised=True, is_strong=True))),
        ("[**Un** deux](https://a.org)", paragraph(Run(text="Un deux", url="https://a.org", is_strong=True))),
        ("> Un", Block(kind="quote", blocks=(paragraph(Run(text="Un")),))),
        ("* * *", Block(kind="line")),
        ("3. Un", Block(kind="list", items=(Item(runs=(Run(text="Un"),)),), start=3)),
        # Variables are words, and addresses.
        ("**{date}**à", paragraph(Run(text="{date}", is_strong=True), Run(text="à"))),
        ("[Un]({join_link})", paragraph(Run(text="Un", url="{join_link}"))),
        # What leads nowhere from a mail, or somewhere dangerous, is words.
        ("[Un](/fr/) [deux](javascript:alert(1))", paragraph(Run(text="Un [deux](javascript:alert(1))"))),
        ("<b>Un</b>", paragraph(Run(text="<b>Un</b>"))),
        # The signs in an address are its own.
        ("https://a.org/_b_.", paragraph(Run(text="https://a.org/_b_", url="https://a.org/_b_"), Run(text="."))),
        # Lines end where they were ended, and a signature is no heading.
        ("Merci\n-- \nAnne", paragraph(Run(text="Merci"), BREAK, Run(text="--"), BREAK, Run(text="Anne"))),
        ("    Un", paragraph(Run(text="Un"))),
    ],
)  # fmt: skip
def test_what_is_written_as_a_mail(written: str, block: Block) -> None:
    assert read_letter(written) == (block,)


def test_what_a_page_shows_too_is_read_as_there() -> None:
    assert read("Un\ndeux") == (paragraph(Run(text="Un deux")),)
    assert read("Un\n---") == (Block(kind="heading", runs=(Run(text="Un"),)),)
    assert read("```\nun\ndeux\n```") == (paragraph(Run(text="un"), BREAK, Run(text="deux")),)
    assert read("![image](a.png)\n\n<p>html</p>\n\n[a]: https://a.org") == (
        paragraph(Run(text="<p>html</p>")),
    )


@pytest.mark.parametrize(
    "text",
    [
        "Bonjour,\n\n- un\n- deux\n  1. trois\n  2. quatre\n\n> cité\n> suite\n\n* * *\n\nfin",
        "2026. Une année",
        "Écrire à anne@example.org",
    ],
)
def test_plain_text_stays_as_it_is(text: str) -> None:
    assert plain(read_letter(text)) == text


def test_lines_end_as_browsers_send_them() -> None:
    assert read_letter("Bonjour,\r\nvous\r\n\r\n{join_link}\n \n\n fin ") == (
        paragraph(Run(text="Bonjour,"), BREAK, Run(text="vous")),
        paragraph(Run(text="{join_link}")),
        paragraph(Run(text="fin")),
    )


def test_plain_text_names_addresses_once() -> None:
    assert plain(read_letter("[ici](https://a.org), <https://b.org>, <a@b.org>")) == (
        "ici (https://a.org), https://b.org, a@b.org"
    )
